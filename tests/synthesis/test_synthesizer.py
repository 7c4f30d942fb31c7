"""Synthetic tables: types, laws, conditions, rules, and bad input."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.preprocessing import OrdinalEncoder

from skprivate import check_private, make_dp_pipeline, privacy_cost
from skprivate.base import UtilityWarning
from skprivate.rows import ChunkRows, UnitClip
from skprivate.synthesis import DPTabularSynthesizer

N = 4000
SCHEMA = {"city": ["Bonn", "Graz", "Oslo"], "age": (0, 100), "score": (-5, 5)}


def table(n=N, seed=0):
    rng = np.random.default_rng(seed)
    age = rng.integers(10, 90, n)
    old = age > 50
    frame = pd.DataFrame(
        {
            "age": age,
            "score": np.where(old, 2.0, -2.0) + rng.normal(0, 0.5, n),
            "plan": pd.Categorical(np.where(old, "firm", "free"), ["free", "firm"]),
            "city": rng.choice(SCHEMA["city"], n),
            "paid": rng.random(n) < 0.25,
            "since": pd.Timestamp("2020-01-01")
            + pd.to_timedelta(rng.integers(0, 1000, n), unit="D"),
        }
    )
    frame.loc[rng.random(n) < 0.2, "score"] = np.nan
    return frame


TABLE = table()
FITTED = DPTabularSynthesizer(
    schema=SCHEMA, find_categories=False, epsilon=8.0, random_state=0
).fit(TABLE)
ROWS = FITTED.sample(N)


def test_rows_have_the_types_and_ranges_of_the_table():
    assert ROWS.dtypes.to_dict() == TABLE.dtypes.to_dict()
    assert list(ROWS) == list(TABLE)
    assert ROWS["age"].between(0, 100).all()
    assert set(ROWS["city"]) <= {*SCHEMA["city"], "infrequent"}
    assert ROWS["plan"].notna().all()


def test_single_columns_and_dependence_come_through():
    assert abs(ROWS["paid"].mean() - 0.25) < 0.03
    assert abs(ROWS["score"].isna().mean() - 0.2) < 0.03
    assert abs(ROWS["age"].mean() - TABLE["age"].mean()) < 2
    together = (ROWS["score"] > 0) == (ROWS["plan"] == "firm")
    assert together[ROWS["score"].notna()].mean() > 0.9
    assert {"plan"} < {name for pair in FITTED.pairs_ for name in pair}


def test_without_noise_marginals_are_those_of_the_table():
    with pytest.warns(UserWarning, match="no noise"):
        model = DPTabularSynthesizer(
            schema=SCHEMA, find_categories=False, epsilon=np.inf
        ).fit(TABLE)
    rows = model.sample(N)
    for name in "plan", "city", "paid":
        np.testing.assert_allclose(
            rows[name].value_counts(normalize=True).sort_index(),
            TABLE[name].value_counts(normalize=True).sort_index(),
            atol=0.005,
        )
    assert model.n_rows_ == pytest.approx(N)


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        ({"plan": "firm"}, lambda r: r["plan"] == "firm"),
        ({"plan": ["firm", "free"], "paid": True}, lambda r: r["paid"]),
        ({"age": (20, 30)}, lambda r: r["age"].between(20, 30)),
        ({"age": 33}, lambda r: r["age"] == 33),
        ({0: (20, 30), "score": None}, lambda r: r["score"].isna()),
        (
            {"since": ("2021-01-01", "2021-02-01")},
            lambda r: r["since"].between("2021-01-01", "2021-02-01"),
        ),
    ],
)
def test_conditions_hold_for_every_row(given, holds):
    rows = FITTED.sample(500, given=given)
    assert len(rows) == 500
    assert holds(rows).all()


def test_conditions_move_what_depends_on_them():
    rows = FITTED.sample(2000, given={"plan": "firm"})
    assert rows["score"].mean() > 1.5
    assert abs(rows["paid"].mean() - ROWS["paid"].mean()) < 0.05


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"plan": "gold"}, "neither declared nor found"),
        ({"nothing": 1}, "column that there is not, 'nothing'"),
        ({"age": (5, 1)}, "given: 'age' must give .* low <= high"),
        ({"age": "many"}, "low <= high"),
        ({"since": "soon"}, "low <= high"),
        ({"plan": None}, "never occur"),
        ({"age": (200, 300)}, "never occur"),
    ],
)
def test_conditions_that_make_no_sense_are_refused(given, error):
    with pytest.raises(ValueError, match=error):
        FITTED.sample(5, given=given)


@pytest.mark.parametrize("n", [0, -1, 1.5, True, 10**9, "many"])
def test_numbers_of_rows_that_make_no_sense_are_refused(n):
    with pytest.raises(ValueError, match="whole number"):
        FITTED.sample(n)


def with_rules(*rules):
    return DPTabularSynthesizer(
        schema=SCHEMA, find_categories=False, epsilon=8.0, random_state=0, rules=rules
    ).fit(TABLE)


def test_no_row_breaks_a_rule():
    rows = with_rules({"age": (0, 40), "paid": True}, {"city": "Oslo"}).sample(N)
    assert not ((rows["age"] <= 40) & rows["paid"]).any()
    assert "Oslo" not in set(rows["city"])
    assert abs(rows["paid"].mean() - 0.17) < 0.05


def test_a_rule_about_a_category_that_nobody_knows_changes_nothing_and_says_so():
    with pytest.warns(UtilityWarning, match="rules name a category of 'city'"):
        model = with_rules({"age": (0, 40), "city": "Rome"}, {"paid": True})
    rows = model.sample(100)
    assert len(rows) == 100
    assert not rows["paid"].any()


def test_a_condition_that_rules_forbid_is_told_from_rules_that_forbid_all():
    model = with_rules({"age": (0, 40), "paid": True})
    with pytest.raises(ValueError, match="given asks for"):
        model.sample(10, given={"age": (0, 30), "paid": True})


def test_rules_that_contradict_each_other_are_refused():
    rules = [{"paid": paid, "age": (0, 999)} for paid in (True, False)]
    with pytest.raises(ValueError, match="contradict each other"):
        with_rules(*rules).sample(10)


@pytest.mark.parametrize("rule", [{}, "text", {"nothing": 1}])
def test_rules_that_make_no_sense_are_refused_for_free(rule):
    with pytest.raises(ValueError, match="rules"):
        DPTabularSynthesizer(rules=[rule], schema=SCHEMA).fit(TABLE)


def test_labels_are_a_column_more():
    y = pd.Series(np.where(TABLE["age"] > 50, "yes", "no"), name="buys")
    model = DPTabularSynthesizer(
        schema=SCHEMA, find_categories=False, classes=["no", "yes"], epsilon=8.0,
        random_state=0,
    )  # fmt: skip
    rows, labels = model.fit_resample(TABLE, y)
    assert labels.name == "buys"
    assert abs(len(rows) - N) < 200
    assert ((labels == "yes") == (rows["plan"] == "firm")).mean() > 0.95
    rows, labels = model.sample(50, given={"buys": "yes", "paid": False})
    assert set(labels) == {"yes"}
    assert not rows["paid"].any()
    with pytest.raises(ValueError, match="no class"):
        model.sample(5, given={"buys": "perhaps"})


def test_the_target_may_be_a_column():
    model = DPTabularSynthesizer(
        "plan", schema=SCHEMA, find_categories=False, epsilon=8.0, random_state=0
    ).fit(TABLE)
    rows = model.sample(N)
    assert ((rows["age"] > 50) == (rows["plan"] == "firm")).mean() > 0.95
    assert set(model.sample(10, given={"plan": "free"})["plan"]) == {"free"}


@pytest.mark.parametrize(
    ("target", "error"),
    [("nothing", "there is not"), (9, "there is not"), ("age", "categories or bool")],
)
def test_targets_that_make_no_sense_are_refused(target, error):
    with pytest.raises(ValueError, match=error):
        DPTabularSynthesizer(target, schema=SCHEMA).fit(TABLE)
    with pytest.raises(ValueError, match="Give one of them"):
        DPTabularSynthesizer("plan", schema=SCHEMA).fit(TABLE, TABLE["paid"])


def test_cliques_are_no_larger_than_was_said():
    for cells in (4, 50, 2000):
        model = DPTabularSynthesizer(
            schema=SCHEMA, find_categories=False, max_cells=cells, epsilon=8.0,
            random_state=0,
        ).fit(TABLE)  # fmt: skip
        assert model.model_.model.tree.largest <= max(cells, 4)


def test_too_many_labels_for_the_cells_are_refused_for_free():
    y = np.arange(N) % 50
    model = DPTabularSynthesizer(max_cells=100, classes=range(50), schema=SCHEMA)
    with pytest.raises(ValueError, match="max_cells"):
        model.fit(TABLE, y)


def test_hardly_any_budget_is_refused():
    model = DPTabularSynthesizer(schema=SCHEMA, epsilon=1e-9, delta=1e-12)
    with pytest.raises(ValueError, match="budget is too small"):
        model.fit(TABLE)


def test_one_class_only_is_refused():
    with pytest.raises(ValueError, match="only one class"):
        DPTabularSynthesizer(schema=SCHEMA).fit(TABLE, np.zeros(N))


def test_columns_without_values_come_out_without_values():
    frame = TABLE[["age"]].assign(gone=np.nan)
    model = DPTabularSynthesizer(
        schema={"age": (0, 100)}, bounds=(0, 1), random_state=0
    )
    assert model.fit(frame).sample(100)["gone"].isna().mean() > 0.9


def test_very_many_categories_take_little_room():
    frame = TABLE[["age"]].assign(name=[f"name {i}" for i in range(N)])
    model = DPTabularSynthesizer(random_state=0).fit(frame)
    assert set(model.sample(100)["name"]) == {"infrequent"}


def test_groups_that_are_clipped_together_are_refused():
    model = DPTabularSynthesizer(
        schema=SCHEMA, find_categories=False, max_rows_per_group=UnitClip(3, 2.0)
    )
    with pytest.raises(ValueError, match="clipped"):
        model.fit(TABLE, groups=np.arange(N) // 2)


def test_groups_count_for_as_many_rows_as_was_said():
    model = DPTabularSynthesizer(
        schema=SCHEMA, find_categories=False, max_rows_per_group=4, random_state=0
    ).fit(TABLE, groups=np.arange(N) // 4)
    assert "group" in str(model.privacy_)
    assert model.n_rows_ > N / 2


@pytest.mark.parametrize("method", ["swift", "mst", "aim", "independent"])
@pytest.mark.parametrize("delta", [0.0, 1e-6])
def test_all_of_the_budget_is_spent_by_every_method(method, delta):
    model = DPTabularSynthesizer(
        method=method, schema=SCHEMA, find_categories=False, delta=delta, random_state=0
    ).fit(TABLE)
    assert sum(release.share for release in model.privacy_.releases) == pytest.approx(1)
    if method == "mst":
        assert len(model.pairs_) < TABLE.shape[1]
    assert (method == "independent") <= (model.pairs_ == [])


def test_polars_and_lists_and_arrays_come_back_as_they_are():
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"a": [1, 2, 3] * 50, "b": [True, False, None] * 50})
    model = DPTabularSynthesizer(bounds=(0, 4), random_state=0)
    rows, _ = model.fit_resample(frame)
    assert rows.schema == frame.schema
    rows, labels = model.fit_resample([[1.0, 2.0]] * 50, [0, 1] * 25)
    assert isinstance(rows, list)
    assert isinstance(labels, list)
    rows, _ = model.fit_resample(np.ones((50, 2), dtype=np.float32))
    assert rows.dtype == np.float32


def test_chunks_give_the_same_model():
    X = np.random.default_rng(0).uniform(0, 1, (300, 2))
    y = (X[:, 0] > 0.5).astype(int)
    model = DPTabularSynthesizer(bounds=(0, 1), classes=[0, 1], random_state=0)
    rows, labels = model.fit(X, y).sample(20)
    chunks = ChunkRows(lambda: [(X[:100], y[:100]), (X[100:], y[100:])], 2)
    others, more = model.fit(chunks).sample(20)
    np.testing.assert_array_equal(rows, others)
    np.testing.assert_array_equal(labels, more)


def pipeline(seed=None):
    words = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return make_dp_pipeline(
        DPTabularSynthesizer(schema=SCHEMA, classes=[False, True], random_state=seed),
        make_column_transformer((words, ["plan", "city"]), remainder="passthrough"),
        HistGradientBoostingClassifier(max_iter=20),
        epsilon=4.0,
    )


def test_any_estimator_behind_it_is_private():
    X, y = TABLE.drop(columns=["since"]), (TABLE["age"] > 50).to_numpy()
    assert check_private(pipeline()).epsilon() == pytest.approx(4.0)
    assert "sees synthetic rows only" in str(privacy_cost(pipeline()))
    assert pipeline().plan(X).epsilon() <= 4.0
    pipe = pipeline(seed=0).fit(X, y)
    assert pipe.privacy_.epsilon() == pytest.approx(4.0, rel=0.05)
    assert pipe.score(X, y) > 0.9


class Pretends(DPTabularSynthesizer):
    """Says that it replaces rows, and does what it likes."""

    def fit_resample(self, X, y=None, **params):
        return X, y


def test_who_writes_the_sampler_anew_is_not_believed():
    pipe = make_dp_pipeline(Pretends(), HistGradientBoostingClassifier())
    with pytest.raises(TypeError, match="not private"):
        pipe.fit(TABLE[["age"]], TABLE["paid"])
