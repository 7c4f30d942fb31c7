"""Counts of values from several places, added up."""

from skprivate.mechanisms import Tally


def typed_counts(tally):
    """Counts by column, type and value.

    Equal values of different types are different keys: else the type of a key would
    tell in which place it came first.
    """
    return {(j, type(value), value): count for (j, value), count in tally.items()}


def added_tallies(counts, numbers):
    """The sum of counts by column, type and value, as a tally.

    Parameters
    ----------
    counts : iterable of dict
        As :func:`typed_counts` makes them.
    numbers : sequence of int
        All columns.
    """
    found = {j: {} for j in numbers}
    for part in counts:
        for (j, *key), count in part.items():
            key = tuple(key)
            found[j][key] = found[j].get(key, 0) + count
    return Tally(
        {
            j: ([value for _, value in keys], list(keys.values()))
            for j, keys in found.items()
        }
    )
