"""Displays draw what was measured, and nothing of the rows."""

import pickle
import sys
from unittest.mock import patch

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skprivate import PrivacyLedger
from skprivate.metrics import (
    DPCalibrationDisplay,
    DPConfusionMatrixDisplay,
    DPRocCurveDisplay,
)
from skprivate.naive_bayes import DPGaussianNB

pyplot = pytest.importorskip("matplotlib.pyplot")
DISPLAYS = [DPRocCurveDisplay, DPConfusionMatrixDisplay, DPCalibrationDisplay]
every_display = pytest.mark.parametrize("display", DISPLAYS)


@pytest.fixture
def model_and_rows(rng):
    X = rng.uniform(-1, 1, (2000, 2))
    y = np.where(X[:, 0] + 0.5 * rng.normal(size=2000) > 0, "yes", "no")
    yield LogisticRegression().fit(X, y), X, y
    pyplot.close("all")


@every_display
def test_from_estimator(display, model_and_rows):
    drawn = display.from_estimator(*model_and_rows, epsilon=2.0)
    assert drawn.figure_ is drawn.ax_.figure
    drawn.figure_.canvas.draw()
    _, other = pyplot.subplots()
    assert drawn.plot(ax=other).ax_ is other


@every_display
def test_ledgers_of_the_model_are_charged(display, model_and_rows):
    _, X, y = model_and_rows
    model, ledger = DPGaussianNB(bounds=(-1, 1), classes=["no", "yes"]), PrivacyLedger()
    with ledger:
        model = pickle.loads(pickle.dumps(model.fit(X, y)))
    spent = len(ledger.records)
    display.from_estimator(model, X, y)
    assert len(ledger.records) == spent + 1


@every_display
def test_from_predictions(display, model_and_rows):
    model, X, y = model_and_rows
    labels = display is DPConfusionMatrixDisplay
    said = model.predict(X) if labels else model.predict_proba(X)[:, 1]
    _, ax = pyplot.subplots()
    drawn = display.from_predictions(y, said, classes=["no", "yes"], ax=ax)
    assert drawn.ax_ is ax


def test_band_holds_the_curve(model_and_rows):
    curve = DPRocCurveDisplay.from_estimator(*model_and_rows).curve
    assert np.all(curve.tpr_low <= curve.tpr)
    assert np.all(curve.tpr <= curve.tpr_high)
    assert np.all(np.diff(curve.tpr) >= 0)
    assert np.all(np.diff(curve.fpr) >= 0)


@every_display
def test_matplotlib_is_asked_for_by_name(display, model_and_rows):
    with (
        patch.dict(sys.modules, {"matplotlib": None, "matplotlib.pyplot": None}),
        pytest.raises(ImportError, match="viz"),
    ):
        display.from_estimator(*model_and_rows)


def test_a_legend_names_what_was_given_no_name():
    y, scores = [0, 1] * 300, [0.2, 0.9] * 300
    roc = DPRocCurveDisplay.from_predictions(y, scores, classes=[0, 1])
    (label,) = [text.get_text() for text in roc.ax_.get_legend().get_texts()]
    assert label.startswith("Model (area ")
    curve = DPCalibrationDisplay.from_predictions(y, scores, classes=[0, 1])
    labels = [text.get_text() for text in curve.ax_.get_legend().get_texts()]
    assert labels == ["Perfectly calibrated", "Model"]
