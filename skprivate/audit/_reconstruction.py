"""How often an attacker who knows all but one row can name it, at most."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from skprivate._card import Card, Section, Table
from skprivate.audit._bound import claim_of
from skprivate.report import ModelPrivacyReport, privacy_report


@dataclass(frozen=True, repr=False)
class ReconstructionReport:
    """Largest chance of naming a row, by the chance without the model.

    Made by :func:`reconstruction_report`. No attack is made: it is a bound.

    Parameters
    ----------
    model : str
        Class of the model.
    chances : dict of float to float
        Chance of the best guess with the model, by that without it.

    Examples
    --------
    See :func:`reconstruction_report`.
    """

    model: str
    chances: dict

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()

    def _card(self):
        head = ("best guess without the model", "with it, at most")
        rows = tuple((f"{k:.4g}", f"{p:.4g}") for k, p in self.chances.items())
        table = Table(head, rows, numbers=head)
        said = (
            "An attacker knows every other row, and names the last one out of what it "
            "may be. A guess that hits with the first chance by what is known of "
            "people hits with the second, at most, once the model is there.",
        )
        sections = (Section("", (table,)), Section("What this means", said))
        return Card(f"Reconstruction of a row from {self.model}", (), (), sections)


def reconstruction_report(
    fitted: Any, *, prior: Sequence[float] = (0.001, 0.01, 0.1)
) -> ReconstructionReport:
    """How much a private model helps to guess a whole row, at most.

    Parameters
    ----------
    fitted : object
        A private model, or its :class:`~skprivate.report.ModelPrivacyReport`.
    prior : sequence of float, default=(0.001, 0.01, 0.1)
        Chances of the best guess without the model: one in a thousand if a thousand
        rows are equally likely.

    Returns
    -------
    ReconstructionReport

    Notes
    -----
    Of models that are private on add or remove one unit, whose distribution with the
    row is never far from that without it: the guess "it is this one" is an event whose
    chance without the row is at most the prior's, so with it, it is at most the best
    rate of detection at that rate of false alarms (Balle, Cherubin and Hayes 2022;
    Hayes, Mahloujifar and Balle 2023).

    Examples
    --------
    >>> from skprivate.audit import reconstruction_report
    >>> from skprivate.linear_model import DPRidge
    >>> report = reconstruction_report(DPRidge(epsilon=1.0).plan(4), prior=(0.001,))
    >>> round(report.chances[0.001], 4)
    0.0022
    """
    if isinstance(prior, Real):
        raise TypeError("prior must be a list of chances. Pass [0.01].")
    for value in prior:
        if not isinstance(value, Real) or not 0 < value < 1:
            raise ValueError("prior must hold chances between 0 and 1.")
    claim = claim_of(fitted)
    if claim is None:
        raise ValueError(
            "Nothing limits what this model tells: it is not private, or not known to "
            "be. Print privacy_report of it to see why."
        )
    known = isinstance(fitted, ModelPrivacyReport)
    report = fitted if known else privacy_report(fitted)
    return ReconstructionReport(report.name, {float(k): claim(k) for k in prior})
