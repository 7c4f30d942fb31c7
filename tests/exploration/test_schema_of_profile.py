"""What a profile has found, a model need not find again."""

import numpy as np
import pytest

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.compose import DPTableVectorizer
from skprivate.exploration import DPDataProfile
from skprivate.linear_model import DPLogisticRegression
from skprivate.schema import Schema

pd = pytest.importorskip("pandas")

N = 3000
rng = np.random.default_rng(0)
TABLE = pd.DataFrame(
    {
        "age": rng.integers(18, 90, N),
        "plan": rng.choice(["free", "team", None], N),
        "size": pd.Categorical(rng.choice(["S", "L"], N), ["S", "M", "L"]),
        "member": rng.random(N) < 0.5,
        "since": pd.date_range("2015-03-01", periods=N, freq="h"),
        "same": 7.0,
    }
)
y = (TABLE["age"] > 50).to_numpy().astype(int)
MODEL = DPLogisticRegression(classes=[0, 1])


def test_it_tells_kinds_ranges_and_categories():
    profile = DPDataProfile(epsilon=5.0).fit(TABLE)
    schema = profile.schema_
    assert isinstance(schema, Schema)
    kinds = {name: field.kind for name, field in schema.items()}
    assert kinds == {
        "age": "number", "plan": "category", "size": "category",
        "member": "boolean", "since": "date", "same": "number",
    }  # fmt: skip
    assert set(schema["plan"].categories) == {"free", "team"}
    assert schema["size"].categories == ("S", "M", "L")
    low, high = schema["age"].bounds
    assert low <= 30
    assert high >= 80
    first, last = schema["since"].bounds
    assert first < "2015-06" < last
    assert Schema.from_json(schema.to_json()) == schema


def test_a_model_pays_for_no_ranges_and_categories():
    profile = DPDataProfile(epsilon=3.0).fit(TABLE)
    given = DPTableVectorizer(
        schema=profile.schema_, numeric="minmax", find_categories=False
    )
    model = make_dp_pipeline(given, MODEL, epsilon=3.0)
    with PrivacyLedger(epsilon=3.0, delta=1e-6, reserve=0.0):
        model.fit(TABLE, y)
    assert not any("dptable" in r.query for r in model.privacy_.releases)
    assert model.score(TABLE, y) > 0.8


def test_what_was_known_stays():
    facts = {"age": (0, 120), "plan": ["free"], "same": (0, 10)}
    schema = DPDataProfile(schema=facts).fit(TABLE).schema_
    assert schema["age"].bounds == (0, 120)
    assert schema["plan"].categories == ("free",)
    array = DPDataProfile(bounds=(0, 9)).fit(rng.random((300, 2))).schema_
    assert {name: field.bounds for name, field in array.items()} == {
        "x0": (0, 9),
        "x1": (0, 9),
    }
