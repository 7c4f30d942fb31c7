"""What a search released."""

from dataclasses import dataclass, replace

from skprivate.base import PrivacyReport
from skprivate.pipeline._steps import parts_below


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


def priced_as(model, report):
    """The model that a search has kept, where all reports name the price of the search.

    A part would name its share of the price of one run. But which run it is from was
    chosen among others, and the choice says more about rows than the part does.

    Parameters
    ----------
    model : estimator
        Fitted; changed in place.
    report : SearchReport
        Of the search.

    Returns
    -------
    estimator
        The model.
    """
    for part in parts_below(model):
        own = vars(part).get("privacy_")
        if own is not None:
            name = type(part).__name__
            told = {"releases": own.releases, "assumed": own.assumed}
            part.privacy_ = replace(report, estimator=name, **told)
    model.privacy_ = report
    return model


def unit_of(estimator, groups):
    """What one neighbour has more than the other, and how many rows of it count."""
    if groups is None:
        return "row", 1
    max_rows = estimator.get_params().get("max_rows_per_group", 1)
    return f"group ({max_rows} rows of it count)", max_rows
