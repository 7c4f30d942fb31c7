"""How many of each class a table holds, of what a model says and how often it errs."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from skprivate.metrics._axis import nonnegative

_TELLING = 3.0  # deviations that the least singular value must be away from zero
_HEAVY = 1e3  # weight of the wish that shares add up to one


@dataclass(frozen=True, eq=False)
class Priors:
    """Shares of the classes before and now, and how sure the second are.

    Parameters
    ----------
    source, target : ndarray of shape (n_classes,)
        Shares of the classes.
    deviation : ndarray of shape (n_classes,)
        Standard deviation of ``target``, over noise and sampling.
    """

    source: np.ndarray
    target: np.ndarray
    deviation: np.ndarray


def priors_of(joint, predicted, noises):
    """Shares of the classes of a table whose labels nobody knows.

    If rows of a class look as before, whatever their number, then the share of rows
    that are given class ``j`` is the sum over true classes ``i`` of ``prior_i`` times
    how often ``i`` was given ``j`` before (Saerens, Latinne and Decaestecker 2002;
    Lipton, Wang and Smola 2018). That is solved for priors that are shares.

    Parameters
    ----------
    joint : ndarray of shape (n_classes, n_classes)
        Noisy counts of labelled rows: true classes in rows, predicted in columns.
    predicted : ndarray of shape (n_classes,)
        Noisy counts of rows of the other table by predicted class.
    noises : tuple of float
        Deviation of the noise of a count, of both.

    Returns
    -------
    Priors

    Raises
    ------
    ValueError
        If noise could make the matrix singular: anything would solve it.
    """
    n_rows, n_now = (max(float(c.sum()), 1.0) for c in (joint, predicted))
    shares, now = joint / n_rows, predicted / n_now
    source = shares.sum(axis=1)
    least, error = least_singular(shares, n_rows, noises[0] / n_rows)
    if not (least > _TELLING * error and (source > 0).all()):
        raise ValueError(
            "The confusion matrix is singular, as far as noise and the number of rows "
            "let tell: the model does not tell some classes apart, or some have too "
            "few labelled rows. Give more of these, a larger epsilon, fewer classes, "
            "or a model that tells them apart."
        )
    given = (shares / source[:, None]).T  # given[j, i]: how often i was given j
    target = _shares_that_solve(given, now)
    return Priors(
        nonnegative(source, np.array(1.0)),
        target,
        _deviation(given, target, now, source * n_rows, n_now, noises),
    )


def least_singular(shares, n_rows, noise):
    """The least singular value of a noisy matrix of shares, and its deviation.

    To first order it moves by ``u' E v``, of an error ``E`` and its singular vectors;
    an entry of ``E`` has the variance of sampling and that of the noise.
    """
    left, values, right = np.linalg.svd(shares)
    variance = np.maximum(shares, 0.0) / n_rows + noise**2
    moved = (left[:, -1] ** 2) @ variance @ (right[-1] ** 2)
    return float(values[-1]), float(np.sqrt(moved))


def _shares_that_solve(given, now):
    """Numbers of at least zero that add up to one, and solve best."""
    rows = np.vstack([given, np.full((1, len(now)), _HEAVY)])
    found, _ = nnls(rows, np.append(now, _HEAVY))
    total = found.sum()
    return found / total if total > 0 else np.full(len(now), 1 / len(now))


def _deviation(given, target, now, of_class, n_now, noises):
    """Standard deviations, to first order: of what was counted now, and before."""
    identity = np.eye(len(now))
    error = _of_shares(now, n_now, noises[1] / n_now, identity)
    for i, (prior, n) in enumerate(zip(target, of_class, strict=True)):
        n = max(float(n), 1.0)
        error += prior**2 * _of_shares(given[:, i], n, noises[0] / n, identity)
    inverse = np.linalg.inv(given)
    spread = np.diag(inverse @ error @ inverse.T)
    return np.sqrt(np.maximum(spread, 0.0))


def _of_shares(shares, n_rows, noise, identity):
    """Covariance of shares of rows, with noise."""
    shares = np.clip(shares, 0.0, 1.0)
    sampling = (np.diag(shares) - np.outer(shares, shares)) / n_rows
    return sampling + noise**2 * identity
