"""One model for each of several targets of the same rows."""

from dataclasses import dataclass, replace

from sklearn.base import is_classifier, is_regressor
from sklearn.utils import get_tags

from skprivate.model_selection._candidates import seeded_like
from skprivate.model_selection._of_one import DPOfOne
from skprivate.pipeline._labels import place_of_classes
from skprivate.pipeline._rehearsal import rehearse_step
from skprivate.pipeline._shares import equal_part
from skprivate.pipeline._steps import spends


@dataclass(frozen=True, eq=False)
class Output:
    """What is public about one of the targets.

    Parameters
    ----------
    name : str
        How the report calls it.
    classes : array-like or None, default=None
        Labels that the model is told; None leaves it what it was told.
    """

    name: str
    classes: object = None


class DPPerOutput(DPOfOne):
    """Base of what fits one clone for each of several targets.

    **Guarantee.** A fit is ``(epsilon, delta)``-DP. A unit is in the rows of every
    clone, with another target, which is a function of its own rows. So each clone is
    private on its own, with an equal part of the budget, and together they are a
    composition, whose price is the root of the sum of ``mu ** 2`` (Dong, Roth and Su
    2022, Corollary 3.3); or with ``delta=0`` the sum of ``epsilon``.

    Subclasses define ``_kind``, ``_outputs`` and ``_public_outputs``.
    """

    _kind = "classifier"

    def _outputs(self, rows, paid):
        """All outputs, what ``fit`` of the model of each is given, and assumptions."""
        raise TypeError(f"{type(self).__name__} must define _outputs.")

    def _public_outputs(self, given):
        """Number of outputs as far as it is public, and pairs to try: an output, and
        what is public about the rows of its model.
        """
        raise TypeError(f"{type(self).__name__} must define _public_outputs.")

    def _planned_outputs(self, classes, **facts):
        """The outputs that are planned for."""
        raise TypeError(f"{type(self).__name__} must define _planned_outputs.")

    def _check(self):
        super()._check()
        wanted = is_classifier if self._kind == "classifier" else is_regressor
        if not (spends(self.estimator) and wanted(self.estimator)):
            name = type(self.estimator).__name__
            raise TypeError(
                f"estimator must be a private {self._kind}, and {name} is none. Give "
                "one of skprivate, or a pipeline from make_dp_pipeline that ends with "
                "one."
            )

    def _part(self, budget, number=1):
        return equal_part(budget, number, self._discovers())

    def _told(self, budget, output):
        """A clone of the estimator, told what is public about its output."""
        model = self._model(budget)
        name, _ = place_of_classes(model)
        if name is not None and output.classes is not None:
            model.set_params(**{name: output.classes})
        return model

    def _priced_model(self, budget):
        outputs = self._first_outputs()
        return self._told(self._part(budget, len(outputs)), outputs[0])

    def _first_outputs(self):
        """The outputs as far as parameters tell; at least one."""
        return self._planned_outputs((0, 1))

    def _learn(self, rows, budget, entropy, paid):
        outputs, given, assumed = self._outputs(rows, paid)
        part, models = self._part(budget, len(outputs)), []
        for output in outputs:
            models.append(seeded_like(entropy, self._told(part, output), output.name))
        fit_args = (rows.fit_args | own for own in given)
        models = self._fitted(zip(models, fit_args, strict=True))
        return self._keep(outputs, models), assumed

    def _keep(self, outputs, models):
        """Take over fitted models; returns what they released."""
        self.estimators_, first = models, models[0]
        self.n_features_in_ = first.n_features_in_
        if hasattr(first, "feature_names_in_"):
            self.feature_names_in_ = first.feature_names_in_
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        share, both = 1 / len(models), zip(outputs, models, strict=True)
        return [(output.name, share, model.privacy_) for output, model in both]

    def _rehearse(self, given):
        """Refuse what public facts reveal to be wrong, before anything is paid."""
        self._check()
        number, tried = self._public_outputs(given)
        part = self._part(self._budget(), number)
        for output, known in tried:
            rehearse_step(self._told(part, output), known)

    def _plan_parts(self, row, classes, budget, **facts):
        outputs, models = self._planned_outputs(classes, **facts), []
        part = self._part(budget, len(outputs))
        for output in outputs:
            known = classes if output.classes is None else output.classes
            models.append(self._told(part, output)._planned(row, classes=known))
        return self._keep(outputs, models)

    def __sklearn_tags__(self):
        tags, inner = super().__sklearn_tags__(), get_tags(self.estimator)
        tags.input_tags = replace(inner.input_tags)
        for kind in filter(None, (tags.classifier_tags, tags.regressor_tags)):
            kind.poor_score = True  # noise dominates a few hundred rows
        return tags
