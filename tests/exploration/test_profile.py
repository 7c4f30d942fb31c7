"""A profile of a table: what it says, and that its intervals hold."""

import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from skprivate.exploration import DPDataProfile
from skprivate.schema import Schema

N_ROWS, N_FITS = 4000, 40
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
NUMBERS = ["height", "age", "income", "visits", "score"]


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, N_ROWS))
    visits = np.where(rng.random(N_ROWS) < 0.7, 0, rng.integers(1, 50, N_ROWS))
    kinds = rng.choice(list("xyz"), N_ROWS, p=[0.6, 0.3, 0.1])
    return pd.DataFrame(
        {
            "height": a,
            "age": np.rint(40 + 8 * (0.6 * a + 0.8 * b)),
            "income": rng.lognormal(2, 1.5, N_ROWS),
            "visits": visits,
            "score": np.where(rng.random(N_ROWS) < 0.2, np.nan, b + 0.3 * a),
            "kind": pd.Categorical(kinds, categories=list("wxyz")),
            "member": a > 0.5,
        }
    )


@pytest.fixture(scope="module")
def truth(table):
    exact = {("", "rows"): len(table)}
    for name in table:
        exact[name, "missing"] = table[name].isna().sum()
    for name in NUMBERS:
        for q in QUANTILES:
            value = np.quantile(table[name].dropna(), q, method="inverted_cdf")
            exact[name, f"{100 * q:g}%"] = value
    for name in ("kind", "member"):
        for category, rows in table[name].value_counts().items():
            exact[name, f"rows of {category}"] = rows
        exact[name, "rows of others"] = 0
    matrix = table[NUMBERS].corr("spearman")
    for i, first in enumerate(NUMBERS):
        for second in NUMBERS[i + 1 :]:
            exact[first, f"rank correlation with {second}"] = matrix.loc[first, second]
    return exact


def kind_of(statistic):
    return next(k for k in ("rank", "%", "missing", "rows") if k in statistic)


@pytest.mark.parametrize("delta", [1e-6, 0.0])
@pytest.mark.parametrize("epsilon", [0.3, 5.0])
def test_intervals_hold_what_is_exact(table, truth, epsilon, delta):
    """By seeds 0 to 39: 95 % of some 1,600 intervals, less five deviations or so."""
    held = {}
    for seed in range(N_FITS):
        profile = DPDataProfile(epsilon=epsilon, delta=delta, bounds=(-100, 1000))
        profile.set_params(random_state=seed).fit(table)
        for line in profile.profile_.records():
            exact = truth[line["column"], line["statistic"]]
            inside = line["low"] <= exact <= line["high"]
            held.setdefault(kind_of(line["statistic"]), []).append(inside)
    assert held.keys() == {"rows", "missing", "%", "rank"}
    for kind, inside in held.items():
        assert np.mean(inside) > 0.90, kind


def test_intervals_are_narrow_enough_to_be_useful(table, truth):
    profile = DPDataProfile(epsilon=1.0, random_state=0).fit(table).profile_
    age, kind = profile.columns[1], profile.columns[5]
    assert abs(age.quantiles[0.5].value - truth["age", "50%"]) <= 1
    assert age.quantiles[0.5].high - age.quantiles[0.5].low < 3
    assert list(kind.categories) == ["x", "y", "z", "w"]
    together = profile.correlations["height", "age"]
    assert 0.4 < together.low < together.high < 0.8


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_what_pandas_says(table, truth):
    profile = DPDataProfile(epsilon=np.inf, bounds=(-100, 1000)).fit(table).profile_
    for line in profile.records():
        exact = truth[line["column"], line["statistic"]]
        if "rank" in line["statistic"]:
            assert line["value"] == pytest.approx(exact, abs=0.02)
        elif line["column"] in ("height", "income", "score"):
            assert line["value"] == pytest.approx(exact, rel=0.02, abs=0.02)
        else:
            assert line["value"] == pytest.approx(exact, abs=0.5)


def test_categories_are_found_for_a_price():
    rng = np.random.default_rng(0)
    words = rng.choice(["red", "green", "blue"], 5000, p=[0.5, 0.3, 0.2]).astype(object)
    words[:3] = "SECRET"
    table = pd.DataFrame({"word": words, "day": pd.Timestamp("2024-02-29")})
    table["day"] += pd.to_timedelta(rng.integers(0, 100, 5000), unit="D")
    profile = DPDataProfile(random_state=0).fit(table)
    word, day = profile.profile_.columns
    assert list(word.categories) == ["red", "green", "blue"]
    assert "SECRET" not in repr(profile.profile_)
    assert "2024-04" in repr(profile.profile_)
    assert day.kind == "date"
    with pytest.raises(ValueError, match="delta=0"):
        DPDataProfile(delta=0.0).fit(table)
    with pytest.raises(ValueError, match="find_categories=True"):
        DPDataProfile(find_categories=False).fit(table)


def test_a_schema_saves_what_it_knows(table):
    schema = Schema(dict.fromkeys(NUMBERS, (-100, 1000)) | {"kind": ["x", "y"]})
    profile = DPDataProfile(schema=schema, find_categories=False, random_state=0)
    profile.fit(table.astype({"kind": object}))
    asked = {release.query for release in profile.privacy_.releases}
    assert not {"Categories", "PresentCells"} & asked
    kind = profile.profile_.columns[5]
    assert list(kind.categories) == ["x", "y"]
    assert kind.others.value == pytest.approx(400, abs=150)
    with pytest.raises(ValueError, match="does not have once"):
        DPDataProfile(schema={"hight": (0, 1)}).fit(table)
    with pytest.raises(ValueError, match="another kind"):
        DPDataProfile(schema={"age": ["a", "b"]}).fit(table)


def test_only_columns_without_bounds_are_searched(table):
    profile = DPDataProfile(schema={"age": (0, 120)}, random_state=0).fit(table)
    cells = [r for r in profile.privacy_.releases if "Cells" in r.query]
    assert cells[0].sensitivity == pytest.approx(2.0)  # four columns of five


def test_what_is_shown(table):
    profile = DPDataProfile(random_state=0).fit(table).profile_
    frame = profile.to_frame()
    assert (frame["low"] <= frame["value"]).all()
    assert (frame["value"] <= frame["high"]).all()
    assert set(frame["column"]) == {"", *table.columns}
    text, html = repr(profile), profile._repr_html_()
    for name in table.columns:
        assert name in text
        assert name in html
    drawings = re.findall(r"<svg.*?</svg>", html)
    assert len(drawings) == 2
    assert all(f">{name}</text>" in drawings[0] for name in ("income", "visits"))
    for drawing in drawings:
        ElementTree.fromstring(drawing)
        assert "nan" not in drawing
    names, matrix = profile.correlation_matrix()
    assert names == NUMBERS
    np.testing.assert_array_equal(matrix, matrix.T)


def test_names_are_escaped():
    table = pd.DataFrame({"<script>": np.zeros(50), "a": ["<b>"] * 50})
    profile = DPDataProfile(schema={"a": ["<b>"]}).fit(table)
    html = profile.profile_._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html


def test_plot(table):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    profile = DPDataProfile(random_state=0).fit(table).profile_
    axes = profile.plot()
    assert [ax.get_title() for ax in axes.flat[:7]] == list(table.columns)
    with pytest.raises(ValueError, match="too few"):
        profile.plot(axes.flat[:2])
    pyplot.close("all")


@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_odd_columns_do_no_harm(delta):
    n = 300
    table = pd.DataFrame(
        {
            "constant": np.full(n, 7.0),
            "absent": np.full(n, np.nan),
            "huge": np.full(n, 1e308),
            "tiny": np.full(n, 5e-324),
            "half": np.where(np.arange(n) % 2, np.nan, 1e308),
            "nothing": pd.Categorical([None] * n, categories=["a"]),
            "nullable": pd.array([1, None] * (n // 2), dtype="Int64"),
        }
    )
    profile = DPDataProfile(delta=delta, random_state=0).fit(table).profile_
    for column in profile.columns:
        for found in column.quantiles.values():
            assert np.isfinite([found.low, found.value, found.high]).all()
    assert "absent" in repr(profile)
    assert profile.to_frame()["low"].notna().all()


def test_columns_with_equal_names_are_kept_apart():
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(500, 3)))
    table.columns = ["a", "a", "a"]
    try:
        profile = DPDataProfile(random_state=0).fit(table).profile_
    except ValueError:  # scikit-learn >= 1.9 refuses such names
        return
    assert [c.name for c in profile.columns] == ["a (x0)", "a (x1)", "a (x2)"]
    assert len(profile.correlations) == 3


@pytest.mark.parametrize("quantiles", [[0.5, 0.1], [-0.1], [1.1], [[0.5]]])
def test_wrong_quantiles_are_refused(quantiles, table):
    with pytest.raises(ValueError, match="quantiles"):
        DPDataProfile(quantiles=quantiles).fit(table)


def test_polars_is_read_as_pandas(table):
    pl = pytest.importorskip("polars")
    numbers = table[NUMBERS].fillna(0.0)
    of_pandas = DPDataProfile(random_state=0).fit(numbers).profile_
    of_polars = DPDataProfile(random_state=0).fit(pl.from_pandas(numbers)).profile_
    assert of_pandas.records() == of_polars.records()


def test_names_in_a_drawing_are_short_and_harmless():
    from skprivate.exploration._drawings import _short

    assert _short("<script>&") == "&lt;script&gt;&amp;"
    assert _short("a" * 18) == "a" * 18
    assert _short("a" * 19) == "a" * 17 + "…"


@pytest.mark.parametrize(("scale", "n_looks"), [(1.0, 1), (1e30, 2)])
def test_what_the_search_for_bounds_leaves_is_spent(scale, n_looks):
    X = scale * np.random.default_rng(0).normal(size=(2000, 2))
    releases = DPDataProfile(random_state=0).fit(X).privacy_.releases
    looks = [release for release in releases if release.query == "ValueCells"]
    assert len(looks) == n_looks
    assert sum(release.share for release in releases) == pytest.approx(1)
