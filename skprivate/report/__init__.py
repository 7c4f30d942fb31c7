"""What a fitted model spent, what it assumed, and whether that satisfies a policy.

:func:`privacy_report` reads any fitted object that contains private fits, and a ledger;
:func:`check_policy` answers "does this model satisfy our rules?". From a report follow
statements for people who ask, the questions of impact assessments, and what registries
of models take.
"""

from skprivate.report._bom import to_cyclonedx
from skprivate.report._check import PolicyError, PolicyResult, check_policy
from skprivate.report._collect import privacy_report
from skprivate.report._deletions import DeletionTerms, deletions_until
from skprivate.report._ethics import EthicsReview
from skprivate.report._impact import ImpactAssessment, impact_assessment
from skprivate.report._influence import InfluenceStatement, influence_statement
from skprivate.report._model import ModelPrivacyReport
from skprivate.report._notice import PrivacyNotice, privacy_notice
from skprivate.report._registries import to_hf_metadata, to_registry

__all__ = [
    "DeletionTerms",
    "EthicsReview",
    "ImpactAssessment",
    "InfluenceStatement",
    "ModelPrivacyReport",
    "PolicyError",
    "PolicyResult",
    "PrivacyNotice",
    "check_policy",
    "deletions_until",
    "impact_assessment",
    "influence_statement",
    "privacy_notice",
    "privacy_report",
    "to_cyclonedx",
    "to_hf_metadata",
    "to_registry",
]
