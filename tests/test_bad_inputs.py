"""Bad and hostile input: refused plainly or handled, never a hang, never a leak."""

import faulthandler
import os
import time
import warnings
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import get_tags

from skprivate.testing import all_estimators
from skprivate.testing._checks_leaks import check_texts, texts_of
from skprivate.testing._checks_state import _is_finite
from skprivate.testing._examples import (
    configured,
    example_for,
    small,
    target_kind,
)
from skprivate.testing._same import bits_of, fitted_state

LIMIT = 5.0  # seconds
CANARY, TEXT = 0.7362514379852146, "SECRET-NAME"
CASES = []


def case(name, expected, *, only=None):
    """Register a change of the arguments, and what must come of it.

    ``expected``: "refused" by ValueError or TypeError, "fits", or "either"; "sparse",
    "gaps", both or "tables": refused unless the estimator takes such rows; "objects",
    also "with gaps", which a table may hold as categories; "unless unread": refused
    unless the estimator looks at no feature; "unless one target": refused unless it
    takes several; "unless binary": fits unless it is a classifier of two classes.
    ``only``: kind of target, or name of a parameter, without which the case means
    nothing.
    """

    def register(change):
        CASES.append(pytest.param(change, expected, only, id=name))
        return change

    return register


def parameter(name, value, expected, *, only=None, label=None):
    """Register a case that changes a parameter."""
    title = f"{name} {label or repr(value)}"
    case(title, expected, only=only or name)(lambda given: {"params": {name: value}})


def features(name, expected, change):
    """Register a case that changes X."""
    case(f"X {name}", expected)(lambda given: {"X": change(given["X"])})


def target(name, expected, change, *, only):
    """Register a case that changes y."""
    case(f"y {name}", expected, only=only)(lambda given: {"y": change(given["y"])})


def with_entry(value):
    """The rows with one entry replaced."""

    def change(X):
        X[0, 0] = value
        return X

    return change


def texts_of_rows(X):
    """A text for each row: one that many rows share may be found, for a price."""
    return [f"{TEXT} {i}" for i in range(len(X))]


# --- parameters ------------------------------------------------------------------

for bad in (-1, 0, float("nan"), "1", None, [1.0], True, 1e-300, -np.inf, 5e-324, 1j):
    parameter("epsilon", bad, "refused")
for odd in (np.inf, 1e6, np.float32(1), np.int64(1), 2):
    parameter("epsilon", odd, "fits")
parameter("epsilon", 1e-9, "either")
for bad in (-1e-9, 1, 1.5, float("nan"), "0", None, [0.1], True):
    parameter("delta", bad, "refused")
parameter("delta", 0, "either")
parameter("delta", 1e-300, "either")
parameter("delta", 0.5, "fits")
for bad in (0, -1, float("nan"), np.inf, "1", None):
    parameter("max_weight", bad, "refused")
for bad in (0, -1, 1.5, "1", None):
    parameter("max_rows_per_group", bad, "refused")
for bad in (-1, "x", 1.5, [1]):
    parameter("random_state", bad, "refused")
parameter("random_state", np.random.RandomState(0), "fits", label="RandomState")
parameter("random_state", np.int64(3), "fits")

WIDE = 5
BAD_BOUNDS = {
    "reversed": (1, 0),
    "nan": (np.nan, 1),
    "infinite": (-np.inf, np.inf),
    "one infinite": (0, np.inf),
    "too far apart": (-1e308, 1e308),
    "strings": ("a", "b"),
    "wrong length": ([0.0] * (WIDE - 1), [1.0] * (WIDE - 1)),
    "one end": (1.0,),
    "three ends": (0.0, 1.0, 2.0),
    "a number": 1.0,
    "a word": "public",
    "None": None,
    "complex": (0, 1j),
    "two rows": (np.zeros((1, WIDE)), np.ones((1, WIDE))),
}
for title, bad in BAD_BOUNDS.items():
    parameter("bounds", bad, "refused", label=title)
    if title not in ("wrong length",):
        parameter("target_bounds", bad, "refused", label=title)
GOOD_BOUNDS = {
    "equal": (1.0, 1.0),
    "equal to zero": (0.0, 0.0),
    "huge": (0.0, 1e140),
    "tiny": (0.0, 1e-140),
    "subnormal": (0.0, 5e-324),
    "one column constant": ([0.0] * WIDE, [0.0] + [1.0] * (WIDE - 1)),
    "integers": (0, 1),
    "searched for": "private",
}
for title, good in GOOD_BOUNDS.items():
    parameter("bounds", good, "fits", label=title)
for title in ("equal", "huge", "tiny", "subnormal", "searched for"):
    parameter("target_bounds", GOOD_BOUNDS[title], "fits", label=title)
for title, odd in {"beyond huge": (0.0, 1e300), "below tiny": (0.0, 1e-300)}.items():
    parameter("bounds", odd, "either", label=title)
    parameter("target_bounds", odd, "either", label=title)
parameter("classes", [0], "refused", label="too few")
parameter("classes", [0, 1, 2, 9], "unless binary", label="one that does not occur")

# --- features --------------------------------------------------------------------

features("nan", "gaps", with_entry(np.nan))
for bad in (np.inf, -np.inf):
    features(repr(bad), "unless unread", with_entry(bad))
for odd in (1e308, 1e200, 1e6, 123456.789, 5e-324, -0.0):
    features(repr(odd), "fits", with_entry(odd))
features("a row of 1e308", "fits", lambda X: np.vstack([np.full(WIDE, 1e308), X[1:]]))
features("int8", "fits", lambda X: (X * 100).astype(np.int8))
features(
    "uint64 beyond int64",
    "fits",
    lambda X: (abs(X) / abs(X).max() * 1.8e19).astype(np.uint64),
)
features("float16", "fits", lambda X: X.astype(np.float16))
features("float32", "fits", lambda X: X.astype(np.float32))
features("long double", "either", lambda X: X.astype(np.longdouble))
features("bool", "fits", lambda X: X > 0.5)
features("numbers as objects", "objects", lambda X: X.astype(object))
features("text in objects", "tables", lambda X: with_entry(TEXT)(X.astype(object)))
features(
    "None in objects", "objects with gaps", lambda X: with_entry(None)(X.astype(object))
)
features("text", "tables", lambda X: np.tile(texts_of_rows(X), (X.shape[1], 1)).T)
features("bytes", "unless unread", lambda X: np.full(X.shape, TEXT.encode()))
features("complex", "refused", lambda X: X.astype(complex))
features("dates", "tables", lambda X: (X * 1e6).astype("datetime64[s]"))
features("durations", "unless unread", lambda X: (X * 1e6).astype("timedelta64[s]"))
features("a structured array", "refused", lambda X: np.zeros(40, [("a", float)]))
features("masked", "refused", lambda X: np.ma.array(X, mask=X > 0.9))
features("1-D", "refused", lambda X: X[:, 0])
features("3-D", "refused", lambda X: X[:, :, None])
features("a scalar", "refused", lambda X: 1.0)
features("None", "refused", lambda X: None)
features("a dict", "refused", lambda X: {TEXT: CANARY})
features("a word", "refused", lambda X: TEXT)
features("no columns", "refused", lambda X: X[:, :0])
features("ragged lists", "refused", lambda X: [[1.0, 2.0], [CANARY]] * 20)
features("lists", "fits", lambda X: X.tolist())
features("Fortran order", "fits", np.asfortranarray)
features("strides", "fits", lambda X: np.repeat(X, 2, axis=0)[::2])
features("negative strides", "fits", lambda X: X[::-1])
features("big-endian", "fits", lambda X: X.astype(">f8"))
features("constant", "fits", lambda X: X * 0 + 0.5)
features("all rows alike", "fits", lambda X: np.repeat(X[:1], len(X), axis=0))
features("CSC", "sparse", sparse.csc_array)
features("CSR", "sparse", sparse.csr_array)
features("COO", "sparse", sparse.coo_array)
features(
    "sparse with NaN",
    "sparse with gaps",
    lambda X: sparse.csr_array(with_entry(np.nan)(X)),
)
features("data frame", "fits", lambda X: pd.DataFrame(X, columns=list("abcde")))
features(
    "data frame with a duplicated name",
    "refused",
    lambda X: pd.DataFrame(X, columns=[*"abcd", "a"]),
)
features(
    "data frame with a duplicated index",
    "fits",
    lambda X: pd.DataFrame(X, index=[7] * len(X), columns=list("abcde")),
)
features(
    "data frame with text",
    "tables",
    lambda X: pd.DataFrame(X).assign(name=texts_of_rows(X)).rename(columns=str),
)
features(
    "data frame with NA",
    "gaps",
    lambda X: pd.DataFrame(X, dtype="Float64", columns=list("abcde")).mask(X > 0.9),
)


@case("X read-only", "fits")
def read_only(given):
    for value in (given["X"], given.get("y")):
        if value is not None:
            value.flags.writeable = False
    return {}


@case("no rows", "refused")
def no_rows(given):
    return {name: value[:0] for name, value in given.items()}


@case("one row", "either")
def one_row(given):
    return {name: value[:1] for name, value in given.items()}


@case("two rows", "either")
def two_rows(given):
    return {name: value[:2] for name, value in given.items()}


# --- targets ---------------------------------------------------------------------

for kind in ("class", "number"):
    target("None", "unless optional", lambda y: None, only=kind)
    target("too short", "refused", lambda y: y[1:], only=kind)
    target("of columns", "unless one target", lambda y: np.c_[y, 1 - y, y], only=kind)
    target("complex", "refused", lambda y: y * 1j, only=kind)
    target("NaN", "refused", lambda y: np.append(y[1:], np.nan), only=kind)
    target("infinite", "refused", lambda y: np.append(y[1:], np.inf), only=kind)
    target("a dict", "refused", lambda y: {TEXT: CANARY}, only=kind)
    target("a scalar", "refused", lambda y: CANARY, only=kind)
    target("masked", "refused", lambda y: np.ma.array(y, mask=y > 0), only=kind)
    target("a list", "fits", lambda y: y.tolist(), only=kind)
    target("one value only", "fits", lambda y: y * 0, only=kind)
    target("a series", "fits", lambda y: pd.Series(y, index=[3] * len(y)), only=kind)
    target("objects", "fits", lambda y: y.astype(object), only=kind)
target("fractions", "refused", lambda y: y + CANARY, only="class")
target("unknown text", "refused", lambda y: np.full(len(y), TEXT), only="class")
target("unknown number", "refused", lambda y: np.append(y[1:], 7362514), only="class")
target("int8", "fits", lambda y: y.astype(np.int8), only="class")
target("floats", "fits", lambda y: y.astype(float), only="class")
target("text", "refused", lambda y: np.full(len(y), TEXT), only="number")
target("1e308", "fits", lambda y: np.append(y[1:], 1e308), only="number")
target("subnormal", "fits", lambda y: y * 0 + 5e-324, only="number")
target("bool", "fits", lambda y: y > 0, only="number")


# --- weights and groups ----------------------------------------------------------


def weights(name, expected, make):
    """Register a case of sample weights."""
    case(f"weights {name}", expected)(
        lambda given: {"sample_weight": make(len(given["X"]))}
    )


weights("of ones", "fits", np.ones)
weights("of integers", "fits", lambda n: np.ones(n, int))
weights("huge", "fits", lambda n: np.append(1e300, np.ones(n - 1)))
weights("subnormal", "fits", lambda n: np.full(n, 5e-324))
weights("NaN", "refused", lambda n: np.append(np.nan, np.ones(n - 1)))
weights("infinite", "refused", lambda n: np.append(np.inf, np.ones(n - 1)))
weights("negative", "refused", lambda n: np.append(-CANARY, np.ones(n - 1)))
weights("all zero", "refused", np.zeros)
weights("too short", "refused", lambda n: np.ones(n - 1))
weights("2-D", "refused", lambda n: np.ones((n, 2)))
weights("of text", "refused", lambda n: [TEXT] * n)
weights("complex", "refused", lambda n: np.ones(n) * 1j)


def groups(name, expected, make):
    """Register a case of groups."""
    case(f"groups {name}", expected)(lambda given: {"groups": make(len(given["X"]))})


groups("of numbers", "fits", lambda n: np.arange(n) // 3)
groups("of text", "fits", lambda n: [TEXT + str(i % 5) for i in range(n)])
groups("all alike", "either", lambda n: np.zeros(n, int))
groups("NaN", "refused", lambda n: np.append(np.nan, np.ones(n - 1)))
groups("too short", "refused", lambda n: np.ones(n - 1))
groups("of sets", "refused", lambda n: [{TEXT}] * n)


# --- the test --------------------------------------------------------------------

ESTIMATORS = [small(cls()) for _, cls in all_estimators("private")]


def arguments(estimator):
    """Sound arguments of ``fit``, of which nothing is negative."""
    rows = example_for(estimator)
    X = np.abs(rows.X)
    X[3, 1] = CANARY
    return {"X": X} if rows.y is None else {"X": X, "y": rows.y.copy()}


def applies(estimator, only):
    """Whether a case means something to an estimator."""
    if only == "classes" and target_kind(estimator) != "class":
        return False
    return only in (None, target_kind(estimator)) or only in estimator.get_params()


def expectation(estimator, expected):
    """What must come of a case, for this estimator."""
    tags = get_tags(estimator).input_tags
    if expected == "tables":
        return "either" if tags.string or tags.categorical else "refused"
    if expected == "objects":
        return "either" if tags.string or tags.categorical else "fits"
    if expected == "objects with gaps":
        expected = "either" if tags.string or tags.categorical else "gaps"
    known = {"sparse": tags.sparse, "gaps": tags.allow_nan}
    known["sparse with gaps"] = tags.sparse and tags.allow_nan
    known["unless unread"] = not estimator._reads_features
    classifier = get_tags(estimator).classifier_tags
    known["unless optional"] = not get_tags(estimator).target_tags.required
    known["unless one target"] = get_tags(estimator).target_tags.multi_output
    known["unless binary"] = classifier is None or classifier.multi_class
    if expected not in known:
        return expected
    return "fits" if known[expected] else "refused"


@pytest.fixture(scope="module")
def stderr(request):
    """Descriptor of standard error, which pytest captures."""
    manager = request.config.pluginmanager.getplugin("capturemanager")
    with manager.global_and_fixture_disabled():
        descriptor = os.dup(2)
    yield descriptor
    os.close(descriptor)


@contextmanager
def no_hang(stderr):
    """End the whole run after a minute: nothing less can stop a loop in LAPACK."""
    faulthandler.dump_traceback_later(12 * LIMIT, exit=True, file=stderr)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def outcome(estimator, given):
    """Whether fit "fits" or is "refused", and every text that came out."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            estimator.fit(**given)
            result, texts = "fits", [repr(fitted_state(estimator))]
        except (ValueError, TypeError) as error:
            result, texts = "refused", texts_of(error)
    return result, texts + [str(warning.message) for warning in caught]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize(("change", "expected", "only"), CASES)
def test_bad_input(estimator, change, expected, only, stderr):
    if not applies(estimator, only):
        return  # no skip: it is not a test that could be run
    given = arguments(estimator)
    given |= change(given)
    estimator = configured(estimator, **given.pop("params", {}))
    if hasattr(estimator, "vocabulary") and estimator.epsilon == np.inf:
        estimator.set_params(vocabulary=["1"])  # else, without noise, it is the rows'
    before = {name: bits_of(value) for name, value in given.items()}
    for _ in range(2):  # a second time, should the first have compiled a kernel
        start = time.perf_counter()
        with no_hang(stderr):
            result, texts = outcome(estimator, given)
        seconds = time.perf_counter() - start
        if seconds < LIMIT:
            break
    assert seconds < LIMIT
    check_texts(texts)
    expected = expectation(estimator, expected)
    assert expected in (result, "either"), texts[:1]
    for name, value in given.items():
        assert bits_of(value) == before[name], f"{name} is changed in place"
    if result == "fits":
        state = fitted_state(estimator)
        if getattr(estimator, "method_", "") == "top_k":
            del state["scores_"], state["pvalues_"]  # NaN where nothing was measured
        assert all(map(_is_finite, state.values()))


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_unknown_parameters_are_refused(estimator):
    with pytest.raises(TypeError):
        type(estimator)(no_such_parameter=1)
    with pytest.raises(ValueError, match="no_such_parameter"):
        clone(estimator).set_params(no_such_parameter=1)


def test_there_are_enough_cases():
    assert len(CASES) >= 130
