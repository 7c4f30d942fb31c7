"""Attack a fit in the best way there is, and measure how much privacy is left.

The attacker knows every row but one, sees every answer, and knows the noise: it scores
the log-likelihood ratio of all answers with and without that row, which is the most
powerful test there is (Neyman and Pearson 1933). Under Gaussian DP the two kinds of
errors satisfy ``Phi^-1(true positives) + Phi^-1(true negatives) <= mu`` (Dong, Roth and
Su 2022), so confidence intervals of the rates bound ``mu`` (Nasr et al. 2023).
"""

from unittest.mock import patch

import numpy as np
from scipy.special import ndtri
from scipy.stats import beta
from sklearn.base import clone

from skprivate.accounting import Budget
from skprivate.base import Curator
from skprivate.rows import ArrayRows, Door
from skprivate.testing._examples import (
    HIGH,
    Example,
    configured,
    example_for,
    quiet,
    target_kind,
)
from skprivate.testing._tape import Recorder, listening

ALPHA = 1e-6


def audit_mu(estimator, X, y, canary, n_fits=1000, alpha=ALPHA):
    """Confidence interval for the ``mu`` that the best attack on one row achieves.

    Parameters
    ----------
    estimator : DPEstimator
        Told its bounds and classes, with ``delta > 0`` and ``random_state=None``.
    X : ndarray of shape (n_rows, n_features)
        Rows that the attacker knows.
    y : ndarray of shape (n_rows,) or None
        Their targets.
    canary : tuple (x, y)
        The row that is present or absent; its target may be None.
    n_fits : int, default=1000
        Fits with, and as many without the canary. To be fixed beforehand.
    alpha : float, default=1e-6
        Probability that the interval is wrong.

    Returns
    -------
    low, high : float
        ``low`` above the claimed ``mu`` proves that the claim is wrong. ``high`` below
        what the canary could achieve proves that there is more noise than paid for.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.testing import audit_mu
    >>> scaler = DPStandardScaler(bounds=(-1, 1), epsilon=4.0, delta=1e-6)
    >>> canary = np.ones(2), None
    >>> low, high = audit_mu(scaler, np.zeros((9, 2)), None, canary, n_fits=50)
    >>> bool(low < 0.83 < high)
    True
    """
    known = Example(np.asarray(X), y)
    with_canary = known.with_row(*canary)
    present = _scores(estimator, with_canary, n_fits, present=True)
    absent = _scores(estimator, with_canary, n_fits, present=False)
    return _interval(np.sum(present > 0), np.sum(absent <= 0), n_fits, alpha)


def check_attack_stays_within_the_claim(estimator, n_fits=None):
    """The best attack on a heavy row finds neither less privacy than paid, nor more."""
    # At mu = 1.5 so few fits tell half of the noise from all of it.
    estimator = configured(estimator, epsilon=8.0, delta=1e-6, random_state=None)
    rows = example_for(estimator, n_rows=20)
    claim = Budget(8.0, 1e-6).mu
    canary, possible = heaviest_canary(estimator, rows)
    if n_fits is None:
        n_fits = _affordable(estimator, rows)
    low, high = audit_mu(estimator, rows.X, rows.y, canary, n_fits)
    assert low <= claim, (
        f"an attack finds mu >= {low:.3g}, above the claim of {claim:.3g}: the model "
        "is less private than reported. Check bounds of queries and scale of the noise."
    )
    assert high >= 0.9 * possible, (
        f"an attack that should find mu = {possible:.3g} finds at most {high:.3g}: "
        "there is more noise than was paid for. Check the scale of the noise."
    )


def heaviest_canary(estimator, rows):
    """The row, of some extreme ones, that moves the answers most.

    Returns
    -------
    canary : tuple (x, y)
    mu : float
        What the best attack on it can achieve: at most the ``mu`` of the budget.
    """
    kind = target_kind(estimator)
    labels = {"none": [None], "number": [-1.0, 1.0]}.get(kind)
    if labels is None:
        labels = list(np.unique(rows.y))
    axis = np.zeros(rows.width)
    axis[0] = HIGH
    alternating = np.where(np.arange(rows.width) % 2, HIGH, -HIGH)
    candidates = (np.full(rows.width, HIGH), np.full(rows.width, -HIGH), axis)
    best = None, -1.0
    for x in (*candidates, alternating, 1e3 * axis):
        for label in labels:
            attacker = _Attacker(x, label, kind, present=True)
            attacker.attack(estimator, rows.with_row(x, label))
            if attacker.power > best[1]:
                best = (x, label), attacker.power
    return best[0], float(np.sqrt(best[1]))


class _Attacker(Recorder):
    """Scores the answers of one fit."""

    def __init__(self, x, label, kind, present):
        super().__init__()
        y = None if label is None else np.array([label])
        if kind == "number":
            y = y.astype(float)
        self._row, self._present = ArrayRows(np.atleast_2d(x).astype(float), y), present
        self._presence = 1.0 if present else 0.0
        self.score = self.power = 0.0

    def attack(self, estimator, rows):
        """Fit on ``rows``, whose last row is the canary, and score what is told."""
        known = rows if self._present else rows.rows(slice(len(rows) - 1))
        original = Curator.classes

        def classes(curator, labels):
            labels = original(curator, labels)
            self._row = self._row.encoded(labels)
            return labels

        coded = Curator.categories

        def categories(curator, *args, **kwargs):
            lists = coded(curator, *args, **kwargs)
            door = Door(columns=curator.columns, allow_nan=True)
            row = door.admit(self._row.X).coded(lists)
            row.y = self._row.y
            self._row = row
            return lists

        heard = patch.multiple(Curator, classes=classes, categories=categories)
        with quiet(), listening(self), heard:
            clone(estimator).fit(**known.fit_args)
        return self.score

    def mechanism(self, call, mechanism, total, levels, weights):
        answer = super().mechanism(call, mechanism, total, levels, weights)
        if type(mechanism).__name__ == "Gaussian":
            query = self.tape.asked[len(self.tape.told) - 1].query
            (move,) = self._row.total([query])
            deviation = levels * mechanism.event.noise_multiplier
            deviation = deviation * (1.0 if weights is None else weights)
            absent = total - self._presence * move
            residual = (answer - absent) / deviation
            effect = move / deviation
            self.score += float(np.sum(effect * (residual - effect / 2)))
            self.power += float(np.sum(effect**2))
        return answer


def _scores(estimator, rows, n_fits, present):
    """Scores of several fits on ``rows``, with or without the last of them."""
    kind = target_kind(estimator)
    label = None if rows.y is None else rows.y[-1]
    attackers = (_Attacker(rows.X[-1], label, kind, present) for _ in range(n_fits))
    return np.array([attacker.attack(estimator, rows) for attacker in attackers])


def _interval(n_true_positives, n_true_negatives, n, alpha):
    """Interval of ``mu`` from two rates (Clopper and Pearson 1934, twice)."""
    ends = [_rate(k, n, alpha / 4) for k in (n_true_positives, n_true_negatives)]
    (low, high), (other_low, other_high) = ends
    return float(ndtri(low) + ndtri(other_low)), float(ndtri(high) + ndtri(other_high))


def _rate(k, n, level):
    """Both ends of the interval of a rate."""
    low = beta.ppf(level, k, n - k + 1) if k else 0.0
    return low, beta.ppf(1 - level, k + 1, n - k) if k < n else 1.0


def _affordable(estimator, rows):
    """Number of fits, from the number of releases: a fixed one for each estimator."""
    with quiet():
        planned = clone(estimator).plan(rows.width, classes=(0, 1))
    return int(np.clip(800 // len(planned.releases), 10, 160))
