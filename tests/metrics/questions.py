"""Every question that a metric asks, as an estimator for the privacy checks."""

import numpy as np

from skprivate.metrics import all_metrics
from skprivate.metrics._measurement import Measurement

TWO = {"classes": (0, 1)}
THREE = {"classes": (0, 1, 2)}
SCORES = {"score_bounds": (-1.0, 1.0)}
BOUNDS = {"target_bounds": (-1.0, 1.0)}
GROUPS = {"by": np.arange(500) % 2, "categories": [0, 1]}
# What is to be said to each metric, so that nothing is read from the rows. One entry a
# path through its code; a metric that is not here fails a test.
PUBLIC = {
    "dp_accuracy_score": [TWO],
    "dp_average_precision_score": [TWO, THREE, {**THREE, "average": "weighted"}],
    "dp_balanced_accuracy_score": [TWO, {**TWO, "adjusted": True}],
    "dp_brier_score": [TWO, THREE],
    "dp_calibration_curve": [TWO, {**TWO, "strategy": "quantile", "n_bins": 3}],
    "dp_confusion_matrix": [TWO, {**TWO, "normalize": "pred"}],
    "dp_log_likelihood": [SCORES, {}],
    "dp_log_loss": [TWO],
    "dp_mean_absolute_error": [BOUNDS, {}],
    "dp_mean_squared_error": [BOUNDS, {**BOUNDS, "max_error": 0.5}],
    "dp_metric_by_group": [{**TWO, **GROUPS}, {**THREE, **GROUPS, "unlisted": "other"}],
    "dp_precision_recall_curve": [TWO],
    "dp_precision_recall_f1": [
        TWO,
        {**TWO, "average": "macro"},
        {**TWO, "average": "micro"},
        {"classes": (0, 1, 2), "average": "weighted"},
        {"classes": (0, 1, 2), "average": None},
        {"classes": (0, 1, 2), "average": "micro", "labels": [2, 0]},
    ],
    "dp_r2_score": [BOUNDS, {}],
    "dp_roc_auc_score": [TWO, THREE, {**THREE, "average": "weighted"}],
    "dp_roc_curve": [TWO],
    "dp_silhouette_score": [{}],
}
OF_NO_TARGET = {"dp_log_likelihood", "dp_silhouette_score"}
OF_LABELS = {
    "dp_accuracy_score",
    "dp_balanced_accuracy_score",
    "dp_confusion_matrix",
    "dp_metric_by_group",
    "dp_precision_recall_f1",
}
CASES = [(name, public) for name, cases in PUBLIC.items() for public in cases]
IDS = [f"{name}-{number}" for name in PUBLIC for number in range(len(PUBLIC[name]))]


class Probe(Measurement):
    """A question about rows of any width: it looks at the first number only."""

    def _fit(self, curator):
        self.answer_ = self.question.ask(curator, 1.96)


def sign_for_code(X, n_classes):
    """In place of a predicted class, so that rows of any kind have one."""
    return np.where(np.isfinite(X).all(axis=1), X[:, 0] > 0, -1).astype(np.int32)


def called(name):
    """A metric of two arrays; one that has no target does not get it."""
    metric = all_metrics()[name]
    if name not in OF_NO_TARGET:
        return metric
    return lambda y_true, y_pred, **options: metric(y_pred, **options)


def probe(name, public, **params):
    """The question of a metric, as an estimator."""
    return Probe(all_metrics()[name].question(**public), name, **params)


def arrays_for(name, n_rows=500, seed=0):
    """Truth and predictions that a metric understands."""
    rng = np.random.default_rng(seed)
    if name.endswith(("error", "r2_score")):
        y = rng.uniform(-1, 1, n_rows)
        return y, np.clip(y + 0.3 * rng.normal(size=n_rows), -1, 1)
    y = rng.integers(0, 2, n_rows)
    score = 1 / (1 + np.exp(-2 * (rng.normal(size=n_rows) + 2 * y - 1)))
    return y, (score > 0.5).astype(int) if name in OF_LABELS else score


def arrays_of_case(name, public):
    """Arrays that fit what is said, which may be of three classes with a score each."""
    if name in OF_LABELS or len(public.get("classes", ())) < 3:
        return arrays_for(name)
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 500)
    scores = np.exp(rng.normal(size=(500, 3)) + 2 * np.eye(3)[y])
    return y, scores / scores.sum(axis=1, keepdims=True)
