"""Texts: public maps."""

from skprivate.feature_extraction.text._hashed import HashedText
from skprivate.feature_extraction.text._sequence import HashedSequence

__all__ = ["HashedSequence", "HashedText"]
