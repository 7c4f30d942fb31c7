"""Background rows that may be shown to anybody: made up, or declared public."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import Estimator, TableLike
from skprivate.composition import PrivacyCost
from skprivate.inspection._columns import as_table, names_of
from skprivate.inspection._numbers import Coding
from skprivate.ledger import LedgerCarrier
from skprivate.linear_model import PublicRows
from skprivate.rows._refusal import refused
from skprivate.synthesis import DPTabularSynthesizer

_MOST = 100_000  # background rows: what is explained with them takes as long


class ShownRows:
    """What a background can do with its rows, which is nothing but post-processing.

    Subclasses have ``rows_``.
    """

    @property
    def names_(self) -> Any:
        """Names of the columns; numbers, where they have none."""
        return names_of(self.rows_)

    @property
    def coding_(self) -> Any:
        """How rows are read as numbers: texts as codes, dates as days."""
        return Coding.of(self.rows_)

    @property
    def numbers_(self) -> Any:
        """The rows as an array of float64, texts as codes."""
        return self.coding_.numbers(self.rows_)

    @property
    def mean_(self) -> Any:
        """Mean of each column of :attr:`numbers_`."""
        return self.numbers_.mean(axis=0)

    @property
    def covariance_(self) -> Any:
        """Covariance of the columns of :attr:`numbers_`."""
        return np.atleast_2d(np.cov(self.numbers_, rowvar=False, ddof=0))

    def to_shap(self) -> np.ndarray:
        """Rows for explainers of the shap package.

        They are numbers: texts are codes, and dates are days since 1970. Ask the model
        by :meth:`asked`, unless all columns are numbers.

        Returns
        -------
        ndarray of shape (n_samples, n_features)

        Examples
        --------
        >>> import numpy as np
        >>> from skprivate.inspection import PublicBackground
        >>> background = PublicBackground(np.eye(3))
        >>> background.to_shap().shape  # shap.KernelExplainer(f, background.to_shap())
        (3, 3)
        """
        return self.numbers_

    def to_lime(self) -> dict[Any, Any]:
        """Arguments for ``lime.lime_tabular.LimeTabularExplainer``.

        Returns
        -------
        dict
            ``training_data``, which are these rows, names, and which columns are codes.
        """
        coding = self.coding_
        return {
            "training_data": self.numbers_,
            "feature_names": [str(name) for name in self.names_],
            "categorical_features": sorted(coding.texts),
            "categorical_names": {
                j: [str(text) for text in texts] for j, texts in coding.texts.items()
            },
        }

    def asked(self, ask: Callable[..., Any]) -> Callable[..., Any]:
        """A function of numbers from one of rows, such as ``model.predict_proba``.

        Parameters
        ----------
        ask : callable

        Returns
        -------
        callable
            It takes what :meth:`to_shap` gives, and the like of it.
        """
        return self.coding_.asked(ask)

    def holds(self, table: ArrayLike) -> bool:
        """Whether all rows of a table are among these, or are their mean or covariance.

        Parameters
        ----------
        table : array-like of shape (n_rows, n_features)

        Returns
        -------
        bool
        """
        found = np.atleast_2d(np.asarray(table))
        try:
            if found.dtype.kind not in "biuf" and found.ndim == 2:
                found = self.coding_.numbers(as_table(table))
            found = found.astype(np.float64)
        except (TypeError, ValueError, IndexError):
            return False
        known = np.vstack([self.numbers_, self.mean_])
        if found.ndim != 2 or found.shape[1] != known.shape[1]:
            return False
        spread = self.covariance_
        if found.shape == spread.shape and _near(found, spread):
            return True
        size = np.abs(known).max(axis=0)  # in units of which both are compared
        size[size == 0] = 1.0
        shown = {row.tobytes() for row in np.round(known / size, 9) + 0.0}
        return all(row.tobytes() in shown for row in np.round(found / size, 9) + 0.0)


def _near(found, known):
    """Whether two tables are the same, but for rounding."""
    return bool(np.abs(found - known).max() <= 1e-9 * np.abs(known).max())


class DPBackground(ShownRows, LedgerCarrier, BaseEstimator):
    """Background rows for explanations, drawn from what was released about a table.

    Explainers keep the rows that they compare with, and whoever gets an explanation
    learns about them. So these are made up: a private model of the table is learned,
    and rows are drawn from it. They may be published.

    **Guarantee.** A fit costs what the fit of ``synthesizer`` costs; all else is
    post-processing of that. No object keeps a row of ``X``.

    Parameters
    ----------
    synthesizer : estimator, default=None
        Private, with a method ``sample``. None means ``DPTabularSynthesizer()``: give
        one with your budget, and with ``method="independent"`` for columns that are
        drawn each by itself.
    n_samples : int, default=100
        Number of rows. Public; it costs nothing but time.

    Attributes
    ----------
    rows_ : table of shape (n_samples, n_features)
        Of the kind that ``fit`` got.
    synthesizer_ : estimator
        Fitted; None after :meth:`from_pipeline`.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    PublicBackground : Rows that are no secret.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.inspection import DPBackground
    >>> from skprivate.synthesis import DPTabularSynthesizer
    >>> X = np.random.default_rng(0).uniform(0, 1, (2000, 3))
    >>> made = DPTabularSynthesizer(method="independent", bounds=(0, 1), epsilon=0.5)
    >>> background = DPBackground(made, n_samples=50).fit(X)
    >>> background.rows_.shape, bool(background.privacy_.epsilon() <= 0.5)
    ((50, 3), True)
    """

    def __init__(self, synthesizer: Estimator = None, n_samples: int = 100) -> None:
        self.synthesizer = synthesizer
        self.n_samples = n_samples

    def fit(
        self,
        X: TableLike,
        y: Any = None,
        *,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> Self:
        """Learn the table, and draw rows.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            The rows.
        y : None
            Not used.
        sample_weight, groups : array-like of shape (n_samples,), default=None
            As for the synthesizer.

        Returns
        -------
        self : object
        """
        model = self._model()
        model.fit(X, sample_weight=sample_weight, groups=groups)
        rows = model.sample(self.n_samples)
        self.rows_ = as_table(rows[0] if isinstance(rows, tuple) else rows)
        self.n_features_in_ = self.rows_.shape[1]
        self.synthesizer_, self.privacy_ = model, model.privacy_
        return self

    @classmethod
    def from_pipeline(cls, pipeline: Any, n_samples: int = 100) -> "DPBackground":
        """Rows drawn from what the first step of a pipeline has released: for nothing.

        Columns are drawn each by itself: normal with the means and variances of a
        scaler. So they have no dependence, and may lie beyond bounds.

        Parameters
        ----------
        pipeline : DPPipeline or transformer
            Fitted; its first step is a ``DPStandardScaler``, or has ``mean_``,
            ``scale_`` and ``privacy_`` like one.
        n_samples : int, default=100

        Returns
        -------
        DPBackground
            Fitted; its price has been paid by the pipeline.
        """
        background = cls(n_samples=n_samples)
        background._check()
        steps = getattr(pipeline, "steps", None)
        first = pipeline if not steps else steps[0][1]
        mean, scale = (getattr(first, name, None) for name in ("mean_", "scale_"))
        if mean is None or scale is None or not hasattr(first, "privacy_"):
            raise TypeError(
                "pipeline must be fitted, and begin with a DPStandardScaler that has "
                "means and scales. Else fit DPBackground() to the rows, at a price."
            )
        background.rows_ = _normal_rows(mean, scale, n_samples)
        background.n_features_in_ = len(mean)
        background.synthesizer_, background.privacy_ = None, first.privacy_
        return background

    def _model(self):
        self._check()
        if self.synthesizer is None:
            return DPTabularSynthesizer()
        return clone(self.synthesizer)

    def _check(self):
        n, made = self.n_samples, self.synthesizer
        whole = isinstance(n, (int, np.integer)) and not isinstance(n, bool)
        if not whole or not 1 <= n <= _MOST:
            raise ValueError(
                f"n_samples must be a whole number from 1 to {_MOST}. Give 100, say."
            )
        if made is not None and not (hasattr(made, "sample") and hasattr(made, "fit")):
            raise TypeError(
                "synthesizer must be private, with fit and sample. Give "
                "DPTabularSynthesizer(epsilon=1.0), for example."
            )
        if made is not None and not hasattr(made, "epsilon"):
            raise TypeError(
                "synthesizer is not private: it has no epsilon. Give "
                "DPTabularSynthesizer(epsilon=1.0), for example."
            )

    def _privacy_cost(self, walk):
        """What a fit costs: that of the synthesizer."""
        part = walk(self._model(), "synthesizer")
        return PrivacyCost.sum_of(type(self).__name__, [("synthesizer", part)])


class PublicBackground(ShownRows):
    """Background rows that somebody declares to be no secret.

    **Guarantee.** A parameter like any other, *if* the rows are public. Nobody can
    check that here: rows of people whose data are private are not.

    Parameters
    ----------
    rows : data frame or array-like of shape (n_rows, n_features)
        A copy is kept.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.inspection import PublicBackground
    >>> PublicBackground(np.eye(3))
    PublicBackground(3 rows, 3 columns)
    """

    def __init__(self, rows: TableLike) -> None:
        table = as_table(rows, "rows")
        self.rows_ = table.copy() if hasattr(table, "copy") else table.clone()
        if not self.rows_.shape[0]:
            raise ValueError("rows are none. Give at least one.")

    def __repr__(self):
        n_rows, n_columns = self.rows_.shape
        return f"PublicBackground({n_rows} rows, {n_columns} columns)"


def background_of(given, name="background"):
    """A background as a user gives it, refused unless its rows may be shown.

    Parameters
    ----------
    given : DPBackground, PublicBackground or PublicRows
    name : str
        Of the parameter.
    """
    if isinstance(given, PublicRows):
        return PublicBackground(given.dense())
    if isinstance(given, DPBackground):
        check_is_fitted(given, "rows_")
    elif not isinstance(given, PublicBackground):
        raise refused(
            TypeError,
            f"{name} must be rows that may be shown. Give a fitted DPBackground; or "
            "PublicBackground(rows), if they are no secret.",
        )
    return given


def _normal_rows(mean, scale, n_samples):
    """Rows of independent normal numbers, the same each time."""
    rng = np.random.Generator(np.random.PCG64(0))
    return mean + scale * rng.standard_normal((n_samples, len(mean)))
