"""Students of a private vote: what leaves a fit, what it costs, what it is worth."""

import pickle
import struct
import warnings
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import numpy as np
import pandas as pd
import pytest
from joblib import Parallel, delayed, parallel_config
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from skprivate import (
    PrivacyLedger,
    check_private,
    make_dp_pipeline,
    privacy_cost,
    privacy_report,
)
from skprivate.accounting import BudgetExceededError
from skprivate.base import OtherQuestionError, Tape
from skprivate.base._utility import UtilityWarning
from skprivate.composition import NotPrivateError
from skprivate.ensemble import DPBaggingClassifier, DPBaggingRegressor
from skprivate.ensemble._taught import DPTaught
from skprivate.ensemble._teachers import Teacher
from skprivate.ledger import StrictLedgerError
from skprivate.linear_model import PublicRows
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPStandardScaler
from skprivate.rows import ChunkRows
from skprivate.synthesis import DPTabularSynthesizer
from skprivate.testing import all_estimators, record
from skprivate.testing._examples import example_for, quiet
from tests.pipeline.test_conformance import EXPECTED, listed
from tests.pipeline.test_replay import CoinPlayer, Whole, play

RNG = np.random.default_rng(0)
X = RNG.uniform(-1, 1, (3000, 3))
Y = (X[:, 0] + 0.3 * X[:, 1] > 0).astype(int)
PUBLIC = RNG.uniform(-1, 1, (200, 3))
SECRETS = []  # of teachers, as they are fitted


class Spy(ClassifierMixin, BaseEstimator):
    """Remembers its rows, here and in itself, as a nearest neighbour does."""

    def fit(self, X, y):
        SECRETS.append((np.array(X), np.array(y)))
        self.rows_, self.classes_ = X, np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


class Fails(ClassifierMixin, BaseEstimator):
    """Says a value of its rows, when rows are not public."""

    def fit(self, X, y):
        if not np.isin(np.asarray(X)[:, 0], PUBLIC[:, 0]).all():
            warnings.warn(f"seen: {X[0, 0]!r}", stacklevel=2)
            raise KeyError(f"{X[0, 0]!r}")
        return self

    def predict(self, X):
        return np.zeros(len(X), int)


def model(estimator=None, **params):
    given = {"n_estimators": 40, "public": PUBLIC, "classes": [0, 1]} | params
    given = {"student": LinearRegression(), "random_state": 0} | given
    return DPBaggingClassifier(
        estimator or DecisionTreeClassifier(max_depth=2), **given
    )


def numbers(estimator=None, **params):
    given = {"n_estimators": 40, "public": PUBLIC, "target_bounds": (-2, 2)} | params
    given = {"student": LinearRegression(), "random_state": 0} | given
    return DPBaggingRegressor(estimator or DecisionTreeRegressor(max_depth=2), **given)


@pytest.fixture
def spied():
    SECRETS.clear()
    yield SECRETS
    SECRETS.clear()


# --- what every one of them must do: found, not named ------------------------------

TAUGHT = [cls for _, cls in all_estimators("other") if issubclass(cls, DPTaught)]
every_one = pytest.mark.parametrize("cls", TAUGHT, ids=lambda cls: cls.__name__)


def made(cls, **params):
    return (model if issubclass(cls, ClassifierMixin) else numbers)(**params)


def target(cls):
    return Y if issubclass(cls, ClassifierMixin) else X[:, 0] + X[:, 1]


def test_they_are_found():
    assert len(TAUGHT) >= 2


@every_one
def test_a_pickle_holds_no_value_of_a_private_row(cls):
    """Teachers that keep their rows are the rows."""
    classes = issubclass(cls, ClassifierMixin)
    near = KNeighborsClassifier(3) if classes else KNeighborsRegressor(3)
    fitted = made(cls, estimator=near, random_state=None).fit(X, target(cls))
    stored = pickle.dumps(fitted)
    shown = repr(fitted) + repr(vars(fitted)) + repr(fitted.privacy_)
    for value in X.ravel().tolist():
        assert struct.pack("<d", value) not in stored
        assert struct.pack(">d", value) not in stored
        assert repr(value) not in shown
    again = pickle.loads(stored)
    np.testing.assert_array_equal(again.predict(X), fitted.predict(X))


@every_one
def test_a_debit_comes_before_a_row_is_read(cls, spied):
    class Rows(np.ndarray):
        def __getitem__(self, at):
            raise AssertionError("read")

    y = target(cls)
    with pytest.raises(BudgetExceededError), PrivacyLedger(0.5, 1e-6) as ledger:
        made(cls, estimator=Spy(), random_state=None).fit(X, y)
    assert not ledger.records
    assert all(np.isin(rows, PUBLIC).all() for rows, _ in spied)


@every_one
def test_one_price_in_ledger_cost_plan_and_report(cls):
    whole = made(cls, random_state=None, epsilon=0.8)
    plan = whole.plan(3)
    with PrivacyLedger(0.8, 1e-6, strict=True) as ledger:
        whole.fit(X, target(cls))
    assert [record.name for record in ledger.records] == [cls.__name__]
    assert privacy_cost(whole).epsilon() == pytest.approx(0.8)
    assert whole.privacy_.epsilon() == pytest.approx(0.8, rel=1e-3)
    told = [(r.query, r.size, r.sensitivity) for r in whole.privacy_.releases]
    assert [(r.query, r.size, r.sensitivity) for r in plan.releases] == told
    report = privacy_report(whole)
    assert report.private
    assert report.epsilon() <= 0.8 + 1e-9
    assert sum(r.share for r in whole.privacy_.releases) == pytest.approx(1.0)
    assert "teachers" in repr(whole.privacy_)


@every_one
def test_seeds_repeat_and_show(cls):
    y = target(cls)
    first, second = (made(cls).fit(X, y).predict(X[:50]) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert made(cls).fit(X, y).privacy_.seeded
    with pytest.raises(StrictLedgerError), PrivacyLedger(strict=True):
        made(cls).fit(X, y)


@every_one
def test_workers_do_as_one_does(cls):
    y = target(cls)
    alone = made(cls, n_estimators=6).fit(X, y)
    helped = made(cls, n_estimators=6, n_jobs=2).fit(X, y)
    np.testing.assert_array_equal(alone.votes_, helped.votes_)


@every_one
def test_answers_do_not_depend_on_company(cls):
    fitted = made(cls).fit(X, target(cls))
    whole = fitted.predict(X)
    for size in (1, 2, 7, 257):
        np.testing.assert_array_equal(fitted.predict(X[:size]), whole[:size])


@every_one
def test_a_failed_fit_leaves_the_model_as_it_was(cls):
    fitted = made(cls, random_state=None).fit(X, target(cls))
    before = fitted.privacy_
    y = target(cls).astype(float)
    y[3] = np.nan
    with pytest.raises(ValueError, match="charged") as error, PrivacyLedger() as ledger:
        fitted.fit(X, y)
    assert len(ledger.records) == 1
    assert fitted.privacy_ is before
    assert error.value.__cause__ is None


@every_one
def test_the_end_of_a_pipeline(cls):
    last = made(cls, random_state=None, public=None, queries="ranges", bounds=(-3, 3))
    pipe = make_dp_pipeline(DPStandardScaler(bounds=(-1, 1)), last)
    assert check_private(pipe).private
    with PrivacyLedger(1.0, 1e-6, strict=True) as ledger:
        pipe.fit(X, target(cls))
    assert len(ledger.records) == 1
    assert pipe.privacy_.epsilon() <= 1.0 + 1e-9
    assert pipe.predict(X).shape == (len(X),)


# --- one unit is one vote ----------------------------------------------------------


def parts_seen(spied):
    found = [rows for rows, _ in spied if not np.isin(rows, PUBLIC).all()]
    spied.clear()
    return found


def test_parts_are_disjoint_and_a_unit_moves_one(spied):
    model(Spy()).fit(X, Y)
    parts = parts_seen(spied)
    assert sum(map(len, parts)) == len(X)
    assert len(np.unique(np.vstack(parts), axis=0)) == len(X)
    model(Spy()).fit(X[:-1], Y[:-1])
    fewer = parts_seen(spied)
    moved = [len(a) != len(b) for a, b in zip(parts, fewer, strict=True)]
    assert sum(moved) == 1
    same = zip(parts, fewer, moved, strict=True)
    assert all(np.array_equal(a, b) for a, b, other in same if not other)


def test_rows_of_a_group_have_one_teacher(spied):
    groups = np.arange(len(X)) % 300
    fitted = model(Spy()).fit(X, Y, groups=groups)
    where = {tuple(row): group for row, group in zip(X, groups, strict=True)}
    seen = [{where[tuple(row)] for row in part} for part in parts_seen(spied)]
    assert sum(map(len, seen)) == 300
    assert "group" in fitted.privacy_.unit
    assert fitted.privacy_.epsilon() == pytest.approx(1.0)


def test_a_teacher_does_not_learn_how_many_rows_others_have(spied):
    class OfFrames(Spy):
        def fit(self, X, y):
            assert [*X.index] == [*range(len(X))]
            return super().fit(X, y)

    names = ["a", "b", "c"]
    public = pd.DataFrame(PUBLIC, columns=names)
    model(OfFrames(), public=public).fit(pd.DataFrame(X, columns=names), Y)
    assert len(parts_seen(spied)) == 40


class Draws(ClassifierMixin, BaseEstimator):
    """Draws from the global generator, once for each of its rows."""

    def fit(self, X, y):
        np.random.rand(len(X))  # noqa: NPY002
        self.drawn_ = np.random.rand()  # noqa: NPY002
        return self

    def predict_proba(self, X):
        said.append(self.drawn_)
        return np.full((len(X), 2), 0.5)

    def predict(self, X):
        return np.zeros(len(X), int)

    classes_ = np.array([0, 1])


said = []


def test_what_a_teacher_draws_does_not_tell_how_many_rows_others_have():
    drawn = []
    for n_rows in (len(X), len(X) - 1):
        np.random.seed(0)  # noqa: NPY002
        said.clear()
        model(Draws()).fit(X[:n_rows], Y[:n_rows])
        drawn.append(said[-40:])
    assert sum(a != b for a, b in zip(*drawn, strict=True)) <= 1
    assert len({*drawn[0]}) == 40


@pytest.mark.parametrize("outside", [False, True], ids=["of joblib", "of a user"])
def test_nor_does_it_where_threads_share_a_generator(outside):
    class DrawsSlowly(Draws):
        def fit(self, X, y):
            for _ in range(len(X)):
                np.random.rand()  # noqa: NPY002
                sleep(1e-5)  # lets another thread draw
            return super().fit(X, y)

    def votes(rows):
        teacher = Teacher(DrawsSlowly(), rows, np.arange(len(rows)) % 2, TARGET, 7)
        return teacher.vote(PUBLIC[:1], 1).item()

    def drawn(sizes):
        parts = [X[:size] for size in sizes]
        if outside:
            with ThreadPoolExecutor(2) as pool:
                return [*pool.map(votes, parts)]
        with parallel_config("threading"):
            return Parallel(n_jobs=2)(delayed(votes)(part) for part in parts)

    class Votes:
        taught = only = staticmethod(lambda values: None)
        width = 1

        def said(self, teacher, rows):
            return np.full((len(rows), 1), teacher.drawn_)

    TARGET = Votes()
    assert drawn([50, 60])[0] == drawn([50, 61])[0] == votes(X[:50])


def test_a_vote_of_votes_ends_where_workers_are_threads():
    inner = model(n_estimators=2, n_jobs=2, epsilon=8.0)
    with parallel_config("threading"):
        fitted = model(inner, n_estimators=2, n_jobs=2).fit(X[:200], Y[:200])
    assert np.isfinite(fitted.votes_).all()


def test_types_of_a_list_are_those_of_its_part(spied):
    """One fraction must not make floats of the numbers of all others."""

    class OfLists(Spy):
        def fit(self, X, y):
            types.append({type(value) for row in X for value in row})
            return super().fit(X, y)

    types = []
    rows = [[1, 2, 3] for _ in range(200)] + [[0.5, 1, 2]]
    whole = model(OfLists(), n_estimators=10, random_state=0)
    whole.fit(rows, [0, 1] * 100 + [0])
    assert sum(float in found for found in types[-10:]) == 1


def test_a_tape_has_votes_about_no_other_rows():
    """A search replays fits, and those draw rows anew: of these nobody was asked."""
    given = {"public": None, "queries": "ranges", "bounds": (-1, 1), "n_queries": 50}
    tape = Tape()
    with tape.recording():
        first = model(**given).fit(X, Y)
    with tape.replaying():
        again = model(**given).fit(X, Y)
    assert np.array_equal(first.votes_, again.votes_)
    with pytest.raises(OtherQuestionError), tape.replaying():
        model(**given, random_state=1).fit(X, Y)


@pytest.mark.parametrize("y", [Y, 0 * Y], ids=["fitted", "of one class"])
def test_ledger_and_tape_do_not_tell_how_many_private_teachers_there_were(y):
    teacher = DPGaussianNB(bounds=(-1, 1), classes=[0, 1])
    tape = Tape()
    with PrivacyLedger(strict=True) as ledger, tape.recording():
        fitted = model(teacher, n_estimators=4, random_state=None).fit(X, y)
    assert [record.name for record in ledger.records] == ["DPBaggingClassifier"]
    assert tape.n_answers == len(fitted.privacy_.releases)


# --- teachers of any kind ----------------------------------------------------------


def test_a_teacher_that_raises_abstains_and_nobody_hears_of_it():
    with pytest.warns(UtilityWarning, match="abstain") as caught:
        fitted = model(Fails()).fit(X, Y)
    assert not any("seen" in str(warning.message) for warning in caught)
    assert np.abs(fitted.votes_ - fitted.votes_.mean()).max() < 6 * fitted.vote_noise_


def test_so_does_one_that_panics():
    class Panic(BaseException):
        """As of code in Rust: no Exception."""

    class Panics(Fails):
        def fit(self, X, y):
            try:
                return super().fit(X, y)
            except KeyError as error:
                raise Panic(str(error)) from None

    with pytest.warns(UtilityWarning, match="abstain"):
        model(Panics()).fit(X, Y)


def test_parts_of_one_class_vote_for_it_and_empty_ones_abstain():
    y = np.zeros(len(X), int)
    fitted = model(LogisticRegression(), epsilon=8.0).fit(X, y)
    assert fitted.predict_proba(X)[:, 0].mean() > 0.9
    few = model(n_estimators=500, epsilon=8.0).fit(X[:30], Y[:30])
    assert np.isfinite(few.votes_).all()


@pytest.mark.parametrize(
    ("teacher", "student"),
    [
        (LogisticRegression(), None),
        (LinearSVC(), DecisionTreeRegressor(max_depth=3)),
        (KNeighborsClassifier(5), LogisticRegression()),
        (None, LinearSVC()),
        (None, KNeighborsClassifier(15)),
    ],
    ids=["default student", "labels", "weights", "no odds", "no weights"],
)
def test_teachers_and_students_of_all_kinds(teacher, student):
    given = {"estimator": teacher, "student": student, "epsilon": 4.0}
    fitted = DPBaggingClassifier(
        n_estimators=40, public=PUBLIC, classes=[0, 1], random_state=0, **given
    ).fit(X, Y)
    assert fitted.score(X, Y) > 0.85
    odds = fitted.predict_proba(X)
    np.testing.assert_allclose(odds.sum(axis=1), 1.0)
    assert odds.min() >= 0


def test_three_classes_of_any_names():
    rows, y = load_iris(return_X_y=True)
    rows, y = (
        np.tile(rows, (20, 1)),
        np.repeat(["a", "b", "c"], 50)[np.arange(3000) % 150],
    )
    for student in (None, LogisticRegression(max_iter=300)):
        fitted = model(
            LogisticRegression(max_iter=300),
            public=rows[::20],
            classes=["a", "b", "c"],
            student=student,
            epsilon=8.0,
        ).fit(rows, y)
        assert fitted.score(rows, y) > 0.85
        assert fitted.votes_.shape == (150, 3)


def test_numbers_of_a_range_that_is_searched_for():
    y = 3 * X[:, 0] + X[:, 1]
    fitted = numbers(
        LinearRegression(), target_bounds="private", epsilon=4.0, student=None
    ).fit(X, y)
    assert fitted.score(X, y) > 0.9


def test_public_labels_are_what_is_expected():
    public, labels = X[:300], Y[:300]
    plain = model(public=public, epsilon=0.2).fit(X[300:], Y[300:])
    told = model(public=PublicRows(public, labels), epsilon=0.2, clip=0.05)
    told.fit(X[300:], Y[300:])
    again = model(public=public, public_target=labels, epsilon=0.2, clip=0.05)
    again.fit(X[300:], Y[300:])
    np.testing.assert_array_equal(told.votes_, again.votes_)
    assert told.score(X, Y) > max(0.85, plain.score(X, Y))


def test_another_student_is_free():
    fitted = model(random_state=None, epsilon=4.0)
    with PrivacyLedger(4.0, 1e-6) as ledger:
        fitted.fit(X, Y).teach(DecisionTreeRegressor(max_depth=3))
    assert len(ledger.records) == 1
    assert fitted.score(X, Y) > 0.8
    assert isinstance(fitted.student_, DecisionTreeRegressor)


# --- rows of any kind --------------------------------------------------------------


def table(n, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": rng.integers(18, 90, n),
            "plan": pd.Categorical(rng.choice(["free", "team"], n), ["free", "team"]),
            "since": pd.to_datetime("2020-01-01")
            + pd.to_timedelta(rng.integers(0, 900, n), "D"),
            "paid": rng.normal(size=n),
        }
    )
    frame.loc[::17, "paid"] = np.nan
    return frame, ((frame["plan"] == "team") | (frame["age"] > 60)).to_numpy()


@pytest.mark.parametrize("public", [True, False], ids=["public", "made up"])
@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_tables_with_text_dates_and_gaps(kind, public):
    frame, y = table(3000, 0)
    rows, _ = table(150, 1)
    if kind == "polars":
        pl = pytest.importorskip("polars")
        frame, rows = pl.from_pandas(frame), pl.from_pandas(rows)
    fitted = DPBaggingClassifier(
        n_estimators=40,
        public=rows if public else None,
        n_queries=300,
        classes=[False, True],
        epsilon=8.0,
        random_state=0,
    ).fit(frame, y)
    assert fitted.score(frame, y) > 0.8
    assert [*fitted.feature_names_in_] == [*frame.columns]
    assert type(fitted.queries_).__module__.startswith(kind)


def test_sparse_rows():
    rows = sparse.csr_array(np.maximum(X, 0))
    public = sparse.csr_array(np.maximum(PUBLIC, 0))
    fitted = model(LogisticRegression(), public=public, student=None, epsilon=8.0)
    assert fitted.fit(rows, Y).score(rows, Y) > 0.75


def test_ranges_of_a_frame_and_a_synthesizer_of_ones_own():
    frame = pd.DataFrame({"a": X[:, 0], "b": np.rint(4 * X[:, 1]).astype(int)})
    options = {"public": None, "n_queries": 200, "epsilon": 8.0}
    drawn = model(queries="ranges", bounds=([-1, -4], [1, 4]), **options).fit(frame, Y)
    assert drawn.score(frame, Y) > 0.8
    assert [str(t) for t in drawn.queries_.dtypes] == [str(t) for t in frame.dtypes]
    own = DPTabularSynthesizer(method="independent", bounds=(-4, 4))
    told = model(queries=own, **options).fit(frame, Y)
    assert told.score(frame, Y) > 0.8
    assert not hasattr(own, "privacy_")
    assert any(r.query.startswith("rows: ") for r in told.privacy_.releases)


# --- bad input ---------------------------------------------------------------------

MISTAKES = {
    "no public row": (model(public=PUBLIC[:0]), "no row"),
    "no table": (model(public=PUBLIC[0]), "two dimensions"),
    "a number": (model(public=3), "no table"),
    "other width": (model(public=PUBLIC[:, :2]), "2 columns"),
    "names": (model(public=pd.DataFrame(PUBLIC, columns=[*"abc"])), "names"),
    "sparse": (model(public=sparse.csr_array(PUBLIC)), "sparse"),
    "labels without rows": (
        model(public=None, public_target=[0]),
        "public_target is given",
    ),
    "too few labels": (model(public_target=[0, 1]), "one of each row"),
    "labels that are no class": (
        model(public_target=np.full(len(PUBLIC), 7)),
        "not in classes",
    ),
    "odd bounds": (model(public=None, queries="ranges", bounds=([0], [1])), "bounds"),
    "ranges without bounds": (model(public=None, queries="ranges"), "bounds"),
    "unknown queries": (model(public=None, queries="none"), "marginals"),
    "one teacher": (model(n_estimators=1), "n_estimators"),
    "many teachers": (model(n_estimators=True), "n_estimators"),
    "no queries": (model(public=None, n_queries=0), "n_queries"),
    "clip": (model(clip=0.0), "clip"),
    "one class": (model(classes=[1]), "one class"),
    "a class of teachers": (model(DecisionTreeClassifier), "instance"),
    "a class of students": (model(student=LinearRegression), "instance"),
    "a student of labels": (numbers(student=LogisticRegression()), "regressor"),
    "a teacher that cannot": (model(KNeighborsClassifier(200)), "made-up targets"),
    "a student that cannot": (
        model(student=KNeighborsRegressor(0)),
        "made-up targets",
    ),
    "weights": (model(budget_weights={"votes": -1}), "weight"),
    "unknown weights": (model(budget_weights={"rows": 1}), "rows"),
    "a budget inside": (
        model(public=None, queries=DPTabularSynthesizer(epsilon=2.0)),
        "budget of its own",
    ),
    "epsilon": (model(epsilon=-1.0), "epsilon"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_free(name):
    whole, match = MISTAKES[name]
    whole = clone(whole).set_params(random_state=None)
    with PrivacyLedger() as ledger, pytest.raises((TypeError, ValueError), match=match):
        whole.fit(X, Y)
    assert not ledger.records


def test_what_is_not_in_memory_and_ranges_of_text_are_refused_for_free():
    drawn = model(public=None, queries="ranges", bounds=(0, 1), random_state=None)
    words = pd.DataFrame({"a": ["x", "y"] * 50, "b": np.zeros(100)})
    source = ChunkRows(lambda: iter([(X, Y)]), 3)
    with PrivacyLedger() as ledger:
        with pytest.raises(TypeError, match="other types"):
            drawn.fit(words, [0, 1] * 50)
        with pytest.raises(TypeError, match="memory"):
            model(random_state=None).fit(source, None)
        with pytest.raises(ValueError, match="inconsistent"):
            model(random_state=None).fit(X, Y[1:])
    assert not ledger.records


def test_labels_that_are_read_are_reported_and_refused_by_strict_ledgers():
    whole = model(classes=None, random_state=None)
    assert any("labels" in fact for fact in clone(whole).fit(X, Y).privacy_.assumed)
    with pytest.raises(StrictLedgerError), PrivacyLedger(strict=True) as ledger:
        clone(whole).fit(X, Y)
    assert not ledger.records


def test_a_raw_model_beside_it_is_not_private():
    pipe = make_dp_pipeline(DPStandardScaler(bounds=(-1, 1)), model(random_state=None))
    assert check_private(pipe).private
    with pytest.raises(TypeError, match="not private"):
        make_dp_pipeline(StandardScaler(), model(random_state=None)).fit(X, Y)
    seen = model(random_state=None).fit(X, Y)
    assert privacy_report(seen).private
    seen.estimator = DecisionTreeClassifier().fit(X, Y)  # it would be in the pickle
    assert not privacy_report(seen).private

    class Reads(DPBaggingClassifier):
        def fit(self, X, y, groups=None):
            self.rows_ = X
            return super().fit(X, y, groups=groups)

    with pytest.raises(NotPrivateError):
        check_private(Reads(public=PUBLIC, classes=[0, 1]))


class Regress(RegressorMixin, BaseEstimator):
    """Says infinity, or too little."""

    def __init__(self, said=np.inf):
        self.said = said

    def fit(self, X, y):
        return self

    def predict(self, X):
        return np.full(len(X), self.said)


@pytest.mark.parametrize("said", [np.inf, np.nan, 1e300, -1e300])
def test_hostile_votes_stay_in_range(said):
    fitted = numbers(Regress(said), epsilon=8.0).fit(X, X[:, 0])
    assert np.isfinite(fitted.votes_).all()
    assert np.abs(fitted.votes_.mean()) < 4


# --- attacks ------------------------------------------------------------------------


def test_only_declared_moves_where_coins_deal_rows_out():
    """The last row is left out, or is another; the others keep their coins."""
    rows = example_for(DPGaussianNB(classes=[0, 1, 2], bounds=(-2, 2)), n_rows=80)
    public = np.random.default_rng(1).uniform(-2, 2, (30, rows.X.shape[1]))
    whole = model(public=public, classes=[0, 1, 2], n_estimators=5)
    recording = record(Whole(whole), **rows.fit_args)
    assert len(recording.tape.told) == 2
    for others, units in (
        (rows.rows(slice(79)), 1),
        (rows.rows(slice(79)).with_row(1e6, 0), 2),
        (rows.rows(slice(79)).with_row(0.0, 2), 2),
    ):
        player = CoinPlayer(recording.tape, units)
        play(player, recording.estimator, others)
        assert player.result().findings == []


class Canary(RegressorMixin, BaseEstimator):
    """Says the most where it has seen one row, else the least."""

    def fit(self, X, y):
        self.said_ = 1.0 if np.max(X) > 0.9 else -1.0
        return self

    def predict(self, X):
        return np.full(len(X), self.said_)


@pytest.mark.slow
def test_one_row_that_turns_all_votes_of_a_teacher_is_hidden():
    """The best that a row can do: as far as mu allows, and nearly as far."""
    public = np.linspace(-0.5, 0.5, 30).reshape(-1, 1)
    rows, n_fits = np.zeros((30, 1)), 300
    found = []
    for extra in ([], [[1.0]]):
        X = np.append(rows, np.reshape(extra, (-1, 1)), axis=0)
        whole = DPBaggingRegressor(
            Canary(),
            5,
            public=public,
            target_bounds=(-1, 1),
            student=LinearRegression(),
            epsilon=4.0,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UtilityWarning)
            said = [whole.fit(X, np.zeros(len(X))).votes_.mean() for _ in range(n_fits)]
        found.append(np.array(said))
    without, with_it = found
    mu = (with_it.mean() - without.mean()) / np.sqrt(
        (with_it.var() + without.var()) / 2
    )
    allowed = whole.privacy_.budget.mu
    error = np.sqrt((2 + mu**2 / 2) / n_fits)
    assert mu < allowed + 5 * error
    assert mu > 0.6 * allowed - 5 * error


# --- as any estimator ---------------------------------------------------------------


def checked():
    """Small, seeded, of columns of any number."""
    given = {"n_estimators": 2, "n_queries": 24, "random_state": 0, "epsilon": 20.0}
    own = DPTabularSynthesizer(method="independent", max_bins=4)
    return [
        DPBaggingClassifier(
            student=DecisionTreeRegressor(max_depth=4, random_state=0),
            queries=own,
            **given,
        ),
        DPBaggingRegressor(
            student=DecisionTreeRegressor(max_depth=4, random_state=0),
            queries=clone(own),
            **given,
        ),
    ]


@listed(parametrize_with_checks(checked(), expected_failed_checks=lambda _: EXPECTED))
def test_scikit_learn_agrees(estimator, check):
    with quiet():
        check(estimator)
