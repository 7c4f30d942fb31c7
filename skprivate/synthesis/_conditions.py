"""What users know about rows to draw: conditions on columns, and rules."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from skprivate.synthesis._asked import TWICE, number_of
from skprivate.tables._facts import number_bounds


class UnknownCategoryError(ValueError):
    """A condition is about a category that was neither declared nor found."""


@dataclass(frozen=True, eq=False)
class Condition:
    """Which values of a column are meant.

    Attributes
    ----------
    likelihood : ndarray of shape (n_codes,)
        Part of the rows of each code that has such values.
    ends : tuple (low, high) or None
        Between which values of a number or a date lie.
    """

    likelihood: np.ndarray
    ends: tuple | None

    def holds(self, codes, values):
        """For each row whether it has such a value."""
        here = self.likelihood[codes] > 0
        if self.ends is None:
            return here
        low, high = self.ends
        return here & (values >= low) & (values <= high)


def condition_of(column, wanted, where):
    """A condition, as a user writes it.

    Parameters
    ----------
    column : ColumnValues
    wanted : value, list of values, or tuple (low, high)
        None or NaN means that the value is missing.
    where : str
        What a message calls it.

    Returns
    -------
    Condition
    """
    n = len(column.possible)
    if _is_missing(wanted):
        return Condition(_at(n, [n - 1]) * column.possible, None)
    if column.kind in ("category", "boolean"):
        listed = wanted if isinstance(wanted, (list, set)) else [wanted]
        codes = [_code(column, value, where) for value in listed]
        return Condition(_at(n, codes), None)
    ends = _ends(column, wanted, where)
    low, high = column.drawn_between(ends)
    parts = np.zeros(n)
    if column.whole and low >= high:  # there is no whole number between
        return Condition(parts, ends)
    width = np.maximum(column.high[:-1] - column.low[:-1], 0.0)
    over = np.minimum(column.high[:-1], high) - np.maximum(column.low[:-1], low)
    inside = (column.low[:-1] <= high) & (over >= 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(width > 0, np.clip(over / width, 0.0, 1.0), not column.whole)
    parts[:-1] = np.where(inside, share, 0.0)
    if low == high and not parts.any():
        parts[:-1] = inside  # a single value: all that lies around it
    return Condition(parts, ends)


def conditions_of(columns, names, wanted, where):
    """Conditions by number of the column.

    Parameters
    ----------
    columns : sequence of ColumnValues
    names : list of str
        Of these.
    wanted : dict
        By name or number of a column.
    where : str
    """
    found = {}
    for name, value in wanted.items():
        j = number_of(name, names, where)
        if j in found:
            raise ValueError(f"The conditions of {where} {TWICE}")
        found[j] = condition_of(columns[j], value, f"{where}: {name!r}")
    return found


def rules_of(columns, names, rules):
    """Rules by number of the column; one about a category that is unknown is none."""
    found = []
    for rule in rules:
        try:
            found.append(conditions_of(columns, names, rule, "rules"))
        except UnknownCategoryError:
            continue  # no row that is drawn has it
    return found


def doubts_of_rules(columns, names, rules):
    """What is doubtful about rules, of which some may be about no row that is drawn.

    Yields
    ------
    str
    """
    for rule in rules:
        for name, wanted in rule.items():
            try:
                conditions_of(columns, names, {name: wanted}, "rules")
            except UnknownCategoryError:
                yield (
                    f"rules name a category of {name!r} that was neither declared nor "
                    "found, and so forbid nothing (schema_ lists those that were)"
                )


def check_rule_values(fields, names, rules):
    """Refuse what no number or date can be, and rules that leave no value of a column.

    Public facts alone say so. What is missing, or in no list, is no value that counts.

    Parameters
    ----------
    fields : sequence of Field
        Public facts of the columns.
    names : list of str
        Of these.
    rules : sequence of dict
    """
    forbidden = {}
    for rule in rules:
        for name, wanted in rule.items():
            j = number_of(name, names, "rules")
            if fields[j].kind in ("number", "date") and not _is_missing(wanted):
                _ends(fields[j], wanted, f"rules: {name!r}")
            if len(rule) == 1:
                forbidden.setdefault(j, []).append(wanted)
    for j, values in forbidden.items():
        if _leaves_none(fields[j], values):
            raise ValueError(
                f"rules forbid all values of column {names[j]!r} that are declared, so "
                "hardly any row could be drawn. Drop one of them, or name a second "
                "column in it."
            )


def _leaves_none(field, forbidden):
    """Whether conditions hold for all values of a column that are known."""
    if field.kind in ("number", "date"):
        ends = [_ends(field, v, "rules") for v in forbidden if not _is_missing(v)]
        low, high = number_bounds(field) or (-np.inf, np.inf)
        for start, end in sorted(ends):
            if start <= low:
                low = max(low, end)
        return low >= high and any(start < end for start, end in ends)
    known = (False, True) if field.kind == "boolean" else field.categories or ()
    several = (v if isinstance(v, (list, set)) else [v] for v in forbidden)
    listed = [value for values in several for value in values if np.ndim(value) == 0]
    return bool(known) and all(
        any(v == value and isinstance(v, str) == isinstance(value, str) for v in listed)
        for value in known
    )


def _ends(column, wanted, where):
    """Ends of numbers, or of dates in seconds."""
    pair = wanted if isinstance(wanted, tuple) else (wanted, wanted)
    if column.kind == "date":
        try:
            days = np.array(pair, dtype="datetime64[us]").astype(np.int64) / 1e6
        except (OverflowError, TypeError, ValueError):
            days = ()
        pair = tuple(days)
    ok = len(pair) == 2 and all(map(_is_number, pair))
    if not ok or not pair[0] <= pair[1]:
        raise ValueError(
            f"{where} must give a number, a date, or a tuple (low, high) with low <= "
            f"high for a column of {column.kind}s. Write one of these."
        )
    return float(pair[0]), float(pair[1])


def _code(column, value, where):
    if column.kind == "boolean" and isinstance(value, (bool, np.bool_)):
        return int(value)
    if _is_missing(value):
        return len(column.possible) - 1
    known = column.listed if np.ndim(value) == 0 else ()
    for code, listed in enumerate(known):
        if listed == value and isinstance(listed, str) == isinstance(value, str):
            return code
    raise UnknownCategoryError(
        f"{where} asks for a category that was neither declared nor found. Use those "
        "of schema_, or declare it."
    )


def _is_missing(value):
    return value is None or (isinstance(value, Real) and value != value)


def _is_number(value):
    """Whether it is a number that float64 holds, or an infinity."""
    try:
        return isinstance(value, Real) and float(value) == float(value)
    except OverflowError:
        return False


def _at(n, codes):
    found = np.zeros(n)
    found[codes] = 1.0
    return found
