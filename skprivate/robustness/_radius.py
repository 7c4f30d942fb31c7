"""How far a row can be moved before a linear model changes its mind."""

from numbers import Real

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import Estimator, TableLike
from skprivate.rows._kinds import is_sparse
from skprivate.rows._refusal import sealed

_DUAL = {1: np.inf, 2: 2, np.inf: 1}
# Steps that multiply each column by a number, and may then cut it to a range.
_SCALES = {
    "StandardScaler": lambda step: _one_over(step.scale_),
    "DPStandardScaler": lambda step: _one_over(step.scale_),
    "MaxAbsScaler": lambda step: _one_over(step.scale_),
    "RobustScaler": lambda step: _one_over(step.scale_),
    "DPRobustScaler": lambda step: _one_over(step.scale_),
    "MinMaxScaler": lambda step: step.scale_,
    "DPMinMaxScaler": lambda step: step.scale_,
}


def certified_radius(model: Estimator, X: TableLike, *, norm: float = 2) -> np.ndarray:
    """How far each row can be moved, at least, before its predicted class changes.

    Of linear models this is known without trying: the least margin over the predicted
    class's rivals, divided by how fast it can shrink. It is exact unless the row lies
    where the model moves values to an end of their range; then it is too small at most.

    Parameters
    ----------
    model : estimator
        A fitted linear classifier (with ``coef_`` and ``decision_function``), or a
        pipeline of scalers that ends with one.
    X : array-like of shape (n_samples, n_features)
        Rows.
    norm : {1, 2, inf}, default=2
        How distances are measured.

    Returns
    -------
    ndarray of shape (n_samples,)
        No row that is closer than this is predicted otherwise.

    See Also
    --------
    SmoothedClassifier : A radius for any classifier, with a small chance of error.

    Notes
    -----
    Let ``m_j(x) = w_j x + b_j`` be the margins and ``c`` the largest. ``m_c - m_j``
    falls by at most ``||w_c - w_j||* r`` when ``x`` moves by ``r`` in a norm, whose
    dual norm is ``||.||*``; so the radius is ``min_j (m_c - m_j) / ||w_c - w_j||*``.
    Cutting values to a range brings no two rows farther apart, in any of the norms.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> from skprivate.robustness import certified_radius
    >>> X, y = load_iris(return_X_y=True)
    >>> model = DPLogisticRegression(bounds=(0, 8), classes=[0, 1, 2], epsilon=8.0)
    >>> radius = certified_radius(model.fit(X, y), X)
    >>> radius.shape, bool((radius >= 0).all())
    ((150,), True)
    """
    if not isinstance(norm, Real) or norm not in _DUAL:
        raise ValueError("norm must be 1, 2 or numpy.inf.")
    last, coef = _linear_part(model)
    found = sealed(lambda: model.decision_function(X))  # its errors may quote a row
    margins = np.asarray(found, dtype=float)
    if not np.isfinite(margins).all():
        raise ValueError("The model has margins that are no numbers. Check X.")
    if margins.ndim == 1:
        coef, margins = (
            np.vstack([-coef, coef]) / 2,
            np.column_stack([-margins, margins]) / 2,
        )
    one_to_one = hasattr(last, "decision_function_shape") and len(last.classes_) > 2
    if one_to_one or len(coef) != margins.shape[1]:
        raise TypeError(
            f"{type(last).__name__} has other margins than coefficients, as models of "
            "one class against one other have. Use SmoothedClassifier."
        )
    chosen = margins.argmax(axis=1)
    return _least(margins, coef, chosen, _DUAL[norm])


def _least(margins, coef, chosen, dual):
    """Least margin over a rival, by how fast it can shrink; a class at a time."""
    radius = np.full(len(margins), np.inf)
    for c in np.unique(chosen):
        here = chosen == c
        speeds = np.linalg.norm(coef[c] - coef, ord=dual, axis=1)
        gaps = margins[here, c, None] - margins[here]
        with np.errstate(divide="ignore", invalid="ignore"):
            all_of_them = np.where(speeds > 0, gaps / speeds, np.inf)
        tied = (gaps == 0) & (np.arange(len(coef)) != c)
        radius[here] = np.where(tied, 0.0, all_of_them).min(axis=1)
    return radius


def _linear_part(model):
    """The classifier at the end, and its coefficients in units of the first step."""
    steps = [step for _, step in getattr(model, "steps", [("", model)])]
    last = steps[-1]
    check_is_fitted(last)
    if not hasattr(last, "coef_") or not hasattr(model, "decision_function"):
        raise TypeError(
            f"{type(last).__name__} is no linear classifier: it has no coef_, or no "
            "decision_function. Use SmoothedClassifier."
        )
    coef = last.coef_.toarray() if is_sparse(last.coef_) else last.coef_
    coef = np.atleast_2d(np.asarray(coef, dtype=float))
    for step in reversed(steps[:-1]):
        if step is None or (isinstance(step, str) and step == "passthrough"):
            continue
        name = type(step).__name__
        if name not in _SCALES or getattr(step, "n_features_in_", None) is None:
            raise TypeError(
                f"{name} is no scaler of which it is known how far it moves rows "
                "apart. Pass the classifier and rows as it sees them, or use "
                "SmoothedClassifier."
            )
        scale = _SCALES[name](step)
        coef = coef if scale is None else coef * scale
    return last, coef


def _one_over(scale):
    return None if scale is None else 1 / np.asarray(scale, dtype=float)
