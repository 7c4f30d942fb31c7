"""Attack a fit in the best way there is, and measure how much privacy is left.

The attacker knows every row but one, sees every answer, and knows the noise: it scores
the log-likelihood ratio of all answers with and without that row, which is the most
powerful test there is (Neyman and Pearson 1933). Under Gaussian DP it is right, on
average over presence and absence, with a probability of at most ``Phi(mu / 2)`` (Dong,
Roth and Su 2022), so a confidence interval of that rate bounds ``mu``. One interval of
all guesses needs half as many fits as one of each kind (as in Nasr et al. 2023).

In a round on a sample the attacker also knows the coins of all other rows, but not that
of the row in question: the likelihood with it is a mixture, of being in and being out.
"""

from typing import Any
from unittest.mock import patch

import numpy as np
from scipy.special import ndtri
from scipy.stats import beta
from sklearn.base import clone

from skprivate.accounting import Budget
from skprivate.base import Curator, DPEstimator
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
# At such a mu a fit tells most: attacks that are nearly always right tell no more.
_EPSILON, _DELTA = 14.0, 1e-6
_FEW = 90  # fits with the row, and as many without it: a third of the noise is noticed
_SIMULATED = 20_000  # guesses
_SLACK = 1.25  # effects of a row are not the same in each fit


def audit_mu(
    estimator: DPEstimator,
    X: np.ndarray,
    y: np.ndarray | None,
    canary: tuple[Any, Any],
    n_fits: int = 1000,
    alpha: float = ALPHA,
) -> tuple[float, float]:
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


def check_attack_stays_within_the_claim(estimator, n_fits=_FEW):
    """The best attack on a heavy row finds neither less privacy than paid, nor more."""
    budget = {"epsilon": _EPSILON, "delta": _DELTA}
    estimator = configured(estimator, **budget, random_state=None)
    rows = example_for(estimator, n_rows=20)
    claim = Budget(**budget).mu
    canary, possible, effects = _heaviest(estimator, rows)
    assert possible <= claim * (1 + 1e-9), (
        f"one row moves all answers together by mu = {possible:.3g} times their noise, "
        f"above the claim of {claim:.3g}. Let shares add up to one, and charge each."
    )
    canary_is_sampled = any(rate < 1 for _, rate in effects)
    low, high = audit_mu(estimator, rows.X, rows.y, canary, n_fits)
    # What rounds on samples leave of a single row is far below their price.
    most = min(claim, _SLACK * possible) if canary_is_sampled else claim
    assert low <= most, (
        f"an attack finds mu >= {low:.3g}, above the claim of {most:.3g}: the model "
        "is less private than reported. Check bounds of queries, scale of the noise "
        "and coins of samples."
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
    return _heaviest(estimator, rows)[:2]


def _heaviest(estimator, rows):
    """The same, and what it does to each release."""
    kind = target_kind(estimator)
    labels = {"none": [None], "number": [-1.0, 1.0]}.get(kind)
    if labels is None:
        labels = list(np.unique(rows.y))
    axis = np.zeros(rows.width)
    axis[0] = HIGH
    alternating = np.where(np.arange(rows.width) % 2, HIGH, -HIGH)
    candidates = (np.full(rows.width, HIGH), np.full(rows.width, -HIGH), axis)
    best = None, -1.0, []
    for x in (*candidates, alternating, 1e3 * axis):
        for label in labels:
            attacker = _Attacker(x, label, kind, present=True)
            attacker.attack(estimator, rows.with_row(x, label))
            if attacker.power > best[1]:
                best = (x, label), attacker.power, attacker.effects
    return best[0], _achievable(best[2]), best[2]


def _achievable(effects):
    """What the best attack on shifts of Gaussian noise achieves.

    Parameters
    ----------
    effects : list of (float, float)
        Length of each shift, in standard deviations, and how probable it is. Where some
        are not sure, guesses are simulated.
    """
    if all(rate == 1 for _, rate in effects):
        return float(np.linalg.norm([effect for effect, _ in effects]))
    rng, right = np.random.default_rng(0), 0.0
    for present in (False, True):
        score = np.zeros(_SIMULATED)
        for effect, rate in effects:
            is_in = present & (rng.random(_SIMULATED) < rate)
            residual = rng.normal(size=_SIMULATED) + effect * is_in
            score += _score_of(effect * (residual - effect / 2), rate)
        right += np.mean((score > 0) == present) / 2
    return 2 * float(ndtri(min(right, 1 - 1 / _SIMULATED)))


def _score_of(certain, rate):
    """Logarithm of the likelihood ratio, of what it is if the row is in for certain."""
    if rate == 1:
        return certain
    return np.logaddexp(np.log1p(-rate), np.log(rate) + certain)


class _Attacker(Recorder):
    """Scores the answers of one fit."""

    def __init__(self, x, label, kind, present):
        super().__init__()
        y = None if label is None else np.array([label])
        if kind == "number":
            y = y.astype(float)
        self._row, self._present = ArrayRows(np.atleast_2d(x).astype(float), y), present
        self._known = self._coins = None
        self.score, self.effects = 0.0, []

    @property
    def power(self):
        """How much answers tell, about: to compare rows by."""
        return sum((rate * effect) ** 2 for effect, rate in self.effects)

    def attack(self, estimator, rows):
        """Fit on ``rows``, whose last row is the canary, and score what is told."""
        known = rows.rows(slice(len(rows) - 1))
        self._known = ArrayRows(known.X, known.y)
        original = Curator.classes

        def classes(curator, *args, **kwargs):
            labels = original(curator, *args, **kwargs)
            self._row = self._row.encoded(labels)
            self._known = self._known.encoded(labels)
            return labels

        coded = Curator.categories

        def categories(curator, *args, **kwargs):
            lists = coded(curator, *args, **kwargs)
            door = Door(columns=curator.columns, allow_nan=True)
            self._row = _coded(self._row, door, lists)
            self._known = _coded(self._known, door, lists)
            return lists

        heard = patch.multiple(Curator, classes=classes, categories=categories)
        with quiet(), listening(self), heard:
            clone(estimator).fit(**(rows if self._present else known).fit_args)
        return self.score

    def tossed(self, coins):
        """Note the coins of the round to come."""
        self._coins = coins

    def mechanism(self, call, mechanism, total, levels, weights):
        answer = super().mechanism(call, mechanism, total, levels, weights)
        name = type(mechanism).__name__
        if name in ("Gaussian", "SampledGaussian"):
            query = self.tape.asked[len(self.tape.told) - 1].query
            rate = getattr(mechanism, "rate", 1.0)
            others = self._known if rate == 1 else self._known.sampled(self._coins)
            (move,), (absent,) = self._row.total([query]), others.total([query])
            if query.scored:
                present, absent = query.scores(absent + move), query.scores(absent)
                move = present - absent
            event = getattr(mechanism.event, "event", mechanism.event)  # of a sample
            deviation = levels * event.noise_multiplier
            deviation = deviation * (1.0 if weights is None else weights)
            residual, effect = (answer - absent) / deviation, move / deviation
            certain = float(np.sum(effect * (residual - effect / 2)))
            self.score += float(_score_of(certain, rate))
            self.effects.append((float(np.linalg.norm(effect)), rate))
        return answer


def _coded(rows, door, lists):
    """Rows that have public codes for categories."""
    coded = door.admit(rows.X).coded(lists)
    coded.y = rows.y
    return coded


def _scores(estimator, rows, n_fits, present):
    """Scores of several fits on ``rows``, with or without the last of them."""
    kind = target_kind(estimator)
    label = None if rows.y is None else rows.y[-1]
    attackers = (_Attacker(rows.X[-1], label, kind, present) for _ in range(n_fits))
    return np.array([attacker.attack(estimator, rows) for attacker in attackers])


def _interval(n_true_positives, n_true_negatives, n, alpha):
    """Interval of ``mu`` from the rate of right guesses (Clopper and Pearson 1934).

    Guesses about presence and absence may be right with different probabilities. Their
    sum strays from its mean no more than if both were the average (Hoeffding 1956).
    """
    k, total = n_true_positives + n_true_negatives, 2 * n
    low = beta.ppf(alpha / 2, k, total - k + 1) if k else 0.0
    high = beta.ppf(1 - alpha / 2, k + 1, total - k) if k < total else 1.0
    return 2 * float(ndtri(low)), 2 * float(ndtri(high))
