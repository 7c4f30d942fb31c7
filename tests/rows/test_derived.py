"""Derived columns: the same sums for every source, each map once a row and round."""

import gc
import os
import pickle
import stat
import tempfile
from dataclasses import dataclass

import joblib
import numpy as np
import pytest
from scipy import sparse
from sklearn.preprocessing import MinMaxScaler

from skprivate.base import DPEstimator, Query
from skprivate.binning import AddTerms, BinCodes, Bins
from skprivate.pipeline._mapped import mapped
from skprivate.queries import Derived, OfView
from skprivate.rows import ArrayRows, ChunkRows, DaskRows, NoRows, Parties
from skprivate.rows import _kept_files as files_module
from skprivate.rows._coded import CodedRows
from skprivate.testing import hostile_rows
from skprivate.trees import AddTree, Forest, Tree, random_tree

BINS = Bins.of_edges([[-0.5, 0.5], [0.0], [-1.0, 0.0, 1.0], []])
N, D, ROUNDS = 300, 4, 5


@dataclass(frozen=True)
class CodesByMargin(Query):
    """For each code, the sum of ``tanh(margin) * (1 + target)``, halved and cut.

    Each of four columns adds at most one.
    """

    n_codes: int
    bound = 4.0

    @property
    def size(self):
        return self.n_codes

    def __call__(self, X, y, weight):
        value = np.tanh(X.margins.sum(axis=1)) * np.clip(1.0 + y, 0.0, 2.0) / 2.0
        value = np.where(np.isfinite(value), value, 0.0)
        value = np.trunc(value * (weight if len(weight) else 1.0) / self.step)
        total = np.zeros((X.shape[1], self.n_codes))
        for j in range(X.shape[1]):
            np.add.at(total[j], X.codes[:, j], value)
        return total.sum(axis=0)


@dataclass(frozen=True, eq=False)
class Counting:
    """A map that notes how many rows it has seen, and how often it was called."""

    inner: object
    seen: list

    def __call__(self, columns):
        out = self.inner(columns)
        self.seen.append(len(out))
        return out

    def misfits(self, n_codes, n_margins):
        return self.inner.misfits(n_codes, n_margins)


class CountingCodes(BinCodes):
    """The same of the first map."""

    seen = None

    def __call__(self, X):
        out = super().__call__(X)
        self.seen.append(len(out))
        return out


def counted_codes(bins=BINS):
    first = CountingCodes(bins, np.array([0.25]))
    vars(first)["seen"] = []
    return first


def tree_of(seed):
    tree = random_tree(BINS, 3, seed)
    value = np.random.default_rng(seed).normal(size=tree.value.shape)
    return AddTree(tree.with_value(value))


def views(rounds=ROUNDS):
    """Views of a fit: codes, then one more tree each time; and all their maps."""
    maps = [counted_codes(), *(Counting(tree_of(i), []) for i in range(rounds - 1))]
    return [Derived(tuple(maps[: i + 1])) for i in range(rounds)], maps


def asked(view):
    return OfView(CodesByMargin(5), view)


@pytest.fixture
def table(rng):
    X = rng.normal(size=(N, D)).round(2)
    X[rng.random(X.shape) < 0.3] = 0.0
    return X, rng.normal(size=N), rng.random(N)


def chunked(X, y, w, size=70):
    return ChunkRows(
        lambda: (
            (X[i : i + size], y[i : i + size], w[i : i + size])
            for i in range(0, len(X), size)
        )
    )


def sources(X, y, w):
    half = N // 3
    yield "array", ArrayRows(X, y, w)
    yield "fortran", ArrayRows(np.asfortranarray(X), y, w)
    yield "csr", ArrayRows(sparse.csr_matrix(X), y, w)
    yield "chunks", chunked(X, y, w)
    parts = (
        ArrayRows(X[:half], y[:half], w[:half]),
        chunked(X[half:], y[half:], w[half:]),
    )
    yield "parties", Parties(*parts)
    da = pytest.importorskip("dask.array")
    dask = (da.from_array(a, chunks=(90, *a.shape[1:])) for a in (X, y, w))
    yield "dask", DaskRows(*dask)
    yield "codes", CodedRows(ArrayRows(X, y, w), [])
    yield "codes of chunks", CodedRows(chunked(X, y, w), [])


KEEP = [
    "array", "fortran", "csr", "chunks", "parties", "dask", "codes", "codes of chunks",
]  # fmt: skip


def alone(query, X, y, w):
    """The twin: each row by itself, with all maps."""
    return sum(query(X[i : i + 1], y[i : i + 1], w[i : i + 1]) for i in range(len(X)))


@pytest.mark.parametrize("name", KEEP)
def test_every_source_gives_the_bits_of_rows_alone(name, table):
    rows = dict(sources(*table))[name].keeping()
    for view in views()[0][::2]:
        (total,) = rows.total([asked(view)])
        assert np.array_equal(total, alone(asked(view), *table))
    rows.forget()


@pytest.mark.parametrize("name", KEEP)
def test_a_map_is_applied_once_a_row(name, table):
    rows = dict(sources(*table))[name].keeping()
    fit, maps = views()
    for view in fit:
        for _ in range(2):  # two releases a round
            rows.total([asked(view)])
    assert [sum(m.seen) for m in maps] == [N] * ROUNDS
    rows.forget()
    rows.total([asked(fit[-1])])
    assert [sum(m.seen) for m in maps] == [2 * N] * ROUNDS  # nothing was left


def test_who_does_not_keep_finds_them_anew(table):
    rows, (fit, maps) = ArrayRows(*table), views()
    for view in fit:
        rows.total([asked(view)])
    assert [sum(m.seen) for m in maps] == [N * t for t in range(ROUNDS, 0, -1)]


@pytest.mark.parametrize("name", KEEP)
def test_columns_are_not_used_again_after_edges_change(name, table):
    rows = dict(sources(*table))[name].keeping()
    fit, _ = views(2)
    before = rows.total([asked(fit[1])])[0]
    twin = Bins.of_edges([e.copy() for e in BINS.edges])  # equal, and made anew
    for bins, same in ((twin, True), (Bins.of_edges([[9.0]] * 4), False)):
        first = counted_codes(bins)
        (total,) = rows.total([asked(Derived((first,)))])
        assert sum(first.seen) == N
        assert np.array_equal(total, alone(asked(Derived((first,))), *table))
        assert np.array_equal(total, rows.total([asked(fit[0])])[0]) == same
    assert np.array_equal(rows.total([asked(fit[1])])[0], before)  # and back


@pytest.mark.parametrize("name", KEEP)
def test_a_branch_is_no_continuation(name, table):
    rows = dict(sources(*table))[name].keeping()
    (fit, _), other = views(4), tree_of(99)
    rows.total([asked(fit[3])])
    for view in (fit[2].then(other), fit[1], fit[3]):
        assert np.array_equal(rows.total([asked(view)])[0], alone(asked(view), *table))


def test_other_questions_in_one_pass(table):
    """Of two views at once, or of rows as they are: as if nothing were kept."""
    plain, fit = ArrayRows(*table), views(3)[0]
    queries = [asked(fit[2]), asked(fit[1])]
    for rows in (plain.keeping(), chunked(*table).keeping(), plain):
        for together, expected in zip(
            rows.total(queries), map(alone_of(table), queries), strict=True
        ):
            assert np.array_equal(together, expected)


def alone_of(table):
    return lambda query: alone(query, *table)


def test_threads_have_chunks_of_their_own(table, monkeypatch):
    monkeypatch.setattr("skprivate.rows._array.CHUNK_BYTES", 2**7)
    rows, (fit, maps) = ArrayRows(*table).keeping(), views()
    with joblib.parallel_config(n_jobs=4):
        totals = [rows.total([asked(view)])[0] for view in fit]
    assert len(maps[0].seen) > 10
    assert [sum(m.seen) for m in maps] == [N] * ROUNDS
    assert np.array_equal(totals[-1], alone(asked(fit[-1]), *table))


def test_columns_belong_to_one_array(table):
    X, y, w = table
    rows, view = ArrayRows(X, y, w).keeping(), views(2)[0][1]
    rows.total([asked(view)])
    rows.X = X[::-1].copy()
    assert np.array_equal(
        rows.total([asked(view)])[0], alone(asked(view), X[::-1], y, w)
    )


def test_watched_rows_are_refused_once_and_for_all(table):
    X, y, w = table
    X = X.copy()
    X[200, 1] = np.nan
    view = views(1)[0][0]
    for rows in (ArrayRows(X, y, w).watched(), Parties(ArrayRows(X, y, w).watched())):
        for _ in range(2):
            with pytest.raises(ValueError, match="contains NaN"):
                rows.keeping().total([asked(view)])


# Files.


@pytest.fixture
def folders(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return lambda: sorted(tmp_path.glob("skprivate-*"))


def test_only_the_user_can_read_the_files(table, folders):
    rows = chunked(*table).keeping()
    rows.total([asked(views(1)[0][0])])
    (folder,) = folders()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert folder.stat().st_uid == os.getuid()
    rows.forget()
    assert folders() == []


def test_files_go_with_the_rows(table, folders):
    rows = chunked(*table).keeping()
    rows.total([asked(views(1)[0][0])])
    assert len(folders()) == 1
    copied = pickle.loads(pickle.dumps(ChunkRows(max, 4).keeping()))
    assert copied._kept is None
    del rows
    gc.collect()
    assert folders() == []


@pytest.mark.parametrize("when", ["first", "later"])
def test_files_are_removed_on_failure(when, table, folders):
    rows, fit = chunked(*table).keeping(), views(3)[0]
    if when == "later":
        rows.total([asked(fit[0])])

    def failing(columns):
        raise MemoryError

    failing.misfits = lambda n_codes, n_margins: ()
    with pytest.raises(MemoryError):
        rows.total([asked(fit[0].then(failing))])
    assert folders() == []
    assert np.array_equal(rows.total([asked(fit[2])])[0], alone(asked(fit[2]), *table))


def test_a_source_that_fails_half_way_leaves_nothing(table, folders):
    def source():
        yield table
        raise RuntimeError("secret")

    rows = ChunkRows(source, n_features=D).keeping()
    with pytest.raises(ValueError, match="source of rows failed"):
        rows.total([asked(views(1)[0][0])])
    assert folders() == []


def test_a_full_disk_costs_time_only(table, folders, monkeypatch):
    rows, fit = chunked(*table).keeping(), views(3)[0]
    rows.total([asked(fit[0])])

    def full(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr(files_module.np, "save", full)
    for view in fit[1:]:
        assert np.array_equal(rows.total([asked(view)])[0], alone(asked(view), *table))
    assert folders() == []


def test_a_source_in_another_order_each_time(table, folders):
    """Columns of a row never meet the target of another."""
    X, y, w = table
    rng = np.random.default_rng(0)

    def shuffled():
        order = rng.permutation(N)
        yield X[order], y[order], w[order]

    rows, fit = ChunkRows(shuffled).keeping(), views(3)[0]
    for view in fit:
        assert np.array_equal(rows.total([asked(view)])[0], alone(asked(view), *table))


def test_rows_that_are_read_in_another_way(table):
    """Labels may get codes after columns were kept: with the targets of then."""
    X, y, w = table
    labels = np.where(y > 0, "yes", "no")
    view, classes = views(2)[0][1], np.array(["no", "yes"])
    expected = alone(asked(view), X, (y > 0).astype(np.int32), w)
    for rows in (
        ArrayRows(X, labels, w),
        ChunkRows(lambda: iter([(X, labels, w)])),
        Parties(ArrayRows(X, labels, w)),
    ):
        rows = rows.keeping()
        rows.total([OfView(CodesOnly(), view)])
        assert np.array_equal(rows.encoded(classes).total([asked(view)])[0], expected)


def test_parties_that_fail_do_not_hide_why(table):
    class Failing(ArrayRows):
        def keeping(self):
            return self

        def forget(self):
            raise RuntimeError

        def total(self, queries):
            raise MemoryError

    X, y, _ = table
    rows = Parties(Failing(X, y)).keeping()
    with pytest.raises(MemoryError):
        rows.total([asked(views(1)[0][0])])
    rows.forget()


def test_rows_after_transformers_keep_theirs(table, folders):
    X, y, _ = table
    step = MinMaxScaler((-1, 1)).fit(X)
    fit, maps = views(3)
    rows = mapped(ChunkRows(lambda: iter([(X[:90], y[:90]), (X[90:], y[90:])])), step)
    rows = rows.keeping()
    for view in fit:
        (total,) = rows.total([asked(view)])
    assert [sum(m.seen) for m in maps] == [N] * 3
    assert len(folders()) == 1
    expected = ArrayRows(step.transform(X), y).total([asked(fit[-1])])[0]
    assert np.array_equal(total, expected)
    count = rows.total([OfView(CodesByMargin(5), fit[0]), Rounded()])[1]
    assert np.array_equal(count, np.trunc(step.transform(X)[:, 0] * 2**20).sum()[None])
    rows.forget()
    assert folders() == []


@dataclass(frozen=True)
class Rounded(Query):
    """Sum of the first column, of rows as they are."""

    bound = 1.0
    size = 1

    def __call__(self, X, y, weight):
        return np.trunc(X[:, 0] / self.step).sum()[None]


def test_no_chunk_at_all():
    rows, view = ChunkRows(lambda: iter(()), n_features=D).keeping(), views(2)[0][1]
    for _ in range(2):
        assert not rows.total([asked(view)])[0].any()
    assert not NoRows(D).keeping().total([OfView(CodesOnly(), view)])[0].any()


@dataclass(frozen=True)
class CodesOnly(Query):
    """Number of rows with each code of the first column."""

    bound = 1.0
    size = 6

    def __call__(self, X, y, weight):
        return np.bincount(X.codes[:, 0], minlength=6) / self.step


# Fits.


class InRounds(DPEstimator):
    """A model of some rounds: what later ones do with derived columns."""

    def __init__(self, epsilon=1.0, delta=1e-6, random_state=None, fails=False):
        super().__init__(epsilon=epsilon, delta=delta, random_state=random_state)
        self.fails = fails

    def _target_kind(self):
        return "number"

    def _fit(self, curator):
        self.view_ = Derived((counted_codes(),))
        for i in range(3):
            found = curator.release(asked(self.view_), share=0.3)
            if self.fails:
                raise ArithmeticError
            tree = random_tree(BINS, 2, i)
            value = np.resize(found, tree.n_nodes)[:, None]
            self.view_ = self.view_.then(Counting(AddTree(tree.with_value(value)), []))
        self.total_ = curator.release(asked(self.view_), share=0.1)


def test_a_fit_keeps_while_it_lasts(table, folders):
    X, y, _ = table
    totals = {}
    for name, rows in {
        "array": (X, y),
        "chunks": (ChunkRows(lambda: iter([(X[:99], y[:99]), (X[99:], y[99:])])),),
    }.items():
        model = InRounds(random_state=0).fit(*rows)
        totals[name] = model.total_
        assert [sum(m.seen) for m in model.view_.maps] == [N] * 4
        assert folders() == []
    assert np.array_equal(totals["array"], totals["chunks"])
    names = {release.query for release in model.privacy_.releases}
    assert names == {"CodesByMargin"}


@dataclass(frozen=True)
class LargestCode(CodesOnly):
    """The most frequent one, as a score of each; sums are twice as many."""

    norm = np.inf
    n_totals = 12

    def __call__(self, X, y, weight):
        return np.tile(super().__call__(X, y, weight), 2)

    def scores(self, total):
        return total[:6]


def test_a_choice_by_derived_columns(table):
    class Choice(DPEstimator):
        def _fit(self, curator):
            query = OfView(LargestCode(), Derived((BinCodes(BINS, np.zeros(1)),)))
            self.code_ = curator.choose(query, share=1.0)

    rows = np.column_stack([np.full(N, 9.0), table[0][:, 1:]])
    assert Choice(epsilon=10.0, random_state=0).fit(rows).code_ == 2


def test_a_fit_that_fails_leaves_nothing(table, folders):
    X, y, _ = table
    with pytest.raises(ArithmeticError):
        InRounds(fails=True).fit(ChunkRows(lambda: iter([(X, y)])))
    assert folders() == []


def test_company_does_not_show_in_hostile_rows():
    X = hostile_rows(60, D, 0)
    y, w = np.linspace(-1, 1, 60), np.linspace(0, 1, 60)
    query = asked(views()[0][-1])
    one_by_one = alone(query, X, y, w)
    assert np.isfinite(one_by_one).all()
    for order in (np.arange(60), np.arange(60)[::-1]):
        assert np.array_equal(query(X[order], y[order], w[order]), one_by_one)
    for i in range(60):
        row = query(X[i : i + 1], y[i : i + 1], w[i : i + 1])
        assert np.linalg.norm(row) <= query.levels * (1 + 1e-12)


def test_terms_and_trees_are_added_in_order(table, rng):
    values = rng.normal(size=(BINS.size, 1))
    terms, tree = AddTerms(BINS, values), tree_of(0)
    view = Derived((BinCodes(BINS, np.array([0.5])), terms, tree))
    columns = view(table[0])
    codes, margins = BINS.codes(table[0]), np.full((N, 1), 0.5)
    for j, offset in enumerate(BINS.offsets):
        margins = margins + values[offset + codes[:, j]]
    assert np.array_equal(columns.margins, margins + tree.tree.predict(codes))
    assert np.array_equal(columns.codes, codes)


def test_margins_that_overflow_are_no_matter(table):
    step = AddTree(Tree.leaf(BINS.n_codes, [1e308]))
    view = Derived((BinCodes(BINS, np.zeros(1)), step, step, step))
    assert np.isposinf(view(table[0]).margins).all()


@pytest.mark.parametrize(
    "maps",
    [
        (),
        [BinCodes(BINS, np.zeros(1))],
        (tree_of(0),),
        (BinCodes(BINS, np.zeros(2)), tree_of(0)),
        (BinCodes(Bins.of_edges([[0.0]]), np.zeros(1)),),
        (BinCodes(BINS, np.zeros(1)), BinCodes(BINS, np.zeros(1))),
        (BinCodes(BINS, np.zeros(1)), None),
        (BinCodes(BINS, np.zeros(1)), AddTree(Tree.leaf([4, 3], [0.0]))),
        (BinCodes(BINS, np.zeros(1)), AddTerms(BINS, np.zeros((BINS.size, 2)))),
    ],
)
def test_maps_that_do_not_fit_are_refused(maps):
    with pytest.raises(ValueError, match="cannot be made"):
        asked(Derived(maps)).check(D)


@pytest.mark.parametrize(
    "make",
    [
        lambda: BinCodes(BINS, np.array([np.nan])),
        lambda: BinCodes(BINS, np.zeros((1, 1))),
        lambda: BinCodes(None, np.zeros(1)),
        lambda: AddTree(None),
        lambda: AddTree(Forest((Tree.leaf([4], [0.0]),))),
        lambda: AddTerms(BINS, np.zeros((3, 1))),
        lambda: AddTerms(BINS, np.full((BINS.size, 1), np.inf)),
        lambda: AddTerms(None, np.zeros((3, 1))),
    ],
)
def test_maps_that_make_no_sense_are_refused(make):
    with pytest.raises(ValueError, match="makes no sense"):
        make()


def test_a_forged_map_is_refused_where_it_arrives():
    step = tree_of(0)
    left = step.tree.left.copy()
    left[0] = 0  # a walk without end
    object.__setattr__(step.tree, "left", left)
    with pytest.raises(ValueError, match="does not come after its parent"):
        pickle.loads(pickle.dumps(step))


def test_maps_are_values_that_nobody_can_alter():
    values, edges = np.zeros((BINS.size, 1)), np.array([0.0])
    terms, bins = AddTerms(BINS, values), Bins.of_edges([edges])
    values += 1.0
    edges += 1.0
    assert not terms.values.any()
    assert bins.edges[0].tolist() == [0.0]
    for array in (terms.values, bins.edges[0], tree_of(0).tree.value):
        with pytest.raises(ValueError, match="read-only"):
            array += 1.0
    again = pickle.loads(pickle.dumps(terms))
    assert not again.values.flags.writeable
