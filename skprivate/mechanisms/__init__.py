"""Exact noise and selection on the integer grid, each with its guarantee."""

from skprivate.mechanisms._additive import Gaussian, Laplace
from skprivate.mechanisms._directed import above, below, root_above, root_below
from skprivate.mechanisms._discrete import DiscreteGaussian, DiscreteLaplace
from skprivate.mechanisms._entropy import Entropy
from skprivate.mechanisms._sampled import SampledGaussian, SampledLaplace
from skprivate.mechanisms._selection import Exponential, NoisyMax, PermuteAndFlip
from skprivate.mechanisms._splits import Splits
from skprivate.mechanisms._tally import Tally, weighted_counts
from skprivate.mechanisms._threshold import AboveThreshold, ThresholdedRelease
from skprivate.mechanisms._wide import WIDEST, exact_sum, is_exact

__all__ = [
    "AboveThreshold",
    "DiscreteGaussian",
    "DiscreteLaplace",
    "Entropy",
    "Exponential",
    "Gaussian",
    "Laplace",
    "NoisyMax",
    "PermuteAndFlip",
    "SampledGaussian",
    "SampledLaplace",
    "Splits",
    "Tally",
    "ThresholdedRelease",
    "WIDEST",
    "above",
    "below",
    "exact_sum",
    "is_exact",
    "root_above",
    "root_below",
    "weighted_counts",
]
