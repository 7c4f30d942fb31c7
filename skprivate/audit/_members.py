"""Can somebody who asks a model tell who was in its data?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from skprivate._card import Card, Section, Table
from skprivate._typing import Estimator, TableLike
from skprivate.audit._bound import claim_of
from skprivate.audit._detection import area, detection
from skprivate.audit._scores import flat, row_scores
from skprivate.base._tables import take

ATTACKS = ("loss", "calibrated", "likelihood")
WITHIN = "within the bound"
ABOVE = "above the bound: the claim is broken"
NO_BOUND = "no bound"
_ALARM = "NOT PRIVATE: made of the rows as they are. For their holder only."
_MEASURABLE = 10  # false alarms among the rows that were not seen


@dataclass(frozen=True)
class Detection:
    """How many members are found at a rate of false alarms.

    Parameters
    ----------
    attack : str
        The attack that found most.
    false_alarms : float
        The rate.
    rate : float
        Share of members that are found.
    interval : tuple (low, high)
        Of the rate.
    bound : float or None
        What the model's privacy allows at most.
    broken : bool
        Whether the bound is surely exceeded.

    Examples
    --------
    See :func:`membership_inference_report`.
    """

    attack: str
    false_alarms: float
    rate: float
    interval: tuple
    bound: float | None
    broken: bool


@dataclass(frozen=True, repr=False)
class MembershipReport:
    """Which share of a model's members an attacker finds. Not private.

    Made by :func:`membership_inference_report`.

    Parameters
    ----------
    model : str
        Class of the model.
    n_members, n_others : int
        Rows that were in its data, and that were not.
    areas : dict of str to tuple (area, (low, high))
        Area under the curve of each attack.
    detections : tuple of Detection
        For each rate of false alarms, that of the best attack.
    verdict : str
        ``"within the bound"``, ``"above the bound: the claim is broken"``, or ``"no
        bound"``.
    curves : dict of str to tuple of ndarray
        Rates of false alarms and of detection of each attack, for :meth:`plot`.
    claim : tuple of (rate, bound)
        The bound at several rates.

    Examples
    --------
    See :func:`membership_inference_report`.
    """

    model: str
    n_members: int
    n_others: int
    areas: dict
    detections: tuple
    verdict: str
    curves: dict = field(compare=False)
    claim: tuple = ()

    @property
    def auc(self) -> float:
        """Largest area under the curve of the attacks."""
        return max(found for found, _ in self.areas.values())

    def to_dict(self) -> dict[Any, Any]:
        """The report as plain data, without curves.

        Returns
        -------
        dict
        """
        return {
            "model": self.model,
            "n_members": self.n_members,
            "n_others": self.n_others,
            "areas": {name: [a, list(ends)] for name, (a, ends) in self.areas.items()},
            "detections": [vars(one) | {"interval": list(one.interval)}
                           for one in self.detections],
            "verdict": self.verdict,
        }  # fmt: skip

    def plot(self, ax: Any = None) -> Any:
        """Draw rates of detection over rates of false alarms, both logarithmic.

        Parameters
        ----------
        ax : matplotlib Axes, default=None

        Returns
        -------
        matplotlib Axes
        """
        if ax is None:
            from matplotlib import pyplot as plt

            _, ax = plt.subplots(layout="constrained")
        for name, (alarms, found) in self.curves.items():
            ax.plot(alarms, found, label=name)
        least = 1 / self.n_others
        ax.plot([least, 1], [least, 1], ":", color="gray", label="a coin")
        if self.claim:
            ax.plot(*zip(*self.claim, strict=True), "k--", label="bound of its privacy")
        ax.set(xscale="log", yscale="log", xlim=(least, 1), ylim=(least, 1))
        ax.set(xlabel="false alarms", ylabel="members found", title=self.verdict)
        ax.legend()
        return ax

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()

    def _card(self):
        said = tuple(
            f"{name}: area {found:.3f} ({low:.3f} to {high:.3f})"
            for name, (found, (low, high)) in self.areas.items()
        )
        head = ("false alarms", "members found", "interval", "bound", "attack")
        rows = tuple(
            (
                f"{one.false_alarms:.3g}",
                f"{one.rate:.4f}",
                f"{one.interval[0]:.4f} to {one.interval[1]:.4f}",
                "none" if one.bound is None else f"{one.bound:.4f}",
                one.attack,
            )
            for one in self.detections
        )
        title = f"Membership in the data of {self.model}: {self.verdict}"
        table = Table(head, rows, numbers=head[:4])
        return Card(title, (_ALARM,), said, (Section("", (table,)),))


def membership_inference_report(
    model: Estimator,
    X_train: TableLike,
    y_train: TableLike,
    X_test: TableLike,
    y_test: TableLike,
    *,
    attack: Literal["auto", "loss", "calibrated", "likelihood"] = "auto",
    n_references: int = 8,
    false_alarms: Sequence[float] = (0.001, 0.01, 0.1),
    confidence: float = 0.95,
    alpha: float = 1e-4,
    random_state: int | None = None,
) -> MembershipReport:
    """Attack a fitted model: who was in its training data? Not private.

    Three attacks guess from how well the model knows a row: by itself (``"loss"``);
    beside what models that were fitted without the row say on average
    (``"calibrated"``); and by the odds of a normal distribution of what these say
    (``"likelihood"``). The latter two find what the first misses, and need references:
    clones of the model that are fitted on halves of all rows.

    Parameters
    ----------
    model : estimator
        A fitted classifier or regressor, private or not.
    X_train, y_train : array-like or frame, array-like
        Rows of its fit.
    X_test, y_test : array-like or frame, array-like
        Rows of the same kind that it has not seen.
    attack : {"auto", "loss", "calibrated", "likelihood"}, default="auto"
        ``"auto"`` makes all three, and widens intervals for it.
    n_references : int, default=8
        Clones to fit. Those of private models are fits: an active ledger is charged for
        them, so call this outside of one; what they see does not leave the report.
    false_alarms : sequence of float, default=(0.001, 0.01, 0.1)
        Rates at which detection is reported.
    confidence : float, default=0.95
        Of the intervals.
    alpha : float, default=1e-4
        Chance that a claim that holds is said to be broken.
    random_state : int, default=None
        Of the halves.

    Returns
    -------
    MembershipReport
        Its verdict compares with the bound that follows from the model's privacy
        report: at most ``Phi(Phi^-1(rate) + mu)`` of the members, for Gaussian noise.

    Notes
    -----
    Attacks show what is lost at least, on average over rows; they prove nothing of the
    worst row. Rates of false alarms below ten rows are refused: they are not
    measurable. Train and test rows must be of one kind: what tells them apart without a
    model is taken for a leak of the model.

    References
    ----------
    Yeom et al. (2018). Carlini et al. (2022), Membership inference attacks from first
    principles. Watson et al. (2022), on the importance of difficulty calibration.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.model_selection import train_test_split
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skprivate.audit import membership_inference_report
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> rows = train_test_split(X, y, test_size=0.5, random_state=0)
    >>> X_train, X_test, y_train, y_test = rows
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X_train, y_train)
    >>> report = membership_inference_report(
    ...     tree, X_train, y_train, X_test, y_test, false_alarms=(0.1,), random_state=0
    ... )
    >>> report.verdict, report.auc > 0.5
    ('no bound', True)
    """
    y_train, y_test = flat(y_train), flat(y_test)
    if isinstance(false_alarms, Real) or not len(false_alarms):
        raise ValueError("false_alarms must be a list of rates. Pass [0.1].")
    _check(model, y_train, y_test, attack, n_references, false_alarms)
    _check_chances(confidence, alpha)
    inside, labels_only = row_scores(model, X_train, y_train)
    outside, _ = row_scores(model, X_test, y_test)
    wanted = ATTACKS if attack == "auto" else (attack,)
    if labels_only:
        wanted = ("loss",)
    scores = {"loss": np.concatenate([inside, outside])}
    if {*wanted} - {"loss"}:
        seen = _references(
            model, (X_train, X_test), (y_train, y_test), n_references, random_state
        )
        scores |= _calibrated(scores["loss"], seen)
    pairs = {name: np.split(scores[name], [len(inside)]) for name in wanted}
    claim = claim_of(model)
    detections = tuple(
        _detected(pairs, rate, claim, confidence, alpha / len(false_alarms))
        for rate in false_alarms
    )
    verdict = NO_BOUND
    if claim is not None:
        verdict = ABOVE if any(one.broken for one in detections) else WITHIN
    miss = (1 - confidence) / len(wanted)
    grid = np.geomspace(1 / len(outside), 1, 60)
    return MembershipReport(
        model=type(model).__name__,
        n_members=len(inside),
        n_others=len(outside),
        areas={name: area(*pair, miss) for name, pair in pairs.items()},
        detections=detections,
        verdict=verdict,
        curves={name: _curve(*pair) for name, pair in pairs.items()},
        claim=() if claim is None else tuple((r, claim(r)) for r in grid),
    )


def _detected(pairs, rate, claim, confidence, alpha):
    """The attack that finds most at a rate, and whether any breaks the claim."""
    miss = (1 - confidence) / len(pairs)
    best, broken = None, False
    for name, (inside, outside) in pairs.items():
        found, interval, _ = detection(inside, outside, rate, miss)
        if best is None or found > best[1]:
            best = name, found, interval
        if claim is not None:
            sure = alpha / len(pairs)
            _, (low, _), alarms = detection(inside, outside, rate, sure)
            broken |= low > claim(alarms)
    bound = None if claim is None else claim(rate)
    return Detection(best[0], float(rate), best[1], best[2], bound, broken)


def _references(model, X, y, n_references, seed):
    """Scores of all rows by clones that did not see them; NaN where they did."""
    n_first = len(np.asarray(y[0]))
    y = np.concatenate([np.asarray(part) for part in y])
    X = _joined(*X)
    draw = np.random.default_rng(seed)
    scores = np.full((n_references, len(y)), np.nan)
    for number in range(n_references):
        half = np.zeros(len(y), dtype=bool)
        half[draw.permutation(len(y))[:n_first]] = True
        rows = np.flatnonzero(half)
        fitted = clone(model).fit(take(X, rows), y[rows])
        rest = np.flatnonzero(~half)
        scores[number, rest] = row_scores(fitted, take(X, rest), y[rest])[0]
    return scores


def _joined(first, second):
    if hasattr(first, "iloc"):
        import pandas as pd

        return pd.concat([first, second], ignore_index=True)
    if hasattr(first, "columns"):
        import polars as pl

        return pl.concat([first, second])
    if hasattr(first, "tocsr"):
        from scipy import sparse

        return sparse.vstack([first, second]).tocsr()
    return np.concatenate([np.asarray(first), np.asarray(second)])


def _calibrated(own, seen):
    """Scores beside those of references that did not see the row."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a row that all have seen
        mean = np.nanmean(seen, axis=0)
        spread = np.nanstd(seen, axis=0)
    mean = np.where(np.isnan(mean), np.nanmean(seen), mean)
    typical = np.sqrt(np.nanmean(spread**2))
    # Few references tell little of a row's own spread: half of it is that of all.
    spread = np.sqrt((np.nan_to_num(spread) ** 2 + typical**2) / 2)
    difference = own - mean
    return {
        "calibrated": difference,
        "likelihood": difference / np.maximum(spread, 1e-12),
    }


def _curve(inside, outside):
    cuts = np.unique(np.concatenate([inside, outside]))[::-1]
    if len(cuts) > 2000:
        cuts = cuts[np.linspace(0, len(cuts) - 1, 2000).astype(int)]
    found, alarms = (
        1 - np.searchsorted(np.sort(part), cuts, side="left") / len(part)
        for part in (inside, outside)
    )
    return alarms, found


def _check(model, y_train, y_test, attack, n_references, false_alarms):
    check_is_fitted(model)
    if attack not in ("auto", *ATTACKS):
        raise ValueError(f'attack must be "auto" or one of {", ".join(ATTACKS)}.')
    whole = isinstance(n_references, Integral) and not isinstance(n_references, bool)
    if not whole or n_references < 2:
        raise ValueError("n_references must be a whole number of at least 2.")
    if len(np.asarray(y_train)) < 20 or len(np.asarray(y_test)) < 20:
        raise ValueError("Give at least 20 rows that were seen, and 20 that were not.")
    least = _MEASURABLE / len(np.asarray(y_test))
    for rate in false_alarms:
        if not isinstance(rate, Real) or not 0 < rate < 1:
            raise ValueError("false_alarms must be rates between 0 and 1.")
        if rate < least:
            raise ValueError(
                f"A rate of false alarms of {rate:g} is not measurable on "
                f"{len(np.asarray(y_test))} rows: it takes ten alarms. Give more rows "
                f"in X_test, or rates of at least {least:.2g}."
            )


def _check_chances(confidence, alpha):
    for name, value in (("confidence", confidence), ("alpha", alpha)):
        if not isinstance(value, Real) or not 0 < value < 1:
            raise ValueError(f"{name} must lie between 0 and 1.")
