"""Who asks what: attackers are seen, honest clients are left alone."""

import pickle

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skprivate.robustness import QueryMonitor

D, WINDOW = 6, 256


@pytest.fixture(scope="module")
def world():
    """Rows, a model, and a monitor."""
    rng = np.random.default_rng(0)
    mix = rng.normal(size=(D, D))
    rows = rng.normal(size=(6000, D)) @ mix
    model = LogisticRegression().fit(rows, rows[:, 0] + rows[:, 1] > 0)
    says = model.decision_function
    monitor = QueryMonitor(
        rows, says(rows), window=WINDOW, false_alarms=0.002, random_state=0
    )
    return rng, mix, says, monitor


def honest(world, n=WINDOW):
    rng, mix, _, _ = world
    return rng.normal(size=(n, D)) @ mix


def extraction(world):
    """Rows all over the box: a copy of the model is trained on the answers."""
    rng, _, _, _ = world
    ends = np.abs(honest(world, 500)).max(axis=0)
    return rng.uniform(-ends, ends, (WINDOW, D))


def boundary_walk(world):
    """Bisection to the boundary, and steps along it."""
    rng, _, says, _ = world
    asked = []
    while len(asked) < WINDOW:
        a, b = honest(world, 2)
        if np.sign(says([a])) == np.sign(says([b])):
            continue
        for _ in range(12):
            middle = (a + b) / 2
            asked.append(middle)
            a, b = (middle, b) if says([middle]) * says([a]) > 0 else (a, middle)
        asked += list(a + 0.01 * rng.normal(size=(20, D)))
    return np.array(asked[:WINDOW])


def label_only_membership(world):
    """Noise around the rows of which it is asked whether they were in the data."""
    rng, _, _, _ = world
    people = np.repeat(honest(world, 8), WINDOW // 8, axis=0)
    return people + 0.05 * rng.normal(size=people.shape)


def finite_differences(world):
    """A step along each axis from each row."""
    rows = np.repeat(honest(world, WINDOW // (D + 1) + 1), D + 1, axis=0)[:WINDOW]
    steps = np.vstack([np.zeros(D), 0.01 * np.eye(D)])
    return rows + np.resize(steps, rows.shape)


ATTACKS = (extraction, boundary_walk, label_only_membership, finite_differences)


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_seen(world, attack):
    _, _, says, monitor = world
    seen = 0
    for number in range(20):
        asked, before = attack(world), len(monitor.alarms_)
        monitor.partial_fit(asked, says(asked), (attack.__name__, number))
        seen += len(monitor.alarms_) > before
    assert seen == 20


def test_honest_clients_are_left_alone(world):
    """At a rate of 1 in 500: P(Binomial(500, .002) > 9) < 1e-6 for a rate that holds.

    The rate is one of the limit that was drawn, so it may be half as large again.
    """
    _, _, says, monitor = world
    before = len(monitor.alarms_)
    for number in range(500):
        asked = honest(world)
        monitor.partial_fit(asked, says(asked), ("honest", number))
    assert len(monitor.alarms_) - before <= 12


def test_it_does_not_matter_how_questions_are_handed_over(world):
    _, _, says, monitor = world
    asked = np.vstack([honest(world, 100), boundary_walk(world)])
    before = len(monitor.alarms_)
    monitor.partial_fit(asked, says(asked), "at once")
    for row in asked:
        monitor.partial_fit([row], says([row]), "one by one")
    raised = monitor.alarms_[before:]
    first, second = (
        [
            (a.kind, a.n_questions, pytest.approx(a.distance))
            for a in raised
            if a.client == c
        ]
        for c in ("at once", "one by one")
    )
    assert first
    assert first == second


def test_a_window_ends_and_another_begins(world):
    _, _, says, monitor = world
    asked, before = boundary_walk(world), len(monitor.alarms_)
    for _ in range(3):
        monitor.partial_fit(asked, says(asked), "again and again")
    assert len(monitor.alarms_) - before == 3


def test_no_question_is_kept(world):
    _, _, says, monitor = world
    asked = honest(world, 50)
    monitor.partial_fit(asked, says(asked), "somebody")
    kept = pickle.dumps(monitor)
    assert not any(row.tobytes() in kept or row[:1].tobytes() in kept for row in asked)


def test_clients_are_forgotten(rng):
    rows = rng.normal(size=(300, 2))
    monitor = QueryMonitor(
        rows, rows[:, 0], window=64, false_alarms=0.1, max_clients=2, random_state=0
    )
    for client in "abc":
        monitor.partial_fit(rows[:3], rows[:3, 0], client)
    assert repr(monitor).startswith("QueryMonitor(2 clients")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"window": 10}, "window must"),
        ({"false_alarms": 0}, "false_alarms must"),
        ({"max_clients": 0}, "max_clients must"),
        ({"window": 150}, "four times as many rows"),
        ({"reference": np.full((400, 2), np.nan)}, "finite"),
        ({"scores": np.zeros(3)}, "one row or number for each"),
        ({"scores": np.zeros((400, 1))}, "one column"),
    ],
)
def test_parameters(rng, change, match):
    rows = rng.normal(size=(400, 2))
    asked = {"reference": rows, "scores": rows[:, 0], "window": 64} | change
    with pytest.raises(ValueError, match=match):
        QueryMonitor(**asked)


def test_little_is_remembered_of_a_client(world):
    """However many questions it asks: sums, and a few bytes of each."""
    _, _, says, monitor = world
    asked = honest(world, WINDOW - 1)
    before = len(pickle.dumps(monitor))
    for client in range(20):
        monitor.partial_fit(asked, says(asked), client)
    assert len(pickle.dumps(monitor)) - before < 20 * (2000 + 12 * WINDOW)


def test_questions_that_do_not_fit_the_reference(world, recwarn):
    monitor = world[-1]
    with pytest.raises(ValueError, match="other columns"):
        monitor.partial_fit(np.zeros((2, D)), np.zeros((2, 3)), "c")
    with pytest.raises(ValueError, match="finite numbers") as caught:
        monitor.partial_fit([["Ulm", *"12345"]], [1.0], "c")
    assert "Ulm" not in str(caught.value)
    far = np.tile([1e308, -1e308, 1e300, 0, 0, 0], (WINDOW, 1))
    monitor.partial_fit(far, np.ones(WINDOW), "far")
    assert monitor.alarms_[-1].client == "far"
    assert not recwarn


def test_a_client_without_a_hash_is_refused(world):
    rows = honest(world)
    with pytest.raises(TypeError, match="client must be hashable"):
        world[3].partial_fit(rows, world[2](rows), ["Ada"])
