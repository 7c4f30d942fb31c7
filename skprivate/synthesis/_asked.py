"""What parameters ask for, checked by public facts alone."""

from numbers import Integral

import numpy as np

MOST_ROWS = 10**8
TWICE = "name a column twice, by its name and by its number. Keep one of them."
_LABELS = ("category", "boolean")
_MOST_NOISE = 1e6  # in rows


def check_label(target, columns):
    """Number of the column that is the label; None: there is none.

    Parameters
    ----------
    target : str, int or None
    columns : tuple of Column
    """
    if target is None:
        return None
    names = [column.name for column in columns]
    number = names.index(target) if target in names else target
    if isinstance(number, str) or not 0 <= number < len(columns):
        raise ValueError(
            f"target names a column that there is not, {target!r}. Give the name or "
            "number of a column of the table."
        )
    if columns[number].kind not in _LABELS:
        raise ValueError(
            "target must be a column of categories or booleans. Name it in "
            "categorical_features, or leave target out: a number is learned as well "
            "as other columns."
        )
    if len(columns) == 1:
        raise ValueError(
            "target is the only column. Give columns beside it, or leave target out."
        )
    return int(number)


def check_number_of_rows(n):
    """Refuse what is no number of rows to draw; None is one that is to be found."""
    whole = isinstance(n, Integral) and not isinstance(n, bool)
    if n is not None and not (whole and 1 <= n <= MOST_ROWS):
        raise ValueError(
            f"n must be a whole number from 1 to {MOST_ROWS}. Give the number of rows "
            "to draw."
        )


def check_noise(noise):
    """Refuse a budget that would make rows of nothing but noise."""
    if noise > _MOST_NOISE:
        raise ValueError(
            "The budget is too small to count rows: noise alone would make more than "
            f"{_MOST_NOISE:g} of them. Give a larger epsilon."
        )


def check_room(max_cells, n_labels):
    """Refuse more labels than cliques have room for."""
    if max_cells < 4 * n_labels:
        raise ValueError(
            "max_cells leaves no room for tables of two columns beside so many labels. "
            "Give a larger max_cells, or fewer labels."
        )


def checked_rules(rules, names, target):
    """Pairs of columns that rules are about; refused if a rule makes no sense."""
    pairs = set()
    for rule in rules:
        if not isinstance(rule, dict) or not rule:
            raise ValueError(
                "rules must be dicts of columns and what they hold, such as {'age': "
                "(0, 15), 'married': 'yes'}; an empty one would forbid all rows. Name "
                "at least one column in each."
            )
        numbers = {number_of(column, names, "rules") for column in rule}
        if len(numbers) < len(rule):
            raise ValueError(f"rules {TWICE}")
        numbers -= {target}
        if len(numbers) == 2:
            pairs.add(tuple(sorted(numbers)))
    return pairs


def number_of(column, names, where):
    """Number of a column that a user names."""
    if column in names:
        return names.index(column)
    whole = isinstance(column, (int, np.integer)) and not isinstance(column, bool)
    if whole and 0 <= column < len(names):
        return int(column)
    raise ValueError(
        f"{where} names a column that there is not, {column!r}. Use names or numbers "
        "of the columns of fit."
    )


def condition_on_label(given, name, classes):
    """How likely each label is to be meant; it is taken out of the conditions."""
    if name not in given:
        return None
    wanted = given.pop(name)
    listed = wanted if isinstance(wanted, (list, set, tuple)) else [wanted]
    classes = classes.tolist()
    if not all(label in classes for label in listed):
        raise ValueError(
            "given asks for a label that is no class. Use those of classes_."
        )
    return np.array([float(label in listed) for label in classes])
