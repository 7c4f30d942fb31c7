"""The privacy report of whatever was fitted."""

from dataclasses import replace
from typing import Any

from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from skprivate.accounting._checks import check_delta
from skprivate.composition import privacy_cost
from skprivate.composition._rules._explainers import is_explainer, models_in
from skprivate.composition._rules._state import estimators_inside
from skprivate.ledger import PrivacyLedger
from skprivate.report._facts import facts_of
from skprivate.report._fit import Fit, row_of
from skprivate.report._gaps import (
    foreign_gaps,
    presumed,
    state_gaps,
    unexplained,
    unit_gaps,
    unknown_price,
    without_constants,
)
from skprivate.report._model import ModelPrivacyReport
from skprivate.report._of_ledger import report_of_ledger
from skprivate.report._public import declared_public
from skprivate.report._seen import SeenFit, report_of, seen_fits
from skprivate.report._versions import versions

_DELTA = 1e-6  # where no fit says which
_KINDS = "Pass a fitted estimator, a private score or a PrivacyLedger."


def privacy_report(
    fitted: Any,
    *,
    delta: float | None = None,
    n_classes: int | None = None,
    n_outputs: int | None = None,
    n_features: int | None = None,
    background: Any = None,
) -> ModelPrivacyReport:
    """What a fitted object has released about its rows, and at what price.

    Parameters
    ----------
    fitted : object
        A private estimator, pipeline, search or score; a meta-estimator of
        scikit-learn or imbalanced-learn with private estimators in it; an explainer of
        shap or lime; or a :class:`~skprivate.PrivacyLedger`.
    delta : float, default=None
        The ``delta`` of the guarantee for the whole; None means the largest of the
        fits.
    n_classes, n_outputs, n_features : int, default=None
        Public facts about the rows on which the number of fits may depend, where the
        fitted object does not know them; see :func:`~skprivate.privacy_cost`.
    background : DPBackground or PublicBackground, default=None
        The rows that an explainer was made with.

    Returns
    -------
    ModelPrivacyReport
        If anything in the object looked at rows without protection, the report says
        what, and its epsilon is infinite.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If nothing was fitted yet.
    TypeError
        If the object is nothing that is fitted.

    See Also
    --------
    check_policy : Whether a model satisfies rules.
    skprivate.privacy_cost : What a fit will cost, before it.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from skprivate import privacy_report
    >>> from skprivate.naive_bayes import DPGaussianNB
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> X, y = load_iris(return_X_y=True)
    >>> scaler = DPStandardScaler(bounds=(0, 8))
    >>> model = make_pipeline(scaler, DPGaussianNB(classes=[0, 1, 2])).fit(X, y)
    >>> report = privacy_report(model)
    >>> report.n_fits, report.private, round(report.epsilon(), 2)
    (2, True, 1.45)
    """
    if delta is not None:
        delta = check_delta(delta)
    if isinstance(fitted, PrivacyLedger):
        return report_of_ledger(fitted, delta)
    released = report_of(fitted)
    if released is not None:
        return _of_private_result(SeenFit((), fitted, released), delta)
    if is_explainer(fitted):
        return _of_explainer(fitted, delta, background)
    _check_is_fitted(fitted)
    given = {"n_classes": n_classes, "n_outputs": n_outputs, "n_features": n_features}
    facts = facts_of(fitted) | {k: v for k, v in given.items() if v is not None}
    return _of_meta_estimator(fitted, delta, facts)


def _check_is_fitted(fitted):
    if isinstance(fitted, type) or not hasattr(fitted, "get_params"):
        name = getattr(fitted, "__name__", type(fitted).__name__)
        raise TypeError(f"{name} is nothing that is fitted. {_KINDS}")
    name = type(fitted).__name__
    missing = NotFittedError(
        f"This {name} is not fitted, so it has released nothing yet. Call fit first; "
        "skprivate.privacy_cost tells what it will cost."
    )
    if hasattr(fitted, "epsilon"):
        raise missing  # a private estimator has privacy_ as soon as it is fitted
    try:
        check_is_fitted(fitted)
    except NotFittedError:
        raise missing from None
    except TypeError:  # it has no fit
        raise TypeError(f"{name} has no fit. {_KINDS}") from None


def _of_private_result(seen, delta):
    """Of something that paid for all that it released."""
    name = seen.report.estimator
    units = unit_gaps(name, [seen.report.unit])
    gaps = (*units, *foreign_gaps([seen]), *state_gaps(seen.source))
    batches = getattr(seen.report, "batches", ())
    n_fits = sum(len(events) for _, events in batches) or 1
    return _report(name, delta, [seen], ways=(seen.paid,), n_fits=n_fits, gaps=gaps)


def _of_meta_estimator(fitted, delta, facts):
    """Of something that knows nothing of privacy, but may hold what does."""
    name, seen = type(fitted).__name__, seen_fits(fitted)
    ours = [fit for fit in seen if not fit.earlier]
    events, n_fits, gaps, facts = _price(fitted, ours, facts)
    gaps = tuple(dict.fromkeys([*gaps, *foreign_gaps(seen)]))
    for fit in seen:
        if fit.earlier:  # a part of the release, which is no part of the fit
            events, n_fits = (*events, *fit.paid), n_fits + 1
    units = [fit.report.unit for fit in seen]
    return _report(
        name,
        delta,
        seen,
        ways=(events,),
        n_fits=n_fits,
        gaps=tuple(
            dict.fromkeys([*gaps, *foreign_gaps(seen), *unit_gaps(name, units)])
        ),
        presumed=facts,
        unseen=tuple(_unseen(n_fits - len(seen))),
        seeded=bool(_seeds(fitted)),
    )


def _of_explainer(explainer, delta, background):
    """Of an explainer: what its model and its background have released."""
    gaps = privacy_cost(explainer, background=background).leaks
    seen = [
        replace(fit, path=("model", *fit.path), earlier=True)
        for model in models_in(explainer)
        for fit in seen_fits(model)
    ]
    drawn = report_of(background)
    reports = [
        getattr(part, "privacy_", None)
        for model in models_in(explainer)
        for part in estimators_inside(model)
    ]
    if drawn is not None and not any(drawn is report for report in reports):
        seen.append(SeenFit(("background",), background, drawn, earlier=True))
    events = tuple(event for fit in seen for event in fit.paid)
    units = unit_gaps(type(explainer).__name__, [fit.report.unit for fit in seen])
    return _report(
        type(explainer).__name__,
        delta,
        seen,
        ways=(events,),
        n_fits=len(seen),
        gaps=tuple(dict.fromkeys([*gaps, *foreign_gaps(seen), *units])),
    )


def _price(fitted, ours, facts):
    """Events and number of all fits of a tree, what leaks, and what is presumed."""
    try:
        cost = privacy_cost(_without_seeds(fitted), **facts)
    except (TypeError, ValueError) as error:
        events = tuple(event for fit in ours for event in fit.paid)
        return events, len(ours), (unknown_price(type(fitted).__name__, error),), ()
    leaks, facts = without_constants(fitted, cost.leaks)
    changed = () if leaks else state_gaps(fitted)  # else these are of the same parts
    gaps = (*leaks, *unexplained(ours, cost), *changed)
    n_fits = max(cost.fits, len(ours))
    return cost.events, n_fits, gaps, tuple(dict.fromkeys([*presumed(cost), *facts]))


def _report(name, delta, seen, *, seeded=False, **facts):
    if delta is None:
        delta = max((fit.report.budget.delta for fit in seen), default=_DELTA)
    return ModelPrivacyReport(
        name=name,
        delta=delta,
        fits=tuple(_fit(fit) for fit in seen),
        seeded=seeded or any(fit.report.seeded for fit in seen),
        versions=versions(),
        **facts,
    )


def _fit(fit):
    """A fit that is seen, as plain data."""
    report, budget = fit.report, fit.report.budget
    if budget.share < 1:
        budget = budget.alone()  # of the noise: what keeps a reserve is the whole
    return Fit(
        where=fit.where,
        estimator=report.estimator,
        epsilon=budget.epsilon,
        delta=budget.delta,
        unit=report.unit,
        seeded=bool(report.seeded),
        assumed=tuple(report.assumed),
        declared=declared_public(fit.source),
        releases=tuple(row_of(row) for row in report.rows()),
        notes=tuple(getattr(report, "notes", ())),
    )


def _unseen(number):
    if number > 0:
        yield (
            f"Clones that are gone, such as those of folds, made {number} of the fits. "
            "Their price follows from the parameters; their releases and what they "
            "assumed are not known. A PrivacyLedger around fit keeps them."
        )


def _seeds(fitted):
    """Names of the parameters that seed a private estimator in the tree."""
    return [
        f"{name}__random_state"
        for name, part in fitted.get_params(deep=True).items()
        if isinstance(part, BaseEstimator)
        and hasattr(part, "epsilon")
        and getattr(part, "random_state", None) is not None
    ]


def _without_seeds(fitted):
    """The tree whose price is asked for.

    A seed is no price: it is reported by itself, since a policy may allow it for tests.
    """
    seeds = _seeds(fitted)
    return clone(fitted).set_params(**dict.fromkeys(seeds)) if seeds else fitted
