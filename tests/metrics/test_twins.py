"""Without noise, every metric is that of scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve
from sklearn.metrics import precision_recall_fscore_support

from skprivate import metrics as dp

pytestmark = pytest.mark.filterwarnings("ignore:epsilon=inf")
N = 4000
EXACT = {"epsilon": np.inf}


@pytest.fixture
def scored(rng):
    y = (rng.random(N) < 0.4).astype(int)
    margin = rng.normal(size=N) + 1.5 * y
    return y, 1 / (1 + np.exp(-(1.5 * margin - 1.5)))


@pytest.fixture
def labelled(rng):
    y = rng.integers(0, 4, N)
    wrong = rng.random(N) < 0.3
    return y, np.where(wrong, rng.integers(0, 4, N), y)


@pytest.fixture
def regressed(rng):
    y = rng.beta(2, 2, N)
    return y, np.clip(y + 0.1 * rng.normal(size=N), 0, 1)


@pytest.mark.parametrize("metric", ["accuracy_score", "balanced_accuracy_score"])
def test_accuracies(metric, labelled):
    found = getattr(dp, f"dp_{metric}")(*labelled, classes=range(4), **EXACT)
    assert float(found) == pytest.approx(getattr(sk, metric)(*labelled), abs=1e-12)


@pytest.mark.parametrize("normalize", [None, "true", "pred", "all"])
def test_confusion_matrix(normalize, labelled):
    found = dp.dp_confusion_matrix(
        *labelled, classes=range(4), normalize=normalize, **EXACT
    )
    np.testing.assert_allclose(
        found.matrix, sk.confusion_matrix(*labelled, normalize=normalize), atol=1e-12
    )
    assert np.asarray(found).shape == (4, 4)
    assert np.all(found.low <= found.matrix)
    assert np.all(found.matrix <= found.high)


@pytest.mark.parametrize("average", ["macro", "micro", "weighted", None])
@pytest.mark.parametrize("n_classes", [2, 4])
def test_precision_recall_f1(average, n_classes, labelled):
    y_true, y_pred = (y % n_classes for y in labelled)
    found = dp.dp_precision_recall_f1(
        y_true, y_pred, classes=range(n_classes), average=average, **EXACT
    )
    expected = precision_recall_fscore_support(y_true, y_pred, average=average)[:3]
    for scores, values in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.array(scores, float), values, atol=1e-12)


@pytest.mark.parametrize("pos_label", ["no", "yes"])
def test_precision_recall_f1_of_one_class(pos_label, scored):
    names = np.array(["no", "yes"])
    y_true, y_pred = names[scored[0]], names[(scored[1] > 0.3).astype(int)]
    found = dp.dp_precision_recall_f1(y_true, y_pred, pos_label=pos_label, **EXACT)
    expected = precision_recall_fscore_support(
        y_true, y_pred, average="binary", pos_label=pos_label
    )
    np.testing.assert_allclose(list(found), expected[:3], atol=1e-12)


def test_losses_of_probabilities(scored):
    y, proba = scored
    assert float(dp.dp_brier_score(y, proba, **EXACT)) == pytest.approx(
        sk.brier_score_loss(y, proba), abs=1e-6
    )
    expected = -np.mean(np.log(np.maximum(np.where(y, proba, 1 - proba), 0.01)))
    for given in (proba, np.column_stack([1 - proba, proba])):
        loss = dp.dp_log_loss(y, given, **EXACT)
        assert float(loss) == pytest.approx(expected, abs=1e-5)
    flipped = dp.dp_brier_score(y, 1 - proba, pos_label=0, **EXACT)
    assert float(flipped) == pytest.approx(sk.brier_score_loss(y, proba), abs=1e-6)


def test_log_loss_of_many_classes(labelled, rng):
    proba = rng.dirichlet(np.ones(4), N)
    loss = dp.dp_log_loss(labelled[0], proba, least_probability=1e-9, **EXACT)
    assert float(loss) == pytest.approx(sk.log_loss(labelled[0], proba), abs=1e-4)
    with pytest.raises(ValueError, match="one column for each class"):
        dp.dp_log_loss(labelled[0], proba[:, :3], classes=range(4))


@pytest.mark.parametrize(
    "metric", ["mean_squared_error", "mean_absolute_error", "r2_score"]
)
@pytest.mark.parametrize("bounds", [(0, 1), (-3, 5)])
def test_regressions(metric, bounds, regressed):
    found = getattr(dp, f"dp_{metric}")(*regressed, target_bounds=bounds, **EXACT)
    assert float(found) == pytest.approx(getattr(sk, metric)(*regressed), abs=1e-4)


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p,
        lambda p: 100 + 0.01 * p,
        lambda p: -1e9 * (1 - p),
        lambda p: 1e-300 * p,
        lambda p: np.round(p, 1),
        lambda p: 1 / (1 + ((1 - p) / p) ** 30),
        lambda p: (p > 0.5) * 1.0,
    ],
    ids=["as is", "around 100", "huge", "tiny", "ties", "crowded", "two values"],
)
def test_ranking(change, scored):
    y, score = scored[0], change(scored[1])
    found = dp.dp_roc_auc_score(y, score, **EXACT)
    assert float(found) == pytest.approx(sk.roc_auc_score(y, score), abs=2e-3)
    curve = dp.dp_roc_curve(y, score, **EXACT)
    assert curve.area == pytest.approx(sk.roc_auc_score(y, score), abs=4e-3)
    flipped = dp.dp_roc_auc_score(y, score, pos_label=0, **EXACT)
    assert float(flipped) == pytest.approx(1 - sk.roc_auc_score(y, score), abs=2e-3)


def test_average_precision(scored):
    found = dp.dp_average_precision_score(*scored, **EXACT)
    assert float(found) == pytest.approx(sk.average_precision_score(*scored), abs=2e-3)


def test_curves_are_exact_at_their_thresholds(scored):
    y, score = scored
    fpr, tpr, thresholds = dp.dp_roc_curve(y, score, **EXACT)
    for f, t, threshold in zip(fpr, tpr, thresholds, strict=True):
        assert f == pytest.approx(np.mean(score[y == 0] >= threshold), abs=1e-9)
        assert t == pytest.approx(np.mean(score[y == 1] >= threshold), abs=1e-9)
    precision, recall, thresholds = dp.dp_precision_recall_curve(y, score, **EXACT)
    assert (precision[-1], recall[-1]) == (1.0, 0.0)
    for p, r, threshold in zip(precision, recall, thresholds, strict=False):
        above = score >= threshold
        if above.any():
            assert p == pytest.approx(np.mean(y[above]), abs=1e-9)
        assert r == pytest.approx(np.mean(above[y == 1]), abs=1e-9)


def test_calibration_curve(scored):
    prob_true, prob_pred = dp.dp_calibration_curve(*scored, n_bins=8, **EXACT)
    expected = calibration_curve(*scored, n_bins=8)
    np.testing.assert_allclose(prob_true, expected[0], atol=1e-9)
    np.testing.assert_allclose(prob_pred, expected[1], atol=1e-5)
    by_rows = dp.dp_calibration_curve(*scored, strategy="quantile", **EXACT)
    expected = calibration_curve(*scored, n_bins=5, strategy="quantile")
    np.testing.assert_allclose(list(by_rows), expected, atol=0.03)


def test_weights_count_rows(labelled, scored):
    y_true, y_pred = labelled
    weight = np.arange(N) % 3
    found = dp.dp_accuracy_score(
        y_true, y_pred, sample_weight=weight, max_weight=2.0, **EXACT
    )
    expected = sk.accuracy_score(y_true, y_pred, sample_weight=weight)
    assert float(found) == pytest.approx(expected, abs=1e-6)
    y, score = scored
    found = dp.dp_roc_auc_score(y, score, sample_weight=weight, max_weight=2.0, **EXACT)
    expected = sk.roc_auc_score(y, score, sample_weight=weight)
    assert float(found) == pytest.approx(expected, abs=2e-3)


def test_balanced_accuracy_adjusted_for_guessing(labelled):
    options = {"classes": range(4), "adjusted": True}
    found = dp.dp_balanced_accuracy_score(*labelled, **options, **EXACT)
    naive = sk.balanced_accuracy_score(*labelled, adjusted=True)
    assert float(found) == pytest.approx(naive, abs=1e-12)
    assert found.interval[0] <= naive <= found.interval[1]
    with pytest.raises(ValueError, match="adjusted"):
        dp.dp_balanced_accuracy_score(*labelled, classes=range(4), adjusted="yes")


@pytest.mark.parametrize("average", ["macro", "micro", "weighted", None])
@pytest.mark.parametrize("labels", [[2, 0], [3], [3, 1, 0, 2]])
def test_scores_of_some_labels(average, labels, labelled):
    options = {"average": average, "labels": labels}
    found = dp.dp_precision_recall_f1(*labelled, classes=range(4), **options, **EXACT)
    naive = precision_recall_fscore_support(*labelled, **options)[:3]
    for part, expected in zip(found, naive, strict=True):
        np.testing.assert_allclose(part, expected, atol=1e-12)
    assert "0." in repr(found)


def test_labels_of_two_classes_and_such_as_make_no_sense(labelled):
    y_true, y_pred = (y % 2 for y in labelled)
    for average in ("macro", "micro", None):
        options = {"average": average, "labels": [1]}
        found = dp.dp_precision_recall_f1(y_true, y_pred, classes=[0, 1], **options)
        naive = precision_recall_fscore_support(y_true, y_pred, **options)[:3]
        np.testing.assert_allclose(np.ravel([*found]), np.ravel(naive), atol=0.05)
    for labels in ([2], [], [1, 1], "ab", 3):
        options = {"classes": [0, 1], "average": "macro", "labels": labels}
        with pytest.raises((ValueError, TypeError), match="labels"):
            dp.dp_precision_recall_f1(y_true, y_pred, **options)
    with pytest.raises(ValueError, match="labels"):
        dp.dp_precision_recall_f1(y_true, y_pred, classes=[0, 1], labels=[1])
