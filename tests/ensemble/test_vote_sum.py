"""The sum of votes: one teacher more, less or another moves it by its bound at most."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skprivate.ensemble._vote_sum import SoftVotes, VoteSum, longest_vote

NO_WEIGHT = np.empty(0)


def query(n_values=6, radius=0.3):
    return VoteSum(np.full(n_values, 0.5), radius, longest_vote(n_values, 1))


def of_row(question, row):
    return question(np.array([row]), None, NO_WEIGHT)


values = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(0, 1),
    st.sampled_from([1e308, -1e308, 5e-324, 0.5, 0.5 + 1e-17]),
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(values, min_size=6, max_size=6),
    st.lists(values, min_size=6, max_size=6),
    st.floats(1e-6, 3.0),
)
def test_any_two_teachers_are_no_further_apart_than_the_bound(one, other, radius):
    question = query(radius=radius)
    first, second = of_row(question, one), of_row(question, other)
    assert np.array_equal(first, np.trunc(first))
    for moved in (first, second, first - second):
        assert np.linalg.norm(moved) <= question.levels
        assert np.abs(moved).sum() <= question.l1_bound / question.step


def test_the_bound_is_reached():
    question = query()
    one, other = of_row(question, np.ones(6)), of_row(question, np.zeros(6))
    assert np.linalg.norm(one - other) > 0.94 * question.levels  # but for the length
    # Of opposite votes one as long as can be, and one that is hardly shortened:
    far, near = np.full(6, 1e9), 0.5 - np.full(6, 0.3 / np.sqrt(6))
    moved = of_row(question, far) - of_row(question, near)
    assert np.linalg.norm(moved) > 0.98 * question.levels


def test_rows_add_up_each_by_itself(rng):
    question, X = query(40), rng.uniform(0, 1, (9, 40))
    each = sum(of_row(question, row) for row in X)
    assert np.array_equal(question(X, None, NO_WEIGHT), each)
    half = question(X, None, np.full(9, 0.5))
    assert np.all(np.abs(half) <= np.abs(each) + 9)


def test_what_is_not_finite_says_what_is_expected():
    row = np.array([1.0, np.nan, 1.0, 1.0, 1.0, 1.0])
    assert not of_row(query(), row).any()


@pytest.mark.parametrize("clip", [1.0, 0.2])
def test_shortened_votes_are_lengthened_again(clip, rng):
    truth = rng.uniform(0, 1, 300)
    votes = np.clip(truth + 0.05 * rng.normal(size=(500, 300)), 0, 1)
    model = SoftVotes(clip=clip, n_teachers=500, epsilon=50.0, random_state=0)
    with pytest.warns(UserWarning, match="meaningful"):
        found = model.fit(votes).votes_
    assert np.std(found - votes.mean(axis=0)) < 0.05


def test_pure_privacy_is_possible_and_dear(rng):
    votes = rng.uniform(0, 1, (50, 4))
    exact = SoftVotes(n_teachers=50, random_state=0).fit(votes)
    pure = SoftVotes(n_teachers=50, delta=0.0, random_state=0).fit(votes)
    assert pure.privacy_.epsilon() == pytest.approx(1.0)
    assert pure.noise_ > 0.3 * exact.noise_
