"""What is known of one private fit of a model, as plain data."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Row:
    """Equal releases that follow each other.

    Parameters
    ----------
    query, times, size, sensitivity, norm, share, mechanism, event
        See :meth:`skprivate.base.PrivacyReport.rows`.
    """

    query: str
    times: int
    size: int
    sensitivity: float
    norm: float
    share: float
    mechanism: str
    event: str


def row_of(data):
    """A row from plain data, numbers in words included."""
    return Row(**{field.name: field.type(data[field.name]) for field in fields(Row)})


@dataclass(frozen=True)
class Fit:
    """One private fit of the model.

    Parameters
    ----------
    where : str
        Its place in the model.
    estimator : str
        Class of the estimator.
    epsilon, delta : float
        What it was allowed to spend, alone.
    unit : str
        Its privacy unit.
    seeded : bool
        Whether its noise can be repeated.
    assumed : tuple of str
        Facts that it took as public.
    declared : tuple of (name, text)
        Facts that parameters declared public.
    releases : tuple of Row
        In order.
    notes : tuple of str
        How the price follows from the releases, where they do not just add up.
    """

    where: str
    estimator: str
    epsilon: float
    delta: float
    unit: str
    seeded: bool
    assumed: tuple
    declared: tuple
    releases: tuple
    notes: tuple = ()
