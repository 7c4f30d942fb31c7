"""What a search released."""

from dataclasses import dataclass

from skprivate.base import PrivacyReport


@dataclass(frozen=True, repr=False)
class SearchReport(PrivacyReport):
    """What a search, or a series of scores, released, and what it costs as a whole.

    Parameters
    ----------
    estimator, budget, releases, assumed, unit, seeded
        As of any :class:`~skprivate.base.PrivacyReport`; a share is a part of the
        budget of a run.
    paid : tuple of DpEvent
        The price of the whole, which was charged. The releases that are listed are not
        added up: some are about other units, others were repeated in secret.
    notes : tuple of str
        How the price follows from the releases.
    """

    paid: tuple
    notes: tuple

    @property
    def events(self):
        """The price of the whole in the terms of ``dp_accounting``."""
        return list(self.paid)

    def _statements(self):
        yield from super()._statements()
        yield from self.notes


def unit_of(estimator, groups):
    """What one neighbour has more than the other, and how many rows of it count."""
    if groups is None:
        return "row", 1
    max_rows = estimator.get_params().get("max_rows_per_group", 1)
    return f"group ({max_rows} rows of it count)", max_rows
