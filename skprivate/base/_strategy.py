"""How many rows of each class a sampler aims at, from noisy counts."""

import numpy as np

_MEND = "Give 'auto', a ratio in (0, 1] for two classes, or a dict {class: number}."


def check_strategy(strategy, classes):
    """Refuse a strategy that does not fit the classes, before anything is released.

    Raises
    ------
    ValueError
        If there is a single class, or the strategy does not fit the classes.
    """
    if len(classes) < 2:
        raise ValueError(
            "There is only one class, so there is nothing to balance. Give rows of at "
            "least two classes, or list them in classes=..."
        )
    if isinstance(strategy, dict):
        if not set(strategy) <= set(classes.tolist()):
            raise ValueError(f"sampling_strategy names an unknown class. {_MEND}")
        if not all(number >= 0 for number in strategy.values()):
            raise ValueError(f"sampling_strategy holds a negative number. {_MEND}")
    elif not isinstance(strategy, str) and len(classes) != 2:
        raise ValueError(f"A ratio needs exactly two classes. {_MEND}")


def wanted_counts(strategy, classes, counts, balanced):
    """Number of rows to aim at, for each class.

    Parameters
    ----------
    strategy : "auto", float or dict
        As in imbalanced-learn: all classes alike, a ratio of the smaller to the larger
        of two classes, or numbers. Checked by :func:`check_strategy`.
    classes : ndarray of shape (n_classes,)
        Class labels.
    counts : ndarray of shape (n_classes,)
        Noisy number of rows of each class.
    balanced : callable
        ``min`` to level down, ``max`` to level up.

    Returns
    -------
    ndarray of shape (n_classes,)
    """
    if isinstance(strategy, dict):
        pairs = zip(classes.tolist(), counts, strict=True)
        return np.array([strategy.get(label, n) for label, n in pairs], dtype=float)
    if isinstance(strategy, str):
        return np.full(len(classes), balanced(counts))
    wanted = np.array(counts, dtype=float)
    if balanced is min:
        wanted[counts.argmax()] = counts.min() / strategy
    else:
        wanted[counts.argmin()] = counts.max() * strategy
    return wanted
