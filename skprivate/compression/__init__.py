"""Smaller models of released ones: post-processing, at no price."""

from skprivate.compression._distilling import distill
from skprivate.compression._pruning import prune
from skprivate.compression._result import CompressedModel
from skprivate.compression._rounding import quantize

__all__ = ["CompressedModel", "distill", "prune", "quantize"]
