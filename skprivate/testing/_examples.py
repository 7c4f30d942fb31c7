"""Data and parameters with which any estimator can be tried."""

import warnings
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from sklearn.base import clone
from sklearn.utils import get_tags

LOW, HIGH = -2.0, 2.0
N_FEATURES = 5
CATEGORIES = (-2.0, -1.0, 0.0, 1.0, 2.0)
# Tests fit each estimator hundreds of times. Sizes of models, by name of the parameter:
SMALL = {
    "alphas": (0.1, 1.0, 10.0), "hidden_layer_sizes": (4,), "max_bins": 8,
    "max_depth": 2, "max_iter": 3, "n_estimators": 3,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Example:
    """Rows to fit on: features, target (None if there is none), weights (or None)."""

    X: np.ndarray
    y: np.ndarray | None
    weight: np.ndarray | None = None

    def __len__(self):
        return len(self.X)

    def rows(self, index):
        """Some of the rows."""
        return Example(*(None if a is None else a[index] for a in self._arrays))

    def with_row(self, x, label=None, weight=1.0):
        """One more row, the last."""
        y = None if self.y is None else np.append(self.y, self._label(label))
        w = None if self.weight is None else np.append(self.weight, weight)
        return Example(np.vstack([self.X, np.broadcast_to(x, (1, self.width))]), y, w)

    def with_target(self, y):
        """The same rows with another target."""
        return replace(self, y=y)

    @property
    def width(self):
        """Number of features."""
        return self.X.shape[1]

    @property
    def fit_args(self):
        """Keyword arguments of ``fit``."""
        args = {"X": self.X}
        if self.y is not None:
            args["y"] = self.y
        if self.weight is not None:
            args["sample_weight"] = self.weight
        return args

    @property
    def _arrays(self):
        return self.X, self.y, self.weight

    def _label(self, label):
        """A label, or by default that of the first row, as the dtype of ``y``."""
        return self.y[0] if label is None else np.asarray(label, self.y.dtype)


def target_kind(estimator):
    """What ``y`` means to an estimator: "class", "number" or "none"."""
    return estimator._target_kind()


def example_for(estimator, n_rows=40, seed=0):
    """Rows that an estimator accepts, judging by its tags.

    Parameters
    ----------
    estimator : DPEstimator
        Any.
    n_rows : int, default=40
        Number of rows.
    seed : int, default=0
        Of the test data.

    Returns
    -------
    Example
    """
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (n_rows, N_FEATURES))
    kind = target_kind(estimator)
    signal = X[:, 0] + X[:, 1] / 2
    y = None
    if kind == "class":
        multi = get_tags(estimator).classifier_tags
        cuts = [0.0] if multi is None or not multi.multi_class else [-0.4, 0.4]
        y = np.digitize(signal, cuts)
    elif kind == "number":
        y = np.clip(signal, -1, 1)
        y = np.abs(y) if get_tags(estimator).target_tags.positive_only else y
    if get_tags(estimator).input_tags.positive_only:
        X = np.abs(X)
    if get_tags(estimator).input_tags.categorical:
        X = np.rint(2 * X)  # one of CATEGORIES
    return Example(X, y)


def classes_of(estimator):
    """The labels of the examples."""
    multi = get_tags(estimator).classifier_tags
    return (0, 1) if multi is None or not multi.multi_class else (0, 1, 2)


def configured(estimator, **params):
    """A clone with the public facts that it can be told, and some other parameters.

    Facts are bounds, classes and categories, where there are such parameters; they fit
    what :func:`example_for` makes.
    """
    estimator = clone(estimator)
    names = estimator.get_params(deep=False)
    low = 0.0 if get_tags(estimator).input_tags.positive_only else LOW
    least = 0.0 if get_tags(estimator).target_tags.positive_only else -1.0
    facts = {"bounds": (low, HIGH), "target_bounds": (least, 1.0)}
    facts["categories"] = [CATEGORIES] * N_FEATURES
    facts["find_categories"] = False
    if target_kind(estimator) == "class":
        facts["classes"] = classes_of(estimator)
    facts |= params
    return estimator.set_params(**{k: v for k, v in facts.items() if k in names})


def small(estimator):
    """A clone of few rounds, trees and bins, where it has such parameters."""
    names = estimator.get_params(deep=False)
    sizes = {name: size for name, size in SMALL.items() if name in names}
    return clone(estimator).set_params(**sizes)


def with_classes(estimator):
    """A clone that knows only the labels: everything else is as it was given."""
    estimator = clone(estimator)
    if target_kind(estimator) == "class" and "classes" in estimator.get_params():
        estimator.set_params(classes=classes_of(estimator))
    return estimator


def fit(estimator, example, **fit_params):
    """Fit a clone, and keep quiet about budgets that protect little."""
    with quiet():
        return clone(estimator).fit(**example.fit_args, **fit_params)


@contextmanager
def quiet():
    """No warnings: checks of what a fit releases are not about them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def error_of(call, *args, **kwargs):
    """The exception that a call raises, or None."""
    try:
        call(*args, **kwargs)
    except AssertionError:
        raise
    except Exception as error:
        return error
    return None
