"""Coefficients with their intervals, as text and as HTML."""

from dataclasses import dataclass

import numpy as np

from skprivate._card import Card, Section, Table

_DOMINATES = "noise dominates"


@dataclass(frozen=True, eq=False)
class CoefficientTable:
    """What a linear model knows of each of its coefficients.

    Attributes
    ----------
    title : str
        Name of the model.
    names : tuple of str
        Of the features, and of the intercept, if there is one.
    coef : ndarray
        What the model predicts with.
    estimate : ndarray
        The middle of the interval.
    std_err : ndarray
        Standard error by rows and noise together.
    privacy : ndarray
        Share of the variance that is due to the noise of privacy.
    z : ndarray
        ``estimate`` in standard errors; zero where noise dominates.
    low, high : ndarray
        Ends of the intervals.
    level : float
        How often such an interval holds the coefficient.
    doubt : str
        Why noise dominates, if it does; else empty.
    facts : tuple of str
        What else is known.
    """

    title: str
    names: tuple
    coef: np.ndarray
    estimate: np.ndarray
    std_err: np.ndarray
    privacy: np.ndarray
    z: np.ndarray
    low: np.ndarray
    high: np.ndarray
    level: float
    doubt: str
    facts: tuple

    @classmethod
    def of(cls, title, names, coef, law, level):
        """The table of a law of these coefficients."""
        n = len(coef)
        total, noise = law.variance[:n], np.diag(law.by_noise)[:n]
        share = np.ones(n)
        np.divide(noise, total, out=share, where=(total > 0) & (not law.doubt))
        std_err, estimate = law.std_err[:n], law.estimate[:n]
        z = np.zeros(n)
        np.divide(estimate, std_err, out=z, where=std_err > 0)
        low, high = (end[:n] for end in law.ends(level))
        return cls(
            title,
            tuple(map(str, names)),
            np.asarray(coef),
            estimate,
            std_err,
            share,
            z,
            low,
            high,
            float(level),
            law.doubt,
            law.facts,
        )

    @property
    def dominated(self):
        """Whether noise dominates, for each coefficient."""
        return np.isinf(self.std_err)

    def to_frame(self):
        """All numbers as a data frame of pandas, a line for each coefficient."""
        import pandas as pd

        names = "coef", "estimate", "std_err", "privacy", "z", "low", "high"
        columns = {name: getattr(self, name) for name in names}
        return pd.DataFrame(columns, index=list(self.names))

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()

    def _card(self):
        tail = f"{50 * (1 - self.level):g} %", f"{50 * (1 + self.level):g} %"
        head = ("", "coef", "estimate", "std err", "privacy", "z", *tail)
        rows = tuple(map(self._row, range(len(self.names))))
        alarms = (f"Noise dominates: {self.doubt}.",) if self.doubt else ()
        statements = (
            ()
            if self.doubt
            else (
                "std err counts the choice of rows and the noise of privacy; "
                "privacy: the share of noise in its square",
                *self.facts,
            )
        )
        table = Section("", (Table(head, rows, head[1:]),))
        return Card(f"Coefficients of {self.title}", alarms, statements, (table,))

    def _row(self, k):
        if self.dominated[k]:
            return self.names[k], _short(self.coef[k]), _DOMINATES, *[""] * 5
        numbers = self.coef[k], self.estimate[k], self.std_err[k]
        share, z = f"{100 * self.privacy[k]:.0f} %", f"{self.z[k]:.2f}"
        ends = _short(self.low[k]), _short(self.high[k])
        return self.names[k], *map(_short, numbers), share, z, *ends


def _short(number):
    """A number with four digits."""
    return f"{float(number):.4g}"
