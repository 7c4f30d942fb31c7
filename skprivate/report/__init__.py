"""What a fitted model spent, what it assumed, and whether that satisfies a policy.

:func:`privacy_report` reads any fitted object that contains private fits, and a ledger;
:func:`check_policy` answers "does this model satisfy our rules?".
"""

from skprivate.report._check import PolicyError, PolicyResult, check_policy
from skprivate.report._collect import privacy_report
from skprivate.report._model import ModelPrivacyReport

__all__ = [
    "ModelPrivacyReport",
    "PolicyError",
    "PolicyResult",
    "check_policy",
    "privacy_report",
]
