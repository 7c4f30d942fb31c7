"""Does a model satisfy a policy?"""

import math
from dataclasses import asdict, dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, Self

from skprivate._card import Card, Section
from skprivate.report._collect import privacy_report
from skprivate.report._gaps import kind_of
from skprivate.report._model import ModelPrivacyReport
from skprivate.report._policy import policy_of
from skprivate.report._power import detections, percent
from skprivate.report._stated import FACTS, day_of

_ROUNDING = 1e-9  # relative, as of a ledger: a budget that is just used up passes


class PolicyError(ValueError):
    """A model does not satisfy a policy.

    Parameters
    ----------
    result : PolicyResult
        Its ``reasons`` say why.
    """

    def __init__(self, result: "PolicyResult") -> None:
        super().__init__(result)
        self.result = result

    def __str__(self):
        return "\n".join([self.result.title, *(f"- {r}" for r in self.result.reasons)])


@dataclass(frozen=True, repr=False)
class PolicyResult:
    """Whether a model satisfies a policy, and if not, why; true if it does.

    Parameters
    ----------
    model : str
        Class of the model.
    policy : dict
        The rules, defaults included.
    reasons : tuple of str
        One for each rule that is broken; each says what to do.

    Examples
    --------
    >>> from skprivate import check_policy
    >>> from skprivate.linear_model import DPRidge
    >>> result = check_policy(DPRidge(epsilon=3).plan(4), {"max_epsilon": 1.0})
    >>> print(result)
    DPRidge does not satisfy the policy
      - epsilon is 3 at delta=1e-06 (add_remove), above max_epsilon=1. Fit with a \
smaller epsilon, or fewer times.
    """

    model: str
    policy: dict
    reasons: tuple

    @property
    def passed(self) -> bool:
        """Whether no rule is broken."""
        return not self.reasons

    def __bool__(self):
        return self.passed

    @property
    def title(self) -> str:
        """The result in a line."""
        verb = "satisfies" if self.passed else "does not satisfy"
        return f"{self.model} {verb} the policy"

    def raise_if_failed(self) -> Self:
        """Raise PolicyError if a rule is broken.

        Returns
        -------
        self : PolicyResult
        """
        if not self.passed:
            raise PolicyError(self)
        return self

    def __repr__(self):
        return "\n".join([self.title, *(f"  - {reason}" for reason in self.reasons)])

    def _repr_html_(self):
        rules = tuple(f"{name}: {rule}" for name, rule in self.policy.items())
        alarms = () if self.passed else ("FAILED",)
        sections = (Section("The policy", rules, folded=True),)
        return Card(self.title, alarms, self.reasons, sections).html()


def check_policy(model: Any, policy: Any) -> PolicyResult:
    """Whether a fitted model, or a ledger, satisfies a policy.

    What is not known counts as broken: a model passes only if everything that it
    released is accounted for.

    Parameters
    ----------
    model : object
        What :func:`~skprivate.privacy_report` reads, or a report that it has made.
    policy : dict or path of a TOML or JSON file
        With the keys ``max_epsilon`` (at ``max_delta``, by default 1e-6), ``relation``,
        ``strict``, ``allow_seeded``, ``allowed_assumptions``, ``unit``, ``require``,
        ``max_membership_tpr`` (at ``false_alarms``, by default 0.01),
        ``max_group_gap`` and ``max_age_days``. All but the first may be left out; an
        unknown key is an error.

    Returns
    -------
    PolicyResult
        True if the model passes; ``raise_if_failed()`` raises :class:`PolicyError`.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate import check_policy
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> scaler = DPStandardScaler(bounds=(0, 8)).fit(load_iris().data)
    >>> bool(check_policy(scaler, {"max_epsilon": 1.0, "strict": True}))
    True
    """
    policy = policy_of(policy)
    known = isinstance(model, ModelPrivacyReport)
    report = model if known else privacy_report(model)
    reasons = [reason for rule in _RULES for reason in rule(report, policy)]
    return PolicyResult(report.name, asdict(policy), tuple(reasons))


def _gaps(report, policy):
    """Whatever else the policy says, all must be accounted for."""
    yield from map(str, report.gaps)
    if report.n_fits == 0 and not report.gaps:
        yield "there is no private fit, so there is nothing to approve. Fit one first."


def _price(report, policy):
    if report.gaps:
        return  # the price is infinite for the reasons above
    at = f"at delta={policy.max_delta:g} ({policy.relation})"
    try:
        epsilon = report.epsilon(policy.max_delta, relation=policy.relation)
    except ValueError as error:
        yield f"no price is known {at}: {error}"
        return
    if math.isinf(epsilon):
        yield f"epsilon is infinite {at}. Fit with a finite epsilon and with delta > 0."
    elif not epsilon <= policy.max_epsilon * (1 + _ROUNDING):
        yield (
            f"epsilon is {epsilon:.4g} {at}, above max_epsilon={policy.max_epsilon:g}. "
            "Fit with a smaller epsilon, or fewer times."
        )


def _seeds(report, policy):
    if report.seeded and not policy.allow_seeded:
        yield "the noise is seeded. Fit with random_state=None."


def _assumptions(report, policy):
    patterns = () if policy.strict else policy.allowed_assumptions
    if patterns is None:
        return
    for place, fact in report.assumed:
        if not any(fnmatchcase(fact, pattern) for pattern in patterns):
            yield (
                f"{place} assumed: {fact}. Declare it as a parameter if there is one, "
                "or allow it in allowed_assumptions."
            )
    for fact in report.unseen:
        yield f"not all assumptions are known. {fact}"


def _unit(report, policy):
    if policy.unit is None:
        return
    wrong = [unit for unit in report.units if kind_of(unit) != policy.unit]
    if wrong or not report.units:
        found = " or ".join(wrong) or "unknown"
        todo = "Pass groups to fit" if policy.unit == "group" else "Fit without groups"
        yield f"the unit is {found}, and not {policy.unit}. {todo}."


def _required(report, policy):
    for name in policy.require:
        text = report.fact(name)
        if not text:
            yield (
                f"nobody has stated {name} ({FACTS[name][0]}). State it with "
                f"report.with_facts({name}=...), or in the ledger."
            )
        last = day_of(text) if name == "retention" else None
        if last is not None and last < date.today():
            yield (
                f"retention was until {last.isoformat()}, which is past. Delete the "
                "rows and what was made of them, or state a later date."
            )


def _membership(report, policy):
    most, rate = policy.max_membership_tpr, policy.false_alarms
    if most is None or report.gaps:
        return
    ((_, found),) = detections(report, [rate])
    if not found <= most * (1 + _ROUNDING):
        yield (
            f"an attack may detect {percent(found)} of members at {percent(rate)} "
            f"false alarms, above max_membership_tpr={most:g}. Fit with a smaller "
            "epsilon, or fewer times."
        )


def _groups(report, policy):
    if policy.max_group_gap is None:
        return
    gap = report.fact("group_gap")
    if gap is None:
        yield (
            "the largest difference between groups is not known. Measure it, and state "
            "report.with_facts(group_gap=...)."
        )
    elif float(gap) > policy.max_group_gap:
        yield (
            f"groups differ by {float(gap):.4g}, above max_group_gap="
            f"{policy.max_group_gap:g}. Fit another model, or another threshold."
        )


def _age(report, policy):
    if policy.max_age_days is None:
        return
    fitted = day_of(report.fact("fitted_on"))
    if fitted is None:
        yield (
            "the age of the oldest fit is not known. State "
            "report.with_facts(fitted_on=...), or report a ledger."
        )
    elif (date.today() - fitted).days > policy.max_age_days:
        yield (
            f"the oldest fit is of {fitted.isoformat()}, longer ago than max_age_days="
            f"{policy.max_age_days:g}. Fit the model again."
        )


_RULES = (
    _gaps, _price, _seeds, _assumptions, _unit, _required, _membership, _groups, _age,
)  # fmt: skip
