"""One run through the steps of a pipeline: fit, and pass rows and bounds on."""

from contextlib import nullcontext

import numpy as np

from skprivate._sklearn import print_elapsed_time
from skprivate.base import Geometry, check_bounds, replaces_rows
from skprivate.pipeline._copies import (
    count_copies,
    rows_after,
    rows_and_units_after,
)
from skprivate.pipeline._door import check_target
from skprivate.pipeline._gaps import check_finite
from skprivate.pipeline._geometry import geometry_after
from skprivate.pipeline._listed import check_items, listed_for, reads_items
from skprivate.pipeline._mapped import mapped
from skprivate.pipeline._steps import (
    does_nothing,
    planned,
    planned_output,
    resamples,
)
from skprivate.pipeline._tiles import transformed
from skprivate.rows import DaskRows, Rows
from skprivate.rows._arrow import framed
from skprivate.rows._groups import units_of
from skprivate.rows._kinds import is_dask
from skprivate.rows._refusal import refused, sealed

_NO_ITEM = (
    "A row of {{name}} is nothing that {!r} reads, such as a gap among texts. Give it "
    "a list or a column of one text for each row; fill gaps with an empty one."
)
_UNREADABLE = (
    "{!r} cannot be fitted to the synthetic rows. Text needs an encoder between, such "
    "as an OrdinalEncoder of scikit-learn, and gaps may need an imputer: both are free "
    "there. To see its own error, fit it to sample() of a synthesizer fitted alone."
)


class Run:
    """Fits the steps of a pipeline, each on what the one before has passed on.

    Parameters
    ----------
    pipeline : DPPipeline
        What is to be fitted; it is not changed.
    method : str
        The method of the pipeline that was called: what the last step is to do.
    X, y, groups : array-like
        What ``fit`` was given; ``X`` may be a source of rows.
    params : dict
        Parameters of the steps, by name and by method.
    raw_params : dict
        The same as the user gave them.

    Attributes
    ----------
    geometry : Geometry
        Of the rows after the steps that are fitted already.
    """

    def __init__(self, pipeline, method, X, y, groups, params, raw_params):
        X = framed(X)
        if is_dask(X):
            X, y = DaskRows(X, y), None
        self._pipeline, self._method = pipeline, method
        self._params, self._raw_params = params, raw_params
        self._X, self._y, self._groups = X, y, groups
        self._copies = 1  # of a row, that may have arrived
        self._made_up = False  # whether rows are synthetic by now
        self._grouped = groups is not None  # by who called
        self.geometry = input_geometry(pipeline.bounds, X)

    def __call__(self, children):
        """Fit the children; returns what the last one returns, if it is asked to."""
        pipeline, task = self._pipeline, self._method.replace("_", "-")
        check_target(pipeline.steps, self._X, self._y, self._params)
        context = pipeline._init_callback_context(
            task_name=task, max_subtasks=len(children)
        )
        context.call_on_fit_task_begin(estimator=pipeline)  # and never X, y
        fitted = pipeline._with_steps([(child.name, child.step) for child in children])
        for index, child in enumerate(children):
            last = index == len(children) - 1
            part = f"{task}-final-estimator" if last else f"fit-transform-{child.name}"
            step = context.subcontext(task_name=part)
            inside = nullcontext()
            if not does_nothing(child.step):
                inside = step.propagate_callback_context(child.step)
            with print_elapsed_time("Pipeline", pipeline._log_message(index)), inside:
                step.call_on_fit_task_begin(estimator=pipeline)
                check_finite([part.step for part in children[index:]], self._X)
                params = fitted._get_metadata_for_step(
                    step_idx=index,
                    step_params=self._params.get(child.name, {}),
                    all_params=self._raw_params,
                )
                result = (self._finish if last else self._pass_on)(child, params)
                step.call_on_fit_task_end(estimator=pipeline)
        context.call_on_fit_task_end(estimator=pipeline)
        return result

    def _pass_on(self, child, params):
        """Fit a step that is not the last, and take its output for the next."""
        step = child.step
        if does_nothing(step):
            return
        child.hand(self.geometry)
        count_copies(child, self._copies, self._grouped)
        if resamples(step):
            self._resample(child, params)
            return
        self._fit(child, params)
        self._X = self._transformed(child, params)
        self.geometry = geometry_after(step, self.geometry)

    def _finish(self, child, params):
        """Fit the last step, and do with it what the pipeline was asked for."""
        step, method = child.step, self._method
        if does_nothing(step):
            return (self._X, self._y) if method == "fit_resample" else self._X
        child.hand(self.geometry)
        count_copies(child, self._copies, self._grouped)
        if method == "fit_resample":
            given = params_of(child, params, method, self._groups)
            return rows_after(step, self._X, self._y, given)
        if method == "fit_predict":
            given = params_of(child, params, method, self._groups)
            return step.fit_predict(self._X, self._y, **given)
        self._fit(child, params, method)
        known = hasattr(step, "transform")
        self.geometry = geometry_after(step, self.geometry) if known else Geometry()
        return self._transformed(child, params) if method == "fit_transform" else None

    def _fit(self, child, params, method="fit_transform"):
        """Fit a step, and say so if it is synthetic rows that it cannot read."""
        rows = self._X, self._y
        try:
            return fit_child(child, *rows, params, self._groups, method)
        except (TypeError, ValueError) as error:
            if child.spends or not self._made_up:
                raise
            kind = TypeError if isinstance(error, TypeError) else ValueError
        raise refused(kind, _UNREADABLE.format(child.name))

    def _transformed(self, child, params):
        """The rows after a fitted step."""
        if isinstance(self._X, Rows):
            return mapped(self._X, child.step)
        given = params.get("transform", {})
        return _sealed(child, lambda: transformed(child.step, self._X, **given))

    def _resample(self, child, params):
        """Fit a sampler, and take its rows, target and units for the next step."""
        given = params_of(child, params, "fit_resample", self._groups)
        rows = self._X, self._y
        if replaces_rows(child.step):  # what follows sees nobody's rows
            self._X, self._y = rows_after(child.step, *rows, given)
            self._groups, self._copies, self._made_up = None, 1, True
            return
        self._copies *= getattr(child.step, "stability", 1)
        if self._copies == 1 and self._groups is None:
            self._X, self._y = rows_after(child.step, *rows, given)
            return
        units = None if self._groups is None else units_of(self._groups)
        self._X, self._y, self._groups = rows_and_units_after(
            child.step, *rows, units, given
        )


def fit_child(child, X, y, params, groups, method="fit_transform"):
    """Fit a child on rows, or on a source of rows.

    Parameters
    ----------
    child : Child
        Its step is fitted in place.
    X, y, groups : array-like
        What has arrived here.
    params : dict
        Parameters of the step, by method.
    method : str, default="fit_transform"
        The method for which parameters were routed, if the step has it.
    """
    given = params_of(child, params, method, groups)
    X = listed_for(child.step, X)
    if child.spends:
        child.step.fit(X, y, **given)
        return
    if isinstance(X, Rows):  # it learns no more than their columns
        X, y = row_of(X), None
    check_items(child.name, child.step, X)
    _sealed(child, lambda: child.step.fit(X, y, **given))


def row_of(rows):
    """A table of one row of a source, for what learns no more than width and types."""
    row = rows.first_row()
    return np.zeros((1, rows.n_features)) if row is None else row


def _sealed(child, call):
    """``call()`` of a child; an error has no value of the data, and names the child."""
    if does_nothing(child.step) or not reads_items(child.step):
        return sealed(call)
    return sealed(call, unreadable=_NO_ITEM.format(child.name))


def params_of(child, params, method, groups):
    """What a step is given besides rows and target."""
    given = dict(params.get(method) or params.get("fit", {}))
    if child.spends and groups is not None:
        given["groups"] = groups
    return given


def input_geometry(bounds, X):
    """What a compound object was told of its rows: bounds, or nothing."""
    if isinstance(bounds, str) and bounds == "private":
        return Geometry()
    shape = (0, X.n_features) if isinstance(X, Rows) else sealed(lambda: np.shape(X))
    return Geometry(check_bounds(bounds, shape[1] if len(shape) == 2 else 1))


def planned_run(children, bounds, row, classes):
    """Fit the children on no rows, each on what the one before makes of a made-up one.

    Returns
    -------
    Geometry
        Of the output of the last.
    """
    geometry = input_geometry(bounds, row)
    for child in children:
        if does_nothing(child.step):
            continue
        child.hand(geometry)
        child.step = planned(child.step, row, classes)
        if replaces_rows(child.step):
            break  # what follows is not planned: it may be anything
        if hasattr(child.step, "transform"):
            geometry = geometry_after(child.step, geometry)
            row = planned_output(child.step, row)
    return geometry
