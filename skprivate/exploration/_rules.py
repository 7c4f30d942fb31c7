"""Public rules of rows: a range, a list, a pattern, or a function of the row.

**Guarantee.** Whether a row satisfies a rule depends on this row alone: each value is
judged by itself, and a function gets a dict of its own. What cannot be judged (a value
of another type, a comparison or a function that raises) does not satisfy the rule, and
raises nothing: an error would tell others that there is such a row.
"""

import re
import warnings
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Integral, Real

import numpy as np

from skprivate.rows import is_missing
from skprivate.rows._kinds import is_pandas, is_polars

_MISSING = " or missing"
_PRESENT = "present"
_GRAMMAR = (
    "Give a range such as '0..120' or '2020-01-01..', 'present', a list of values, a "
    "compiled pattern, or a function of a row"
)


@dataclass(frozen=True)
class Range:
    """Numbers, or dates, from one end to the other; None is no end.

    Numbers are compared as float64, in whatever container they come.
    """

    low: object
    high: object

    def __call__(self, value):
        dates = isinstance(self.low or self.high, datetime)
        value = _moment(value) if dates else _number(value)
        above = self.low is None or self.low <= value
        return above and (self.high is None or value <= self.high)

    def of_array(self, values):
        """The same of all numbers of an array; None if ends are dates."""
        if isinstance(self.low or self.high, datetime):
            return None
        values = values.astype(np.float64)
        low = -np.inf if self.low is None else self.low
        high = np.inf if self.high is None else self.high
        return (low <= values) & (values <= high)


@dataclass(frozen=True)
class OneOf:
    """One of some public values."""

    values: frozenset

    def __call__(self, value):
        return value in self.values

    def __repr__(self):
        return f"OneOf({sorted(map(repr, self.values))})"


@dataclass(frozen=True)
class Pattern:
    """Texts that a pattern matches as a whole."""

    pattern: re.Pattern

    def __call__(self, value):
        return isinstance(value, str) and self.pattern.fullmatch(value) is not None


@dataclass(frozen=True)
class Present:
    """Any value that is there."""

    def __call__(self, value):
        return True


@dataclass(frozen=True)
class Rule:
    """A rule with a name.

    Parameters
    ----------
    name : str
        How results call it.
    column : object
        Label of the column that is judged; None: the whole row.
    judge : callable
        Of a value, or of a row as a dict.
    missing : bool, default=False
        Whether a value that is missing satisfies it.
    """

    name: str
    column: object
    judge: object
    missing: bool = False

    def __repr__(self):  # without an address, as it keys the noise of a seed
        if self.column is None:
            return f"Rule({self.name!r}: a function)"
        return f"Rule({self.name!r}: {self.column!r} {self.judge!r}, {self.missing})"

    def holds(self, value):
        """Whether a value, or a row, satisfies the rule."""
        try:
            if self.column is not None and is_missing(value):
                return self.missing
            found = self.judge(value)
            return not is_missing(found) and bool(found)
        except Exception:  # its message may quote the row, and others must not see it
            return False


def parsed_rules(rules):
    """Rules as a user gives them.

    Raises
    ------
    TypeError, ValueError
        If one makes no sense; the message says what to write.
    """
    if not isinstance(rules, dict):
        raise TypeError("rules must be a dict of names and rules. " + _GRAMMAR + ".")
    if not rules:
        raise ValueError("rules is empty. " + _GRAMMAR + ".")
    parsed = tuple(_parsed(name, rule) for name, rule in rules.items())
    if len({rule.name for rule in parsed}) < len(parsed):
        raise ValueError("Two rules have the same name. Rename one.")
    return parsed


def _parsed(name, rule):
    if not isinstance(name, (str, Integral)) or isinstance(name, bool):
        raise TypeError("A rule has a name that is no text. Rename it.")
    column = name
    if isinstance(rule, tuple):
        if len(rule) != 2 or isinstance(rule[1], tuple):
            raise ValueError(
                f"The rule {name!r} is a tuple, which stands for (column, rule). Give "
                "a list for values that are allowed."
            )
        column, rule = rule
    missing = False
    if isinstance(rule, str):
        missing = rule.endswith(_MISSING)
        judge = _of_text(name, rule.removesuffix(_MISSING).strip())
    elif isinstance(rule, (list, set, frozenset)):
        missing = any(map(is_missing, rule))
        judge = _of_values(name, rule)
    elif isinstance(rule, re.Pattern) and isinstance(rule.pattern, str):
        judge = Pattern(rule)
    elif callable(rule) and not isinstance(rule, type):
        return Rule(str(name), None, rule)
    else:
        raise TypeError(f"The rule {name!r} is of no known kind. {_GRAMMAR}.")
    return Rule(str(name), column, judge, missing)


def _of_values(name, values):
    try:
        known = frozenset(value for value in values if not is_missing(value))
    except TypeError:
        raise TypeError(
            f"The rule {name!r} lists what cannot be compared. List texts or numbers."
        ) from None
    if not known:
        raise ValueError(f"The rule {name!r} lists no value. List those allowed.")
    return OneOf(known)


def _of_text(name, text):
    if text == _PRESENT:
        return Present()
    low, dots, high = text.partition("..")
    ends = [_end(part.strip()) for part in (low, high)]
    known = [end for end in ends if end is not None]
    kinds = {type(end) for end in known}
    in_order = len(known) < 2 or (len(kinds) == 1 and known[0] <= known[1])
    unread = any(end is False for end in ends)  # not equal to it, as zero is
    if not dots or not known or unread or not in_order:
        raise ValueError(f"The rule {name!r} is not understood. {_GRAMMAR}.")
    return Range(*ends)


def _end(text):
    """A number or a moment; None for nothing, False for what is neither."""
    if not text:
        return None
    try:
        number = float(text)
        return number if np.isfinite(number) else False
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return False


def _number(value):
    if not isinstance(value, (Real, Decimal, np.bool_)):
        raise TypeError("no number")
    return float(value)


def _moment(value):
    if isinstance(value, np.datetime64):
        value = value.astype("M8[us]").item()
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        raise TypeError("no date")
    return value


def place_of(column, labels):
    """Where a column is, by its label or else its number; None if it is nowhere."""
    if column in labels:
        return labels.index(column)
    is_number = isinstance(column, Integral) and not isinstance(column, bool)
    return int(column) if is_number and 0 <= column < len(labels) else None


def satisfied(rules, table, labels):
    """Whether each row satisfies each rule.

    Parameters
    ----------
    rules : sequence of Rule
        About columns that are there.
    table : array or data frame
    labels : list
        What its columns are called, for functions as well.

    Returns
    -------
    ndarray of bool of shape (n_rows, n_rules)
    """
    found = np.zeros((table.shape[0], len(rules)), bool)
    places = [
        None if rule.column is None else place_of(rule.column, labels) for rule in rules
    ]
    used = range(len(labels)) if None in places else {*places}
    columns = {place: _values(table, place) for place in used}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # whose text may quote a row
        for i, (rule, place) in enumerate(zip(rules, places, strict=True)):
            if place is None:
                found[:, i] = _of_rows(rule, labels, columns, len(found))
            else:
                found[:, i] = _of_column(rule, columns[place])
    return found


def _of_column(rule, values):
    if isinstance(values, np.ndarray):
        quick = rule.judge.of_array(values) if isinstance(rule.judge, Range) else None
        if quick is not None:
            return np.where(np.isnan(values), rule.missing, quick)
        values = values.tolist()
    return [rule.holds(value) for value in values]


def _of_rows(rule, labels, columns, n_rows):
    """What a function says of each row, which it gets as a dict of its own."""
    lists = [columns[place] for place in range(len(labels))]
    lists = [v.tolist() if isinstance(v, np.ndarray) else v for v in lists]
    rows = zip(*lists, strict=True) if lists else [()] * n_rows
    return [rule.holds(dict(zip(labels, row, strict=True))) for row in rows]


def _values(table, column):
    """Values of a column: an array of numbers, or a list of what it holds."""
    if is_polars(table):
        series = table.to_series(column)
        plain = series.dtype.is_float() and not series.null_count()
        return series.to_numpy() if plain else series.to_list()
    if is_pandas(table):
        series = table.iloc[:, column]
        is_plain = isinstance(series.dtype, np.dtype) and series.dtype.kind in "biuf"
        return series.to_numpy() if is_plain else series.tolist()
    values = table[:, column]
    if values.dtype.kind == "M" and values.dtype > np.dtype("M8[us]"):
        values = values.astype("M8[us]")  # finer ones would be whole numbers in a list
    return values if values.dtype.kind in "biuf" else values.tolist()
