"""Callbacks of scikit-learn 1.9, which see rows where a plain estimator calls them."""

from skprivate.base import DPEstimator

_HARMLESS = {"ProgressBar"}


def leaks_to_callbacks(estimator):
    """Pairs (what, remedy) for callbacks that may look at rows.

    Private estimators hand no rows to callbacks; scikit-learn's pipelines and searches
    do, and a monitor of scores then logs exact ones.
    """
    if isinstance(estimator, DPEstimator):
        return
    for callback in getattr(estimator, "_skl_callbacks", None) or ():
        name = type(callback).__name__
        if name not in _HARMLESS:
            yield (
                f"the callback {name} is shown rows during the fit",
                "Remove it; ProgressBar is fine.",
            )
