"""Checks that a model depends on its rows through what was released, and no more."""

import numpy as np

from skprivate.rows import UnitClip
from skprivate.testing._examples import (
    configured,
    error_of,
    example_for,
    quiet,
    target_kind,
    with_classes,
)
from skprivate.testing._neighbours import neighbours_of
from skprivate.testing._replay import record, replay
from skprivate.testing._shared import recording_of
from skprivate.testing._thrift import some_of


def check_replay_as_given(estimator):
    """On neighbours nothing changes but exact totals, and these as declared."""
    rows = example_for(estimator)
    neighbours = some_of(neighbours_of(rows), estimator, parts=2)
    _check_neighbours(recording_of(with_classes(estimator)), neighbours)


def check_replay_with_declared_bounds(estimator):
    """The same with public bounds, which leave other paths through the code."""
    neighbours = _some_neighbours(estimator, example_for(estimator))
    _check_neighbours(recording_of(configured(estimator)), neighbours)


def check_replay_pure(estimator):
    """The same for ``delta=0``, or ``delta=0`` is refused before any release."""
    pure = configured(estimator, delta=0.0)
    error = error_of(recording_of, pure)
    if error is None:
        neighbours = _some_neighbours(estimator, example_for(estimator))
        _check_neighbours(recording_of(pure), neighbours)
        return
    assert isinstance(error, ValueError), "delta=0 must work, or raise ValueError."
    assert "delta" in str(error), (
        "delta=0 is refused by a message that does not name delta. Let the message say "
        "that this estimator needs delta > 0."
    )


def check_replay_with_weights(estimator):
    """The same with sample weights, some of them beyond ``max_weight``."""
    rng = np.random.default_rng(3)
    rows = example_for(estimator)
    rows = type(rows)(rows.X, rows.y, rng.choice([0.25, 1.0, 2.0, 5.0], len(rows)))
    recording = record(configured(estimator, max_weight=2.0), **rows.fit_args)
    _check_neighbours(recording, _some_neighbours(estimator, rows))


def check_replay_of_very_few_rows(estimator):
    """From one row to none, to two, and from two to three."""
    estimator = configured(estimator)
    rows = _one_of_each_label(example_for(estimator))
    for before, after in ((1, 0), (1, 2), (2, 3), (2, 1), (3, 2)):
        try:
            recording = record(estimator, **rows.rows(slice(before)).fit_args)
        except ValueError:
            continue  # refused at the door, which is no matter of privacy
        others = rows.rows(slice(after))
        _raise(replay(recording, **others.fit_args), f"{before} to {after} rows")


def check_replay_of_unrelated_rows(estimator):
    """Frozen answers make the same model of entirely different rows."""
    for variant in (with_classes(estimator), configured(estimator)):
        recording = recording_of(variant)
        cases = [(40, 1, 1.0), (57, 2, 100.0), (33, 3, 1e-6)]
        for n_rows, seed, scale in some_of(cases, estimator):
            others = example_for(estimator, n_rows, seed)
            others = type(others)(others.X * scale, others.y)
            playback = replay(recording, units=np.inf, **others.fit_args)
            _raise(playback, "unrelated rows")


def check_replay_of_groups(estimator):
    """A whole group of rows moves totals by no more than is declared for a group."""
    estimator = configured(estimator, max_rows_per_group=3)
    rows = example_for(estimator)
    groups = np.arange(len(rows)) // 3
    recording = record(estimator, groups=groups, **rows.fit_args)
    for asked, told in zip(recording.tape.asked, recording.tape.told, strict=True):
        rows_of_unit = 1 if getattr(asked.query, "of_units", False) else 3
        assert told.levels >= rows_of_unit * asked.query.levels * (1 - 1e-12), (
            "a group of 3 rows does not raise the noise threefold. Let the curator "
            "multiply the sensitivity by max_rows_per_group."
        )
    for name, others, labels in _without_a_group(rows, groups):
        _raise(replay(recording, groups=labels, **others.fit_args), name)


def check_replay_of_clipped_groups(estimator):
    """A group moves totals by no more than is declared, if its sum is clipped."""
    estimator = configured(estimator, max_rows_per_group=UnitClip(3, norm=1.5))
    rows = example_for(estimator)
    groups = np.arange(len(rows)) // 3
    recorded = []
    error = error_of(
        lambda: recorded.append(record(estimator, groups=groups, **rows.fit_args))
    )
    if error is not None:
        assert "max_rows_per_group" in str(error), (
            "a UnitClip is refused by a message that does not name max_rows_per_group. "
            "Let the curator refuse it."
        )
        return
    (recording,) = recorded
    for name, others, labels in _without_a_group(rows, groups):
        _raise(replay(recording, groups=labels, **others.fit_args), name)


def check_large_groups_are_cut(estimator):
    """Of a group that is too large only ``max_rows_per_group`` rows count."""
    estimator = configured(estimator, max_rows_per_group=2)
    rows = example_for(estimator)
    small = rows.rows(slice(2, None))
    groups = np.arange(len(small)) + 10
    recording = record(estimator, groups=groups, **small.fit_args)
    others = small
    for _ in range(9):
        others = others.with_row(rows.X[0], None if rows.y is None else rows.y[0])
    labels = np.append(groups, np.zeros(9, int))
    playback = replay(recording, groups=labels, **others.fit_args)
    _raise(playback, "one group of 9 rows")


def _some_neighbours(estimator, rows):
    """All of them; in a thrifty suite perhaps a third."""
    return some_of(neighbours_of(rows), estimator, parts=3)


def _check_neighbours(recording, neighbours):
    """Replay on neighbours, and report all findings at once."""
    findings, n_played = {}, 0
    for neighbour in neighbours:
        others = neighbour.rows
        playback = replay(recording, units=neighbour.units, **others.fit_args)
        n_played += not playback.refused
        if playback.findings:
            findings[neighbour.name] = playback.findings
    assert not findings, "\n".join(
        f"{name}: {finding}" for name, found in findings.items() for finding in found
    )
    enough = 17 if target_kind(recording.estimator) == "none" else 18
    assert n_played >= enough or len(neighbours) < enough, (
        f"only {n_played} neighbours are accepted by fit. Refuse rows for not being "
        "finite or for unknown labels only: everything else is to be clipped."
    )


def _raise(playback, name):
    """Fail if a replay has findings."""
    assert not playback.findings, f"{name}: " + "\n".join(playback.findings)


def _one_of_each_label(rows):
    """The same rows, those of different labels first."""
    if rows.y is None:
        return rows
    _, first = np.unique(rows.y, return_index=True)
    others = np.setdiff1d(np.arange(len(rows)), first)
    return rows.rows(np.append(first, others))


def _without_a_group(rows, groups):
    """Rows without the first group, and with one more, of different or equal rows."""
    keep = groups != 0
    yield "one group less", rows.rows(keep), groups[keep]
    for name, values in (
        ("one group more", (1e6, -1e6, 1e6)),
        ("one group more of equal rows", (1e6, 1e6, 1e6)),
    ):
        more = rows
        with quiet():
            for x in values:
                more = more.with_row(x)
        yield name, more, np.append(groups, [10**6] * 3)
