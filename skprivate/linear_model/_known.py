"""What a fit takes from public rows or coefficients, before its first release."""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.base import clone

from skprivate.base import Box, Count
from skprivate.base._class_weights import ClassWeights
from skprivate.base._curator import Curator
from skprivate.linear_model._public import PublicRows, check_public
from skprivate.linear_model._stages import (
    MOST_FEATURES,
    SeenMoments,
    StandardRows,
    UnseenMoments,
)
from skprivate.mechanisms import Entropy
from skprivate.queries import LossGradient
from skprivate.queries._spread import Spread
from skprivate.rows import refused

_WIDER = 0.5  # range of public rows, by so much of it at each end, is that of all
_FLAT = 0.25  # deviation of a column that is constant there, by half the range
_LEAST = 0.01  # of any other
_FINEST = 24
COUNT_SHARE = 0.03  # of private rows, where all else is public


@dataclass(frozen=True, eq=False)
class Known:
    """Public coefficients, and public rows if there are any.

    **Guarantee.** All of it is a function of parameters. Where it is wrong, as private
    rows are not like public ones, that costs accuracy, not privacy: values are moved to
    the bounds, and what a row adds is cut, whatever the units.

    Attributes
    ----------
    coef : ndarray of shape (n_margins, n_features + 1)
        Of features as they are given; intercepts are last.
    rows : PublicRows or None
    codes : ndarray of shape (n_rows,) or None
        Classes of public rows, as codes, if they have such; else their targets.
    """

    coef: np.ndarray
    rows: PublicRows | None = None
    codes: np.ndarray | None = None

    @property
    def of_rows(self):
        """Whether there are public rows, which tell where private ones lie."""
        return self.rows is not None

    def in_units(self, factor, constant):
        """Coefficients whose margins are taken to targets by these."""
        coef = self.coef / factor
        coef[:, -1] -= constant / factor
        return coef

    def bounds_or(self, bounds):
        """Bounds that are declared, or else those that public rows suggest."""
        if self.rows is None or not isinstance(bounds, str):
            return bounds
        return _range_of(self.rows.dense())

    def target_bounds_or(self, bounds):
        """The same for the target."""
        if self.rows is None or not isinstance(bounds, str):
            return bounds
        low, high = _range_of(self.codes[:, np.newaxis])
        return float(low[0]), float(high[0])

    def spread(self, low, high, n_rows, centered=True):
        """Location and spread of features that stay within bounds."""
        found = _spread_of(self.rows.dense(), low, high, n_rows)
        return found if centered else found.around_zero

    def spread_of_target(self, low, high, centered=True):
        """The same for the target: of so many rows that no noise is in it."""
        ends = np.array([low]), np.array([high])
        found = _spread_of(self.codes[:, np.newaxis], *ends, np.inf)
        return found if centered else found.around_zero


def known_of(estimator, curator, classes=None, n_margins=1):
    """What ``estimator.public`` says; None if it says nothing.

    Coefficients of public rows are those of the same estimator without noise. There is
    a margin for each class, or target; of two classes there is one.
    """
    public = estimator.public
    if public is None:
        return None
    check_public(public, curator.n_features, curator.feature_names)
    curator.declare(f"declared public, free of charge: {public!r}")
    if classes is not None and len(classes) > 2:
        n_margins = len(classes)
    elif n_margins > 1 and isinstance(public, PublicRows):
        raise refused(
            ValueError,
            "PublicRows have one target, and y has several. Give PublicCoef(coef, "
            "intercept), with a row of coef for each.",
        )
    if not isinstance(public, PublicRows):
        if len(public.margins) != n_margins:
            raise refused(
                ValueError,
                f"public has not the {n_margins} rows of coefficients that this model "
                "has. Give coef_ and intercept_ of a model of the same classes, or "
                "targets.",
            )
        if public.intercept.any() and not getattr(estimator, "fit_intercept", True):
            raise refused(
                ValueError,
                "public has an intercept, and fit_intercept=False. Give "
                "PublicCoef(coef) of a model without, or fit_intercept=True.",
            )
        return Known(public.margins)
    codes = public.y if classes is None else _codes_of(public.y, classes)
    return Known(_coef_of(estimator, public, classes), public, codes)


class _OfPublicRows(Curator):
    """A curator of rows that are no secret: its answers are no releases of a fit."""

    # As it is written, for whoever listens to curators of private rows.
    _charge = Curator._charge

    def _told(self, question, n_releases, answer):
        return answer()

    def _noisy(self, queries, sensitivities, mechanisms, coins=None):
        totals = self._rows_asked(queries, coins).total(queries)
        pairs = zip(queries, totals, strict=True)
        return [query.widened(total) for query, total in pairs]


def _codes_of(labels, classes):
    places = {label: code for code, label in enumerate(classes.tolist())}
    if not {*labels.tolist()} <= {*places}:
        raise refused(
            ValueError,
            "public has a label that is none of the classes. Leave such rows out, or "
            "list all labels in classes=...",
        )
    return np.array([places[label] for label in labels.tolist()])


def _coef_of(estimator, public, classes):
    """Coefficients of the same estimator on public rows, without noise."""
    twin = clone(estimator).set_params(public=None, epsilon=np.inf)
    if hasattr(twin, "warm_start"):
        twin.warm_start = False
    if classes is not None:
        twin.classes = classes
    rows = twin._admitted(public.X, public.y, None, None)
    twin._fit_rows(rows, twin._budget(), Entropy(0), asked=_OfPublicRows)
    return np.column_stack([np.atleast_2d(twin.coef_), np.atleast_1d(twin.intercept_)])


def _range_of(X):
    """Ends of each column, and some more: public rows are few."""
    low, high = X.min(axis=0), X.max(axis=0)
    more = np.where(high > low, _WIDER * (high - low), np.maximum(np.abs(low), 1.0))
    return low - more, high + more


def _spread_of(X, low, high, n_rows):
    X, half = np.clip(X, low, high), (high - low) / 2
    least = np.where(np.ptp(X, axis=0) > 0, _LEAST, _FLAT)
    scale = np.maximum(X.std(axis=0), least * half)
    return Spread(float(n_rows), X.mean(axis=0), scale)


def public_stages(
    curator,
    known,
    low,
    high,
    n_rows,
    *,
    prior=(),
    weights=None,
    target=None,
    centered=True,
):
    """Geometry of private rows as if they were like public ones: nothing is asked.

    Parameters
    ----------
    curator : Curator
    known : Known
        With rows.
    low, high : ndarray of shape (n_features,)
        Bounds.
    n_rows : float
        Noisy number of private rows.
    prior : ndarray of shape (n_classes,)
        As of `StandardRows`.
    weights : ClassWeights, default=None
        Of the classes.
    target : Box, default=None
        Units of a target, if products with it are wanted.
    centered : bool, default=True
        As for `look_at_rows`.

    Returns
    -------
    rows : StandardRows
    moments : SeenMoments or UnseenMoments
    """
    noise_of_one = curator.noise_of(Count(), share=1.0)
    mu = 1 / noise_of_one if noise_of_one > 0 else np.inf
    weights = weights or ClassWeights(None, 1.0, np.empty(0))
    spread = known.spread(low, high, n_rows, centered)
    box = Box(low, high, spread.center, spread.scale, _FINEST)
    box = replace(box, bits=LossGradient.bits(box.reach))
    prior, pure = np.asarray(prior), curator.budget.pure
    rows = StandardRows(float(n_rows), prior, box, mu, weights, pure)
    return rows, _moments_of(known, rows, target)


def _moments_of(known, rows, target):
    """Second moments of public rows in standard units, as far as so many tell them.

    Of the target, too, if it has a box.
    """
    if rows.box.n_features > MOST_FEATURES:
        return UnseenMoments(rows.n_columns)
    Z = _in_units(known.rows.dense(), rows.box)
    V = np.column_stack([Z, np.ones(len(Z))])
    each = np.ones(len(Z))
    if rows.weights.by_class is not None:
        each = rows.weights.by_class[known.codes]
    values, vectors = np.linalg.eigh((V * each[:, np.newaxis]).T @ V / len(V))
    edge = 2 * np.sqrt(rows.n_columns / len(V))  # of moments of as many normal rows
    seen = SeenMoments(np.maximum(values, 0.0), vectors, float(edge))
    if target is None:
        return seen
    t = _in_units(known.codes[:, np.newaxis], target).ravel()
    square = max(float(np.mean(t**2)), _LEAST**2)
    return replace(seen, slopes=V.T @ t / len(V), square=square)


def _in_units(X, box):
    units = np.where(box.varies, box.half, np.inf)
    return (np.clip(X, box.low, box.high) - box.center) / units
