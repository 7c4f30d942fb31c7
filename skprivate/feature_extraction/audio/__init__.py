"""Sound: public maps."""

from skprivate.feature_extraction.audio._cepstrum import MelCepstrum
from skprivate.feature_extraction.audio._changes import Hiss, Stretch

__all__ = [
    "Hiss",
    "MelCepstrum",
    "Stretch",
]
