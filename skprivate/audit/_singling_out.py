"""Does a synthetic table tell a predicate that holds for a single real row?"""

import numpy as np

from skprivate.audit._rates import Attack, Rate
from skprivate.rows._columns import schema_of
from skprivate.rows._values import codes_of, numbers_of, seconds_of

_TRIES = 10  # for each predicate that is wanted
_EQUAL, _AT_LEAST, _AT_MOST = range(3)


def singling_out(real, control, synthetic, n_attacks, confidence, rng):
    """The attacks of Anonymeter, on one column and on several.

    A predicate is guessed from synthetic rows, where it holds for exactly one; it
    succeeds on a table if it holds for exactly one row there. Tables are cut to as many
    rows each, since it depends on these how many succeed by chance (Giomi, Boenisch,
    Wehmeyer and Tasnadi 2023, "A unified framework for quantifying privacy risk in
    synthetic data", with Wilson's intervals, as there).

    Parameters
    ----------
    real, control, synthetic : table
    n_attacks : int
        Most predicates of each kind.
    confidence : float
    rng : numpy.random.Generator

    Returns
    -------
    list of Attack
        Those of which there is any predicate.
    """
    columns, kinds = _columns(real, control, synthetic)
    n = min(len(columns[0][0]), len(columns[0][1]))
    picked = [rng.permutation(len(columns[0][k]))[:n] for k in (0, 1)]
    attacks = []
    for name, guess in (("one column", _univariate), ("columns", _multivariate)):
        made = [of[2] for of in columns]
        predicates = guess(made, kinds, n_attacks, rng)
        if not predicates:
            continue
        rates = []
        for k in (0, 1):
            table = [of[k][picked[k]] for of in columns]
            hits = sum(_holds(table, p).sum() == 1 for p in predicates)
            rates.append(Rate.wilson(int(hits), len(predicates), confidence))
        attacks.append(Attack(f"singling out, by {name}", *rates))
    return attacks


def _columns(*tables):
    """Each column of each table as numbers, and whether these have an order."""
    columns, ordered = [], []
    for j, column in enumerate(schema_of(tables[0])):
        ordered.append(column.kind in ("number", "date"))
        if column.kind == "category":
            known, parts = {}, []
            for table in tables:
                codes, values = codes_of(table, j)
                place = [float(known.setdefault(v, len(known))) for v in values]
                gaps = np.isnan(codes)
                at = np.where(gaps, len(values), codes).astype(np.intp)
                parts.append(np.array([*place, np.nan])[at])
            columns.append(parts)
        else:
            read = seconds_of if column.kind == "date" else numbers_of
            columns.append([read(table, j) for table in tables])
    return columns, ordered


def _univariate(made, ordered, n_attacks, rng):
    """Values that occur once, and the ends of numbers."""
    found = []
    for j, values in enumerate(made):
        gaps = np.isnan(values)
        there, counts = np.unique(values[~gaps], return_counts=True)
        found += [((j, _EQUAL, value),) for value in there[counts == 1]]
        if gaps.sum() == 1:
            found.append(((j, _EQUAL, np.nan),))
        if ordered[j] and len(there):
            found.append(((j, _AT_MOST, there[0]),))
            found.append(((j, _AT_LEAST, there[-1]),))
    order = rng.permutation(len(found))[:n_attacks]
    return [found[k] for k in order]


def _multivariate(made, ordered, n_attacks, rng):
    """What a synthetic row has in a few columns, numbers as *more* or *less*."""
    n, width = len(made[0]), min(3, len(made))
    if len(made) < 2:
        return []
    middles = [
        np.median(v[~np.isnan(v)]) if (~np.isnan(v)).any() else 0.0 for v in made
    ]
    found = []
    for _ in range(_TRIES * n_attacks):
        if len(found) == n_attacks:
            break
        row = int(rng.integers(n))
        predicate = []
        for j in rng.choice(len(made), width, replace=False):
            value, how = made[j][row], _EQUAL
            if ordered[j] and not np.isnan(value):
                how = _AT_LEAST if value >= middles[j] else _AT_MOST
            predicate.append((int(j), how, value))
        if _holds(made, predicate).sum() == 1:
            found.append(tuple(predicate))
    return found


def _holds(table, predicate):
    """Rows for which all conditions hold."""
    held = np.ones(len(table[0]), dtype=bool)
    for j, how, value in predicate:
        values = table[j]
        if how == _EQUAL:
            held &= np.isnan(values) if np.isnan(value) else values == value
        else:
            held &= values >= value if how == _AT_LEAST else values <= value
    return held
