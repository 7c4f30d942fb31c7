"""Parties that are careless, broken, slow or hostile."""

import threading
import time
from functools import partial

import joblib
import numpy as np
import pytest
import scipy.sparse as sp

from skprivate import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression
from skprivate.mechanisms import Tally
from skprivate.preprocessing import DPOneHotEncoder, DPStandardScaler
from skprivate.rows import ArrayRows, ChunkRows, Column, Door, NoRows, Parties, Rows

SECRET = "12345.678"


class Odd(Rows):
    """Rows of another source, whose totals are altered."""

    def __init__(self, rows, alter):
        self.rows, self.alter = rows, alter
        self.n_features = rows.n_features

    @property
    def columns(self):
        return self.rows.columns

    def total(self, queries):
        return self.alter(self.rows.total(queries))

    def encoded(self, classes):
        return Odd(self.rows.encoded(classes), self.alter)

    def through(self, door):
        return Odd(self.rows.through(door), self.alter)


@pytest.fixture
def parts(table):
    X, y, _, _ = table
    return [ArrayRows(X[i::3], y[i::3]) for i in range(3)]


def scaler(**options):
    return DPStandardScaler(bounds=(-4, 4), random_state=0, **options)


WRONG_FORM = {
    "scalars": lambda t: [np.int64(7)] * len(t),
    "length one": lambda t: [np.ones(1, np.int64)] * len(t),
    "one more value": lambda t: [np.append(a, 0) for a in t],
    "one value less": lambda t: [a[:-1] for a in t[:-1]] + t[-1:],
    "another shape": lambda t: [a[None] for a in t],
    "another shape but for the count": lambda t: [a[None] for a in t[:-1]] + t[-1:],
    "two counts": lambda t: [*t[:-1], np.repeat(t[-1], 2)],
    "floats": lambda t: [a.astype(float) for a in t],
    "int32": lambda t: [a.astype(np.int32) for a in t],
    "unsigned": lambda t: [a.astype(np.uint64) for a in t],
    "objects": lambda t: [a.astype(object) for a in t],
    "lists": lambda t: [a.tolist() for a in t],
    "NaN": lambda t: [np.full(a.shape, np.nan) for a in t],
    "too few": lambda t: t[:-1],
    "too many": lambda t: [*t, t[-1]],
    "none": lambda t: [],
    "None": lambda t: None,
    "a number": lambda t: 7,
    "masked": lambda t: [np.ma.masked_all(a.shape, np.int32) for a in t],
    "a mapping": lambda t: dict(enumerate(t)),
}
END = 2**63 - 1
IMPOSSIBLE = {
    "largest": lambda t: [np.full_like(a, END) for a in t[:-1]] + t[-1:],
    "least": lambda t: [np.full_like(a, -END - 1) for a in t[:-1]] + t[-1:],
    "negative count": lambda t: [*(0 * a for a in t[:-1]), -t[-1]],
    "no rows, but a sum": lambda t: [*t[:-1], 0 * t[-1]],
    "all largest": lambda t: [np.full_like(a, END) for a in t],
}


@pytest.mark.parametrize("alter", WRONG_FORM.values(), ids=WRONG_FORM)
@pytest.mark.parametrize("place", [0, 2])
def test_totals_of_another_form_are_refused(parts, alter, place):
    parts[place] = Odd(parts[place], alter)
    with pytest.raises(ValueError, match=f"Party {place + 1} of 3 gave"):
        scaler().fit(Parties(*parts))


@pytest.mark.parametrize("alter", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_totals_that_no_rows_have_are_refused(parts, alter):
    for kinds in ([0], [0, 1, 2]):
        odd = [Odd(p, alter) if i in kinds else p for i, p in enumerate(parts)]
        with pytest.raises(ValueError, match=r"Party 1 of 3 gave|More than"):
            scaler().fit(Parties(*odd))


def test_counts_that_lie_add_up_beyond_the_cap(parts, sums):
    """Their sum is exact: that of four of them would wrap to zero in int64."""
    lie = lambda t: [*t[:-1], np.array([2**62])]  # noqa: E731
    odd = [Odd(NoRows(4), lie) for _ in range(4)]
    with pytest.raises(ValueError, match="More than 1099511627776 rows"):
        Parties(*odd).total([sums(target=False, n_features=8)])


def fails_with(error):
    def fail(totals):
        raise error

    return fail


MARKED = ValueError(SECRET)
MARKED.holds_no_data = "yes"  # a mark that is not ours


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionError(SECRET), ValueError),
        (TypeError(SECRET), TypeError),
        (ValueError("contains NaN " + SECRET), ValueError),
        (ValueError("X has 12345678 features, but A is expecting 1"), ValueError),
        (MemoryError(SECRET), MemoryError),
        (KeyError(SECRET), ValueError),
        (SystemExit(SECRET), ValueError),
        (UserWarning(SECRET), ValueError),
        (MARKED, ValueError),
    ],
    ids=repr,
)
def test_errors_of_a_party_hold_no_data(parts, error, kind):
    parts[1] = Odd(parts[1], fails_with(error))
    with pytest.raises(kind, match=r"Party 2 of 3 failed.*its rows alone") as caught:
        scaler().fit(Parties(*parts))
    assert "12345" not in repr(caught.value)
    assert caught.value.__context__ is caught.value.__cause__ is None


@pytest.mark.parametrize(
    "name",
    ["held", "n_features", "columns", "feature_names", "through", "encoded", "coded"],
)
def test_whatever_is_asked_of_a_party_is_sealed(parts, name):
    class Leaky(Odd):
        def __getattribute__(self, asked):
            if asked == name and vars(self).get("armed"):
                raise RuntimeError(SECRET)
            return super().__getattribute__(asked)

    leaky = Leaky(parts[0], list)
    leaky.armed = name in ("held", "n_features", "columns")

    def ask():
        rows = Parties(leaky, parts[1])
        leaky.armed = True
        rows.feature_names, rows.through(Door()), rows.coded([]), rows.encoded([0])

    with pytest.raises(ValueError, match="Party 1 of 2 failed") as caught:
        ask()
    assert SECRET not in repr(caught.value)


def test_refusals_of_our_own_are_shown(table):
    X, _, _, _ = table
    X = X[:20].copy()
    X[11, 2] = np.inf
    rows = Parties(ArrayRows(X[:10]), ArrayRows(X[10:]))
    with pytest.raises(ValueError, match="Party 2 of 2: Input X contains infinity"):
        scaler().fit(rows)


def frame(names="ab", **columns):
    pd = pytest.importorskip("pandas")
    return pd.DataFrame(columns or {name: [1.0, 2.0] for name in names})


def test_rows_that_are_there_twice_are_refused(table):
    pd = pytest.importorskip("pandas")
    da = pytest.importorskip("dask.array")
    from skprivate.rows import DaskRows

    X = table[0]
    a, b = ArrayRows(X[:100]), ArrayRows(X[100:])
    mixed = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    listed, lazy = [[1.0, 2.0]], da.from_array(X, chunks=900)
    sparse, other = sp.csr_array(X), sp.csc_array(X)

    def chunks():
        return iter([X])

    class Source:
        def open(self):
            return iter([X])

    source = Source()
    late = [ChunkRows(lambda: iter([X[i::2]])) for i in range(2)]  # noqa: B023
    twice = [
        (a, a), (a, b, a), (a, Parties(b, Parties(a))), (Parties(a), Parties(a)),
        (a, ArrayRows(X[:100])), (a, ArrayRows(X[99:])), (a, ArrayRows(X[:, ::-1])),
        (a, a.through(Door())), (a, Odd(a, list)),
        (Odd(a, list), Odd(a, list)),
        (ArrayRows(mixed), ArrayRows(mixed)), (ArrayRows(listed), ArrayRows(listed)),
        (ArrayRows(sparse), ArrayRows(sparse)), (ArrayRows(other), ArrayRows(other)),
        (ChunkRows(chunks), ChunkRows(chunks)),
        (ChunkRows(chunks), ChunkRows(chunks, n_features=4).through(Door())),
        (ChunkRows(source.open), ChunkRows(source.open)),
        (ChunkRows(partial(iter, [X])),) * 2,
        (ChunkRows(partial(np.split, X, 2)), ChunkRows(partial(np.split, X, 2))),
        late,
        (DaskRows(lazy), DaskRows(lazy)),
    ]  # fmt: skip
    for parties in twice:
        with pytest.raises(ValueError, match="hold the same rows"):
            Parties(*parties)


def test_rows_that_only_look_alike_are_not_refused(table, sums):
    da = pytest.importorskip("dask.array")
    from skprivate.rows import DaskRows

    X = table[0]
    for form in (np.asarray, np.asfortranarray, np.array, sp.csr_array):
        Z = form(X)
        assert Parties(*(ArrayRows(Z[i::3]) for i in range(3))).n_features == 4
    equal = [ArrayRows(np.zeros((3, 4))) for _ in range(3)]
    chunks = [ChunkRows(partial(iter, [X[i::2]])) for i in range(2)]
    opened = [ChunkRows(lambda i=i: iter([X[i::2]])) for i in range(2)]
    lazy = [DaskRows(da.from_array(X.copy(), chunks=900)) for _ in range(2)]
    parties = Parties(*equal, *chunks, *opened, *lazy)
    assert (
        parties.through(Door()).total([sums(target=False, n_features=4)])[0][0, 0]
        == 9 + 2 * 5000 + 10000
    )


def slow(rows, seconds, log=None):
    """Rows that answer late."""

    def wait(totals):
        time.sleep(seconds)
        if log is not None:
            log.append(threading.get_ident())
        return totals

    return Odd(rows, wait)


def test_parties_are_asked_side_by_side(parts):
    expected = scaler().fit(Parties(*parts)).mean_
    rows = Parties(*(slow(part, 0.4) for part in parts), timeout=60)
    start = time.monotonic()
    model = scaler().fit(rows)
    assert time.monotonic() - start < 1.0
    np.testing.assert_array_equal(model.mean_, expected)


def test_a_party_that_does_not_answer_is_named_and_the_debit_stays(parts):
    free = threading.Event()

    def hang(totals):
        assert free.wait(60)
        return totals

    rows = Parties(parts[0], Odd(parts[1], hang), parts[2], timeout=0.2)
    ledger = PrivacyLedger(epsilon=3.0, delta=1e-5)
    with (
        ledger,
        pytest.raises(TimeoutError, match=r"Party 2 of 3 .* within 0.2 sec.*timeout"),
    ):
        scaler().fit(rows)
    free.set()
    assert len(ledger.records) == 1
    assert ledger.remaining < 2.9


def test_of_several_failures_the_first_party_is_named(parts):
    late = lambda t: [time.sleep(0.1)]  # noqa: E731
    odd = [parts[0], Odd(parts[1], late), Odd(parts[2], fails_with(OSError()))]
    for _ in range(3):
        with pytest.raises(ValueError, match="Party 3 of 3 failed"):
            scaler().fit(Parties(*odd))
    odd[1] = Odd(slow(parts[1], 0.1), fails_with(OSError()))
    with pytest.raises(ValueError, match="Party 2 of 3 failed"):
        scaler().fit(Parties(*odd))


@pytest.mark.parametrize("timeout", [0, -1, np.nan, "1", True, (1,)])
def test_a_timeout_is_a_number_of_seconds(parts, timeout):
    with pytest.raises(ValueError, match="number of seconds"):
        Parties(*parts, timeout=timeout)


@pytest.mark.parametrize("timeout", [None, np.inf, 1e300, 60, np.float32(60)])
def test_a_timeout_may_be_as_long_as_one_likes(parts, timeout):
    scaler().fit(Parties(*parts, timeout=timeout))


def test_parties_share_the_threads_that_joblib_allows(parts):
    seen = []

    def note(totals):
        seen.append(joblib.effective_n_jobs(None))
        return totals

    with joblib.parallel_config(n_jobs=6):
        scaler().fit(Parties(*(Odd(part, note) for part in parts)))
    assert set(seen) == {2}


def test_parties_must_agree(table):
    pd = pytest.importorskip("pandas")
    with pytest.raises(ValueError, match="different numbers of features"):
        Parties(NoRows(2), NoRows(3))
    for nothing in ([np.ones((2, 2))], []):
        with pytest.raises(TypeError, match="sources of rows"):
            Parties(*nothing)
    first = ArrayRows(frame("ab"))
    chunks = ChunkRows(lambda: iter([frame("ba")]), n_features=2)
    for other in (
        ArrayRows(frame("ba")),
        ArrayRows(np.ones((2, 2))),
        NoRows(2),
        chunks,
    ):
        for both in ((first, other), (other, first), (Parties(first), Parties(other))):
            with pytest.raises(ValueError, match="different column names"):
                Parties(*both)
    same = ChunkRows(lambda: iter([frame("ab")]), n_features=2)
    assert Parties(same, first).feature_names == ("a", "b")
    with pytest.raises(ValueError, match="different kinds"):
        Parties(ArrayRows(np.ones((2, 2))), ArrayRows(np.ones((2, 2), bool)))
    sizes = [
        pd.DataFrame({"a": pd.Categorical(["S"], categories=listed)})
        for listed in (["S", "M"], ["S", "L"], ["M", "S"], ["S", "M"])
    ]
    sources = [ChunkRows(partial(iter, [size])) for size in sizes]
    for other in sources[1:3]:
        with pytest.raises(ValueError, match="different categories declared"):
            Parties(sources[0], other)
    assert Parties(sources[0], sources[3]).columns[0].declared == ("S", "M")


def test_labels_of_all_parties(table):
    def rows(labels):
        return ArrayRows(np.ones((len(labels), 2)), labels)

    assert Parties(rows([1, 3]), rows([2, 3])).labels().tolist() == [1, 2, 3]
    assert Parties(rows(["no"]), rows(["perhaps"])).labels().tolist() == [
        "no",
        "perhaps",
    ]
    assert Parties(rows([]), rows(["b", "a"])).labels().tolist() == ["a", "b"]
    with pytest.raises(ValueError, match="texts at another"):
        Parties(rows([1]), rows(["1"])).labels()
    with pytest.raises(ValueError, match="Party 1 of 2: There are no labels"):
        Parties(ArrayRows(np.zeros((2, 2))), rows(["a"])).labels()
    X, _, labels, _ = table
    halves = [ArrayRows(X[i::2], labels[i::2]) for i in range(2)]
    options = {"bounds": (-4, 4), "epsilon": 5.0, "random_state": 0}
    pooled = DPLogisticRegression(**options).fit(X, labels)
    model = DPLogisticRegression(**options).fit(Parties(*halves))
    np.testing.assert_array_equal(model.coef_, pooled.coef_)
    assert "class labels" in str(model.privacy_.assumed)


def tables(*lists):
    """A table of categories for each list."""
    return [ArrayRows(np.array(values, object).reshape(-1, 1)) for values in lists]


def test_categories_of_all_parties_are_found():
    lists = ["x"] * 300 + ["y"] * 200, ["y"] * 300 + ["z"] * 400, []
    X = np.array([*lists[0], *lists[1]], object).reshape(-1, 1)
    encoder = DPOneHotEncoder(epsilon=1.0, random_state=0)
    pooled = encoder.fit(X).categories_
    found = encoder.fit(Parties(*tables(*lists))).categories_
    assert found[0].tolist() == pooled[0].tolist() == ["x", "y", "z"]


def test_tallies_are_added_and_types_kept_apart():
    door = Door(columns=(Column(None, "category"),))
    rows = Parties(*tables(["x", "y", None], ["y", "y"], [2.0, 1.0])).through(door)
    tally = rows.tally([0], missing=True)
    assert dict(tally.items()) == {
        (0, "x"): 1, (0, "y"): 3, (0, 2.0): 1, (0, 1.0): 1, (0, None): 1
    }  # fmt: skip
    assert all(type(count) is int for _, count in tally.items())
    whole, real = ArrayRows(np.array([[1]])), ArrayRows(np.array([[1.0]]))
    keys = [key for key, _ in Parties(whole, real).through(door).tally([0]).items()]
    assert [type(value) for _, value in keys] == [int, float]
    chunks = ChunkRows(lambda: iter([np.array([["x"], ["y"]], object)]))
    both = Parties(*tables(["x"]), chunks).through(door).tally([0])
    assert dict(both.items()) == {(0, "x"): 2, (0, "y"): 1}
    chunks.tally = super(ChunkRows, chunks).tally  # a source that cannot
    chunks.through = lambda door: chunks
    parties = Parties(*tables(["x"]), chunks).through(door)
    with pytest.raises(ValueError, match=r"Party 2 of 2: The categories.*List them"):
        parties.tally([0])


@pytest.mark.parametrize(
    "tally",
    [
        {(0, "x"): 1},
        None,
        7,
        {0: (["x"], [-1])},
        {1: (["x"], [1])},
        {0: ([["x"]], [1])},
        {0: (["x"], [2**63 - 1])},
    ],
    ids=repr,
)
def test_tallies_that_are_none_are_refused(tally):
    class Other(Odd):
        def tally(self, numbers, *, missing=False):
            parts = isinstance(tally, dict) and all(map(np.isscalar, tally))
            return Tally(tally) if parts else tally

    rows = Parties(*(Other(part, list) for part in tables(["x"], ["x"])))
    with pytest.raises((ValueError, TypeError), match="Party 1 of 2"):
        rows.tally([0])
