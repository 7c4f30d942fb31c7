"""Synthetic rows from what was released."""

from skprivate.synthesis._synthesizer import DPTabularSynthesizer

__all__ = ["DPTabularSynthesizer"]
