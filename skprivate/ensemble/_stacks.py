"""What stacks of private models share: a last model of what the others say."""

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import is_classifier
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import feature_names_in
from skprivate._typing import TableLike
from skprivate.base import Geometry
from skprivate.base._tiles import responses
from skprivate.ensemble._side_by_side import DPSideBySide
from skprivate.ensemble._stack import Stack
from skprivate.model_selection._report import counted
from skprivate.pipeline._mapped import mapped
from skprivate.pipeline._rehearsal import rehearse_step
from skprivate.pipeline._steps import does_nothing, planned, spends
from skprivate.rows import Rows
from skprivate.rows._units import rows_of_unit

_LAST = "final_estimator"


class DPStacking(DPSideBySide):
    """Base of a private model of what private models say, with one budget.

    **Guarantee.** All models see all rows; the last one sees, for each row, what the
    released models say about it, which is a function of that row and of releases. So a
    unit more is a unit more for the last model, too, which is private whatever the
    others have released: an adaptive composition (Dong, Roth and Su 2022, Corollary
    3.3).

    Subclasses have ``_methods``, what models may be asked for, by order; and
    ``_default``, the class of the last model where none is given.
    """

    _methods = ("predict",)

    def _last(self):
        """The last model, not fitted."""
        if self.final_estimator is not None:
            return self.final_estimator
        inside = [counted(model) for _, model in self.estimators if spends(model)]
        weights, rows = zip(*inside, strict=True) if inside else ((1.0,), (1,))
        return self._default(
            max_weight=max(weights),
            max_rows_per_group=max(rows, key=lambda most: rows_of_unit(most)[0]),
        )

    def _children(self):
        return [*self.estimators, (_LAST, self._last())]

    def _is_base(self, child):
        return child.name != _LAST

    def _check_structure(self):
        super()._check_structure()
        if not spends(self._last()) or not self._is_model(self._last()):
            kind = "classifier" if is_classifier(self) else "regressor"
            raise TypeError(
                f"'final_estimator' parameter should be a private {kind}. Give one of "
                "skprivate, or None."
            )
        for name, model in self.estimators:
            if not does_nothing(model):
                self._method_of(name, model)

    def _method_of(self, name, model):
        """What a model is asked for."""
        found = next((m for m in self._methods if hasattr(model, m)), None)
        if found is None:
            raise ValueError(
                f"Underlying estimator {name} does not implement the method "
                f"{self._methods[0]}. Use stack_method='auto'."
            )
        return found

    def _stack_of(self, children):
        """What the models of some children say; the labels are known."""
        models = [(c.name, c.step) for c in children if c.spends and self._is_base(c)]
        methods = [self._method_of(name, model) for name, model in models]
        models = [model for _, model in models]
        classes = models[0].classes_ if is_classifier(self) else None
        return Stack(models, methods, classes, self.passthrough)

    def _fit_models(self, children, geometry, X, y, routed, groups):
        *models, last = children
        super()._fit_models(models, geometry, X, y, routed, groups)
        stack = self._stack_of(models)
        self._tell_classes(last, stack.classes)
        last.hand(stack.geometry(geometry))
        said = mapped(X, stack) if isinstance(X, Rows) else stack.transform(X)
        given = routed.get(_LAST, {})
        last.step = self._fitted(last, len(models), said, y, given, groups)

    def _keep(self, children):
        stack = self._stack_of(children)
        super()._keep(children)
        self.final_estimator_ = children[-1].step
        self.stack_method_ = stack.methods
        self.output_geometry_ = stack.geometry(Geometry())

    def _plan_models(self, children, geometry, row, classes):
        *models, last = children
        super()._plan_models(models, geometry, row, classes)
        stack = self._stack_of(models)
        self._tell_classes(last, stack.classes)
        last.hand(stack.geometry(geometry))
        width = stack.width + (row.shape[1] if self.passthrough else 0)
        last.step = planned(last.step, np.zeros((1, width)), classes)

    def _rehearse_parts(self, children, given):
        super()._rehearse_parts(children[:-1], given)
        rehearse_step(children[-1].step, given.with_table(None))

    def transform(self, X: TableLike) -> TableLike:
        """What the models say about rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_outputs)
        """
        return self._stack().transform(X)

    def _stack(self):
        """What the fitted models say."""
        check_is_fitted(self)
        models = self.estimators_, self.stack_method_
        classes = self.classes_ if is_classifier(self) else None
        return Stack(*models, classes, self.passthrough)

    def predict(self, X: TableLike) -> np.ndarray:
        """What the last model predicts of rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        return self._said("predict", X)

    def _said(self, method, X):
        """What the last model says of what the others say."""
        said = self._stack().transform(X)
        return responses(self.final_estimator_, method, said)

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> np.ndarray:
        """Names of what :meth:`transform` returns.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the features, for those that are passed through.

        Returns
        -------
        ndarray of str
        """
        stack, start = self._stack(), type(self).__name__.lower()
        names = []
        for (name, _), method in zip(self._there(), stack.methods, strict=True):
            width = stack.width_of(method)
            numbers = [""] if width == 1 else range(width)
            names += [f"{start}_{name}{number}" for number in numbers]
        if self.passthrough:
            names += [*feature_names_in(self, input_features)]
        return np.array(names, dtype=object)

    def _there(self):
        """Pairs of name and model, without those that are dropped."""
        return [pair for pair in self.estimators if not does_nothing(pair[1])]
