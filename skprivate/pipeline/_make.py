"""Pipelines and unions whose parts get their names from their types."""

from collections.abc import Sequence
from typing import Any, Literal

from sklearn.pipeline import make_pipeline, make_union

from skprivate._typing import BoundsLike, Estimator
from skprivate.pipeline._pipeline import DPPipeline
from skprivate.pipeline._union import DPFeatureUnion


def make_dp_pipeline(
    *steps: Estimator,
    epsilon: float = 1.0,
    delta: float = 1e-6,
    weights: dict[Any, Any] | Sequence[Any] | None = None,
    bounds: BoundsLike | Literal["private"] = "private",
    transform_input: Sequence[str] | None = None,
    memory: None = None,
    verbose: bool = False,
) -> DPPipeline:
    """Private pipeline of steps that are named after their types.

    Parameters
    ----------
    *steps : estimators
        See :class:`DPPipeline`.
    epsilon : float, default=1.0
        Budget of one ``fit`` of the whole.
    delta : float, default=1e-6
        Budget of one ``fit`` of the whole.
    weights : dict or sequence, default=None
        How the budget is shared out: a number for each step, in order, or by name.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features, for the first step that asks for one.
    transform_input : list of str, default=None
        Names of metadata to transform, as in scikit-learn.
    memory : None
        Must be None: caches would store rows, and reuse noise.
    verbose : bool, default=False
        Whether to print the time that each step takes.

    Returns
    -------
    DPPipeline

    Examples
    --------
    >>> from skprivate import make_dp_pipeline
    >>> from skprivate.linear_model import DPRidge
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> pipe = make_dp_pipeline(DPStandardScaler(), DPRidge(), epsilon=0.5)
    >>> list(pipe.named_steps)
    ['dpstandardscaler', 'dpridge']
    """
    named = make_pipeline(*steps).steps if steps else []
    return DPPipeline(
        named,
        epsilon=epsilon,
        delta=delta,
        weights=weights,
        bounds=bounds,
        transform_input=transform_input,
        memory=memory,
        verbose=verbose,
    )


def make_dp_union(
    *transformers: Estimator,
    n_jobs: int | None = None,
    epsilon: float = 1.0,
    delta: float = 1e-6,
    weights: dict[Any, Any] | Sequence[Any] | None = None,
    bounds: BoundsLike | Literal["private"] = "private",
    verbose: bool = False,
    verbose_feature_names_out: bool = True,
) -> DPFeatureUnion:
    """Private union of transformers that are named after their types.

    Parameters
    ----------
    *transformers : transformers
        See :class:`DPFeatureUnion`.
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
    DPFeatureUnion

    Examples
    --------
    >>> from skprivate.decomposition import DPPCA
    >>> from skprivate.pipeline import make_dp_union
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> list(make_dp_union(DPStandardScaler(), DPPCA()).named_transformers)
    ['dpstandardscaler', 'dppca']
    """
    named = make_union(*transformers).transformer_list if transformers else []
    return DPFeatureUnion(
        named,
        n_jobs=n_jobs,
        epsilon=epsilon,
        delta=delta,
        weights=weights,
        bounds=bounds,
        verbose=verbose,
        verbose_feature_names_out=verbose_feature_names_out,
    )
