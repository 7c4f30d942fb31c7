"""Checks that what a fitted estimator says of a row depends on that row alone."""

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import get_tags
from threadpoolctl import ThreadpoolController

from skprivate.base import DPEstimator
from skprivate.testing._examples import (
    Example,
    configured,
    error_of,
    example_for,
    quiet,
)
from skprivate.testing._same import bits_of

_FEW = (1, 7, 601)  # numbers of rows; BLAS takes other code for many than for few
_THREADS = (1, 3, 6)
_METHODS = (
    "decision_function",
    "inverse_transform",
    "predict",
    "predict_joint_log_proba",
    "predict_log_proba",
    "predict_proba",
    "score_samples",
    "transform",
)


def check_answers_do_not_depend_on_company(estimator, sizes=_FEW):
    """What a fitted estimator returns for a row is, to the last bit, that row's own."""
    if isinstance(estimator, DPEstimator):
        estimator = configured(estimator)
        rows = _wide(example_for(estimator), estimator)
    else:
        estimator, rows = clone(estimator), Example(_plain(40), None)
    with quiet():
        fitted = estimator.fit(**rows.fit_args)
    for name in _METHODS:
        if not hasattr(fitted, name):
            continue
        X = rows.X
        if name == "inverse_transform":
            X = _as_array(fitted.transform(X))
        for form, table in _layouts(estimator, name).items():
            ask = getattr(fitted, name)
            if form == "CSR" and error_of(ask, table(X[:1])):
                continue  # not with these parameters
            _check_answers(ask, X, table, f"{name} of {form}", sizes)


def _check_answers(ask, X, table, what, sizes):
    """Ask about one row, alone and in company."""
    libraries, alone = ThreadpoolController(), _as_array(ask(table(X[:1])))
    for n_rows in sizes:
        together = X[1 + np.arange(n_rows) % (len(X) - 1)]
        places = [0, n_rows // 2, n_rows - 1]
        together[places] = X[0]
        for threads in _THREADS if n_rows > 600 else (1,):
            with libraries.limit(limits=threads, user_api="blas"):
                found = _as_array(ask(table(together)))[places]
            for place, answer in zip(places, found, strict=True):
                assert bits_of(answer) == bits_of(alone[0]), (
                    f"{what} returns another result for a row that is number "
                    f"{place + 1} of {n_rows}. Compute each row by itself, in a fixed "
                    "order: see skprivate/base/_products.py."
                )


def _layouts(estimator, method):
    """Ways to hold the rows that change no value, by name."""
    layouts = {
        "arrays": np.array,
        "arrays in Fortran order": np.asfortranarray,
        "float32": lambda X: X.astype(np.float32),
        "float32 in Fortran order": lambda X: np.asfortranarray(X, dtype=np.float32),
    }
    if method != "inverse_transform" and get_tags(estimator).input_tags.sparse:
        layouts["CSR"] = sparse.csr_array
    return layouts


def _as_array(answer):
    """What a method returned, dense."""
    return answer.toarray() if sparse.issparse(answer) else np.asarray(answer)


def _wide(rows, estimator):
    """Rows with more columns: NumPy adds up to eight numbers in one order only."""
    if "categories" in estimator.get_params(deep=False):
        return rows  # there are as many as columns
    scales = (1.0, 0.7, 0.45, 0.2)
    return Example(np.hstack([scale * rows.X for scale in scales]), rows.y)


def _plain(n_rows):
    """Rows for what learns nothing."""
    return np.random.default_rng(0).uniform(0.1, 1.0, (n_rows, 20))
