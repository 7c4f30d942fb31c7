"""How many rows of each class a sampler aims at, from noisy counts."""

from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np

_MEND = (
    "Give 'auto' or another word, a ratio in (0, 1] for two classes, a dict {class: "
    "number of rows} or {class: ratio as a float in (0, 1]}, or a function from noisy "
    "counts to numbers of rows."
)
# Those that imbalanced-learn has for either kind of sampler, beside "auto".
DOWN = "majority", "not minority", "not majority", "all"
UP = "minority", "not minority", "not majority", "all"


def check_strategy(strategy: Any, classes: Any) -> None:
    """Refuse a strategy that does not fit the classes, before anything is released.

    Parameters
    ----------
    strategy : str, float, dict or callable
    classes : ndarray of shape (n_classes,) or None
        None: they are not known yet, but what is wrong whatever they are is.

    Raises
    ------
    ValueError
        If there is a single class, or the strategy does not fit the classes.
    """
    if classes is not None and len(classes) < 2:
        raise ValueError(
            "There is only one class, so there is nothing to balance. Give rows of at "
            "least two classes, or list them in classes=..."
        )
    if isinstance(strategy, dict):
        _check_numbers(strategy, classes)
    elif classes is not None and isinstance(strategy, Real) and len(classes) != 2:
        raise ValueError(f"A ratio needs exactly two classes. {_MEND}")


def _check_numbers(numbers, classes):
    """Refuse what is no dict of numbers by class."""
    if not isinstance(numbers, dict):
        raise TypeError(f"sampling_strategy returns no dict. {_MEND}")
    if classes is not None and not set(numbers) <= set(classes.tolist()):
        raise ValueError(f"sampling_strategy names an unknown class. {_MEND}")
    if not all(isinstance(n, Real) and 0 <= n < np.inf for n in numbers.values()):
        raise ValueError(
            f"sampling_strategy holds a negative number, or none at all. {_MEND}"
        )


def middle(counts):
    """Where the smallest and the largest class meet: their geometric mean."""
    return np.sqrt(counts.min() * counts.max())


def wanted_counts(
    strategy: str | float | dict[Any, Any] | Callable[..., Any],
    classes: np.ndarray,
    counts: np.ndarray,
    balanced: Callable[..., Any],
) -> np.ndarray:
    """Number of rows to aim at, for each class.

    Parameters
    ----------
    strategy : str, float, dict or callable
        As in imbalanced-learn: which classes are to be levelled, a ratio of the smaller
        to the larger of two classes, or numbers of rows; a function gets the noisy
        counts by class. A dict of floats in (0, 1] holds ratios: to the largest class,
        or for ``min`` of the smallest class to this one. Checked by
        :func:`check_strategy`.
    classes : ndarray of shape (n_classes,)
        Class labels.
    counts : ndarray of shape (n_classes,)
        Noisy number of rows of each class.
    balanced : callable
        ``min`` to level down, ``max`` to level up, :func:`middle` for both.

    Returns
    -------
    ndarray of shape (n_classes,)
    """
    labels = classes.tolist()
    if callable(strategy):
        strategy = strategy(dict(zip(labels, counts.tolist(), strict=True)))
        _check_numbers(strategy, classes)
    elif _holds_ratios(strategy):
        strategy = {
            label: counts.min() / r if balanced is min else counts.max() * r
            for label, r in strategy.items()
        }
    if isinstance(strategy, dict):
        pairs = zip(labels, counts, strict=True)
        return np.array([strategy.get(label, n) for label, n in pairs], dtype=float)
    if isinstance(strategy, str):
        return np.where(_named(strategy, counts), balanced(counts), counts)
    return _with_ratio(strategy, np.array(counts, dtype=float), balanced)


def aims_by_class(classes, aims):
    """Whole numbers of rows, by label."""
    whole = np.rint(aims).astype(int).tolist()
    return dict(zip(classes.tolist(), whole, strict=True))


def _holds_ratios(strategy):
    """Whether a dict that was given holds ratios: its types and numbers tell."""
    return isinstance(strategy, dict) and all(
        isinstance(r, (float, np.floating)) and 0 < r <= 1 for r in strategy.values()
    )


def _with_ratio(ratio, wanted, balanced):
    """Two counts, of which one is to be so many times the other."""
    low, high, goal = wanted.argmin(), 1 - wanted.argmin(), balanced(wanted)
    if balanced is max:
        wanted[low] = goal * ratio
    elif balanced is min:
        wanted[high] = goal / ratio
    else:
        root = np.sqrt(ratio)
        wanted[low], wanted[high] = goal * root, goal / root
    return wanted


def _named(word, counts):
    """Which classes a word names, the smallest and the largest by noisy counts."""
    named = np.full(len(counts), word not in ("majority", "minority"))
    if word in ("majority", "not majority"):
        named[counts.argmax()] = word == "majority"
    if word in ("minority", "not minority"):
        named[counts.argmin()] = word == "minority"
    return named
