"""A policy: what a model must satisfy, read from a dict or a file."""

import json
import math
import tomllib
from dataclasses import dataclass, fields
from numbers import Real
from os import PathLike
from pathlib import Path

from skprivate.accounting._checks import check_delta, check_epsilon
from skprivate.accounting._relation import check_relation
from skprivate.report._stated import FACTS

_READERS = {".toml": tomllib.loads, ".json": json.loads}
UNITS = ("row", "group")


@dataclass(frozen=True)
class Policy:
    """Rules. What has no default here is not asked for.

    Parameters
    ----------
    max_epsilon : float
        Largest epsilon of the whole model, at ``max_delta``.
    max_delta : float, default=1e-6
        The delta at which epsilon is measured.
    relation : {"add_remove", "replace_one"}, default="add_remove"
        Neighbours that epsilon is about.
    strict : bool, default=False
        Refuse everything that was assumed public, and fits whose assumptions are not
        known.
    allow_seeded : bool, default=False
        Accept noise that can be repeated: for tests only.
    allowed_assumptions : tuple of str, default=None
        Patterns of facts that may be assumed public, where ``*`` stands for any text;
        None accepts all.
    unit : {"row", "group"}, default=None
        What must be protected; None accepts both.
    require : tuple of str, default=()
        Facts that must have been stated, such as ``"purpose"`` and ``"retention"``; a
        date of retention must not be past.
    max_membership_tpr : float, default=None
        Largest share of members that any attack detects, at ``false_alarms``.
    false_alarms : float, default=0.01
        The rate of false alarms for that.
    max_group_gap : float, default=None
        Largest difference between groups that was stated as ``group_gap``.
    max_age_days : float, default=None
        How old the oldest fit may be, by the fact ``fitted_on``.
    """

    max_epsilon: float
    max_delta: float = 1e-6
    relation: str = "add_remove"
    strict: bool = False
    allow_seeded: bool = False
    allowed_assumptions: tuple | None = None
    unit: str | None = None
    require: tuple = ()
    max_membership_tpr: float | None = None
    false_alarms: float = 0.01
    max_group_gap: float | None = None
    max_age_days: float | None = None

    def __post_init__(self):
        epsilon = check_epsilon(self.max_epsilon, "max_epsilon")
        if math.isinf(epsilon):
            raise ValueError("max_epsilon is infinite, which allows all; lower it.")
        check_delta(self.max_delta, "max_delta")
        check_relation(self.relation)
        for name in ("strict", "allow_seeded"):
            if not isinstance(getattr(self, name), bool):
                raise TypeError(f"{name} is no truth value; write true or false.")
        if self.unit not in (None, *UNITS):
            raise ValueError('unit is unknown; write "row" or "group".')
        self._check_assumptions()
        self._check_required()
        self._check_numbers()

    def _check_required(self):
        names = self.require
        if not isinstance(names, (list, tuple)):
            raise TypeError('require is no list of facts; write ["purpose"].')
        unknown = [repr(name) for name in names if name not in FACTS]
        if unknown:
            raise ValueError(
                f"require has unknown facts: {', '.join(unknown)}. Known are: "
                f"{', '.join(FACTS)}."
            )

    def _check_numbers(self):
        for name in ("max_membership_tpr", "max_group_gap", "max_age_days"):
            value = getattr(self, name)
            if value is not None:
                _check_number(name, value, math.inf if name == "max_age_days" else 1)
        _check_number("false_alarms", self.false_alarms, 1)
        if self.false_alarms in (0, 1):
            raise ValueError("false_alarms must be between 0 and 1; write 0.01.")

    def _check_assumptions(self):
        patterns = self.allowed_assumptions
        if patterns is None:
            return
        listed = isinstance(patterns, (list, tuple))
        if not (listed and all(isinstance(pattern, str) for pattern in patterns)):
            raise TypeError(
                "allowed_assumptions is no list of texts; write patterns such as "
                '["the class labels*"].'
            )
        if self.strict and patterns:
            raise ValueError(
                "strict refuses all assumptions, and allowed_assumptions accepts some; "
                "leave one of them out."
            )


def _check_number(name, value, most):
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} is no number; write one, such as 0.05.")
    if not 0 <= value <= most or math.isinf(value):
        raise ValueError(f"{name} is out of range; write a number from 0 on.")


def policy_of(source):
    """The policy in a dict, or in a TOML or JSON file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    TypeError, ValueError
        If the rules make no sense; the message says which, and what to write.
    """
    if isinstance(source, Policy):
        return source
    if isinstance(source, (str, PathLike)):
        source = _read(Path(source))
    if not isinstance(source, dict):
        raise TypeError(
            f"A policy is a dict, or the path of a TOML or JSON file with one, and not "
            f"a {type(source).__name__}."
        )
    known = [field.name for field in fields(Policy)]
    unknown = [repr(key) for key in source if key not in known]
    if unknown:
        raise ValueError(
            f"The policy has unknown rules: {', '.join(unknown)}. Known are: "
            f"{', '.join(known)}."
        )
    if "max_epsilon" not in source:
        raise ValueError("The policy has no max_epsilon. Add one, such as 1.0.")
    return Policy(**source)


def _read(path):
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ValueError("A policy file ends in .toml or .json. Rename or convert it.")
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FileNotFoundError(
            f"There is no policy file {path}. Check the path; without a policy nothing "
            "passes."
        ) from None
    try:
        return reader(text)
    except ValueError as error:  # of both formats
        raise ValueError(
            f"The policy file {path} cannot be read: {error}. Mend it there."
        ) from None
