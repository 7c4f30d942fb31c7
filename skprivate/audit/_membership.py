"""Was a row among those that a synthesizer was fitted on?"""

import numpy as np

from skprivate.audit._rates import Attack, Rate
from skprivate.rows._columns import schema_of
from skprivate.rows._values import codes_of, numbers_of, seconds_of

_MOST_TARGETS = 1000
_MOST_NEAR = 10_000  # rows among which the nearest is looked for
_BLOCK = 2**21  # distances at a time


def membership(real, control, synthetic, confidence, rng):
    """The attack by the distance to the closest record.

    The attacker says *member* if a target is closer to a synthetic row than to all of
    some reference rows, on which nobody was fitted. If synthetic rows tell nothing but
    the law of the table, that happens as often to targets that are no members. Half of
    the control rows are references, the others such targets; guesses are independent,
    given all but the targets, so Clopper-Pearson intervals hold.

    Parameters
    ----------
    real, control, synthetic : table
    confidence : float
    rng : numpy.random.Generator

    Returns
    -------
    Attack
    """
    places = points(real, control, synthetic)
    members, others, made = (rng.permutation(place) for place in places)
    references, others = np.array_split(others, 2)
    near, far = made[:_MOST_NEAR], references[:_MOST_NEAR]
    guesses = [
        _closer(targets[:_MOST_TARGETS], near, far, rng)
        for targets in (members, others)
    ]
    rates = [Rate.exact(int(hits.sum()), len(hits), confidence) for hits in guesses]
    return Attack("membership, by the closest record", *rates)


def points(*tables):
    """Rows of tables as points: a step of one is the most that a column can differ.

    Numbers are scaled by the middle half of the first table, and cut; categories, of
    which two differ or do not, are numbers that stand apart; so is what is missing.
    """
    found = [[] for _ in tables]
    for j, column in enumerate(schema_of(tables[0])):
        if column.kind == "category":
            known = {}
            for table, parts in zip(tables, found, strict=True):
                codes, values = codes_of(table, j)
                place = [known.setdefault(v, 2.0 * len(known)) for v in values]
                gaps = np.isnan(codes)
                at = np.array([*place, -2.0])[
                    np.where(gaps, len(values), codes).astype(np.intp)
                ]
                parts.append(at)
            continue
        read = seconds_of if column.kind == "date" else numbers_of
        values = [read(table, j) for table in tables]
        there = values[0][np.isfinite(values[0])]
        low, high = np.quantile(there, [0.05, 0.95]) if len(there) else (0.0, 1.0)
        width = high - low if high > low else 1.0
        for value, parts in zip(values, found, strict=True):
            with np.errstate(over="ignore"):
                scaled = np.clip((value - low) / width, -1.0, 2.0)
            parts.append(np.where(np.isnan(value), -9.0, scaled))
    return [np.column_stack(parts) for parts in found]


def _closer(targets, near, far, rng):
    """Whether targets are closer to some rows than to others; by a coin if equally."""
    first, second = _nearest(targets, near), _nearest(targets, far)
    return np.where(first == second, rng.random(len(targets)) < 0.5, first < second)


def _nearest(targets, rows):
    """Distance to the nearest row: the sum over columns of what they differ, cut."""
    found = np.empty(len(targets))
    step = max(1, _BLOCK // max(len(rows), 1))
    for start in range(0, len(targets), step):
        block = targets[start : start + step]
        total = np.zeros((len(block), len(rows)))
        for mine, others in zip(block.T, rows.T, strict=True):
            total += np.minimum(np.abs(mine[:, None] - others), 1.0)
        found[start : start + step] = total.min(axis=1)
    return found
