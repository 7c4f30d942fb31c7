"""A pipeline of private steps with one budget."""

from collections.abc import Sequence
from typing import Any, Literal, Self

import numpy as np
from imblearn.pipeline import Pipeline
from numpy.typing import ArrayLike
from sklearn import get_config
from sklearn.utils.metaestimators import available_if

from skprivate._sklearn import CallbackSupportMixin, fit_context
from skprivate._typing import BoundsLike, Estimator, TableLike
from skprivate.base._sampler import refuse_unseen_copies
from skprivate.pipeline._by_row import asked_in_tiles
from skprivate.pipeline._compound import DPCompound, with_groups
from skprivate.pipeline._copies import stability_of
from skprivate.pipeline._labels import tell_labels, tell_target
from skprivate.pipeline._rehearsal import public_geometry, rehearse_chain
from skprivate.pipeline._run import Run, planned_run
from skprivate.pipeline._sealed import with_sealed_methods
from skprivate.pipeline._shares import default_weight
from skprivate.pipeline._slices import some_steps
from skprivate.pipeline._steps import (
    does_nothing,
    names_behind_made_up_rows,
    spends,
    takes_weights,
    with_weight,
    without_weight,
)
from skprivate.pipeline._structure import check_alignment, check_names, check_steps

_NO_MEMORY = (
    "memory must be None: a cache on disk would hold private rows, and a step that is "
    "loaded from it would reuse noise that was paid for once. Drop memory=..."
)


def _ends_with(method):
    """Whether the last step has a method, or passes on what it gets."""

    def check(pipeline):
        last = pipeline.steps[-1][1]
        return does_nothing(last) or hasattr(last, method)

    return check


@with_sealed_methods
@asked_in_tiles(
    "decision_function",
    "inverse_transform",
    "predict",
    "predict_log_proba",
    "predict_proba",
    "score_samples",
    "transform",
)
class DPPipeline(DPCompound, Pipeline, CallbackSupportMixin):
    """Pipeline of transformers, samplers and a predictor with one private budget.

    One ``(epsilon, delta)`` holds for all that ``fit`` learns. It is shared out in
    ``mu ** 2``, where shares add up exactly: each of three equal steps has a third of
    it, and about 1.7 times less noise than with a third of ``epsilon`` and ``delta``.
    What one step releases about the range of its output is handed to the next, which
    does not pay to find out.

    Parameters
    ----------
    steps : list of tuple (name, step)
        Estimators of skprivate, which leave their own ``epsilon`` and ``delta`` at the
        defaults; transformers that learn nothing from rows; ``"passthrough"`` or None.
        All but the last transform or resample.
    epsilon : float, default=1.0
        Budget of one ``fit`` of the whole. ``inf`` means no noise, and no privacy.
    delta : float, default=1e-6
        Budget of one ``fit`` of the whole. Zero asks for pure differential privacy.
    weights : dict or sequence, default=None
        How the budget is shared out: numbers by name of the step, or one for each.
        None, or a step left out: 1.5 for a predictor, one for other steps.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features, for the first step that asks for one.
    transform_input : list of str, default=None
        Names of metadata to transform, as in scikit-learn.
    memory : None
        Must be None: caches would store rows, and reuse noise.
    verbose : bool, default=False
        Whether to print the time that each step takes.

    Attributes
    ----------
    named_steps : Bunch
        The steps, fitted after ``fit``. As with scikit-learn's ``memory``, they are
        clones of those that were given, which are not touched.
    classes_ : ndarray of shape (n_classes,)
        Class labels, if the last step is a classifier.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if they have names.
    output_bounds_ : tuple (low, high) of ndarray
        Range of ``transform``, if it is known.
    privacy_ : PrivacyReport
        All releases of all steps, with their shares of the whole.

    See Also
    --------
    make_dp_pipeline : Names the steps.
    sklearn.pipeline.Pipeline : The same without privacy.
    imblearn.pipeline.Pipeline : Has samplers, without privacy.

    Notes
    -----
    The guarantee is that of an adaptive composition: a step sees rows that went through
    maps whose parameters were released before, and neighbours stay neighbours on the
    way. With ``groups``, all rows of a group are one unit for every step.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> from skprivate.pipeline import DPPipeline
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> X, y = load_iris(return_X_y=True)
    >>> pipe = DPPipeline(
    ...     [
    ...         ("scale", DPStandardScaler(bounds=(0, 8))),
    ...         ("model", DPLogisticRegression(classes=[0, 1, 2])),
    ...     ],
    ...     epsilon=2.0,
    ... )
    >>> pipe.fit(X, y).predict(X).shape
    (150,)
    >>> round(pipe.privacy_.epsilon(), 6)
    2.0
    """

    _fits_in_order = True
    _parameter_constraints = {
        "steps": "no_validation",
        "epsilon": "no_validation",
        "delta": "no_validation",
        "weights": "no_validation",
        "bounds": "no_validation",
        "transform_input": [list, None],
        "memory": "no_validation",
        "verbose": ["boolean"],
    }

    def __init__(
        self, steps: Sequence[tuple[str, Estimator]], *, epsilon: float = 1.0,
        delta: float = 1e-6, weights: dict[Any, Any] | Sequence[Any] | None = None,
        bounds: BoundsLike | Literal["private"] = "private",
        transform_input: Sequence[str] | None = None, memory: None = None,
        verbose: bool = False,
    ) -> None:  # fmt: skip
        self.steps = steps
        self.epsilon = epsilon
        self.delta = delta
        self.weights = weights
        self.bounds = bounds
        self.transform_input = transform_input
        self.memory = memory
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=False)
    def fit(
        self, X: TableLike, y: ArrayLike | None = None, *,
        sample_weight: ArrayLike | None = None, groups: ArrayLike | None = None,
        **params: Any,
    ) -> Self:  # fmt: skip
        """Fit all steps, one after the other.

        Parameters
        ----------
        X : array-like, data frame, sparse matrix or Rows
            The rows, or a source that can reach them.
        y : array-like of shape (n_samples,), default=None
            The target.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, for all steps that take some; or, with metadata routing, for those
            that request them.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit, for all steps.
        **params : dict
            Parameters of steps, as ``name__sample_weight``; or routed metadata.

        Returns
        -------
        self : object
            The fitted pipeline.
        """
        self._fit_all("fit", X, y, sample_weight, groups, params)
        return self

    @available_if(_ends_with("transform"))
    @fit_context(prefer_skip_nested_validation=False)
    def fit_transform(
        self, X: TableLike, y: ArrayLike | None = None, *,
        sample_weight: ArrayLike | None = None, groups: ArrayLike | None = None,
        **params: Any,
    ) -> TableLike:  # fmt: skip
        """Fit all steps, and return the rows after the last.

        Parameters
        ----------
        X : array-like, data frame or sparse matrix
            The rows.
        y : array-like of shape (n_samples,), default=None
            The target.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, for all steps that take some; or, with metadata routing, for those
            that request them.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit, for all steps.
        **params : dict
            Parameters of steps; see ``fit``.

        Returns
        -------
        array-like of shape (n_samples, n_features_out)
            Transformed rows. They are not covered by the guarantee.
        """
        return self._fit_all("fit_transform", X, y, sample_weight, groups, params)

    @available_if(_ends_with("fit_predict"))
    @fit_context(prefer_skip_nested_validation=False)
    def fit_predict(
        self, X: TableLike, y: ArrayLike | None = None, *,
        sample_weight: ArrayLike | None = None, groups: ArrayLike | None = None,
        **params: Any,
    ) -> np.ndarray:  # fmt: skip
        """Fit all steps, and return what the last predicts for the rows.

        Parameters
        ----------
        X : array-like, data frame or sparse matrix
            The rows.
        y : array-like of shape (n_samples,), default=None
            The target.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, for all steps that take some; or, with metadata routing, for those
            that request them.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit, for all steps.
        **params : dict
            Parameters of steps; see ``fit``.

        Returns
        -------
        ndarray of shape (n_samples,)
            Predictions. They are not covered by the guarantee.
        """
        return self._fit_all("fit_predict", X, y, sample_weight, groups, params)

    @available_if(_ends_with("fit_resample"))
    @fit_context(prefer_skip_nested_validation=False)
    def fit_resample(
        self, X: TableLike, y: ArrayLike | None = None, *,
        sample_weight: ArrayLike | None = None, groups: ArrayLike | None = None,
        **params: Any,
    ) -> tuple[Any, Any]:  # fmt: skip
        """Fit all steps, and return the rows that the last one samples.

        Parameters
        ----------
        X : array-like, data frame or sparse matrix
            The rows.
        y : array-like of shape (n_samples,)
            Their classes.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, for all steps that take some; or, with metadata routing, for those
            that request them.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit, for all steps.
        **params : dict
            Parameters of steps; see ``fit``.

        Returns
        -------
        X_resampled, y_resampled
            Rows and classes. They are not covered by the guarantee.
        """
        refuse_unseen_copies(self)
        return self._fit_all("fit_resample", X, y, sample_weight, groups, params)

    def _fit_all(self, method, X, y, sample_weight, groups, params):
        """Fit clones of the steps, and keep them once nothing can fail any more."""
        self._check_children()
        params = with_weight(params, sample_weight)
        by_step = self.check_given(method, X, groups, params)
        run = Run(self, method, X, y, groups, by_step, params)
        children, result = self._fit_paid(run, X, y, groups)
        self._keep(children, run.geometry)
        return result

    def check_given(self, method: Any, X: TableLike, groups: Any, params: Any) -> Any:
        """Parameters of steps, by name and method; refused if rows lose them."""
        by_step = self._params_of_steps(method, params)
        check_alignment(self.steps, X, groups, by_step, method)
        return by_step

    def _keep(self, children, geometry):
        """Take over fitted children, and what is known about their output."""
        privacy = self._report_of(children, self._budget())
        self.steps = [(child.name, child.as_given()) for child in children]
        self.privacy_ = privacy
        self.output_geometry_ = geometry

    def _params_of_steps(self, method, params):
        """What ``fit`` was given, by step and by method of the step."""
        if get_config()["enable_metadata_routing"]:
            return self._check_method_params(method=method, props=params)
        if self.transform_input is not None:
            raise ValueError(
                "transform_input needs metadata routing. Enable it with "
                "sklearn.set_config(enable_metadata_routing=True)."
            )
        weight = params.get("sample_weight")
        if weight is not None:
            named = [name for name, step in self.steps if takes_weights(step)]
            of_all = {f"{name}__sample_weight": weight for name in named}
            params = of_all | without_weight(params)
        check_names(self.steps, params)
        return self._check_method_params(method=method, props=params)

    def _children(self):
        return [*self.steps]

    def _shared_out(self, budget):
        children = super()._shared_out(budget)
        tell_labels(children)
        tell_target(children)
        return children

    def _fitted_on_made_up_rows(self):
        return names_behind_made_up_rows(self.steps)

    def _check_structure(self):
        """Refuse steps that cannot follow each other."""
        if self.memory is not None:
            raise ValueError(_NO_MEMORY)
        check_steps(self.steps)
        self._validate_names([name for name, _ in self.steps])

    def _planned(self, row, *, classes=(0, 1)):
        """A clone that was fitted on no rows."""
        self._check_children()
        children = self._shared_out(self._budget())
        geometry = planned_run(children, self.bounds, row, classes)
        plan = self._with_steps([(c.name, c.step) for c in children])
        plan._keep(children, geometry)
        return plan

    def _rehearse_parts(self, children, given):
        rehearse_chain(children, given, public_geometry(self.bounds, given.X))

    @property
    def stability(self) -> Any:
        """Most rows that one row may become on the way through samplers; public."""
        return stability_of(self.steps)

    @property
    def default_weight(self) -> Any:
        """Weight in a pipeline around this one: that of all its steps."""
        return sum(default_weight(s) for _, s in self.steps if spends(s)) or 1.0

    def __getitem__(self, index):
        """A step by number or name; or some steps, with their part of the budget."""
        if not isinstance(index, slice):
            return super().__getitem__(index)
        if index.step not in (1, None):
            raise ValueError("Pipeline slicing only supports a step of 1")
        return some_steps(self, self.steps[index])

    def _with_steps(self, steps, budget=None, weights=None):
        """The same pipeline with other steps."""
        budget = budget or self
        return type(self)(
            steps,
            epsilon=budget.epsilon,
            delta=budget.delta,
            weights=weights,
            bounds=self.bounds,
            transform_input=self.transform_input,
            memory=self.memory,
            verbose=self.verbose,
        )

    def get_metadata_routing(self) -> Any:
        """Metadata that the steps ask for, and the groups of the pipeline.

        Returns
        -------
        MetadataRouter
            What goes where.
        """
        return with_groups(super().get_metadata_routing(), self)
