"""Trees that a curator has split: paid, logged, and told once more from a tape."""

import numpy as np
import pytest

from skprivate.accounting import Budget, BudgetExceededError
from skprivate.base import Count, Curator
from skprivate.base._tape import OtherQuestionError, Tape
from skprivate.mechanisms import Entropy, Splits
from skprivate.queries import EqualCells
from skprivate.rows import ArrayRows

X = np.random.default_rng(0).uniform(0, 1, (2000, 2))
QUERY = EqualCells(np.zeros(2), np.ones(2), 5)


def curator(budget=None):
    return Curator(ArrayRows(X), budget or Budget(1.0, 1e-6), Entropy(0))


@pytest.mark.parametrize("delta", [0.0, 1e-6])
def test_a_share_is_paid_and_logged(delta):
    asked = curator(Budget(1.0, delta))
    found = asked.splits(QUERY, share=0.25)
    assert found.shape == (2, 31)
    assert found[:, 0].all()
    assert asked.remaining == pytest.approx(0.75)
    (release,) = asked.releases
    assert (release.query, release.size, release.sensitivity) == ("EqualCells", 64, 1)
    assert isinstance(release.mechanism, Splits)
    assert release.mechanism.n_trees == 2
    with pytest.raises(BudgetExceededError):
        asked.splits(QUERY, share=0.8)


def test_what_counts_no_leaves_is_refused():
    asked = curator()
    with pytest.raises(TypeError, match="leaves of trees"):
        asked.splits(Count(), share=0.5)
    with pytest.raises(TypeError, match="use choose"):
        asked.release(QUERY, share=0.5)
    with pytest.raises(ValueError, match="EqualCells"):
        asked.splits(EqualCells(np.zeros(3), np.ones(3), 5), share=0.5)
    assert asked.remaining == 1


def test_a_tape_tells_the_same_once_more():
    tape = Tape()
    with tape.recording():
        first = curator().splits(QUERY, share=0.5)
    kept = first.copy()
    first[:] = False
    with tape.replaying():
        again = Curator(ArrayRows(X[:1]), Budget(1.0, 1e-6), Entropy(1))
        np.testing.assert_array_equal(again.splits(QUERY, share=0.5), kept)
    assert tape.varied(1.0, Entropy(0), b"") is None
    with pytest.raises(OtherQuestionError), tape.replaying():
        curator().splits(QUERY, share=0.4)
