"""What margins stand for where gradients of classes are cut to a length.

A gradient of class k is ``w_k (p - e_k)``; cut to a length it is ``s_k`` times that. At
the margins of least loss the mean over the classes is zero: ``p`` is in proportion to
``q_k w_k s_k``, where ``q_k`` is how likely the class is. So rows may be cut far below
the longest gradient that there is: ``p_k / s_k`` are the shares that margins stand for,
without bias where margins are free to differ wherever ``q`` does; a model that is too
simple for that is another projection than that of the loss. Shares are a function of
margins, and cost nothing.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

_ROUNDS = 60  # each leaves at most half of what is wrong


def logs_of_cut(
    margins: np.ndarray, largest: float | None, by_class: ArrayLike | None = None
) -> Any:
    """Logarithms of the shares of classes that margins stand for.

    Parameters
    ----------
    margins : ndarray of shape (n, n_margins)
        Of two classes that of the second.
    largest : float or None
        To which gradients are cut; None: they are not.
    by_class : array-like of shape (n_classes,), default=None
        Weight of each class in the loss, in which shares are, too.

    Returns
    -------
    ndarray of shape (n, n_classes)

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.losses import logs_of_cut
    >>> np.exp(logs_of_cut(np.zeros((1, 1)), 0.5)).tolist()
    [[0.5, 0.5]]
    >>> np.exp(logs_of_cut(np.array([[np.log(0.25)]]), 0.5)).round(3).tolist()
    [[0.714, 0.286]]
    """
    if margins.shape[1] == 1:
        logs = _normal(margins * np.array([-0.5, 0.5]))
    else:
        logs = _normal(margins)
    if largest is None:
        return logs
    p = np.exp(logs)
    lengths = 1.0 - p  # of p - e_k
    if margins.shape[1] > 1:
        others = (p**2).sum(axis=1, keepdims=True) - p**2
        lengths = np.sqrt(lengths**2 + np.maximum(others, 0.0))
    if by_class is not None:
        lengths = lengths * by_class
    return _normal(logs + np.log(np.maximum(lengths / largest, 1.0)))


def margins_of_cut(
    shares: ArrayLike, largest: float | None, by_class: ArrayLike | None = None
) -> Any:
    """Margins that stand for shares of classes: the inverse of :func:`logs_of_cut`.

    Parameters
    ----------
    shares : array-like of shape (n_classes,)
        Positive.
    largest : float or None
    by_class : array-like of shape (n_classes,), default=None

    Returns
    -------
    ndarray of shape (n_margins,)
        Of two classes that of the second; else their sum is zero.
    """
    wanted = np.log(np.asarray(shares, np.float64))
    wanted, logs = wanted - wanted.mean(), wanted
    for _ in range(_ROUNDS if largest is not None else 0):
        found = logs_of_cut(_margins(logs), largest, by_class)[0]
        logs = logs - (found - found.mean() - wanted)
    return _margins(logs)[0]


def _margins(logs):
    """Of two classes the difference, else logarithms without their mean; a row."""
    if len(logs) == 2:
        return (logs[1:] - logs[:1])[None]
    return (logs - logs.mean())[None]


def _normal(logs):
    """Logarithms of shares that add up to one."""
    logs = logs - logs.max(axis=1, keepdims=True)
    return logs - np.log(np.exp(logs).sum(axis=1, keepdims=True))
