"""Plots of private results, in the style of scikit-learn's displays."""

from functools import partial
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import Estimator, TableLike
from skprivate.base._tiles import responses
from skprivate.metrics._calibration import DPCalibrationCurve, dp_calibration_curve
from skprivate.metrics._confusion import DPConfusionMatrix, dp_confusion_matrix
from skprivate.metrics._curves import DPRocCurve, dp_roc_curve
from skprivate.metrics._said import scores_of


class _Display:
    """What the displays share: from predictions, from a model, and axes.

    Plotting needs matplotlib, and asks for it when it plots.
    """

    @classmethod
    def _axes(cls, ax):
        try:
            from matplotlib import pyplot
        except ImportError:
            raise ImportError(
                f"{cls.__name__} needs matplotlib. Install it with "
                "pip install 'skprivate[viz]'."
            ) from None
        return pyplot.subplots()[1] if ax is None else ax


_MODEL = "Model"  # in legends, where nobody has given a name


class DPRocCurveDisplay(_Display):
    """Plot of a private ROC curve with its band.

    Parameters
    ----------
    curve : DPRocCurve
        From :func:`dp_roc_curve`.
    name : str, default=None
        In the legend.

    Attributes
    ----------
    ax_, figure_, line_, band_
        What was drawn, after :meth:`plot`.

    Examples
    --------
    >>> from skprivate.metrics import DPRocCurveDisplay
    >>> y, scores = [0, 1] * 900, [0.2, 0.4] * 900
    >>> display = DPRocCurveDisplay.from_predictions(y, scores, classes=[0, 1])
    >>> display.ax_.get_xlabel()
    'False positive rate'
    """

    def __init__(self, curve: DPRocCurve, *, name: str | None = None) -> None:
        self.curve, self.name = curve, name

    @classmethod
    def from_predictions(
        cls,
        y_true: ArrayLike,
        y_score: Any,
        *,
        name: str | None = None,
        ax: Any = None,
        **options: Any,
    ) -> Self:
        """Measure and plot; ``options`` are those of :func:`dp_roc_curve`."""
        return cls(dp_roc_curve(y_true, y_score, **options), name=name).plot(ax)

    @classmethod
    def from_estimator(
        cls,
        estimator: Estimator,
        X: TableLike,
        y: ArrayLike,
        *,
        name: str | None = None,
        ax: Any = None,
        **options: Any,
    ) -> Self:
        """Measure how a fitted model ranks rows, and plot."""
        options.setdefault("classes", estimator.classes_)
        scores = partial(scores_of, estimator, X, options.get("pos_label"))
        name = name or type(estimator).__name__
        return cls.from_predictions(y, scores, name=name, ax=ax, **options)

    def plot(self, ax: Any = None, **line_options: Any) -> Self:
        """Draw the curve; ``line_options`` go to ``ax.plot``."""
        self.ax_ = self._axes(ax)
        self.figure_ = self.ax_.figure
        curve = self.curve
        name = _MODEL if self.name is None else self.name
        line_options.setdefault("label", f"{name} (area {curve.area:.2f})")
        (self.line_,) = self.ax_.plot(curve.fpr, curve.tpr, **line_options)
        self.band_ = self.ax_.fill_between(
            curve.fpr,
            curve.tpr_low,
            curve.tpr_high,
            color=self.line_.get_color(),
            alpha=0.2,
            linewidth=0,
        )
        self.ax_.set(
            xlabel="False positive rate",
            ylabel="True positive rate",
            xlim=(-0.01, 1.01),
            ylim=(-0.01, 1.01),
            aspect="equal",
        )
        self.ax_.legend(loc="lower right")
        return self


class DPConfusionMatrixDisplay(_Display):
    """Plot of a private confusion matrix.

    Parameters
    ----------
    confusion_matrix : DPConfusionMatrix
        From :func:`dp_confusion_matrix`.

    Attributes
    ----------
    ax_, figure_, im_, text_
        What was drawn, after :meth:`plot`.

    Examples
    --------
    >>> from skprivate.metrics import DPConfusionMatrixDisplay
    >>> y_true, y_pred = ["a", "b"] * 400, ["a", "a"] * 400
    >>> display = DPConfusionMatrixDisplay.from_predictions(
    ...     y_true, y_pred, classes=["a", "b"]
    ... )
    >>> display.text_.shape
    (2, 2)
    """

    def __init__(self, confusion_matrix: DPConfusionMatrix) -> None:
        self.confusion_matrix = confusion_matrix

    @classmethod
    def from_predictions(
        cls, y_true: ArrayLike, y_pred: Any, *, ax: Any = None, **options: Any
    ) -> Self:
        """Measure and plot; ``options`` are those of :func:`dp_confusion_matrix`."""
        return cls(dp_confusion_matrix(y_true, y_pred, **options)).plot(ax)

    @classmethod
    def from_estimator(
        cls,
        estimator: Estimator,
        X: TableLike,
        y: ArrayLike,
        *,
        ax: Any = None,
        **options: Any,
    ) -> Self:
        """Measure what a fitted model confuses, and plot."""
        options.setdefault("classes", estimator.classes_)
        said = partial(responses, estimator, "predict", X)
        return cls.from_predictions(y, said, ax=ax, **options)

    def plot(
        self, ax: Any = None, *, cmap: str = "Blues", values_format: Any = None
    ) -> Self:
        """Draw the matrix, with half the width of each interval below its entry."""
        self.ax_ = self._axes(ax)
        self.figure_ = self.ax_.figure
        found = self.confusion_matrix
        form = values_format or (".2f" if found.normalize else ".0f")
        self.im_ = self.ax_.imshow(found.matrix, cmap=cmap, vmin=0)
        half = (found.high - found.low) / 2
        middle = found.matrix.max() / 2
        self.text_ = np.empty(found.matrix.shape, dtype=object)
        for (i, j), value in np.ndenumerate(found.matrix):
            text = f"{value:{form}}\n±{half[i, j]:{form}}"
            color = "white" if value > middle else "black"
            where = {"ha": "center", "va": "center", "color": color}
            self.text_[i, j] = self.ax_.text(j, i, text, **where)
        labels = [str(label) for label in found.classes.tolist()]
        self.ax_.set_xticks(range(len(labels)), labels)
        self.ax_.set_yticks(range(len(labels)), labels)
        self.ax_.set(xlabel="Predicted label", ylabel="True label")
        return self


class DPCalibrationDisplay(_Display):
    """Plot of a private calibration curve with intervals.

    Parameters
    ----------
    curve : DPCalibrationCurve
        From :func:`dp_calibration_curve`.
    name : str, default=None
        In the legend.

    Attributes
    ----------
    ax_, figure_, line_
        What was drawn, after :meth:`plot`.

    Examples
    --------
    >>> from skprivate.metrics import DPCalibrationDisplay
    >>> y, proba = [0, 1] * 900, [0.2, 0.9] * 900
    >>> display = DPCalibrationDisplay.from_predictions(y, proba, classes=[0, 1])
    >>> display.ax_.get_xlabel()
    'Mean predicted probability'
    """

    def __init__(self, curve: DPCalibrationCurve, *, name: str | None = None) -> None:
        self.curve, self.name = curve, name

    @classmethod
    def from_predictions(
        cls,
        y_true: ArrayLike,
        y_prob: Any,
        *,
        name: str | None = None,
        ax: Any = None,
        **options: Any,
    ) -> Self:
        """Measure and plot; ``options`` are those of :func:`dp_calibration_curve`."""
        return cls(dp_calibration_curve(y_true, y_prob, **options), name=name).plot(ax)

    @classmethod
    def from_estimator(
        cls,
        estimator: Estimator,
        X: TableLike,
        y: ArrayLike,
        *,
        name: str | None = None,
        ax: Any = None,
        **options: Any,
    ) -> Self:
        """Measure how well a fitted model is calibrated, and plot."""
        options.setdefault("classes", estimator.classes_)
        positive = options.get("pos_label")
        proba = partial(scores_of, estimator, X, positive, proba=True)
        name = name or type(estimator).__name__
        return cls.from_predictions(y, proba, name=name, ax=ax, **options)

    def plot(self, ax: Any = None, **line_options: Any) -> Self:
        """Draw the curve; ``line_options`` go to ``ax.errorbar``."""
        self.ax_ = self._axes(ax)
        self.figure_ = self.ax_.figure
        curve = self.curve
        self.ax_.plot([0, 1], [0, 1], ":", color="gray", label="Perfectly calibrated")
        down, up = curve.prob_true - curve.low, curve.high - curve.prob_true
        label = _MODEL if self.name is None else self.name
        line_options = {"marker": "s", "label": label, **line_options}
        self.line_ = self.ax_.errorbar(
            curve.prob_pred, curve.prob_true, yerr=[down, up], **line_options
        )
        self.ax_.set(
            xlabel="Mean predicted probability", ylabel="Share of positive rows"
        )
        self.ax_.legend(loc="upper left")
        return self
