"""imbalanced-learn's sampler, with a curator where others have rows."""

import numpy as np
from sklearn.base import OneToOneFeatureMixin

from skprivate.base._estimator import DPEstimator
from skprivate.base._tables import appended, take
from skprivate.rows._arrow import framed
from skprivate.rows._kinds import in_memory_array
from skprivate.rows._target import checked_target


class DPSampler(OneToOneFeatureMixin, DPEstimator):
    """Base class of samplers. Subclasses define ``_fit`` and ``_resample``.

    **Guarantee.** Adding or removing one row of ``X`` changes at most one row of what
    ``fit_resample`` returns, beyond what the released ``privacy_`` pays for. So a
    private step after a sampler has the same neighbours, and the prices add up.

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
    """

    _replaces_rows = False  # whether no row of ``X`` is returned; see `replaces_rows`

    def fit_resample(self, X, y, *, sample_weight=None, groups=None):
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
        X = framed(X)
        labels, n_columns = _labels_of(y)
        self.fit(X, labels, sample_weight=sample_weight, groups=groups)
        kept, X_new, codes = self._resample(checked_target(labels, "class"))
        y_new = self.classes_[codes]
        if n_columns:
            y_new = np.eye(n_columns)[codes]
        elif getattr(y, "ndim", 1) == 2:
            y_new = y_new.reshape(-1, 1)
        if kept is not None:
            X, y = take(X, kept), take(y, kept)
        if X_new is not None:
            X, y = appended(X, X_new), appended(y, y_new)
        return X, y

    def _resample(self, labels):
        """Which rows to keep (None: all), and new rows with the codes of their classes.

        Returns
        -------
        kept : ndarray of int or None
        X_new : ndarray or None
        codes : ndarray of int
        """
        raise TypeError(f"{type(self).__name__} must define _resample(labels).")

    def _target_kind(self):
        return "class"

    def __sklearn_tags__(self):
        from skprivate._sklearn import sampler_tags

        return sampler_tags(super().__sklearn_tags__())


def replaces_rows(step):
    """Whether a sampler returns made-up rows only, whatever is fitted after it.

    **Guarantee.** If so, its class says so in this package, as does its
    ``fit_resample``: all that it returns is a function of what was released and of
    public facts. So what follows sees no row, and costs nothing (post-processing).
    """
    if not isinstance(step, DPSampler):
        return False
    saying = next((c for c in type(step).__mro__ if "_replaces_rows" in vars(c)), None)
    ours = [saying, getattr(type(step), "fit_resample", None)]
    package = __name__.partition(".")[0]
    known = all(getattr(o, "__module__", "").split(".")[0] == package for o in ours)
    return known and "fit_resample" not in vars(step) and type(step)._replaces_rows


def _labels_of(y):
    """Labels as a vector, and the number of columns if ``y`` is one-hot.

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
    hot = array == 1
    if np.all(hot | (array == 0)) and np.all(hot.sum(axis=1) == 1):
        return hot.argmax(axis=1), array.shape[1]
    return array.tolist(), 0
