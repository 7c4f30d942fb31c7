"""Column transformers whose parts get their names from their types."""

from collections.abc import Sequence
from typing import Any, Literal

from sklearn.compose import make_column_transformer

from skprivate._typing import BoundsLike, Estimator
from skprivate.compose._column_transformer import DPColumnTransformer


def make_dp_column_transformer(
    *transformers: Any,
    remainder: Estimator = "drop",
    sparse_threshold: float = 0.3,
    n_jobs: int | None = None,
    epsilon: float = 1.0,
    delta: float = 1e-6,
    weights: dict[Any, Any] | Sequence[Any] | None = None,
    bounds: BoundsLike | Literal["private"] = "private",
    verbose: bool = False,
    verbose_feature_names_out: bool = True,
) -> DPColumnTransformer:
    """Private transformer of columns whose parts are named after their types.

    Parameters
    ----------
    *transformers : tuples (transformer, columns)
        See :class:`DPColumnTransformer`.
    remainder : {"drop", "passthrough"} or transformer, default="drop"
        What to do with columns that are not named.
    sparse_threshold : float, default=0.3
        Public rule for sparse output; see :class:`DPColumnTransformer`.
    n_jobs : int, default=None
        Number of workers of ``transform``.
    epsilon : float, default=1.0
        Budget of one ``fit`` of the whole.
    delta : float, default=1e-6
        Budget of one ``fit`` of the whole.
    weights : dict or sequence, default=None
        How the budget is shared out: a number for each, in order, or by name.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features.
    verbose : bool, default=False
        Whether to print the time that each fit takes.
    verbose_feature_names_out : bool, default=True
        Whether names of output columns begin with the name of the transformer.

    Returns
    -------
    DPColumnTransformer

    Examples
    --------
    >>> from skprivate.compose import make_dp_column_transformer
    >>> from skprivate.preprocessing import DPMinMaxScaler, DPStandardScaler
    >>> both = make_dp_column_transformer(
    ...     (DPStandardScaler(), [0, 1]), (DPMinMaxScaler(), [2])
    ... )
    >>> [name for name, _, _ in both.transformers]
    ['dpstandardscaler', 'dpminmaxscaler']
    """
    if not all(map(_is_pair, transformers)):
        raise TypeError(
            "transformers must be tuples (transformer, columns), not in a list. Write "
            "such; DPColumnTransformer takes a list of (name, transformer, columns)."
        )
    named = make_column_transformer(*transformers).transformers if transformers else []
    return DPColumnTransformer(
        named,
        remainder=remainder,
        sparse_threshold=sparse_threshold,
        n_jobs=n_jobs,
        epsilon=epsilon,
        delta=delta,
        weights=weights,
        bounds=bounds,
        verbose=verbose,
        verbose_feature_names_out=verbose_feature_names_out,
    )


def _is_pair(part):
    """Whether it is a step with columns, and not a list of such."""
    known = isinstance(part, (tuple, list)) and len(part) == 2
    return known and not isinstance(part[0], (tuple, list))
