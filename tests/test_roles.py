"""What is no DPEstimator declares a role, and is checked for it, whoever adds it."""

import inspect
from importlib import import_module
from pkgutil import walk_packages
from types import SimpleNamespace

import numpy as np
import pytest

import skprivate
from skprivate import check_private
from skprivate.additive import DPAdditiveRegressor
from skprivate.base import DPEstimator
from skprivate.composition._registry import rule_of
from skprivate.federated import FederatedRows, InProcess, Party, Policy
from skprivate.inspection import (
    DPPartialDependenceDisplay,
    DPPermutationImportanceDisplay,
    PublicBackground,
    dp_partial_dependence,
)
from skprivate.metrics import DPGroupMetricsDisplay
from skprivate.naive_bayes import DPGaussianNB
from skprivate.rows import (
    ArrayRows,
    ArrowRows,
    ChunkRows,
    DaskRows,
    NoRows,
    Parties,
    Rows,
    SparkRows,
    TableRows,
)
from skprivate.testing import (
    all_estimators,
    check_display,
    check_source,
    dp_checks,
)
from skprivate.testing._checks_stateless import (
    check_announced_output_holds_for_hostile_rows,
    check_learns_nothing,
)

RNG = np.random.default_rng(7)
X = RNG.uniform(-2, 2, (60, 3))
Y = np.arange(60) % 3


def dask_rows(X, y):
    da = pytest.importorskip("dask.array")
    y = None if y is None else da.from_array(y, chunks=16)
    return DaskRows(da.from_array(X, chunks=(16, 2)), y)


def chunk_rows(X, y):
    def chunks():
        for part in np.array_split(np.arange(len(X)), 7):
            yield X[part] if y is None else (X[part], y[part])

    return ChunkRows(chunks, X.shape[1])


def parties(X, y):
    halves = slice(11), slice(11, None)
    return Parties(*(ArrayRows(X[h], y if y is None else y[h]) for h in halves))


def federated_rows(X, y):
    policy = Policy(max_epsilon=np.inf, noise="server")
    halves = slice(11), slice(11, None)
    parts = [(X[h], y if y is None else y[h]) for h in halves]
    clinics = {str(i): Party(*part, policy=policy) for i, part in enumerate(parts)}
    return FederatedRows(InProcess(clinics), X.shape[1], noise="server")


def arrow_table(X, y):
    pa = pytest.importorskip("pyarrow")
    target = {} if y is None else {"y": y}
    return pa.table({f"x{j}": column for j, column in enumerate(X.T)} | target)


def arrow_rows(X, y):
    return ArrowRows(arrow_table(X, y), target=None if y is None else "y")


def spark_rows(X, y):
    table = arrow_table(X, y)
    from tests.rows.spark_frame import Frame  # needs PyArrow

    return SparkRows(Frame(table, size=13), target=None if y is None else "y")


# Public sources -> how to make one of an array. A new one must be added.
SOURCES = {
    ArrayRows: ArrayRows,
    ArrowRows: arrow_rows,
    ChunkRows: chunk_rows,
    DaskRows: dask_rows,
    FederatedRows: federated_rows,
    Parties: parties,
    SparkRows: spark_rows,
}
# There are no rows, or they are behind the door: made of a table by `as_rows` only.
NO_SOURCES = {Rows, NoRows, TableRows}


def public_classes():
    for info in walk_packages(skprivate.__path__, "skprivate."):
        if not any(part.startswith("_") for part in info.name.split(".")):
            module = import_module(info.name)
            for name in getattr(module, "__all__", ()):
                if inspect.isclass(getattr(module, name)):
                    yield getattr(module, name)


def test_every_public_source_is_checked():
    sources = {cls for cls in public_classes() if issubclass(cls, Rows)}
    assert sources - NO_SOURCES == {*SOURCES}, "say how to make it of an array"


@pytest.mark.parametrize("cls", SOURCES, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("y", [None, Y], ids=["no target", "classes"])
def test_sources_add_up_as_arrays_do(cls, y):
    check_source(SOURCES[cls](X, y), X, y)


class Twice(ArrayRows):
    """A source that gives each row two times."""

    def through(self, door):
        return self

    def encoded(self, classes):
        return type(self)(self.X, np.searchsorted(classes, self.y).astype(np.int32))

    def total(self, queries):
        return [2 * total for total in super().total(queries)]


class Once(Twice):
    """A source that has nothing left for a second pass."""

    passes = 0

    def total(self, queries):
        totals = ArrayRows.total(self, queries)
        type(self).passes += 1
        return totals if self.passes == 1 else [0 * total for total in totals]


class Floats(Twice):
    """A source that adds floats."""

    def total(self, queries):
        return [total * 1.0 for total in ArrayRows.total(self, queries)]


@pytest.mark.parametrize(
    ("cls", "match"),
    [(Twice, "every row"), (Once, "second pass"), (Floats, "integers")],
)
def test_a_wrong_source_is_caught(cls, match):
    with pytest.raises(AssertionError, match=match):
        check_source(cls(X, Y), X, Y)


DISPLAYS = [cls for cls in public_classes() if cls.__name__.endswith("Display")]


def made_of(display, scores):
    """A display of a model fitted on scores, or of predictions of whatever kind."""
    if display is DPPartialDependenceDisplay:
        X = scores.reshape(-1, 2)
        model = DPAdditiveRegressor(bounds=(0, 1), target_bounds=(0, 1), random_state=0)
        return display(
            dp_partial_dependence(
                model.fit(X, X[:, 0]),
                X,
                custom_values={0: [0, 1]},
                features=[0],
                prediction_bounds=(0, 1),
            )
        )
    if display is DPPermutationImportanceDisplay:
        X, y = scores.reshape(-1, 2), (scores[::2] > 0.5).astype(int)
        model = DPGaussianNB(bounds=(0, 1), classes=[0, 1]).fit(X, y)
        background = PublicBackground(np.eye(2))
        return display.from_estimator(model, X, y, background=background)
    if not hasattr(display, "from_predictions"):
        X = scores.reshape(-1, 2)
        model = DPAdditiveRegressor(bounds=(0, 1), target_bounds=(0, 1), random_state=0)
        return display.from_estimator(model.fit(X, X[:, 0]))
    wanted = [*inspect.signature(display.from_predictions).parameters][1]
    y = (scores > 0.5).astype(int)
    given = y if wanted == "y_pred" else scores
    options = {} if wanted == "y_prob" else {"classes": [0, 1]}
    if display is DPGroupMetricsDisplay:
        options |= {"by": y, "categories": [0, 1]}
    return display.from_predictions(y, given, **options)


def test_displays_are_found():
    assert len(DISPLAYS) >= 3


@pytest.mark.parametrize("display", DISPLAYS, ids=lambda cls: cls.__name__)
def test_displays_hold_no_value(display):
    pytest.importorskip("matplotlib")
    scores = np.random.default_rng(0).random(400)
    check_display(made_of(display, scores), scores)


def test_a_display_that_keeps_scores_is_caught():
    scores = np.random.default_rng(0).random(9)
    for kept in (scores, scores.astype(">f8"), scores.tolist()):
        with pytest.raises(AssertionError, match="Keep the private result"):
            check_display(SimpleNamespace(kept=kept), scores)


MAPS = [cls() for _, cls in all_estimators("stateless")]
ANNOUNCING = [m for m in MAPS if hasattr(m.fit(np.ones((2, 2))), "output_bounds_")]


def test_public_maps_that_announce_their_output_are_found():
    names = {type(public_map).__name__ for public_map in ANNOUNCING}
    assert {"CategoryHasher", "RowNormClipper"} <= names


@pytest.mark.parametrize("public_map", MAPS, ids=lambda m: type(m).__name__)
def test_public_maps_are_checked_and_have_a_rule(public_map):
    assert not isinstance(public_map, DPEstimator)
    assert rule_of(type(public_map)) is not None
    assert check_learns_nothing.__name__ in dp_checks(public_map)
    check_private(public_map)


@pytest.mark.parametrize("public_map", ANNOUNCING, ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("name", ["output_bounds_", "output_norm_"])
def test_an_output_that_is_not_kept_is_caught(public_map, name, monkeypatch):
    cls = type(public_map)
    real = getattr(cls, name).fget
    monkeypatch.setattr(
        cls, name, property(lambda self: np.multiply(0.5, real(self))), raising=True
    )
    with pytest.raises(AssertionError, match="beyond"):
        check_announced_output_holds_for_hostile_rows(public_map)
