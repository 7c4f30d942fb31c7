"""Searches, folds and scores under differential privacy."""

from skprivate.model_selection._cross_val import dp_cross_val_score
from skprivate.model_selection._early_stopping import DPEarlyStopping
from skprivate.model_selection._folds import IndependentFolds, dp_train_test_split
from skprivate.model_selection._grid_search import DPGridSearchCV
from skprivate.model_selection._group_threshold import DPGroupThresholdClassifier
from skprivate.model_selection._key_batches import key_batches
from skprivate.model_selection._learning_curve import dp_learning_curve
from skprivate.model_selection._novelty import DPNoveltyThreshold
from skprivate.model_selection._randomized_search import DPRandomizedSearchCV
from skprivate.model_selection._threshold import DPTunedThresholdClassifier
from skprivate.model_selection._trial import DPScores

__all__ = [
    "DPEarlyStopping",
    "DPGridSearchCV",
    "DPGroupThresholdClassifier",
    "DPNoveltyThreshold",
    "DPRandomizedSearchCV",
    "DPScores",
    "DPTunedThresholdClassifier",
    "IndependentFolds",
    "dp_cross_val_score",
    "dp_learning_curve",
    "dp_train_test_split",
    "key_batches",
]
