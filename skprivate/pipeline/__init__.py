"""Pipelines and unions of private steps, with one budget for the whole."""

from skprivate.pipeline._make import make_dp_pipeline, make_dp_union
from skprivate.pipeline._pipeline import DPPipeline
from skprivate.pipeline._union import DPFeatureUnion

__all__ = ["DPFeatureUnion", "DPPipeline", "make_dp_pipeline", "make_dp_union"]
