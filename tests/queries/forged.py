"""Queries as a wire could bring them: one field of a genuine one is changed."""

import sys
import warnings
from dataclasses import fields, is_dataclass, replace

import numpy as np

from skprivate.base import Box, Query
from skprivate.binning import BinCodes, Bins
from skprivate.calibration._tables import ScoreBins
from skprivate.ensemble._vote_sum import VoteSum
from skprivate.feature_selection._contrasts import ClassContrasts, TargetContrasts
from skprivate.feature_selection._top_k import LargestContrast
from skprivate.losses import Huber, Logistic
from skprivate.metrics._average_precision import CellWeights
from skprivate.metrics._axis import ScoreCells
from skprivate.metrics._calibration import Reliability
from skprivate.metrics._clusters import BelowTheTop, NearestOfTwo
from skprivate.metrics._losses import BrierLoss, ClassBrierLoss, ErrorLoss, LogLoss
from skprivate.metrics._one_vs_rest import OfScore
from skprivate.metrics._regression import ExcessLoss, TargetPosition
from skprivate.metrics._roc_auc import Lifts
from skprivate.metrics._score_tables import TwoCounts
from skprivate.metrics._tables import (
    Agreement,
    ClassAgreement,
    ClassOutcomes,
    Confusion,
    Detections,
    GroupOutcomes,
)
from skprivate.model_selection._group_table import GroupScoreCells
from skprivate.model_selection._row_scores import RowScore
from skprivate.queries import (
    CellTotals,
    ClassIntervals,
    ColumnCells,
    Derived,
    DyadicCells,
    EqualCells,
    FarthestTable,
    GroupCells,
    LogisticGradient,
    LossGradient,
    LossSteps,
    Moments,
    OfView,
    RowCounts,
    SecondMoments,
    TableGaps,
)
from skprivate.queries._adversarial import AdversarialGradient
from skprivate.queries._cells_of import CellIntervals, Cells, OfCells
from skprivate.queries._pair_scores import PairScores
from skprivate.queries._rank_moments import RankMoments
from skprivate.queries._table_counts import CategoryCounts
from skprivate.queries._target_cells import TargetCells
from skprivate.queries._views import ByClass, Scaled, Squares
from skprivate.rows import ArrayRows
from skprivate.shift._label_tables import Predicted
from skprivate.testing import all_estimators, hostile_rows
from skprivate.testing._examples import configured, example_for, with_classes
from skprivate.testing._replay import record

NO_WEIGHTS = np.empty(0)
EIGHT = np.linspace(0, 1, 9)[1:-1]
MOST_VALUES = 10**6  # of an answer that is computed here: more is allowed, but slow


def genuine():
    """Queries of all estimators, and of what is no estimator, by class."""
    found = {}
    for query in [*of_estimators(), *of_others()]:
        found.setdefault(type(query), query)
        for field in fields(query) if is_dataclass(query) else ():
            if isinstance(inner := getattr(query, field.name), Query):
                found.setdefault(type(inner), inner)
    return found


def of_estimators():
    for _, cls in all_estimators():
        for variant in (configured(cls()), with_classes(cls())):
            asked = record(variant, **example_for(variant).fit_args).tape.asked
            yield from (item.query for item in asked if not item.query.by_key)


def of_others():
    ends, edges = np.zeros(3), np.array([0.0, 0.25, 0.5, 1.0])
    heights = np.array([[-1.0, 0.5, 0.2, 1.0], [1.0, 0.1, -0.4, -1.0]])
    box = Box.between(ends, ends + 1.0, 10)
    target = Box.between(np.zeros(1), np.ones(1), 10)
    error, position = ErrorLoss(0.0, 1.0, 0.5, 2), TargetPosition(0.0, 1.0)
    contrasts = ClassContrasts.of(box, np.array([0.2, 0.3, 0.5]), 40.0)
    yield from (
        LargestContrast(contrasts, 1.0, (1,)),
        TargetContrasts(box, target, 3.0),
    )
    yield LogisticGradient(box, np.ones((3, 4)), 1.0, np.array([0.5, 1.0, 40.0]))
    moved = np.array([0.25, 0.5, -1.0])
    yield AdversarialGradient(box, np.ones(4), 1.0, move=moved)
    by_class = Moments(Box.between(ends, ends + 1.0, 17), 3)
    yield ByClass(by_class, np.array([0.2, 1.0, 0.4]))
    yield ClassIntervals(np.tile(edges, (3, 1)), ends, ends + 1.0, 3)
    yield RankMoments(np.tile(edges, (3, 1)), edges, (0, 2))
    yield CategoryCounts((2, 3, 4))
    cells, few = Cells(((0, 2),), ((1, edges),)), Cells(((0, 3),))
    yield OfCells(TargetCells((7,), 3, (0.0, 1.0)), cells, 2, (0.2, 1.0))
    yield CellIntervals(np.tile(EIGHT, (3, 1)), ends, ends + 1.0, few, 1)
    yield from (of_cells(), of_pairs(), of_farthest())
    yield from (Lifts(edges, heights, 1), CellWeights(edges, heights[:, :-1], 1))
    yield from (Reliability(edges, 1), ScoreCells(edges), ScoreCells(edges, 1))
    yield from (LogLoss(2, 1, 0.01), BrierLoss(1), error, position, TwoCounts(1))
    yield ExcessLoss(error, position, 0.5, 0.5, 1.0)
    yield from (Agreement(3), ClassAgreement(3), Confusion(3), ClassOutcomes(3))
    yield from (Detections(3, 1), GroupOutcomes(3, 1, 2), RowScore(0))
    yield from (ClassBrierLoss(), OfScore(ScoreCells(edges, 1), 1))
    yield from (Predicted(3), GroupScoreCells(edges, 1, 2))
    yield DyadicCells(ends, ends + 1.0)
    yield EqualCells(ends, ends + 1.0, 3)
    yield ScoreBins(edges, (0, 1, 2))
    yield from (NearestOfTwo(), BelowTheTop(-1.0, 2.0))
    yield VoteSum(np.array([0.2, 0.5, 0.9]), 0.3, 2.0)


def variants():
    """Other forms of queries that are asked in another."""
    ends = np.zeros(3)
    box = Box.between(ends, ends + 1.0, 10)
    targets = Box.between(np.zeros(2), np.ones(2), 10)
    yield SecondMoments(box, targets, 1.5)
    kinds = {"loss": Huber(1.5), "target": Box.between(np.zeros(1), np.ones(1), 10)}
    moved = np.array([0.25, 0.5, -1.0])
    yield AdversarialGradient(box, np.ones(4), 1.0, move=moved, **kinds)
    yield OfView(LossGradient(box, np.ones(4), 1.0), Scaled(np.array([0.25, 1.0, 0.5])))
    yield OfView(Moments(box), Squares())


def of_cells():
    bins = Bins.of_edges([[0.0], [0.2, 0.5], []])
    cells = CellTotals(ColumnCells.of(bins), LossSteps.of(Logistic()))
    return OfView(cells, Derived((BinCodes(bins, np.zeros(1)),)))


def of_pairs():
    bins = Bins.of_edges([[0.0], [0.2, 0.5], []])
    groups = np.array([0, 0, 1]), np.array([0, 1, 1, 2]), np.array([0, 1])
    tables = GroupCells(groups, ((0, 1), (1, 2)))
    cells = CellTotals(tables, LossSteps.of(Logistic(), (1.0,)))
    query = PairScores(cells, np.array([0.25, 3.0]))
    return OfView(query, Derived((BinCodes(bins, np.zeros(1)),)))


def of_farthest():
    bins = Bins.of_edges([[0.0], [0.2, 0.5], []])
    cells = CellTotals(ColumnCells(bins.n_codes, ((0, 1), (1, 2))), RowCounts())
    gaps = TableGaps(cells, np.linspace(0.0, 9.0, cells.size))
    query = FarthestTable(gaps, np.array([0.25, 3.0]))
    return OfView(query, Derived((BinCodes(bins, np.zeros(1)),)))


def forged(query, rng, others):
    """The query with one of its fields, or of the fields of a field, changed."""
    names = [field.name for field in fields(query)] if is_dataclass(query) else []
    if not names:
        return query
    name = rng.choice(names)
    value = getattr(query, name)
    kind = type(value)
    if rng.random() < 0.1:  # of another query
        value = getattr(others[rng.integers(len(others))], name, None)
    elif isinstance(value, (Box, Query)) and rng.random() < 0.9:
        value = forged(value, rng, others)
    elif kind is np.ndarray:
        value = other_array(value, rng)
    elif kind is tuple:
        value = other_tuple(value, rng)
    else:
        value = other_number(value, rng)
    return replace(query, **{name: value})


def other_array(a, rng):
    """An array that is not what it should be, or, in a few cases, is."""
    odd = a.copy()
    if odd.size:
        special = [np.nan, np.inf, -np.inf, -1.0, 0.0, 1e300, 5e-324, 2.0**60]
        odd.flat[rng.integers(odd.size)] = special[rng.integers(len(special))]
    ways = (
        *(lambda: odd, lambda: odd, lambda: odd, lambda: a[::-1], lambda: -a),
        *(lambda: a[:-1], lambda: a[..., :-1], lambda: a[:0], lambda: a.ravel()),
        *(lambda: 0 * a, lambda: 1e6 * a, lambda: 1e-6 * a, lambda: 1e200 * a),
        *(lambda: a[None], lambda: a.T, lambda: np.append(a, a), lambda: a.tolist()),
        *(lambda: a.astype(np.float32), lambda: a.astype(int), lambda: a + 1j),
        *(lambda: a.astype(object), lambda: None, lambda: a + 1e-3, lambda: a + 1),
        *(lambda: a[..., ::-1], lambda: np.zeros((9, 0)), lambda: np.zeros(4000)),
    )
    return ways[rng.integers(len(ways))]()


def other_number(v, rng):
    ways = [np.nan, np.inf, -np.inf, -1, 0, 1, 2**40, 2**70, 1e-300, 1e300, True, None]
    ways += ["1", 0.5, -0.0, 3, 17, 40, -2000, np.float32(1.5), [1]]
    if isinstance(v, (int, float)):
        ways += [v + 1, v - 1, 2 * v, -v, v / 2, v * 1e6, float(v)]
    return ways[rng.integers(len(ways))]


def other_tuple(v, rng):
    changed = [other_number(x, rng) if rng.random() < 0.5 else x for x in v]
    ways = [(), v[::-1], v[:-1], (*v, 1), list(v), None, tuple(changed), tuple(changed)]
    return ways[rng.integers(len(ways))]


_OF_TARGETS = "SecondMoments", "TargetMoments", "ValueCells"  # of one or several
_OF_THREE_COLUMNS = "OfView", "ByClass", "OfCells", "CellIntervals", "OfScore"


def hostile(query, rng):
    """Some rows of a width that may be wrong, with targets that may be."""
    n_rows, width = 4, query.width if isinstance(query.width, int) else 1
    if type(query).__name__ in _OF_THREE_COLUMNS:
        width = 3
    if rng.random() < 0.2 or not 0 < width < 100:
        width = int(rng.integers(1, 9))
    X = hostile_rows(n_rows, width, int(rng.integers(2**31)))
    if rng.random() < 0.5:
        X = rng.random(X.shape)
    X = X.astype(np.float32) if rng.random() < 0.2 else X
    codes = rng.integers(-1, 5, n_rows).astype(np.int32)
    y = [codes, codes, rng.normal(size=n_rows), None][rng.integers(4)]
    if type(query).__name__ in _OF_TARGETS and rng.random() < 0.5:
        y = rng.normal(size=(n_rows, rng.integers(1, 4)))
    weight = NO_WEIGHTS if rng.random() < 0.5 else rng.random(n_rows)
    return X, y, weight


def outcome(query, X, y, weight):
    """``"refused"`` or ``"bounded"``; anything else is raised."""
    rows = rows_of(X, y, weight)
    try:
        query.check(X.shape[1])
        if query.n_totals > MOST_VALUES:
            return "large"
        (whole,) = rows.total([query])
    except (ValueError, TypeError):
        return "refused"
    assert whole.size == query.n_totals
    total = 0
    for i in range(len(X)):
        one = slice(i, i + 1)
        (alone,) = rows_of(X[one], y if y is None else y[one], weight[one]).total(
            [query]
        )
        total = total + alone
        check_length(query, alone)
    assert np.array_equal(total, whole), "depends on company"
    return "bounded"


def rows_of(X, y, weight):
    """Rows as sources hand them on, which have passed the door: finite or not."""
    rows = ArrayRows(X, y)
    rows.weight = weight
    return rows


def check_length(query, alone):
    """What a row adds is no longer than stated."""
    if query.norm == np.inf:
        scores = query.scores(alone) if hasattr(query, "scores") else alone
        assert np.max(np.abs(scores)) <= max(query.levels, 1.0)
        return
    weights = 1.0 if query.weights is None else np.ravel(query.weights)
    scaled = np.ravel(alone) / weights
    assert np.linalg.norm(scaled) <= query.levels * (1 + 1e-12)
    if query.l1_bound is not None:
        limit = query.l1_bound / query.step * (1 + 1e-12)
        assert np.linalg.norm(scaled, 1) <= limit


def fuzz(n_forged, seed, queries=None):
    """Put forged queries to hostile rows; how many of which outcome there were."""
    rng = np.random.default_rng(seed)
    queries = [*(queries or genuine()).values(), *variants()]
    counts = dict.fromkeys(["refused", "bounded", "large"], 0)
    for number in range(n_forged):
        query = queries[number % len(queries)]
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # of making nonsense
            try:
                chunk = hostile(query, rng)
                for _ in range(rng.integers(0, 3)):
                    query = forged(query, rng, queries)
            except Exception:  # a forgery that cannot even be made
                counts["refused"] += 1
                continue
        with np.errstate(all="ignore"):
            counts[tell(query, chunk, number)] += 1
    return counts


def tell(query, chunk, number):
    try:
        return outcome(query, *chunk)
    except Exception as error:
        shapes = [None if part is None else part.shape for part in chunk]
        raise AssertionError(f"forgery {number}: {query!r} of {shapes}") from error


if __name__ == "__main__":
    print(fuzz(int(sys.argv[1]), int(sys.argv[2])))
