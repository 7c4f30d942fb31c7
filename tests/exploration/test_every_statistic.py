"""What every statistic must do; they are found; `statistics` alone names them."""

import inspect
import pickle

import numpy as np
import pandas as pd
import pytest

from skprivate import exploration
from skprivate.accounting import BudgetExceededError
from skprivate.exploration._measured import STATISTICS
from skprivate.ledger import PrivacyLedger, StrictLedgerError
from skprivate.rows import ArrayRows, ChunkRows, Parties
from skprivate.testing import dp_checks
from skprivate.testing._checks_federated import federated_rows
from skprivate.testing._examples import Example
from tests.exploration.statistics import CASES, IDS, PUBLIC, asked, probe, table

every_case = pytest.mark.parametrize(("name", "public"), CASES, ids=IDS)
every_statistic = pytest.mark.parametrize("name", list(PUBLIC))
ANY_VALUE = "dp_count", "dp_check_rules"  # text as well
PAID = "has been charged, since this shows in the rows only."

FAST = (
    "check_budget_is_spent_exactly",
    "check_hostile_weights_stay_within_bounds",
    "check_hostile_rows_stay_within_bounds",
    "check_rows_that_are_not_finite_contribute_nothing",
    "check_queries_add_up",
    "check_contributions_do_not_depend_on_company",
    "check_contributions_do_not_depend_on_the_table",
    "check_replay_as_given",
    "check_replay_pure",
    "check_replay_of_unrelated_rows",
    "check_replay_of_groups",
    "check_replay_of_clipped_groups",
    "check_replay_of_very_few_rows",
)

# Rules take any value, and sources that hold tables; they are checked before a fit of
# the estimator, which is not asked here; the attack does not know which rows break all
# of them, and a function of a user has no name for a journal.
NOT_OF_RULES = (
    "failed_fit", "federated_parties", "debited_before", "attack_stays", "journal",
    "spared_mistakes",
)  # fmt: skip


def searches_some_columns(public):
    """Whether bounds are searched for, of the columns that are meant alone."""
    return (
        public.get("columns") is not None
        and "range" not in public
        and (not isinstance(public.get("bins"), list))
    )


def test_every_statistic_is_here():
    assert set(PUBLIC) == set(STATISTICS)
    assert set(PUBLIC) == {n for n in exploration.__all__ if n.startswith("dp_")}


@pytest.mark.parametrize("check", FAST)
@every_case
def test_privacy(name, public, check):
    if "not_finite" in check and "histogram" in name and searches_some_columns(public):
        check = "check_replay_as_given"  # infinity elsewhere is refused at the door
    if "not_finite" in check and name == "dp_check_rules":
        check = "check_replay_pure"  # such rows break rules, so that they count
    question = probe(name, public)
    checks = dp_checks(question)
    if check in checks:
        checks[check](question)


@pytest.mark.slow
@every_case
def test_privacy_by_every_check(name, public):
    left_out = ["not_finite", *(NOT_OF_RULES if name == "dp_check_rules" else ())]
    for check_name, check in dp_checks(probe(name, public)).items():
        if not any(part in check_name for part in left_out):
            check(probe(name, public))


def test_what_rules_cannot_be_checked_of_is_free():
    rules, ledger = PUBLIC["dp_check_rules"][0], PrivacyLedger()
    rows = federated_rows(Example(table(20), None), 2)
    for source in (rows, Parties(ArrayRows(table(20)), rows)):
        with pytest.raises(TypeError, match="holds no tables"), ledger:
            asked("dp_check_rules", rules, source)
    with pytest.raises(ValueError, match="Complex"), ledger:
        asked("dp_check_rules", rules, table(20) + 1j)
    assert ledger.records == ()


@every_case
@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_what_is_asked_for_is_spent(name, public, delta):
    found = asked(name, public, epsilon=0.7, delta=delta)
    assert found.privacy.epsilon() == pytest.approx(0.7, rel=1e-6)
    assert found.privacy.epsilon() <= 0.7 * (1 + 1e-9)
    assert found.privacy.estimator == name
    assert found.privacy.assumed == ()
    assert (found.low <= found.values).all()
    assert (found.values <= found.high).all()


@every_statistic
def test_groups_that_are_found_take_a_part_of_delta(name):
    public = {**PUBLIC[name][0], "by": np.repeat(["a", "b"], 250)}
    found = asked(name, public, epsilon=5.0)
    assert found.axes[0] == ("by", ("a", "b"))
    assert found.privacy.epsilon() <= 5.0 * (1 + 1e-9)
    assert "Categories" in {release.query for release in found.privacy.releases}
    with pytest.raises(ValueError, match="categories"):
        asked(name, public, delta=0.0)


@every_statistic
def test_ledger_is_charged_once(name):
    public = PUBLIC[name][0]
    with PrivacyLedger(epsilon=1.2, delta=1e-6) as ledger:
        asked(name, public)
        assert len(ledger.records) == 1
        with pytest.raises(BudgetExceededError):
            asked(name, public)
        assert len(ledger.records) == 1
        ledger.dismiss_refusals()


@every_statistic
def test_strict_ledger_takes_it_without_a_seed(name):
    with PrivacyLedger(strict=True):
        asked(name, PUBLIC[name][0])
    with pytest.raises(StrictLedgerError), PrivacyLedger(strict=True):
        asked(name, PUBLIC[name][0], random_state=0)


@every_case
def test_seed_repeats(name, public):
    first, second = (asked(name, public, random_state=7) for _ in range(2))
    assert pickle.dumps(first) == pickle.dumps(second)
    assert repr(pickle.loads(pickle.dumps(first))) == repr(first)
    assert pickle.dumps(asked(name, public, random_state=8)) != pickle.dumps(first)


@every_case
def test_repr_names_the_price(name, public):
    found = asked(name, public)
    assert "epsilon=1" in repr(found)
    assert "epsilon=1" in found._repr_html_()
    with pytest.warns(UserWarning, match="not private"):
        assert "NOT PRIVATE" in repr(asked(name, public, epsilon=np.inf))
    assert "SEEDED" in repr(asked(name, public, random_state=0))


@every_case
def test_frame_has_a_line_for_each_number(name, public):
    found = asked(name, public)
    frame = found.to_frame()
    assert len(frame) == found.values.size
    assert np.array_equal(frame["value"], np.ravel(found.values))
    assert list(frame)[: len(found.axes)] == [name for name, _ in found.axes]


@every_case
def test_plot(name, public):
    plt = pytest.importorskip("matplotlib.pyplot")
    found = asked(name, public)
    if name == "dp_histogram2d" and "by" in public:
        with pytest.raises(ValueError, match="one group"):
            found.plot()
        found = found[1]
    ax = found.plot()
    assert ax.get_xlabel()
    assert found.plot(ax) is ax
    plt.close("all")


@every_statistic
@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"epsilon": 0.0}, ValueError),
        ({"epsilon": True}, TypeError),
        ({"delta": 1.0}, ValueError),
        ({"confidence": 1.0}, ValueError),
        ({"confidence": "high"}, ValueError),
        ({"max_weight": 0.0}, ValueError),
        ({"max_rows_per_group": 0}, ValueError),
        ({"epsylon": 1.0}, TypeError),
        ({"by": "plan"}, ValueError),
        ({"by": 3}, ValueError),
        ({"by": {"a": 1}}, TypeError),
        ({"columns": "age"}, ValueError),
        ({"columns": 0.5}, TypeError),
        ({"columns": []}, TypeError),
        ({"categories": ["a"]}, ValueError),
        ({"by": 0, "categories": "ab"}, TypeError),
        ({"by": 0, "categories": []}, ValueError),
        ({"by": 0, "categories": ["a", "a"]}, ValueError),
        ({"by": [0, 1], "categories": ["a", "b", "c"]}, ValueError),
        ({"by": 0, "delta": 0.0}, ValueError),
        ({"groups": "a"}, TypeError),
    ],
)
def test_nonsense_is_refused_before_it_costs_anything(name, options, error):
    with PrivacyLedger() as ledger:
        with pytest.raises(error):
            asked(name, PUBLIC[name][0], **options)
        assert len(ledger.records) == 0


@pytest.mark.parametrize(
    ("name", "options", "error"),
    [
        *(
            (name, {"bounds": bounds}, (ValueError, TypeError))
            for name in ("dp_sum", "dp_mean", "dp_var", "dp_std", "dp_quantile")
            for bounds in [(1, 0), (0, np.inf), "wide", 3, ([0, 0], 1), None]
        ),
        ("dp_quantile", {"q": 1.5}, ValueError),
        ("dp_quantile", {"q": np.nan}, ValueError),
        ("dp_quantile", {"q": "half"}, TypeError),
        ("dp_quantile", {"q": []}, TypeError),
        ("dp_histogram", {"bins": 0}, ValueError),
        ("dp_histogram", {"bins": 2.5}, TypeError),
        ("dp_histogram", {"bins": "auto"}, TypeError),
        ("dp_histogram", {"bins": [1, 0]}, ValueError),
        ("dp_histogram", {"bins": [0, np.inf]}, ValueError),
        ("dp_histogram", {"range": (1, 1)}, ValueError),
        ("dp_histogram", {"range": (1, 0)}, ValueError),
        ("dp_histogram", {"range": "wide"}, ValueError),
        ("dp_histogram", {"density": 2}, ValueError),
        ("dp_histogram", {"columns": [0, 1]}, ValueError),
        ("dp_histogram2d", {"bins": [2, 0]}, ValueError),
        ("dp_histogram2d", {"bins": [2, 3, 1]}, ValueError),
        ("dp_histogram2d", {"range": (0, 1)}, (ValueError, TypeError)),
        ("dp_histogram2d", {"columns": 1}, ValueError),
        ("dp_histogram2d", {"bins": 5000}, ValueError),
        ("dp_histogram2d", {"bins": 5000, "range": "private"}, ValueError),
    ],
)
def test_other_nonsense_is_free_as_well(name, options, error):
    with PrivacyLedger() as ledger:
        with pytest.raises(error):
            asked(name, PUBLIC[name][0], **options)
        assert len(ledger.records) == 0


@every_statistic
def test_text_and_gaps_in_types_are_refused_for_nothing(name):
    frame = pd.DataFrame(table(), columns=list("abc"))
    with PrivacyLedger() as ledger:
        with pytest.raises((ValueError, TypeError)):
            asked(name, {"by": "d"}, frame)
        if name not in ANY_VALUE:
            frame = frame.assign(word="x").astype({"word": "string"})
            public = {k: v for k, v in PUBLIC[name][0].items() if k != "columns"}
            columns = ["a", "word"] if name == "dp_histogram2d" else ["word"]
            with pytest.raises(ValueError, match="word"):
                asked(name, {**public, "columns": columns}, frame)
        assert len(ledger.records) == 0


@every_statistic
def test_bad_rows_are_charged_and_hold_no_value(name):
    public = PUBLIC[name][name == "dp_count"]  # else it does not look at values
    infinite, text = table(), table().astype(object)
    infinite[3, :] = np.inf
    text[5, :] = "SECRET"
    cases = [(table()[:0], {}), (table(), {"by": np.zeros(499)})]
    cases += [(infinite, {})] if name != "dp_check_rules" else []
    cases += [(table(), {"sample_weight": -np.ones(500)})]
    cases += [(text, {})] if name not in ANY_VALUE else []
    for X, options in cases:
        with PrivacyLedger() as ledger:
            with pytest.raises((ValueError, TypeError), match=PAID) as caught:
                asked(name, public, X, **options)
            assert len(ledger.records) == 1
        for secret in ("SECRET", "500", "499"):
            assert secret not in str(caught.value)


@every_case
def test_weights_and_units_of_several_rows(name, public):
    rng = np.random.default_rng(0)
    options = {"sample_weight": rng.uniform(0, 5, 500), "max_weight": 2.0}
    options |= {"groups": np.arange(500) // 2, "max_rows_per_group": 2}
    found = asked(name, public, **options)
    assert "group" in found.privacy.unit
    assert max(release.sensitivity for release in found.privacy.releases) >= 4.0


@every_case
def test_rows_may_be_anywhere(name, public):
    X = table()
    da = pytest.importorskip("dask.array")
    sources = [
        X,
        X.tolist(),
        np.asfortranarray(X),
        ChunkRows(lambda: iter([X[:99], X[99:]])),
        da.from_array(X, chunks=(100, 3)),
    ]
    found = [asked(name, public, source, random_state=0) for source in sources]
    for other in found[1:]:
        assert np.array_equal(other.values, found[0].values)
        assert np.array_equal(other.high, found[0].high)


@every_statistic
def test_frames_of_pandas_polars_and_dask_agree(name):
    pl, dd = pytest.importorskip("polars"), pytest.importorskip("dask.dataframe")
    frame = pd.DataFrame(table(), columns=list("abc")).assign(
        plan=np.repeat(["x", "y"], 250)
    )
    public = {k: v for k, v in PUBLIC[name][0].items() if k not in ("columns", "by")}
    columns = {"dp_histogram": "b", "dp_histogram2d": ["c", "b"]}.get(name, ["b", "a"])
    options = {"columns": columns, "by": "plan", "categories": ["y", "x"]}
    options |= {**public, "random_state": 0}
    frames = [
        frame,
        pl.from_pandas(frame),
        dd.from_pandas(frame, npartitions=3),
        ChunkRows(lambda: iter([frame[:99], frame[99:]])),
    ]
    found = [STATISTICS[name](one, **options) for one in frames]
    assert found[0].axes[0] == ("plan", ("y", "x"))
    for other in found[1:]:
        assert other.axes == found[0].axes
        assert np.array_equal(other.values, found[0].values)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@every_statistic
def test_keys_beside_the_rows_are_those_of_a_column(name):
    X, keys = table()[:, 1:], np.repeat(["x", "y"], 250)
    frame = pd.DataFrame(X, columns=["x0", "x1"])
    options = {"categories": ["x", "y"], "epsilon": np.inf}
    options |= {k: v for k, v in PUBLIC[name][0].items() if k not in ("columns", "by")}
    if name == "dp_histogram":
        options["columns"] = [0]
    asked_of = STATISTICS[name]
    found = [
        asked_of(X, by=keys, **options),
        asked_of(X.tolist(), by=keys, **options),
        asked_of(X, by=pd.Series(keys), **options),
        asked_of(X, by=pd.Series(pd.Categorical(keys)), **options),
        asked_of(frame, by=keys, **options),
        asked_of(frame, by=pd.Series(keys, index=range(500, 1000)), **options),
        asked_of(frame.assign(by=keys), by="by", **options),
        asked_of(frame.assign(by=keys), by=["by"], **options),
    ]
    for other in found[1:]:
        assert other.axes == found[0].axes
        assert np.array_equal(other.values, found[0].values)


@every_statistic
def test_signature_and_docstring_tell_all_parameters(name):
    for parameter in inspect.signature(STATISTICS[name]).parameters:
        assert parameter in STATISTICS[name].__doc__
    assert STATISTICS[name].__module__.startswith("skprivate.exploration.")


def test_bounds_of_each_column():
    public = {"bounds": ([0, -1, -1], [2, 1, 1])}
    assert asked("dp_mean", public).shape == (3,)
