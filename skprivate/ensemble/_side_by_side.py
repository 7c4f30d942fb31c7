"""Several private models of the same rows, with one budget."""

from typing import Any

from joblib import Parallel, delayed
from sklearn import get_config
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.utils import Bunch
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    process_routing,
)

from skprivate._sklearn import print_elapsed_time
from skprivate.base import Geometry
from skprivate.ledger import prepaid
from skprivate.model_selection._routing import check_given
from skprivate.pipeline._compound import DPCompound, with_groups
from skprivate.pipeline._door import check_target, needs_finite_numbers
from skprivate.pipeline._labels import place_of_classes
from skprivate.pipeline._rehearsal import public_geometry, rehearse_chain
from skprivate.pipeline._run import fit_child, input_geometry
from skprivate.pipeline._shares import default_weight
from skprivate.pipeline._steps import (
    does_nothing,
    planned,
    spends,
    takes_weights,
    with_weight,
    without_weight,
)
from skprivate.pipeline._structure import check_alignment
from skprivate.rows import DaskRows, Rows, refused
from skprivate.rows._arrow import framed
from skprivate.rows._features import checked_features
from skprivate.rows._kinds import is_dask
from skprivate.rows._labels import sorted_classes
from skprivate.rows._target_columns import n_columns

_OTHER_CLASSES = (
    "The models were told different classes. List the labels once, in classes=... of "
    "the whole, and leave them out elsewhere."
)
_SEVERAL = (
    "y has several columns, and models side by side are of one target. Fit one such "
    "model for each: DPMultiOutputRegressor or DPMultiOutputClassifier around it."
)


class DPSideBySide(DPCompound):
    """Base of what fits several models to the same rows, by one budget.

    **Guarantee.** That of :class:`DPCompound`. Labels that are not told are read from
    ``y`` by the first model, which reports that, and which a strict ledger refuses; the
    others are told the same.

    Subclasses have the parameters of scikit-learn's namesake, and ``bounds``,
    ``epsilon``, ``delta`` and ``budget_weights``; classifiers have ``classes``, too.
    """

    @property
    def _given_shares(self):
        return self.budget_weights

    def _children(self):
        return [*self.estimators]

    def _is_model(self, model):
        """Whether a model may stand here."""
        wanted = is_classifier if is_classifier(self) else is_regressor
        return wanted(model)

    def _check_structure(self):
        """Refuse what is no list of names and private models."""
        given = self.estimators
        if (
            not isinstance(given, (list, tuple))
            or not len(given)
            or any(not isinstance(p, (list, tuple)) or len(p) != 2 for p in given)
        ):
            raise ValueError(
                "Invalid 'estimators' attribute, 'estimators' should be a non-empty "
                "list of (string, estimator) tuples. Name each model."
            )
        self._validate_names([name for name, _ in given])
        if all(does_nothing(model) for _, model in given):
            raise ValueError(
                "All estimators are dropped. At least one is required to be an "
                "estimator. Put a private one back."
            )
        for name, model in given:
            if isinstance(model, str) and model == "drop":
                continue
            if isinstance(model, type) or not (spends(model) and self._is_model(model)):
                kind = "classifier" if is_classifier(self) else "regressor"
                raise TypeError(
                    f"{name!r} should be a private {kind}. Give an instance of one of "
                    "skprivate, or a pipeline from make_dp_pipeline that ends with one."
                )
        self._known_classes()  # refuses what does not fit together

    def _known_classes(self):
        """The labels, as far as parameters tell; else None."""
        if not is_classifier(self):
            return None
        told = [] if self.classes is None else [sorted_classes(self.classes)]
        for _, model in self._children():
            _, step = place_of_classes(model)
            if getattr(step, "classes", None) is not None:
                told.append(sorted_classes(step.classes))
        if any(one.tolist() != told[0].tolist() for one in told):
            raise ValueError(_OTHER_CLASSES)
        return told[0] if told else None

    def _shared_out(self, budget):
        children, classes = super()._shared_out(budget), self._known_classes()
        for child in children:
            if child.spends:
                self._tell_classes(child, classes)
        return children

    def _fit_all(self, X, y, sample_weight, groups, params):
        """Fit clones of the models, and keep them once nothing can fail."""
        self._check_children()
        if (n_columns(y) or 1) > 1:
            raise refused(ValueError, _SEVERAL)
        X, params = framed(X), with_weight(params, sample_weight)
        if is_dask(X):
            weight = None
            if not get_config()["enable_metadata_routing"]:  # then it is for all models
                weight, params = params.get("sample_weight"), without_weight(params)
            X, y = DaskRows(X, y, weight), None
        routed = self._routed(params)
        check_alignment([], X, groups, routed, "fit")
        for name, model in self._children():
            check_given(model, X, groups, routed.get(name, {}).get("fit", {}))
        geometry = input_geometry(self.bounds, X)

        def work(children):
            fitted = [child for child in children if child.spends]
            check_target([(c.name, c.step) for c in fitted], X, y, routed)
            if not isinstance(X, Rows) and any(
                needs_finite_numbers(c.step) for c in fitted if self._is_base(c)
            ):
                checked_features(X, accept_sparse=True)  # before one releases anything
            self._fit_models(fitted, geometry, X, y, routed, groups)

        children, _ = self._fit_paid(work, X, y, groups)
        self._keep(children)
        return self

    def _fit_models(self, children, geometry, X, y, routed, groups):
        """Fit the models: the first alone, if it is to find the labels."""
        classes, waiting = self._known_classes(), [*children]
        if classes is None and is_classifier(self):
            first = waiting.pop(0)
            first.hand(geometry)
            given = routed.get(first.name, {})
            first.step = self._fitted(first, 0, X, y, given, groups)
            classes = first.step.classes_
        for child in waiting:
            self._tell_classes(child, classes)
            child.hand(geometry)
        start = len(children) - len(waiting)
        steps = Parallel(n_jobs=self.n_jobs)(
            delayed(self._fitted)(c, start + i, X, y, routed.get(c.name, {}), groups)
            for i, c in enumerate(waiting)
        )
        for child, step in zip(waiting, steps, strict=True):
            child.step = step

    def _fitted(self, child, number, X, y, given, groups):
        """One model, fitted here or in a worker."""
        total = sum(not does_nothing(model) for _, model in self._children())
        line = f"({number + 1} of {total}) Processing {child.name}"
        message = line if self.verbose else None
        with prepaid(child.step), print_elapsed_time(type(self).__name__, message):
            fit_child(child, X, y, given, groups, "fit")
        return child.step

    def _tell_classes(self, child, classes):
        """Tell a model the labels, if it has to be told."""
        name, step = place_of_classes(child.step)
        if classes is not None and name is not None and step.classes is None:
            child.tell(name, classes, None)

    def _routed(self, params):
        """Metadata by model and method."""
        if get_config()["enable_metadata_routing"]:
            return process_routing(self, "fit", **params)
        others = without_weight(params)
        if others:
            raise ValueError(
                f"{min(others)} needs metadata routing. Enable it with "
                "sklearn.set_config(enable_metadata_routing=True)."
            )
        named = self._children()
        return {n: {"fit": params if takes_weights(m) else {}} for n, m in named}

    def _keep(self, children):
        """Take over fitted models."""
        privacy = self._report_of(children, self._budget())
        self.estimators_ = [c.step for c in children if c.spends and self._is_base(c)]
        first = self.estimators_[0]
        if hasattr(first, "feature_names_in_"):
            self.feature_names_in_ = first.feature_names_in_
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        if is_classifier(self):
            self.classes_ = first.classes_
        self.output_geometry_, self.privacy_ = Geometry(), privacy

    @property
    def named_estimators_(self) -> Bunch:
        """The fitted models by name, and what is dropped."""
        fitted = iter(self.estimators_)
        return Bunch(
            **{
                name: "drop" if does_nothing(model) else next(fitted)
                for name, model in self.estimators
            }
        )

    def _is_base(self, child):
        """Whether a child is one of the models side by side."""
        return True

    def _planned(self, row, *, classes=(0, 1)):
        """A clone that was fitted on no rows."""
        self._check_children()
        geometry, known = input_geometry(self.bounds, row), self._known_classes()
        plan, children = clone(self), self._shared_out(self._budget())
        fitted = [child for child in children if child.spends]
        plan._plan_models(fitted, geometry, row, classes if known is None else known)
        plan._keep(children)
        return plan

    def _plan_models(self, children, geometry, row, classes):
        """Fit the models to no rows."""
        for child in children:
            self._tell_classes(child, classes if is_classifier(self) else None)
            child.hand(geometry)
            child.step = planned(child.step, row, classes)

    def _rehearse_parts(self, children, given):
        geometry = public_geometry(self.bounds, given.X)
        for child in children:
            if child.spends:
                rehearse_chain([child], given, geometry)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        for kind in filter(None, (tags.classifier_tags, tags.regressor_tags)):
            kind.poor_score = True  # noise dominates a few hundred rows
        return tags

    @property
    def default_weight(self) -> Any:
        """Weight in a pipeline around this one: that of its heaviest model."""
        weights = [default_weight(model) for _, model in self._children()]
        return max(weights, default=1.0)

    def get_metadata_routing(self) -> MetadataRouter:
        """Metadata that all models ask for, and the groups of the whole.

        Returns
        -------
        MetadataRouter
            What goes where.
        """
        router = MetadataRouter(owner=type(self).__name__)
        fits = MethodMapping().add(caller="fit", callee="fit")
        for name, model in self._children():
            if not does_nothing(model):
                router.add(**{name: model}, method_mapping=fits)
        return with_groups(router, self)
