"""Metrics of groups: right, sure of what they say, and silent about who is there."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skprivate.ledger import PrivacyLedger
from skprivate.metrics import DPGroupMetricsDisplay, dp_metric_by_group
from skprivate.metrics._group_rates import RATES, simultaneous
from skprivate.naive_bayes import DPGaussianNB
from skprivate.testing import check_display

ALL = tuple(RATES)


def rows(n=900, n_classes=2, seed=0):
    rng = np.random.default_rng(seed)
    y, by = rng.integers(0, n_classes, n), rng.choice(["a", "b", "c"], n)
    said = np.where(rng.random(n) < 0.3 + 0.1 * (by == "a"), (y + 1) % n_classes, y)
    return y, said, by


def asked(y, said, by, **options):
    options = {"categories": ["a", "b", "c"], "classes": [0, 1], **options}
    return dp_metric_by_group(y, said, by=by, **options)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("n_classes", [2, 3])
def test_without_noise_they_are_those_of_scikit_learn(n_classes):
    from sklearn.metrics import accuracy_score, confusion_matrix

    y, said, by = rows(n_classes=n_classes)
    found = asked(
        y, said, by, metrics=ALL, classes=range(n_classes), pos_label=1, epsilon=np.inf
    )
    groups = {group: by == group for group in "abc"}
    for told, within in [
        *((lambda m, g=g: found.by_group[m][g], w) for g, w in groups.items()),
        (lambda m: found.overall[m], np.ones(len(y), bool)),
    ]:
        is_so, is_said = y[within] == 1, said[within] == 1
        (tn, fp), (fn, tp) = confusion_matrix(is_so, is_said)
        expected = {
            "selection_rate": is_said.mean(),
            "tpr": tp / (tp + fn),
            "fnr": fn / (tp + fn),
            "fpr": fp / (fp + tn),
            "tnr": tn / (fp + tn),
            "precision": tp / (tp + fp),
            "accuracy": accuracy_score(y[within], said[within]),
            "base_rate": is_so.mean(),
        }
        for name, value in expected.items():
            assert told(name) == pytest.approx(value)
            assert told(name).interval[0] < value < told(name).interval[1]


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_differences_and_ratios_are_those_of_the_extremes():
    y, said, by = rows()
    found = asked(y, said, by, epsilon=np.inf)
    values = [float(v) for v in found.by_group["accuracy"].values()]
    gap, ratio = found.difference("accuracy"), found.ratio("accuracy")
    assert gap == pytest.approx(max(values) - min(values))
    assert ratio == pytest.approx(min(values) / max(values))
    assert gap.interval[0] <= gap <= gap.interval[1]
    assert ratio.interval[0] <= ratio <= ratio.interval[1]
    assert set(found.difference()) == set(found.metrics)


def test_intervals_hold_together():
    """Of 400 samples, at most 40 may miss: 95 % hold, and 10 % is 4.6 deviations."""
    rng, misses, n_runs = np.random.default_rng(0), 0, 400
    sizes, chances = np.array([3000, 300, 20]), np.array([0.2, 0.5, 0.3])
    by = np.repeat([0, 1, 2], sizes)
    for seed in range(n_runs):
        y = (rng.random(len(by)) < 0.4).astype(int)
        said = (rng.random(len(by)) < chances[by]).astype(int)
        found = dp_metric_by_group(
            y,
            said,
            by=by,
            categories=[0, 1, 2],
            classes=[0, 1],
            metrics=("selection_rate", "tpr", "fpr"),
            random_state=seed,
        )
        holds = (found.low <= chances) & (chances <= found.high)
        misses += not holds.all()
    assert misses <= 40


def test_several_intervals_are_as_sure_as_one_would_be():
    from scipy.stats import norm

    each, stretch = simultaneous(1.96, 12, laplace=False)
    assert (2 * norm.cdf(each) - 1) ** 12 == pytest.approx(0.95, abs=1e-4)
    assert stretch == 1.0
    assert simultaneous(1.96, 1, laplace=False)[0] == pytest.approx(1.96)
    assert simultaneous(1.96, 12, laplace=True)[1] > 1.3


def test_of_a_few_rows_nothing_is_said():
    y, said, by = rows()
    by[:3], by[3:] = "c", np.where(by[3:] == "c", "a", by[3:])
    found = asked(y, said, by, random_state=0)
    assert all(groups == ("c",) for groups in found.too_few.values())
    assert np.isnan(found.by_group["tpr"]["c"])
    assert "too few" in repr(found)
    assert "too few" in found._repr_html_()
    assert not np.isnan(found.difference("tpr"))  # of the others
    frame = found.to_frame()
    assert frame[frame.too_few].group.unique().tolist() == ["c"]
    alone = asked(y, said, by, categories=["c"], random_state=0).difference("tpr")
    assert np.isnan(alone)
    assert alone.interval == (0.0, 1.0)


@pytest.mark.parametrize("n", [0, 1])
def test_groups_of_nobody_and_of_one(n):
    y, said, by = rows()
    keep = np.append(np.flatnonzero(by != "c"), np.flatnonzero(by == "c")[:n])
    found = asked(y[keep], said[keep], by[keep], metrics=ALL, random_state=0)
    assert all("c" in groups for groups in found.too_few.values())


def test_classes_that_a_group_lacks():
    y, said, by = rows()
    y[by == "a"], said[by == "b"] = 0, 0
    found = asked(y, said, by, metrics=("tpr", "precision", "fpr"), random_state=0)
    assert found.too_few["tpr"] == ("a",)
    assert found.too_few["precision"] == ("b",)
    assert found.too_few["fpr"] == ()


HOSTILE = ["zzz", None, np.nan, 7, True, ("a",), ["a"], {}, b"a", 1e999, pd.NaT]


@pytest.mark.parametrize("unlisted", ["ignore", "other"])
def test_keys_that_nobody_listed_are_no_error(unlisted):
    y, said, by = rows()
    keys = by.astype(object)
    for place, odd in enumerate(HOSTILE):
        keys[place] = odd
    listed = asked(y, said, list(keys), unlisted=unlisted, random_state=0)
    rest = np.arange(len(y)) >= len(HOSTILE)
    same = asked(y[rest], said[rest], by[rest], unlisted=unlisted, random_state=0)
    if unlisted == "ignore":
        assert np.array_equal(listed.low, same.low)
    else:
        assert listed.groups[-1] == "other"
        assert listed.groups == same.groups


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_containers_of_keys_agree():
    y, said, by = rows()
    other = np.where(y == 1, 5, 6)
    frame = pd.DataFrame({"team": by, "code": other})
    ways = [
        by,
        by.tolist(),
        tuple(by),
        pd.Series(by, index=range(900, 0, -1)),
        pd.Series(by, dtype="category"),
        pd.Series(by, dtype="string"),
        pl.Series(by),
        by.reshape(-1, 1),
        frame[["team"]],
    ]
    found = [asked(y, said, way, epsilon=np.inf) for way in ways]
    assert all(np.array_equal(found[0].values, f.values) for f in found)
    lists = [["a", "b", "c"], [5, 6]]
    both = [
        asked(y, said, way, categories=lists, epsilon=np.inf)
        for way in (frame, pl.from_pandas(frame), frame.to_numpy())
    ]
    assert both[0].groups[1] == ("a", 6)
    assert all(np.array_equal(both[0].low, f.low) for f in both)
    assert "a / 6" in repr(both[0])


PUBLIC_MISTAKES = [
    ({"categories": "abc"}, TypeError),
    ({"categories": []}, ValueError),
    ({"categories": ["a", None]}, ValueError),
    ({"categories": ["a", "a"]}, ValueError),
    ({"categories": [["a"], ["b"]]}, ValueError),
    ({"categories": ["a", "other"], "unlisted": "other"}, ValueError),
    ({"unlisted": "drop"}, ValueError),
    ({"metrics": "f1"}, ValueError),
    ({"metrics": []}, TypeError),
    ({"metrics": 3}, TypeError),
    ({"pos_label": 7}, ValueError),
    ({"classes": [0]}, ValueError),
    ({"by": None}, TypeError),
    ({"by": "team"}, TypeError),
    ({"by": np.zeros((900, 2))}, ValueError),
]


@pytest.mark.parametrize(("options", "error"), PUBLIC_MISTAKES)
def test_what_is_publicly_wrong_is_free(options, error):
    y, said, by = rows()
    with PrivacyLedger() as ledger:
        with pytest.raises(error) as told:
            asked(y, said, **{"by": by, **options})
        assert len(ledger.records) == 0
    assert str(told.value).rstrip().endswith(".")


def test_keys_of_another_length_cost_and_say_no_number():
    y, said, by = rows()
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="by") as told:
        asked(y, said, by[:-1])
    assert len(ledger.records) == 1
    assert "899" not in str(told.value)
    assert "900" not in str(told.value)


def test_nothing_of_the_rows_is_kept():
    y, said, _ = rows()
    keys = [f"key of {number}" for number in range(len(y))]
    found = asked(y, said, keys, categories=["key of 5", "x"])
    assert b"key of 7" not in pickle.dumps(found)
    assert len(pickle.dumps(found)) < 6000


def test_display():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    rng = np.random.default_rng(0)
    X, (y, _, by) = rng.normal(size=(900, 2)), rows()
    model = DPGaussianNB(bounds=(-3, 3), classes=[0, 1]).fit(X, y)
    options = {"by": by, "categories": ["a", "b", "nobody"]}
    display = DPGroupMetricsDisplay.from_estimator(model, X, y, **options)
    assert display.ax_.get_xlabel() == "selection_rate"
    labels = [text.get_text() for text in display.ax_.get_yticklabels()]
    assert labels == ["a", "b", "nobody"]
    display.figure_.canvas.draw()
    fresh = DPGroupMetricsDisplay(display.group_metrics)
    check_display(fresh, X)
    with pytest.raises(ValueError, match="metric"):
        fresh.plot(metric="recall")
    assert fresh.plot(metric="tpr").ax_.get_xlabel() == "tpr"
    pyplot.close("all")


def test_keys_of_arrow_are_keys():
    pa = pytest.importorskip("pyarrow")
    y, said, by = rows()
    exact = {"epsilon": np.inf, "metrics": "accuracy"}
    with pytest.warns(UserWarning, match="epsilon=inf"):
        plain = asked(y, said, by, **exact).values
    whole = by.tolist()
    kinds = (
        pa.array(whole),
        pa.chunked_array([whole[:9], whole[9:]]),
        pa.table({"team": whole}),
    )
    for keys in kinds:
        with pytest.warns(UserWarning, match="epsilon=inf"):
            assert np.array_equal(asked(y, said, keys, **exact).values, plain)


@pytest.mark.parametrize(
    ("keys", "categories"),
    [
        (np.zeros((900, 1, 1)), [0]),
        (np.array("a"), ["a"]),
        (np.repeat("a", 900), [0, 1]),
        (np.zeros(900), ["0", "1"]),
        (pd.Series(np.zeros(900)), ["0"]),
        (pl.Series(["a"] * 900), [0]),
        (pd.DataFrame({"g": ["a"] * 900, "h": 0}), [["a"], ["0"]]),
    ],
)
def test_keys_that_no_row_can_have_are_refused_for_free(keys, categories):
    y, said, _ = rows()
    with PrivacyLedger() as ledger:
        with pytest.raises((TypeError, ValueError), match=r"by must|none of its"):
            asked(y, said, keys, categories=categories)
        assert len(ledger.records) == 0
