"""Sound: public maps."""

from skprivate.feature_extraction.audio._cepstrum import MelCepstrum

__all__ = ["MelCepstrum"]
