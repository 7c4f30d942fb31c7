"""Synthetic rows from what was released."""

from skprivate.synthesis._distances import MarginalDistances, dp_marginal_distances
from skprivate.synthesis._synthesizer import DPTabularSynthesizer

__all__ = ["DPTabularSynthesizer", "MarginalDistances", "dp_marginal_distances"]
