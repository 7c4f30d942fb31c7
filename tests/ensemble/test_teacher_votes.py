"""Teachers that stay where the rows are."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeClassifier

from skprivate import PrivacyLedger, check_private
from skprivate.accounting import BudgetExceededError
from skprivate.composition import NotPrivateError
from skprivate.ensemble import TeacherVotes

RNG = np.random.default_rng(0)
X = RNG.uniform(-1, 1, (3000, 3))
Y = (X[:, 0] > 0).astype(int)
ASKED = RNG.uniform(-1, 1, (20, 3))


@pytest.fixture(scope="module")
def teachers():
    estimator = DecisionTreeClassifier(max_depth=2)
    return TeacherVotes(estimator, 60, classes=[0, 1]).fit(X, Y)


def test_each_answer_is_debited_before_teachers_are_asked(teachers, monkeypatch):
    with PrivacyLedger(1.0, 1e-6, strict=True) as ledger:
        first = teachers.answer(ASKED[:1], epsilon=0.5)
        assert first.votes.shape == (1, 2)
        assert first.privacy.epsilon() == pytest.approx(0.5)
        assert [record.name for record in ledger.records] == ["TeacherVotes"]

    def asked(*args):
        raise AssertionError("asked")

    monkeypatch.setattr(TeacherVotes, "_said", asked)
    with pytest.raises(BudgetExceededError), PrivacyLedger(0.6, 1e-6) as ledger:
        teachers.answer(ASKED, epsilon=1.0)
    assert not ledger.records


def test_answers_are_right_and_a_prior_helps(teachers):
    answer = teachers.answer(ASKED[:3], epsilon=8.0)
    assert np.abs(answer.votes[:, 1] - (ASKED[:3, 0] > 0)).max() < 0.45
    assert answer.noise < 0.2
    again = teachers.answer(ASKED[:3], epsilon=8.0, prior=answer.votes)
    assert again.votes.shape == (3, 2)


def test_nothing_is_shown_copied_or_stored(teachers):
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="stays where"):
            leave(teachers)
    assert repr(teachers) == "TeacherVotes(60 teachers)"
    assert not [name for name in vars(teachers) if not name.startswith("_")]
    answer = teachers.answer(ASKED[:2])
    stored = pickle.dumps(answer)
    assert not any(value.tobytes() in stored for value in X.ravel())
    assert "2 rows" in repr(answer)


def test_it_is_not_private_by_itself():
    with pytest.raises(NotPrivateError):
        check_private(TeacherVotes(classes=[0, 1]))


def test_numbers():
    y = X[:, 0] + X[:, 1]
    teachers = TeacherVotes(LinearRegression(), 60, target_bounds=(-2, 2)).fit(X, y)
    answer = teachers.answer(ASKED[:2], epsilon=8.0)
    assert answer.votes.shape == (2,)
    assert np.abs(answer.votes - ASKED[:2, :2].sum(axis=1)).max() < 1.5


def test_groups_are_units():
    teachers = TeacherVotes(n_estimators=10, classes=[0, 1])
    teachers.fit(X, Y, groups=np.arange(len(X)) // 3)
    assert "group" in teachers.answer(ASKED[:1]).privacy.unit


def test_mistakes(teachers):
    for given in ({}, {"classes": [0, 1], "target_bounds": (0, 1)}):
        with pytest.raises(ValueError, match="Give classes"):
            TeacherVotes(**given)
    with pytest.raises(ValueError, match="one class"):
        TeacherVotes(classes=[0])
    with PrivacyLedger() as ledger:
        with pytest.raises(ValueError, match="Call fit"):
            TeacherVotes(classes=[0, 1]).answer(ASKED)
        with pytest.raises(ValueError, match="2 columns"):
            teachers.answer(ASKED[:, :2])
        with pytest.raises(ValueError, match="no row"):
            teachers.answer(ASKED[:0])
        with pytest.raises(ValueError, match="prior"):
            teachers.answer(ASKED, prior=[0.5])
        with pytest.raises(ValueError, match="epsilon"):
            teachers.answer(ASKED, epsilon=0.0)
    assert not ledger.records
