"""Gradients of networks: a whole-number twin, slopes by differences, exact norms."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.special import expit, logsumexp

from skprivate.kernels import _network_gradients as ours
from skprivate.kernels import _networks
from skprivate.kernels._losses import plain_exponentials
from skprivate.kernels._row_words import kept_units, normal_numbers, row_words
from tests.kernels.hostile import EXTREMES, NONE, NOT_FINITE, as_csr, exactly, squared

ONE, D = 2.0**12, 4
REACH = np.full(D, 5.0)
BOX = np.stack([-REACH, REACH, np.zeros(D), np.full(D, ONE)])
ACTIVE = {
    _networks.IDENTITY: lambda h: h,
    _networks.LOGISTIC_UNIT: expit,
    _networks.RELU: lambda h: np.maximum(h, 0.0),
    _networks.TANH: np.tanh,
}
KINDS = [(ours.OF_CLASSES, 1), (ours.OF_CLASSES, 3), (ours.OF_NUMBERS, 1)]
KINDS += [(ours.OF_ROWS, D)]
each_kind = pytest.mark.parametrize(("kind", "n_outputs"), KINDS)
each_activation = pytest.mark.parametrize("activation", ACTIVE)
OTHERS = [
    {},
    {"dropout": 0.4, "key": 7},
    {"noise": 0.5, "key": 3},
    {"sparsity": 0.7},
    {"norm": 1},
    {"by_class": np.array([0.2, 1.0, 40.0])},
    {"move": np.full(D, 300.0)},
    {"move": np.arange(D) * 500.0, "in_ball": True},
]
CASES = [  # no query moves rows that shall be made again
    pytest.param(*kind, others, id="-".join([*map(str, kind), *others]))
    for kind in KINDS
    for others in OTHERS
    if kind[0] != ours.OF_ROWS or "move" not in others
    if kind[0] == ours.OF_CLASSES or "by_class" not in others
]
each_case = pytest.mark.parametrize(("kind", "n_outputs", "others"), CASES)


class Case:
    """A network with some rows, and what is asked of them."""

    def __init__(
        self, kind, n_outputs, activation, others=None, *, skip=True, size=0.7
    ):
        rng = np.random.default_rng(0)
        shapes = [(3, D + 1), (2, 4), (n_outputs, 3 + D * skip)]
        self.matrices = [size * rng.normal(size=shape) for shape in shapes]
        self.X = rng.normal(size=(40, D))
        self.task = ours.NetworkTask(activation, kind, 64.0, skip, **(others or {}))
        codes = rng.integers(0, max(n_outputs, 2), 40).astype(np.int32)
        numbers = rng.normal(size=40)
        targets = {ours.OF_CLASSES: codes, ours.OF_NUMBERS: numbers}
        self.y = targets.get(kind)

    @property
    def layers(self):
        largest = 40.0 if self.task.kind == ours.OF_CLASSES else 64.0
        more = self.task.code, self.task.sparsity
        return _networks.rounded_layers(
            self.matrices, ONE, REACH, self.task.activation, largest,
            1.0 - self.task.dropout, more,
        )  # fmt: skip

    def gradient(self, X=None, y=None, clip=1e3, weight=NONE):
        X, y = (self.X, self.y) if X is None else (X, y)
        rest = self.layers, self.task, clip, clip * 2.0**-33, weight
        return ours.network_gradient(X, y, BOX, ONE, REACH, *rest)

    def loss(self, matrices):
        here = self.X
        for number, matrix in enumerate(matrices):
            if number == len(matrices) - 1 and self.task.skip:
                here = np.hstack([here, self.X])
            here = here @ matrix[:, :-1].T + matrix[:, -1]
            if number < len(matrices) - 1:
                here = ACTIVE[self.task.activation](here)
        if self.task.kind == ours.OF_NUMBERS:
            return ((here[:, 0] - self.y) ** 2).sum() / 2
        if self.task.kind == ours.OF_ROWS:
            return ((here - self.X) ** 2).sum() / 2
        if here.shape[1] == 1:
            return (np.logaddexp(0, here[:, 0]) - self.y * here[:, 0]).sum()
        return (logsumexp(here, axis=1) - here[np.arange(40), self.y]).sum()


@each_kind
@each_activation
@pytest.mark.parametrize("skip", [False, True])
def test_slopes_are_those_of_the_loss(kind, n_outputs, activation, skip):
    case = Case(kind, n_outputs, activation, skip=skip)
    clip = 100.0
    found = case.gradient(clip=clip) * clip * 2.0**-33
    expected = []
    for number, matrix in enumerate(case.matrices):
        for place in np.ndindex(matrix.shape):
            ends = []
            for change in (1e-5, -1e-5):
                moved = [m.copy() for m in case.matrices]
                moved[number][place] += change
                ends.append(case.loss(moved))
            expected.append((ends[0] - ends[1]) / 2e-5)
    largest = np.abs(expected).max()
    np.testing.assert_allclose(found, expected, atol=2e-3 * largest)


def whole_product(a, b):
    """Of whole numbers of any size, exactly; as floats."""
    a = [[int(v) for v in row] for row in a]
    b = [[int(v) for v in row] for row in b]
    columns = [*zip(*b, strict=True)]
    return np.array([[float(sum(map(int.__mul__, r, c))) for c in columns] for r in a])


@each_kind
@each_activation
def test_every_product_is_that_of_whole_numbers(
    monkeypatch, kind, n_outputs, activation
):
    """So BLAS may add in any order, and a row has its bits in any company."""

    def whole(a, b):
        seen.append(1)
        return whole_product(a, b)

    seen, case = [], Case(kind, n_outputs, activation)
    case.X = np.vstack([case.X[:4], [[9.0] * D, [-9.0, 9.0] * (D // 2)]])
    case.y = None if case.y is None else case.y[:6]
    fast = case.gradient()
    for module in (ours, _networks):
        monkeypatch.setattr(module, "exact_product", whole)
    np.testing.assert_array_equal(case.gradient(), fast)
    assert len(seen) == 8  # three layers there, two back, three totals


@each_case
def test_a_row_adds_what_it_would_add_alone(kind, n_outputs, others):
    case = Case(kind, n_outputs, _networks.TANH, others)
    y = case.y
    weight = np.linspace(0, 1, 40)
    whole = case.gradient(clip=1.0, weight=weight)
    parts = [
        case.gradient(
            case.X[i : i + 1],
            None if y is None else y[i : i + 1],
            1.0,
            weight[i : i + 1],
        )
        for i in range(40)
    ]
    np.testing.assert_array_equal(np.sum(parts, axis=0), whole)
    turned = case.gradient(
        np.ascontiguousarray(case.X[::-1]),
        None if y is None else y[::-1].copy(),
        1.0,
        weight[::-1].copy(),
    )
    np.testing.assert_array_equal(turned, whole)
    unit = np.arange(40) % 7
    rest = case.layers, case.task, 1.0, 2.0**-33, weight, unit
    sums = ours.network_gradient_by_unit(case.X, y, BOX, ONE, REACH, *rest)
    of_third = np.sum([part for i, part in enumerate(parts) if i % 7 == 2], axis=0)
    np.testing.assert_array_equal(sums[2], of_third)
    np.testing.assert_array_equal(sums.sum(axis=0), whole)
    np.testing.assert_array_equal(case.gradient(as_csr(case.X), y, 1.0, weight), whole)


@each_case
@pytest.mark.parametrize("size", [0.7, 1e-30, 1e5])
@pytest.mark.parametrize("clip", [0.3, 1e6])
def test_no_row_adds_more_than_the_clip(kind, n_outputs, others, size, clip):
    case = Case(kind, n_outputs, _networks.RELU, others, size=size)
    rng = np.random.default_rng(1)
    X = rng.choice([*EXTREMES, *NOT_FINITE, 0.3, -2.0], size=(12, D))
    X[0] = 1e308  # which overflows, and warns of nothing
    X = np.vstack([X, 1e3 * rng.normal(size=(4, D)), case.X[:4]])
    y = case.y if case.y is None else np.resize(case.y, 20)
    weight = rng.choice([1.0, 0.999, 0.3], size=20)
    levels = exactly(clip) / exactly(clip * 2.0**-33)
    for i in range(20):
        of_row = None if y is None else y[i : i + 1]
        total = case.gradient(X[i : i + 1], of_row, clip, weight[i : i + 1])
        assert (total == np.rint(total)).all()
        if not np.isfinite(X[i]).all():
            assert not total.any()
        if case.task.norm == 1:
            assert sum(abs(int(v)) for v in total) <= levels
        else:
            assert squared(total) <= levels * levels


def test_what_is_no_target_adds_nothing():
    case = Case(ours.OF_NUMBERS, 1, _networks.RELU)
    assert not case.gradient(case.X[:3], np.array([np.nan, np.inf, -np.inf])).any()
    case = Case(ours.OF_CLASSES, 3, _networks.RELU)
    assert not case.gradient(case.X[:2], np.array([-1, 3], dtype=np.int32)).any()
    weight = np.array([0.0, -1.0, np.nan])
    assert not case.gradient(case.X[:3], case.y[:3], weight=weight).any()


def test_dropout_leaves_out_its_part_of_units():
    q = np.rint(ONE * np.random.default_rng(0).normal(size=(4000, D)))
    kept = kept_units(row_words(q, 5), 6, 8, 0.3)
    assert set(np.unique(kept)) == {0.0, 1 / 0.7}
    np.testing.assert_allclose((kept > 0).mean(axis=0), 0.7, atol=0.04)
    assert np.abs(np.corrcoef(kept.T) - np.eye(6)).max() < 0.1
    again = kept_units(row_words(q[9:10], 5), 6, 8, 0.3)
    np.testing.assert_array_equal(again, kept[9:10])
    other = kept_units(row_words(q, 6), 6, 8, 0.3)
    assert 0.3 < (kept != other).mean() < 0.55  # of coins of another step


def test_noise_of_rows_is_about_normal():
    q = np.rint(ONE * np.random.default_rng(0).normal(size=(4000, D)))
    noise = normal_numbers(row_words(q, 5), 6, 8)
    np.testing.assert_allclose(noise.mean(axis=0), 0.0, atol=0.08)
    np.testing.assert_allclose(noise.std(axis=0), 1.0, atol=0.05)
    np.testing.assert_array_equal(normal_numbers(row_words(q[:1], 5), 6, 8), noise[:1])
    assert np.abs(np.corrcoef(noise.T) - np.eye(6)).max() < 0.1
    both = np.zeros((1, D)), -np.zeros((1, D))
    assert row_words(both[0], 5) == row_words(both[1], 5)


@pytest.mark.parametrize("in_ball", [False, True])
@pytest.mark.parametrize("kind", [ours.OF_CLASSES, ours.OF_NUMBERS])
def test_an_adversary_makes_losses_larger_within_the_radius(kind, in_ball):
    move = np.array([200.0, 100.0, 50.0, 400.0])
    case = Case(kind, 1, _networks.TANH, {"move": move, "in_ball": in_ball})
    q = np.rint(case.X * ONE)
    target, _ = ours._clean(case.y, NONE, case.task, case.layers, 40)
    ends = np.stack([-REACH * ONE, REACH * ONE])
    moved = ours._moved(q, target, case.layers, case.task, ONE, ends)
    share = (moved - q) / move
    assert np.abs(share).max() <= 1.0 + 0.01  # rounding, of 50 steps
    if in_ball:
        np.testing.assert_allclose(np.linalg.norm(share, axis=1), 1.0, atol=0.02)
    before = case.loss(case.matrices)
    plain = replace(case.task, move=None)
    case.X = moved / ONE
    assert case.loss(case.matrices) > 1.01 * before
    assert plain.move is None


def test_what_does_not_vary_is_moved_by_nobody():
    """Its weights are on a grid for which it is zero."""
    case = Case(ours.OF_CLASSES, 1, _networks.TANH, {"move": np.full(D, 9e6)})
    box, reach = BOX.copy(), REACH.copy()
    box[:, 1] = reach[1] = 0.0
    case.matrices[0][:, 1] = 2.0**20
    layers = _networks.rounded_layers(case.matrices, ONE, reach, _networks.TANH)
    rest = case.task, 1.0, 2.0**-33, NONE
    moved = ours.network_gradient(case.X, case.y, box, ONE, reach, layers, *rest)
    layers[0].weights[1] = 0.0
    same = ours.network_gradient(case.X, case.y, box, ONE, reach, layers, *rest)
    np.testing.assert_array_equal(moved, same)


@pytest.mark.parametrize("size", [1e-300, 1e-3, 1.0, 1e6])
def test_grids_keep_all_sums_below_two_to_the_52(size):
    case = Case(ours.OF_CLASSES, 3, _networks.LOGISTIC_UNIT, size=size)
    most = Fraction(2) ** 52
    for layer in case.layers:
        n_in = len(layer.weights) - 1
        far = [*REACH] if n_in == D else [16.0] * (n_in - D) + [*REACH]
        far = [16.0] * n_in if len(far) != n_in else far
        for column in layer.weights.T:
            terms = zip([*far, 1.0], column, strict=True)
            assert sum(abs(exactly(a * ONE) * exactly(w)) for a, w in terms) <= most
        reach = exactly(np.rint(layer.largest / layer.unit))
        n_out = layer.weights.shape[1]
        assert reach * reach * n_out <= most
        for column in layer.back.T:
            assert reach * sum(abs(exactly(w)) for w in column) <= most


@pytest.mark.parametrize("activation", ACTIVE)
def test_activations_and_slopes(activation):
    values = np.array([[-40.0, -1.0, -1e-3, 0.0, 1e-3, 1.0, 15.0, 1e6, -1e300]])
    units, slopes = _networks.activated(values, activation, ONE)
    near = np.abs(values) < 16
    expected = ACTIVE[activation](values[near])
    np.testing.assert_allclose(units[near] / ONE, expected, atol=0.5 / ONE)
    ends = (
        ACTIVE[activation](values[near] + 1e-6),
        ACTIVE[activation](values[near] - 1e-6),
    )
    steep = (ends[0] - ends[1]) / 2e-6
    away = values[near] != 0  # where a unit bends
    np.testing.assert_allclose(slopes[near][away], steep[away], atol=1e-6)
    assert np.abs(units).max() <= 16 * ONE
    exponent = plain_exponentials(np.array([0.0]))
    assert exponent[0] == 1.0
