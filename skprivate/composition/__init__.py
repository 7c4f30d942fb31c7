"""What a fit will cost, and whether it is private: read off the unfitted tree."""

from skprivate.composition._cost import Leak, PrivacyCost
from skprivate.composition._registry import register_privacy_rule
from skprivate.composition._rules import DATA_INDEPENDENT, WHY_UNKNOWN
from skprivate.composition._walk import (
    NotPrivateError,
    Walk,
    check_private,
    privacy_cost,
)

__all__ = [
    "DATA_INDEPENDENT",
    "Leak",
    "NotPrivateError",
    "PrivacyCost",
    "WHY_UNKNOWN",
    "Walk",
    "check_private",
    "privacy_cost",
    "register_privacy_rule",
]
