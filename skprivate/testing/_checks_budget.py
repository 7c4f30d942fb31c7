"""Checks that a fit spends its budget: all of it, no more, and what was announced."""

from dataclasses import replace

import numpy as np
from sklearn.base import clone

from skprivate.base import DPEstimator
from skprivate.testing._examples import (
    N_FEATURES,
    classes_of,
    configured,
    error_of,
    example_for,
    fit,
    quiet,
    target_kind,
    with_classes,
)
from skprivate.testing._same import bits_of
from skprivate.testing._shared import recording_of


def check_fit_is_not_overridden(estimator):
    """``fit`` is that of DPEstimator, where budgets are checked."""
    assert type(estimator).fit is DPEstimator.fit, (
        "fit is overridden, so a caller may reach rows past the curator. Define _fit."
    )


def check_budget_is_spent_exactly(estimator):
    """Shares add up to one, and the report's epsilon is the one that was asked for."""
    for variant in _variants(estimator):
        for epsilon in (0.5, 4.0):
            variant.set_params(epsilon=epsilon)
            report = fit(variant, example_for(variant)).privacy_
            spent = sum(release.share for release in report.releases)
            assert abs(spent - 1) < 1e-6, (
                f"shares add up to {spent:.9g}, not to 1. Give the last release "
                "share=curator.remaining."
            )
            exact = _is_gaussian(report) and _reserve_is_spent(variant, report)
            _check_price(report.epsilon(), epsilon, exact)
            assert report.epsilon(relation="replace_one") > report.epsilon(), (
                "replacing a row is not reported as dearer than adding one. Double the "
                "sensitivity for replace_one."
            )


def check_report_lists_every_answer(estimator):
    """What the report says of each release is what the mechanisms did."""
    for variant in _variants(estimator):
        recording = recording_of(variant)
        report, tape = recording.estimator.privacy_, recording.tape
        n_listed = len(report.releases)
        assert n_listed == len(tape.told) == len(tape.asked), (
            f"{n_listed} releases are reported, but {len(tape.told)} answers were "
            "given. Ask through the curator, once for each release."
        )
        for release, asked, told in zip(
            report.releases, tape.asked, tape.told, strict=True
        ):
            _check_answer(release, asked, told)


def check_plan_is_what_happens(estimator):
    """``plan`` announces the releases of ``fit``, and their prices to the last bit.

    Later sensitivities may follow from earlier answers, so only the first is compared;
    and so may later releases, of estimators that say so by ``_plan_varies``: there,
    only the price of the whole is the same.
    """
    for variant in _variants(estimator):
        with quiet():
            planned = variant.plan(N_FEATURES, classes=classes_of(variant)).releases
        done = recording_of(variant).estimator.privacy_.releases
        if getattr(variant, "_plan_varies", False):
            planned, done = planned[:1], done[:1]
        assert [_price_tag(r) for r in planned] == [_price_tag(r) for r in done], (
            "fit asks something else than plan announces, so what it asks depends on "
            "the rows or on noise. Decide what to ask from parameters only."
        )
        assert bits_of(planned[0].sensitivity) == bits_of(done[0].sensitivity), (
            "the sensitivity of the first release depends on the rows, for nothing is "
            "known about them yet. Compute it from parameters only."
        )


def check_nonsense_budgets_are_refused(estimator):
    """Budgets that are no budgets are refused before a row is read."""
    nonsense = {
        "epsilon": [0, 0.0, -1, float("nan"), -np.inf, 1e-300, "1", None, [1.0], True],
        "delta": [-1e-9, 1.0, 2, float("nan"), "0", None, True],
        "max_weight": [0, -1.0, float("nan"), "1", None],
        "max_rows_per_group": [0, -1, 1.5, "1", None],
    }
    for name, values in nonsense.items():
        for value in values:
            refused = clone(estimator).set_params(**{name: value})
            with quiet():
                error = error_of(refused.fit, _Untouchable(), _Untouchable())
            assert isinstance(error, (ValueError, TypeError)), (
                f"{name}={value!r} is accepted, or refused by something else than "
                "ValueError or TypeError. Let Budget check it before rows are read."
            )


def check_budget_must_suffice(estimator):
    """The curator refuses what is beyond the budget before it reads a row."""
    from skprivate.base import BudgetExceededError

    class Greedy(type(estimator)):
        def _fit(self, curator):
            super()._fit(curator)
            curator.count(share=0.01)

    greedy = Greedy(**estimator.get_params(deep=False))
    with quiet():
        error = error_of(configured(greedy).fit, **example_for(estimator).fit_args)
    assert isinstance(error, BudgetExceededError), (
        "a release beyond the budget is not refused: either the fit does not spend all "
        "of it, or it is not charged. Ask through the curator for all that remains."
    )


def check_what_is_read_for_free_is_noted(estimator):
    """Labels that are read off the target stand in the report; otherwise nothing."""
    rows = example_for(estimator)
    told = recording_of(configured(estimator)).estimator.privacy_
    assert not told.assumed, (
        f"{told.assumed} is assumed public though it was declared. Use what is "
        "declared."
    )
    if target_kind(estimator) != "class" or "classes" not in estimator.get_params():
        return
    read = fit(configured(estimator, classes=None), rows).privacy_
    assert read.assumed, (
        "labels are read off y, which the report does not say. Get them by "
        "curator.classes, or call curator.assume."
    )


class _Untouchable:
    """Data that must not be looked at."""

    def _refuse(self, *args, **kwargs):
        raise AssertionError(
            "rows are read before the budget is checked. Check the budget first."
        )

    __array__ = __len__ = __iter__ = __getitem__ = _refuse

    def __getattr__(self, name):
        self._refuse()


def _price_tag(release):
    """All of a release but its sensitivity."""
    return bits_of(replace(release, sensitivity=0.0))


def _variants(estimator):
    """As given, and with declared bounds."""
    return with_classes(estimator), configured(estimator)


def _is_gaussian(report):
    """Whether the price composes exactly."""
    return all(type(r.mechanism).__name__ == "Gaussian" for r in report.releases)


def _reserve_is_spent(estimator, report):
    """Whether what is kept of delta, to find categories or sample, is used, if any.

    Whether there are columns of categories is not known when it is set aside.
    """
    kinds = {type(release.mechanism).__name__ for release in report.releases}
    takers = {"ThresholdedRelease", "SampledGaussian"}
    return not estimator._budget().reserve or bool(kinds & takers)


def _check_price(reported, epsilon, exact):
    """The price is never above the budget, and on it where composition is exact."""
    assert reported <= epsilon * (1 + 1e-6), (
        f"the releases cost epsilon={reported:.9g}, above the budget of {epsilon:g}. "
        "Take every mechanism from the budget."
    )
    assert reported >= epsilon * (1 - 1e-6 if exact else 0.5), (
        f"the releases cost only epsilon={reported:.9g} of {epsilon:g}: the noise is "
        "larger than it need be. Spend curator.remaining."
    )


def _check_answer(release, asked, told):
    """One line of the report against what happened."""
    same = (
        release.query == asked.query.name
        and bits_of(release.mechanism) == bits_of(told.mechanism)
        and np.isclose(told.levels, asked.sensitivity, rtol=1e-12, atol=0)
    )
    assert same, (
        f"release {release.query} is charged as one thing and carried out as another. "
        "Let the curator choose sensitivity and mechanism."
    )
    assert release.size == np.size(told.total), (
        f"{release.query} announces {release.size} values and returns "
        f"{np.size(told.total)}. Correct its size."
    )
    declared = asked.query.levels
    assert told.levels >= declared * (1 - 1e-12) or release.norm == 1, (
        f"{release.query} gets noise for {told.levels / declared:.3g} times its bound. "
        "Scale noise by the levels of the query."
    )
