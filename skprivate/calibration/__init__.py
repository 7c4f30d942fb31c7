"""Probabilities of private classifiers, put right by noisy counts."""

from skprivate.calibration._calibrated import DPCalibratedClassifier

__all__ = ["DPCalibratedClassifier"]
