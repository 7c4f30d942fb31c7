"""A category that a model knows nothing of is answered with its average, not noise."""

import numpy as np
import pandas as pd
import pytest

from skprivate import make_dp_pipeline
from skprivate.compose import DPTableVectorizer
from skprivate.linear_model import DPLogisticRegression, DPRidge

N = 4000
rng = np.random.default_rng(0)
X = pd.DataFrame({"a": rng.normal(size=N), "kind": rng.choice(list("abcd"), N)})
y = (X["a"] + (X["kind"] == "a") > 0).to_numpy().astype(int)
STRANGE = pd.DataFrame({"a": [0.0] * 6, "kind": [*"abcd", "new", None]})
SCHEMAS = [None, {"kind": list("abcd")}, {"kind": list("abcdefg")}]


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize(
    "model",
    [
        DPLogisticRegression(C=100.0, classes=[0, 1]),
        DPRidge(1e-3, target_bounds=(0, 1)),
    ],
    ids=["logistic", "ridge"],
)
def test_a_linear_model_answers_with_its_average(model, schema):
    pipe = make_dp_pipeline(DPTableVectorizer(schema=schema), model)
    pipe = pipe.fit(X, y)
    ask = getattr(pipe, "decision_function", pipe.predict)
    shares = pipe[0].parts_[1].shares
    listed = list(pipe[0].parts_[1].categories)
    of_each = ask(pd.DataFrame({"a": [0.0] * len(listed), "kind": listed}))
    new, gap = ask(STRANGE)[4:]
    assert new == gap == pytest.approx(shares @ of_each, abs=1e-4)
    if schema is None:
        assert abs(shares - 0.25).max() < 0.2


def test_found_categories_have_the_shares_of_their_rows():
    skewed = X.assign(kind=np.where(rng.random(N) < 0.9, "a", "b"))
    part = DPTableVectorizer(epsilon=9.0).fit(skewed).parts_[1]
    assert list(part.categories) == ["a", "b"]
    np.testing.assert_allclose(part.shares, [0.9, 0.1], atol=0.05)


def test_many_rows_of_rare_values_have_a_column():
    rare = [f"r{i}" for i in range(N)]
    mixed = X.assign(kind=np.where(rng.random(N) < 0.5, "a", rare))
    vectorizer = DPTableVectorizer(epsilon=9.0).fit(mixed)
    assert vectorizer.parts_[1].many_others
    Z = vectorizer.transform(STRANGE)
    np.testing.assert_array_equal(Z[:5, 1:], [[1, 0], [0, 1], [0, 1], [0, 1], [0, 1]])
    assert not DPTableVectorizer(epsilon=9.0).fit(X).parts_[1].many_others


def test_nothing_but_rare_values():
    lonely = pd.DataFrame({"kind": [f"r{i}" for i in range(300)]})
    vectorizer = DPTableVectorizer().fit(lonely)
    Z = vectorizer.transform(lonely)
    assert len({*map(tuple, Z)}) == 1
    assert Z.shape == (300, 1)
    assert {*vectorizer.inverse_transform(Z).ravel()} == {"infrequent_sklearn"}


def test_rows_can_be_read_back():
    table = X.assign(
        day=pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(N) % 900, unit="D"),
        sure=X["a"] > 0,
        size=pd.Categorical(np.where(X["a"] > 1, "L", "S"), ["S", "L"]),
    )
    facts = {"a": (-9, 9), "day": ("2019-01-01", "2024-01-01")}
    vectorizer = DPTableVectorizer(schema=facts, numeric="minmax", epsilon=9.0)
    Z = vectorizer.fit_transform(table)
    back = vectorizer.inverse_transform(Z)
    assert back.shape == table.shape
    np.testing.assert_allclose(back[:, 0].astype(float), table["a"], atol=1e-5)
    for j in 1, 4:
        assert list(back[:, j]) == list(table.iloc[:, j])
    days = pd.to_datetime(back[:, 2].astype("datetime64[s]")) - table["day"]
    assert abs(days.dt.total_seconds()).max() < 3600
    np.testing.assert_array_equal(back[:, 3].astype(float), table["sure"])
    center = Z[table["kind"] == "b"].mean(axis=0)
    assert vectorizer.inverse_transform([center])[0, 1] == "b"
    with pytest.raises(ValueError, match="come out of transform"):
        vectorizer.inverse_transform(Z[:, 1:])


def test_what_is_missing_stays_missing_if_there_is_an_indicator():
    table = X.assign(a=X["a"].where(X["a"] > 0))
    vectorizer = DPTableVectorizer(add_indicator=True).fit(table)
    back = vectorizer.inverse_transform(vectorizer.transform(table))
    np.testing.assert_array_equal(np.isnan(back[:, 0].astype(float)), table["a"].isna())
    no_year = DPTableVectorizer(datetime=["hour"]).fit(pd.DataFrame({"d": TIMES}))
    back = no_year.inverse_transform(no_year.transform(pd.DataFrame({"d": TIMES})))
    assert np.isnat(back.astype("datetime64[s]")).all()


TIMES = pd.date_range("2020-01-01", periods=300)
