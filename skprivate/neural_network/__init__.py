"""Private networks."""

from skprivate.neural_network._autoencoder import DPAutoencoder
from skprivate.neural_network._classifier import DPMLPClassifier
from skprivate.neural_network._regressor import DPMLPRegressor

__all__ = ["DPAutoencoder", "DPMLPClassifier", "DPMLPRegressor"]
