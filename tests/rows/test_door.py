"""The door: what it lets in, what it refuses, and that it never repeats the data."""

import traceback
import warnings
from decimal import Decimal

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import BaseEstimator
from sklearn.exceptions import DataConversionWarning

from skprivate.kernels import clipped_sum
from skprivate.rows import ArrayRows, ChunkRows, NoRows, as_rows, checked_input

N_ROWS = 12


def features():
    """Small whole numbers, which all numeric types hold."""
    return np.arange(N_ROWS * 3.0).reshape(N_ROWS, 3) % 7


def enter(X, y=None, *, target="none", sparse=False, **options):
    """The rows behind the door, and the estimator that they were meant for."""
    estimator = BaseEstimator()
    rows = as_rows(estimator, X, y, target=target, accept_sparse=sparse, **options)
    return rows, estimator


def frame_of(X, **changes):
    pd = pytest.importorskip("pandas")
    return pd.DataFrame(X, columns=["a", "b", "c"]).assign(**changes)


def polars_of(X, **changes):
    pl = pytest.importorskip("polars")
    return pl.DataFrame({**dict(zip("abc", X.T, strict=True)), **changes})


class Arraylike:
    """Something that NumPy can read, and nothing else."""

    def __init__(self, X):
        self.X = X

    def __array__(self, dtype=None, copy=None):
        return np.array(self.X, dtype=dtype)


ACCEPTED = {
    **{
        dtype: lambda X, dtype=dtype: X.astype(dtype)
        for dtype in ("i1", "u1", "u8", "i8", "f2", "float32", "f8", "O", "g", ">f8")
    },
    "bool": lambda X: X > 3,
    "lists": lambda X: X.tolist(),
    "tuples": lambda X: tuple(map(tuple, X.astype(int).tolist())),
    "decimals": lambda X: [[Decimal(v) for v in row] for row in X.tolist()],
    "rows": lambda X: list(X),
    "fortran": np.asfortranarray,
    "strided": lambda X: np.repeat(X, 2, axis=1)[:, ::2],
    "backwards": lambda X: X[::-1].copy()[::-1],
    "mask of nothing": lambda X: np.ma.array(X),
    "array-like": Arraylike,
    "pandas": frame_of,
    "pandas mixed": lambda X: frame_of(X, a=X[:, 0] > 3, b=X[:, 1].astype(int)),
    "pandas nullable": lambda X: frame_of(X).astype({"a": "Int64", "b": "Float64"}),
    "pandas, equal index": lambda X: frame_of(X).set_index(np.zeros(N_ROWS)),
    "polars": polars_of,
    "polars mixed": lambda X: polars_of(X, a=X[:, 0].astype(int)),
    "subnormal": lambda X: np.where(X == 0, 5e-324, X),
    "huge": lambda X: np.where(X == 0, 1e308, X),
}


@pytest.mark.parametrize("kind", ACCEPTED)
def test_numbers_of_all_kinds_are_let_in(kind):
    X = ACCEPTED[kind](features())
    rows, estimator = enter(X)
    expected = np.asarray(X, dtype=np.float32 if kind == "float32" else np.float64)
    np.testing.assert_array_equal(rows.X, expected, strict=True)
    assert estimator.n_features_in_ == rows.n_features == 3
    named = kind.startswith(("pandas", "polars"))
    assert hasattr(estimator, "feature_names_in_") == named
    np.testing.assert_array_equal(checked_input(estimator, X), expected, strict=True)
    assert set(vars(estimator)) <= {"n_features_in_", "feature_names_in_"}


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "dok", "bsr"])
@pytest.mark.parametrize("kind", ["array", "matrix"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int8, bool])
def test_sparse_of_all_kinds_are_let_in(form, kind, dtype):
    X = getattr(sp, f"{form}_{kind}")(features().astype(dtype))
    rows, estimator = enter(X, sparse=True)
    assert rows.X.dtype == (dtype if np.dtype(dtype).kind == "f" else np.float64)
    np.testing.assert_array_equal(rows.X.toarray(), features().astype(dtype))
    checked = checked_input(estimator, X, accept_sparse=True)
    assert checked.format == "csr"
    for door in (enter, lambda X: checked_input(estimator, X)):
        with pytest.raises(TypeError, match=r"[Ss]parse"):
            door(X)


SECRET, NUMBER = "SECRET-NAME", 98765.4321


def planted(value, dtype=object):
    """Features with one value in them."""
    X = features().astype(dtype)
    X[1, 1] = value
    return X


def ragged(value):
    rows = features().tolist()
    rows[1].append(value)
    return rows


class Evil:
    """An object whose every message is the secret."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError(SECRET)


REFUSED = {
    "NaN": (lambda: planted(np.nan, float), ValueError, "NaN"),
    "infinity": (lambda: planted(np.inf, float), ValueError, "infinity"),
    "infinity in float32": (lambda: planted(-np.inf, "f4"), ValueError, "infinity"),
    "too large": (lambda: planted(10**400), ValueError, "cannot be read as numbers"),
    "None": (lambda: planted(None), ValueError, "NaN"),
    "text": (lambda: planted(SECRET), ValueError, "text where numbers"),
    "text that looks like a number": (
        lambda: planted(str(NUMBER)),
        ValueError,
        "text where numbers",
    ),
    "pandas text that looks like numbers": (
        lambda: frame_of(features().astype(str)),
        ValueError,
        "text where numbers",
    ),
    "date object": (lambda: planted(np.datetime64("2020")), TypeError, "dates"),
    "duration object": (
        lambda: planted(np.timedelta64(98765, "s")),
        TypeError,
        "durations",
    ),
    "bytes": (lambda: planted(SECRET.encode()), ValueError, "text where"),
    "text in lists": (
        lambda: planted(SECRET).tolist(),
        ValueError,
        "text where numbers",
    ),
    "array of text": (lambda: planted(SECRET, "U20"), ValueError, "text where"),
    "array of bytes": (lambda: planted(SECRET, "S20"), ValueError, "text where"),
    "dict": (
        lambda: planted({SECRET: NUMBER}),
        TypeError,
        "argument must be .* string.* number",
    ),
    "complex": (lambda: planted(NUMBER * 1j, complex), ValueError, "Complex data not"),
    "complex object": (lambda: planted(NUMBER * 1j), TypeError, "no number"),
    "dates": (lambda: features().astype("M8[s]"), TypeError, "dates"),
    "durations": (lambda: features().astype("m8[s]"), TypeError, "durations"),
    "records": (lambda: np.zeros(3, [("a", float)]), TypeError, "no numbers"),
    "masked": (
        lambda: np.ma.array(features() + NUMBER, mask=features() > 5),
        ValueError,
        "masked",
    ),
    "matrix": (lambda: features().view(np.matrix), TypeError, "np.matrix"),
    "1-D": (lambda: features()[0] + NUMBER, ValueError, "Reshape your data"),
    "1-D list": (lambda: [NUMBER, 1], ValueError, "Expected 2D array, got 1D array"),
    "0-D": (lambda: np.array(NUMBER), ValueError, "Expected 2D array, got scalar"),
    "3-D": (lambda: features()[:, None] + NUMBER, ValueError, "dim <= 2"),
    "ragged": (lambda: ragged(NUMBER), ValueError, "rows of unequal length"),
    "no rows": (lambda: features()[:0], ValueError, r"0 sample\(s\)"),
    "no columns": (
        lambda: features()[:, :0],
        ValueError,
        r"0 feature\(s\) \(shape=\(\d*, 0\)\) while a minimum of \d* is required.",
    ),
    "scalar": (lambda: NUMBER, TypeError, "not known here"),
    "str": (lambda: SECRET, TypeError, "not known here"),
    "mapping": (lambda: {SECRET: [NUMBER]}, TypeError, "not known here"),
    "set": (lambda: {SECRET}, TypeError, "not known here"),
    "iterator": (lambda: iter([[NUMBER]]), TypeError, r"ChunkRows\(open\)"),
    "function": (lambda: features, TypeError, r"ChunkRows\(open\)"),
    "None as X": (lambda: None, TypeError, "not known here"),
    "evil": (Evil, ValueError, "cannot be read as numbers"),
    "pandas text": (
        lambda: frame_of(features(), a=[SECRET] * N_ROWS),
        ValueError,
        "text where numbers",
    ),
    "pandas object": (
        lambda: frame_of(planted(SECRET)),
        ValueError,
        "text where numbers",
    ),
    "pandas category": (
        lambda: frame_of(features(), a=[SECRET] * N_ROWS).astype({"a": "category"}),
        ValueError,
        "text where numbers",
    ),
    "pandas dates": (
        lambda: frame_of(features(), a=features().astype("M8[s]")[:, 0]),
        TypeError,
        "dates",
    ),
    "pandas missing": (
        lambda: frame_of(planted(np.nan, float)).astype("Float64"),
        ValueError,
        "NaN|text|cannot",
    ),
    "polars text": (
        lambda: polars_of(features(), a=[SECRET] * N_ROWS),
        ValueError,
        "text where numbers",
    ),
    "polars lists": (
        lambda: polars_of(features(), a=[[NUMBER]] * N_ROWS),
        TypeError,
        "no numbers",
    ),
    "polars dates": (
        lambda: polars_of(features(), a=features().astype("M8[ms]")[:, 0]),
        TypeError,
        "dates",
    ),
    "polars missing": (
        lambda: polars_of(features(), a=[None] * N_ROWS),
        ValueError,
        "NaN",
    ),
    "polars lazy": (lambda: polars_of(features()).lazy(), TypeError, r"collect\(\)"),
    "series": (lambda: frame_of(features())["a"], ValueError, "Reshape your data"),
    "sparse NaN": (
        lambda: sp.csr_array(planted(np.nan, float)),
        ValueError,
        "contains NaN",
    ),
    "sparse complex": (
        lambda: sp.csr_array(planted(NUMBER * 1j, complex)),
        ValueError,
        "Complex data not supported",
    ),
    "sparse 1-D": (
        lambda: sp.coo_array(features()[0] + NUMBER),
        ValueError,
        "Reshape your data",
    ),
}


def check_holds_no_data(error, recorded=()):
    """Neither an error, nor what it is chained to, nor a warning, holds data."""
    assert error.__cause__ is None
    assert error.__context__ is None
    told = "".join(traceback.format_exception(error)).splitlines()[-1] + str(error.args)
    told += "".join(str(w.message) for w in recorded)
    for value in (SECRET, "98765", str(N_ROWS)):
        assert value not in told


@pytest.mark.parametrize("case", REFUSED)
def test_bad_features_are_refused_without_their_values(case, sums):
    make, kind, message = REFUSED[case]
    X = make()
    fitted = enter(features())[1]
    fitted_before = dict(vars(fitted))
    calls = (
        lambda: enter(X, sparse=True)[0].total([sums()]),
        lambda: checked_input(fitted, X, accept_sparse=True),
    )
    for call in calls:
        with warnings.catch_warnings(record=True) as recorded:
            warnings.simplefilter("always")
            with pytest.raises(kind, match=message) as caught:
                call()
        assert type(caught.value) is kind
        check_holds_no_data(caught.value, recorded)
    assert vars(fitted) == fitted_before


def test_a_door_that_is_refused_sets_nothing():
    estimator = BaseEstimator()
    with pytest.raises(ValueError, match="requires y"):
        as_rows(estimator, features(), target="class", accept_sparse=False)
    with pytest.raises(ValueError, match="inconsistent numbers of samples") as caught:
        as_rows(estimator, features(), [1], target="class", accept_sparse=False)
    check_holds_no_data(caught.value)
    assert not vars(estimator)


def test_width_and_names_must_agree_with_fit():
    _, estimator = enter(features())
    with pytest.raises(
        ValueError,
        match="X has 1 features, but BaseEstimator is expecting 3 features as input",
    ):
        checked_input(estimator, features()[:, :1])
    for make in (frame_of, polars_of):
        _, estimator = enter(make(features()))
        assert estimator.feature_names_in_.tolist() == ["a", "b", "c"]
        checked_input(estimator, make(features()))  # no warning, or this test fails
        swapped = make(features())[["b", "a", "c"]]
        with pytest.raises(ValueError, match="must be in the same order") as caught:
            checked_input(estimator, swapped)
        assert caught.value.__context__ is None
        with pytest.warns(UserWarning, match="X does not have valid feature names"):
            checked_input(estimator, features())
    enter_again = as_rows(estimator, features(), target="none", accept_sparse=False)
    assert enter_again.n_features == 3
    assert not hasattr(estimator, "feature_names_in_")
    with pytest.warns(UserWarning, match="X has feature names, but"):
        checked_input(estimator, frame_of(features()))
    checked_input(estimator, frame_of(features()), reset=True)
    assert estimator.feature_names_in_.tolist() == ["a", "b", "c"]
    with pytest.raises(TypeError, match="Feature names are only supported"):
        enter(frame_of(features()).set_axis(["a", 1, 2], axis=1))


def test_the_rows_of_a_user_are_not_altered():
    for make in (np.asarray, np.asfortranarray, frame_of, sp.csr_array):
        X, y, w = make(features()), np.arange(N_ROWS) % 2, np.arange(N_ROWS)
        before = copy_of(X, y, w)
        rows, _ = enter(X, y, target="class", sparse=True, sample_weight=w)
        rows.encoded([0, 1]).total([lambda_query()])
        for now, then in zip(copy_of(X, y, w), before, strict=True):
            assert now == then
        if isinstance(X, np.ndarray):
            assert X.flags.writeable


def lambda_query():
    class Zero:
        max_rows = 100

        def __call__(self, X, y, weight):
            return np.zeros(1)

    return Zero()


def copy_of(*values):
    """The bytes of some arrays."""
    parts = []
    for value in values:
        arrays = [value.data, value.indices, value.indptr] if sp.issparse(value) else []
        parts += [np.asarray(array).tobytes() for array in arrays or [value]]
    return parts


def test_no_copy_is_made_of_floats():
    X = features()
    assert np.shares_memory(enter(X)[0].X, X)
    assert np.shares_memory(checked_input(enter(X)[1], X), X)
    assert not np.shares_memory(checked_input(enter(X)[1], X, copy=True), X)


def test_a_source_takes_the_place_of_X():
    source = ChunkRows(lambda: iter([(features(), np.arange(N_ROWS))]))
    rows, estimator = enter(source, target="number")
    assert rows is not source
    assert estimator.n_features_in_ == 3
    given = {"y": [1], "sample_weight": [1], "groups": [1]}
    for name, value in given.items():
        with pytest.raises(ValueError, match="beside a source of rows"):
            enter(source, **{name: value})
    with pytest.raises(TypeError, match="in memory here"):
        checked_input(estimator, source)
    names = ArrayRows(frame_of(features()))
    assert enter(names)[1].feature_names_in_.tolist() == ["a", "b", "c"]
    assert enter(NoRows(2))[1].n_features_in_ == 2
    for bad in (np.ones(3), sp.coo_array(np.ones(3))):
        with pytest.raises(ValueError, match="2-D"):
            ArrayRows(bad)
    with pytest.raises(TypeError, match="must be an array"):
        ArrayRows(features(), iter([1]))


def test_a_column_is_flattened_with_a_warning():
    y = np.arange(N_ROWS)[:, None] % 2
    with pytest.warns(DataConversionWarning, match="A column-vector y was passed when"):
        rows, _ = enter(features(), y, target="class")
    assert rows.y.shape == (N_ROWS,)


class LooksAtNothing:
    """A query that reads no features, or only a column that kernels are given."""

    max_rows = 2**40

    def __init__(self, columns=0):
        self.columns = columns

    def __call__(self, X, y, weight):
        if self.columns:
            X = np.ascontiguousarray(X[:, : self.columns])
            box = np.repeat([[-1.0], [1.0], [0.0], [8.0]], self.columns, axis=1)
            clipped_sum(X, box, weight, 2, 8.0)
        return np.zeros(1)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("columns", [0, 1, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_not_finite_is_refused_whoever_looks(value, columns, dtype):
    X = np.zeros((70_000, 3), dtype)
    rows = enter(X)[0]
    assert rows.total([LooksAtNothing(columns)])[0] == 0
    X[69_999, 2] = value  # in the last chunk, and in a column that may not be read
    with pytest.raises(ValueError, match=r"contains (NaN|infinity)"):
        rows.total([LooksAtNothing(columns)])


def test_the_largest_finite_values_are_admitted():
    X = np.full((100, 3), np.finfo(float).max)
    X[::2] *= -1
    assert enter(X)[0].total([LooksAtNothing(3)])[0] == 0
