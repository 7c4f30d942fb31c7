"""Every fitted estimator is stored encrypted, without pickle, and is the same after."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from skprivate import make_dp_pipeline
from skprivate.additive import DPAdditiveClassifier
from skprivate.calibration import DPCalibratedClassifier
from skprivate.compose import DPTableVectorizer, make_dp_column_transformer
from skprivate.ensemble import DPStackingClassifier
from skprivate.exploration import DPDataProfile
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.model_selection import DPGridSearchCV, DPTunedThresholdClassifier
from skprivate.multiclass import DPOneVsRestClassifier
from skprivate.pipeline import make_dp_union
from skprivate.preprocessing import (
    DPMinMaxScaler,
    DPOneHotEncoder,
    DPOrdinalEncoder,
    DPStandardScaler,
)
from skprivate.rows import UnitClip
from skprivate.schema import Schema
from skprivate.security import (
    TRUSTED_TYPES,
    KeyRing,
    load_private_model,
    save_private_model,
)
from skprivate.testing import all_estimators
from skprivate.testing._examples import configured, example_for, quiet

skops = pytest.importorskip("skops.io")

PRIVATE = [configured(cls()) for _, cls in all_estimators("private")]
STATELESS = [cls() for _, cls in all_estimators("stateless")]
METHODS = ("predict", "predict_proba", "transform")
RING = KeyRing.new()


def check_same(fitted, X):
    """What is stored and read again answers as before, and has the same report."""
    unknown = {*skops.get_untrusted_types(data=skops.dumps(fitted))}
    assert sorted(unknown - TRUSTED_TYPES) == [], "add them to security/_trusted.py"
    with TemporaryDirectory() as folder:
        file = Path(folder, "model")
        save_private_model(fitted, file, key=RING, allow_not_private=True)
        again = load_private_model(file, key=RING)
    assert repr(getattr(again, "privacy_", "")) == repr(getattr(fitted, "privacy_", ""))
    for method in METHODS:
        if hasattr(fitted, method):
            first, second = (getattr(model, method)(X) for model in (fitted, again))
            first, second = (
                a.toarray() if hasattr(a, "toarray") else a for a in (first, second)
            )
            np.testing.assert_array_equal(first, second)
    return again


@pytest.mark.parametrize("estimator", PRIVATE, ids=lambda e: type(e).__name__)
def test_private_estimators(estimator):
    example = example_for(estimator)
    with quiet():
        check_same(clone(estimator).fit(**example.fit_args), example.X)


@pytest.mark.parametrize("estimator", STATELESS, ids=lambda e: type(e).__name__)
def test_stateless_estimators(estimator, rng):
    X = rng.uniform(0, 1, (20, 3))
    check_same(clone(estimator).fit(X), X)


@pytest.fixture
def frame(rng):
    return pd.DataFrame(
        {
            "age": rng.normal(50, 9, 600),
            "town": rng.choice(["Ulm", "Kiel", None], 600),
            "since": pd.date_range("2020-01-01", periods=600),
            "member": rng.random(600) < 0.5,
        }
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: DPTableVectorizer(),
        lambda: DPOneHotEncoder(),
        lambda: DPOrdinalEncoder(),
        lambda: make_dp_pipeline(
            DPTableVectorizer(schema=Schema({"age": (0, 100), "town": ["Ulm"]})),
            DPRidge(target_bounds=(0, 1)),
        ),
        lambda: make_dp_column_transformer(
            (DPStandardScaler(), ["age"]), (DPOneHotEncoder(), ["town"])
        ),
        lambda: make_dp_pipeline(
            make_dp_column_transformer(("passthrough", ["age"])),
            make_dp_union(DPStandardScaler(), DPMinMaxScaler()),
            DPTunedThresholdClassifier(DPLogisticRegression(classes=[False, True])),
        ),
        lambda: DPGridSearchCV(
            make_dp_pipeline(
                DPTableVectorizer(), DPLogisticRegression(classes=[False, True])
            ),
            {"dplogisticregression__C": [1.0, 9.0]},
        ),
        lambda: make_dp_pipeline(
            DPTableVectorizer(),
            DPCalibratedClassifier(DPLogisticRegression(classes=[False, True])),
        ),
        lambda: make_dp_pipeline(
            DPTableVectorizer(),
            DPOneVsRestClassifier(DPLogisticRegression(), classes=[False, True]),
        ),
        lambda: DPStackingClassifier(
            [("a", make_dp_pipeline(DPTableVectorizer(), DPLogisticRegression()))],
            classes=[False, True],
        ),
        lambda: DPStandardScaler(max_rows_per_group=UnitClip(3, 1.5)),
        lambda: DPAdditiveClassifier(
            classes=[False, True], interactions=[("age", "town")]
        ),
    ],
)
def test_tables_and_compound_objects(make, frame):
    model = make()
    if isinstance(model, (DPOneHotEncoder, DPOrdinalEncoder)):
        frame = frame[["town"]]
    if isinstance(model, DPStandardScaler):
        frame = frame[["age"]]
    check_same(model.set_params(epsilon=5.0).fit(frame, np.arange(600) % 2 == 0), frame)


def test_a_profile(frame):
    again = check_same(DPDataProfile(epsilon=5.0).fit(frame), frame).profile_
    assert {type(pair) for pair in again.correlations} == {tuple}
    assert "Ulm" in again.columns[1].categories
    assert set(again.columns[3].categories) <= {False, True}
