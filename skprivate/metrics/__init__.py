"""Scores under differential privacy, with intervals that count the noise, too."""

from skprivate.metrics._accuracy import dp_accuracy_score, dp_balanced_accuracy_score
from skprivate.metrics._average_precision import dp_average_precision_score
from skprivate.metrics._calibration import DPCalibrationCurve, dp_calibration_curve
from skprivate.metrics._clusters import dp_log_likelihood, dp_silhouette_score
from skprivate.metrics._confusion import DPConfusionMatrix, dp_confusion_matrix
from skprivate.metrics._curves import (
    DPPrecisionRecallCurve,
    DPRocCurve,
    dp_precision_recall_curve,
    dp_roc_curve,
)
from skprivate.metrics._displays import (
    DPCalibrationDisplay,
    DPConfusionMatrixDisplay,
    DPRocCurveDisplay,
)
from skprivate.metrics._group_display import DPGroupMetricsDisplay
from skprivate.metrics._group_metrics import DPGroupMetrics
from skprivate.metrics._groups import dp_metric_by_group
from skprivate.metrics._measurement import all_metrics
from skprivate.metrics._precision_recall import (
    DPPrecisionRecallF1,
    dp_precision_recall_f1,
)
from skprivate.metrics._probabilities import dp_brier_score, dp_log_loss
from skprivate.metrics._regression import (
    dp_mean_absolute_error,
    dp_mean_squared_error,
    dp_r2_score,
)
from skprivate.metrics._roc_auc import dp_roc_auc_score
from skprivate.metrics._score import DPScore
from skprivate.metrics._scorer import (
    DPScorer,
    get_dp_scorer,
    get_dp_scorer_names,
    make_dp_scorer,
)

__all__ = [
    "DPCalibrationCurve",
    "DPCalibrationDisplay",
    "DPConfusionMatrix",
    "DPConfusionMatrixDisplay",
    "DPGroupMetrics",
    "DPGroupMetricsDisplay",
    "DPPrecisionRecallCurve",
    "DPPrecisionRecallF1",
    "DPRocCurve",
    "DPRocCurveDisplay",
    "DPScore",
    "DPScorer",
    "all_metrics",
    "dp_accuracy_score",
    "dp_average_precision_score",
    "dp_balanced_accuracy_score",
    "dp_brier_score",
    "dp_calibration_curve",
    "dp_confusion_matrix",
    "dp_log_likelihood",
    "dp_log_loss",
    "dp_mean_absolute_error",
    "dp_mean_squared_error",
    "dp_metric_by_group",
    "dp_precision_recall_curve",
    "dp_precision_recall_f1",
    "dp_r2_score",
    "dp_roc_auc_score",
    "dp_roc_curve",
    "dp_silhouette_score",
    "get_dp_scorer",
    "get_dp_scorer_names",
    "make_dp_scorer",
]
