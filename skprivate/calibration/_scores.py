"""What a classifier says about rows, as log-odds."""

import numpy as np

from skprivate.base._tiles import responses

_MOST = 30.0  # beyond which a probability is zero or one


def log_odds(model, X):
    """A column for each class, or one for two classes.

    **Guarantee.** A row of it is a function of that row and of the model.

    Parameters
    ----------
    model : estimator
        Fitted. Probabilities are asked for where there are some, else margins.
    X : array-like of shape (n_samples, n_features)
        Rows.

    Returns
    -------
    ndarray of shape (n_samples, n_scores)
        Within 30 of zero.
    """
    two = len(model.classes_) == 2
    if hasattr(model, "predict_proba"):
        proba = np.asarray(responses(model, "predict_proba", X), dtype=np.float64)
        with np.errstate(divide="ignore"):
            found = np.log(proba) - np.log1p(-proba)
        found = found[:, 1:] if two else found
    else:
        found = np.asarray(responses(model, "decision_function", X), dtype=np.float64)
        found = found.reshape(-1, 1) if found.ndim == 1 else found
    return np.clip(found, -_MOST, _MOST)
