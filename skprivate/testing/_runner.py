"""Run all checks on an estimator, as scikit-learn's own are run."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal

from skprivate._typing import Estimator
from skprivate.base import DPContinuesMixin, DPEstimator
from skprivate.testing import (
    _attack,
    _checks_answers,
    _checks_budget,
    _checks_company,
    _checks_continued,
    _checks_federated,
    _checks_interrupted,
    _checks_leaks,
    _checks_ledger,
    _checks_noise,
    _checks_queries,
    _checks_replay,
    _checks_sources,
    _checks_state,
    _checks_stateless,
)
from skprivate.testing._thrift import Thrift

_PRIVATE = (
    _checks_budget,
    _checks_queries,
    _checks_replay,
    _checks_noise,
    _checks_company,
    _checks_answers,
    _checks_sources,
    _checks_federated,
    _checks_state,
    _checks_leaks,
    _checks_ledger,
    _checks_interrupted,
    _attack,
)
_STATELESS = (_checks_stateless, _checks_answers)
# What it would find is found by others too, but it needs hundreds of fits: in a thrifty
# suite one estimator of a kind is attacked.
_DEAR = {"check_attack_stays_within_the_claim"}


def dp_checks(estimator: Estimator) -> dict[str, Callable[..., Any]]:
    """The checks that apply to an estimator, by name.

    Parameters
    ----------
    estimator : estimator
        A DPEstimator, or a stateless one.

    Returns
    -------
    dict of str to callable
        Each takes an estimator, and raises AssertionError with what is wrong and how
        to mend it.

    Examples
    --------
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.testing import dp_checks
    >>> check = dp_checks(DPStandardScaler())["check_budget_is_spent_exactly"]
    >>> check(DPStandardScaler())
    """
    modules = _STATELESS
    if isinstance(estimator, DPEstimator):
        modules = _PRIVATE
    if isinstance(estimator, DPContinuesMixin):
        modules = (*_PRIVATE, _checks_continued)
    return {
        name: check
        for module in modules
        for name, check in vars(module).items()
        if name.startswith("check_") and check.__module__ == module.__name__
        if name != "check_texts"
    }


def check_dp_estimator(
    estimator: Estimator, *, on_fail: Literal["raise", "report"] = "raise"
) -> list[dict[Any, Any]]:
    """Run all checks on an estimator, one of skprivate's or of a third party.

    Parameters
    ----------
    estimator : DPEstimator
        Not changed.
    on_fail : {"raise", "report"}, default="raise"
        Whether to stop at the first check that fails.

    Returns
    -------
    list of dict
        With the keys ``check_name``, ``status`` ("passed" or "failed") and
        ``exception``, as of scikit-learn's ``check_estimator``.

    Examples
    --------
    >>> from skprivate.preprocessing import RowNormClipper
    >>> from skprivate.testing import check_dp_estimator
    >>> {result["status"] for result in check_dp_estimator(RowNormClipper())}
    {'passed'}
    """
    if on_fail not in ("raise", "report"):
        raise ValueError("on_fail must be 'raise' or 'report'.")
    results = []
    for name, check in dp_checks(estimator).items():
        failure = None
        try:
            check(estimator)
        except Exception as error:
            if on_fail == "raise":
                raise
            failure = error
        status = "passed" if failure is None else "failed"
        results.append({"check_name": name, "status": status, "exception": failure})
    return results


def parametrize_with_dp_checks(
    estimators: Sequence[DPEstimator], *, thrifty: bool = False
) -> Any:
    """Decorator that makes one pytest of each check and estimator.

    Parameters
    ----------
    estimators : list of DPEstimator
        Instances.
    thrifty : bool, default=False
        Whether to try each class of query once, for whichever estimator asks it first,
        and products of sources and neighbours, and attacks, for one estimator of a kind
        only: for suites of many estimators, beside which the same runs without thrift
        now and then.

    Returns
    -------
    pytest.mark.parametrize
        Of the arguments ``estimator`` and ``check``; the test is to call
        ``check(estimator)``.

    Examples
    --------
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.testing import parametrize_with_dp_checks
    >>> @parametrize_with_dp_checks([DPStandardScaler()])
    ... def test_privacy(estimator, check):
    ...     check(estimator)
    """
    import pytest  # the rest of this package does without

    thrift = Thrift(estimators)
    run = thrift if thrifty else partial
    cases = [
        pytest.param(estimator, run(check), id=f"{type(estimator).__name__}-{name}")
        for estimator in estimators
        for name, check in dp_checks(estimator).items()
        if not (thrifty and name in _DEAR) or thrift.runs_whole_products(estimator)
    ]
    return pytest.mark.parametrize(("estimator", "check"), cases)
