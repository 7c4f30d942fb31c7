"""Types of Dask that list no categories yet list none here."""

import numpy as np
import pytest

from skprivate.additive import DPAdditiveClassifier
from skprivate.compose import DPTableVectorizer
from skprivate.exploration import DPDataProfile
from skprivate.preprocessing import DPOneHotEncoder, DPOrdinalEncoder, DPTargetEncoder

pd = pytest.importorskip("pandas")
dd = pytest.importorskip("dask.dataframe")

TOWN = np.random.default_rng(0).choice(["Ulm", "Kiel"], 1_000)
y = (TOWN == "Ulm").astype(int)


def rows():
    frame = pd.DataFrame({"town": TOWN, "y": y})
    frame = dd.from_pandas(frame, npartitions=3)
    return frame[["town"]].astype("category"), frame["y"]


def lists_of(fitted):
    """All that a fitted estimator says of categories."""
    if hasattr(fitted, "get_feature_names_out"):
        yield from fitted.get_feature_names_out()
    for name in ("categories_", "schema_"):
        yield str(getattr(fitted, name, ""))


@pytest.mark.parametrize(
    "estimator",
    [
        DPOneHotEncoder(),
        DPOrdinalEncoder(),
        DPTargetEncoder(),
        DPTableVectorizer(),
        DPDataProfile(),
    ],
    ids=lambda e: type(e).__name__,
)
def test_categories_are_found_and_not_read_off_the_type(estimator):
    X, target = rows()
    assert not X["town"].cat.known
    fitted = estimator.set_params(epsilon=20.0, random_state=0).fit(X, target)
    told = " ".join(lists_of(fitted))
    assert "UNKNOWN" not in told
    assert "Ulm" in told


def test_a_model_of_tables_tells_them_apart():
    model = DPAdditiveClassifier(classes=[0, 1], epsilon=5.0, random_state=0)
    model.fit(*rows())
    assert model.score(pd.DataFrame({"town": TOWN}), y) > 0.95
