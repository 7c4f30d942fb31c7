"""imbalanced-learn's sampler, with a curator where others have rows."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import OneToOneFeatureMixin

from skprivate._typing import TableLike
from skprivate.base._estimator import DPEstimator
from skprivate.base._tables import appended, take
from skprivate.ledger._charge import unpaid
from skprivate.rows._arrow import framed
from skprivate.rows._kinds import in_memory_array
from skprivate.rows._refusal import refused
from skprivate.rows._target import checked_target


class DPSampler(OneToOneFeatureMixin, DPEstimator):
    """Base class of samplers. Subclasses define ``_fit`` and ``_resample``.

    **Guarantee.** Adding or removing one row of ``X`` adds or removes at most
    ``stability`` rows of what ``fit_resample`` returns, beyond what the released
    ``privacy_`` pays for. If that is one, a private step after the sampler has the same
    neighbours, and the prices add up. If it is more, the step has to count these rows
    as one privacy unit: a :class:`~skprivate.pipeline.DPPipeline` sees to it, with
    noise for as many rows, and :func:`~skprivate.composition.check_private` charges
    what follows in other pipelines for a group of so many.

    Parameters
    ----------
    epsilon, delta : float
        Budget of a fit; see :class:`~skprivate.base.DPEstimator`.
    max_weight : float, default=1.0
        Larger sample weights are cut to this.
    max_rows_per_group : int or UnitClip, default=1
        Rows of one group that count.
    random_state : int, RandomState instance or None, default=None
        A seed makes noise and resampling repeatable, and the fit not private.

    Attributes
    ----------
    stability : int
        Most rows of the output that one row of the input may add. Public: a function of
        parameters alone.
    """

    stability = 1
    _replaces_rows = False  # whether no row of ``X`` is returned; see `replaces_rows`

    def fit_resample(
        self,
        X: TableLike,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> tuple[Any, Any]:
        """Resample the rows.

        Parameters
        ----------
        X : {array-like, data frame, sparse matrix} of shape (n_samples, n_features)
            The rows.
        y : array-like of shape (n_samples,) or one-hot of shape (n_samples, n_classes)
            Their classes.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, cut to ``max_weight``.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit.

        Returns
        -------
        X_resampled, y_resampled
            The same kinds of table as ``X`` and ``y``.
        """
        refuse_unseen_copies(self)
        return self._traced(X, y, sample_weight, groups)[:2]

    def _traced(self, X, y, sample_weight=None, groups=None):
        """Resampled rows, and for each the number of the row that it was; -1: none."""
        X, y = framed(X), known_kind(y)
        labels, n_columns = _labels_of(y, getattr(self, "classes", None))
        self.fit(X, labels, sample_weight=sample_weight, groups=groups)
        kept, X_new, codes = self._resample(checked_target(labels, "class"))
        origins = np.arange(len(labels)) if kept is None else kept
        if kept is not None:
            X, y = take(X, kept), take(y, kept)
        if X_new is not None:
            y_new = self.classes_[codes]
            if n_columns:
                y_new = np.eye(n_columns)[y_new.astype(np.intp)]
            elif getattr(y, "ndim", 1) == 2:
                y_new = y_new.reshape(-1, 1)
            X, y = appended(X, X_new), appended(y, y_new)
            origins = np.append(origins, np.full(len(codes), -1))
        return X, y, origins

    def _resample(self, labels):
        """Which rows to keep (None: all), and new rows with the codes of their classes.

        Returns
        -------
        kept : ndarray of int or None
        X_new : ndarray, list of ndarray (a table's columns) or None
        codes : ndarray of int
        """
        raise TypeError(f"{type(self).__name__} must define _resample(labels).")

    def _target_kind(self):
        return "class"

    def __sklearn_tags__(self):
        from skprivate._sklearn import sampler_tags

        return sampler_tags(super().__sklearn_tags__())


def refuse_unseen_copies(sampler):
    """Refuse to hand out rows that count several times where a ledger listens.

    A fit that follows would be charged as if each row were a unit: the ledger does not
    see where its rows come from.

    Parameters
    ----------
    sampler : object with a ``stability``

    Raises
    ------
    ValueError
    """
    name = type(sampler).__name__
    if sampler.stability != 1 and unpaid(name, owner=sampler) is not None:
        raise ValueError(
            f"{name} repeats rows, and the ledger would not see it in the fits that "
            "follow. Put the sampler and what follows into make_dp_pipeline, which "
            "adds the noise that repeated rows need."
        )


def replaces_rows(step: Any) -> bool:
    """Whether a sampler returns made-up rows only, whatever is fitted after it.

    **Guarantee.** If so, its class is one of this package, and no method was replaced:
    all that it returns is a function of what was released and of public facts. So what
    follows sees no row, and costs nothing (post-processing). A subclass of somebody
    else may return what it likes, and is a sampler like others.
    """
    if not isinstance(step, DPSampler) or not type(step)._replaces_rows:
        return False
    ours, home = (of.partition(".")[0] for of in (__name__, type(step).__module__))
    replaced = (name for name in vars(step) if callable(getattr(type(step), name, 0)))
    return home == ours and not any(replaced)


def known_kind(y):
    """Targets as a kind that more can be added to; most are one already."""
    home = type(y).__module__.partition(".")[0]
    if home == "pandas" and not hasattr(y, "iloc"):  # an index, or an array of its own
        import pandas as pd

        return pd.Series(y)
    if isinstance(y, (tuple, range)):
        return list(y)
    return np.asarray(y) if home == "pyarrow" else y


def _labels_of(y, classes):
    """Labels as a vector, and the number of columns if ``y`` is one-hot.

    Labels are numbers of columns then; a column may have no row, and be no class.
    Whether the rows of several columns are one-hot, only rows tell. If they are not,
    the result is a list, of which nothing is known before it is paid for and refused.
    """
    try:
        array = in_memory_array(y, "y")
    except (TypeError, ValueError):
        return y, 0  # the door says what is wrong with it
    if array.ndim != 2:
        return array, 0
    if array.shape[1] == 1:
        return array.ravel(), 0
    n_columns = array.shape[1]
    if classes is not None and not {*np.ravel(classes)} <= {*range(n_columns)}:
        raise refused(
            ValueError,
            "y has several columns, so classes must be numbers of these. Pass one "
            "column of labels, or give classes=range(n) for n columns.",
        )
    hot = array == 1
    if np.all(hot | (array == 0)) and np.all(hot.sum(axis=1) == 1):
        return hot.argmax(axis=1), n_columns
    return array.tolist(), 0
