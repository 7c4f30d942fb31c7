"""How many folds a splitter makes; which rows are in them, coins decide."""

from numbers import Integral

_SPLITTERS = "IndependentFolds", "KFold", "StratifiedKFold"


def n_folds_of(cv):
    """Number of folds of a splitter, or the number itself.

    Only the number is asked for, and nothing about rows. A splitter that could mean
    something else than equal parts at random is refused.

    Parameters
    ----------
    cv : int or splitter

    Returns
    -------
    int
    """
    if isinstance(cv, Integral):
        return int(cv)
    if type(cv).__name__ not in _SPLITTERS:
        raise ValueError(
            f"cv must be a number of folds, or one of {', '.join(_SPLITTERS)}, of "
            "which the number counts: coins send rows to folds. Use cv=5, for example."
        )
    if getattr(cv, "random_state", None) is not None:
        raise ValueError(
            "cv has a random_state, but the coins are those of the encoder. Leave it "
            "out there, or set random_state of the encoder."
        )
    number = cv.get_n_splits()
    if isinstance(number, bool) or not isinstance(number, Integral) or number < 2:
        raise ValueError("cv must be at least 2. Use 5, for example.")
    return int(number)
