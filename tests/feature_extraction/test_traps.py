"""What makes a stated guarantee false with texts, images, sound and series."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.image import PatchExtractor
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from skprivate import make_dp_pipeline, privacy_cost
from skprivate.base import Geometry, PublicMapMixin
from skprivate.composition import PrivacyCost, register_privacy_rule
from skprivate.feature_extraction.image import ScatteringTransform
from skprivate.feature_extraction.series import Resample
from skprivate.feature_extraction.text import HashedSequence, HashedText
from skprivate.linear_model import DPLogisticRegression
from skprivate.testing import check_public_map

MODEL = DPLogisticRegression(classes=[0, 1])


def foreign(package, name):
    """A class of a package that need not be installed."""
    methods = {"fit": lambda self, X, y=None: self, "transform": lambda self, X: X}
    cls = type(name, (TransformerMixin, BaseEstimator), methods)
    cls.__module__ = f"{package}.transformations"
    return cls()


@pytest.mark.parametrize(
    ("step", "instead"),
    [
        (CountVectorizer(), "DPCountVectorizer"),
        (TfidfVectorizer(), "HashedText"),
        (PatchExtractor(), "RandomPatchFeatures"),
        (DictVectorizer(), "FeatureHasher"),
        (foreign("aeon", "MiniRocket"), "CompetingKernels"),
        (foreign("aeon", "HydraTransformer"), "CompetingKernels"),
        (foreign("sktime", "MultiRocket"), "CompetingKernels"),
        (foreign("skrub", "StringEncoder"), "HashedText"),
        (foreign("skrub", "TableVectorizer"), "DPTableVectorizer"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_reads_all_rows_is_refused_with_what_to_use(step, instead):
    leaks = privacy_cost(step).leaks
    assert instead in " ".join(leak.remedy for leak in leaks)
    with pytest.raises(TypeError, match=instead):
        make_dp_pipeline(step, MODEL).fit(["a b", "c d"], [0, 1])


@pytest.mark.parametrize(
    ("public_map", "short", "long"),
    [
        (HashedText(32), ["a b"], ["a b", "word " * 500]),
        (HashedSequence(4), ["a b"], ["a b", "word " * 500]),
        (Resample(4), [[0.1, 0.2]], [[0.1, 0.2], np.zeros(900)]),
        (ScatteringTransform((8, 8)), [np.eye(8)], [np.eye(8), np.ones((90, 90))]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_longest_row_is_no_width(public_map, short, long):
    one, both = public_map.fit_transform(short), public_map.fit_transform(long)
    assert one.shape[1] == both.shape[1]
    first, same = (
        X.toarray()[0] if hasattr(X, "toarray") else X[0] for X in (one, both)
    )
    np.testing.assert_array_equal(first, same)


class Toy(PublicMapMixin, BaseEstimator):
    """A map of lists of numbers; what is wrong with it, subclasses add."""

    def _width(self):
        return 2

    def _geometry(self):
        return Geometry((-np.ones(2), np.ones(2)), 1.0)

    def _decoded(self, item):
        values = np.asarray(item, np.float64)
        known = values.ndim == 1 and values.size and np.isfinite(values).all()
        return values if known else None

    def _mapped(self, values):
        size = [np.tanh(v.mean() / (1 + np.abs(v).max())) for v in values]
        return np.stack([np.array(size) / 2, np.zeros(len(values))], axis=1)


class Learns(Toy):
    def fit(self, X=None, y=None):
        self.n_rows_ = 0 if X is None else len(X)
        return super().fit(X)


class Centres(Toy):
    def _mapped(self, values):
        rows = super()._mapped(values)
        return (rows - rows.mean(axis=0)) / 2


class Boasts(Toy):
    def _mapped(self, values):
        return 4.0 * super()._mapped(values) + 3.0


class Fails(Toy):
    def _or_none(self, item):
        return self._decoded(item)


class Drops(Toy):
    def transform(self, X):
        return super().transform([x for x in X if self._or_none(x) is not None])


class Shouts(Toy):
    def _decoded(self, item):
        return np.array([len(repr(item))], np.float64)


class Remembers(Toy):
    def transform(self, X):
        self.rows_ = list(X)
        return super().transform(X)


class Writes(Toy):
    def _mapped(self, values):
        for value in values:
            value += 1.0
        return super()._mapped(values)


class Shrinks(Toy):
    def transform(self, X):
        rows = super().transform(X)
        return rows if len(rows) else np.zeros((0, 1))


@register_privacy_rule(Toy)
def rule_of_toys(estimator, walk):
    return PrivacyCost("Toy", note="maps each item by itself")


NUMBERS = [np.linspace(0.0, 1.0, n) for n in (3, 20, 40)]


def test_a_map_that_is_right_passes():
    check_public_map(Toy(), NUMBERS)


@pytest.mark.parametrize(
    ("defect", "found"),
    [
        (Learns, "depend on the rows"),
        (Centres, "in other company"),
        (Boasts, "beyond output_bounds_"),
        (Fails, "."),
        (Drops, "not as many rows"),
        (Shouts, "made of nothing"),
        (Remembers, "pickle holds items"),
        (Writes, "changed in place|in other company"),
        (Shrinks, "table of no rows"),
    ],
)
def test_a_planted_defect_is_found(defect, found):
    with pytest.raises((AssertionError, TypeError, ValueError), match=found):
        check_public_map(defect(), NUMBERS)


class Unruled(PublicMapMixin, BaseEstimator):
    _width, _geometry = Toy._width, Toy._geometry
    _decoded, _mapped = Toy._decoded, Toy._mapped


def test_a_map_without_a_rule_is_no_public_map():
    with pytest.raises(AssertionError, match="no privacy rule"):
        check_public_map(Unruled(), NUMBERS)
