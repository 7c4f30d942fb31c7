"""What sees rows as they are, to judge what was made of them: not private."""

from skprivate.audit._attribute import AttributeReport, attribute_inference_report
from skprivate.audit._members import (
    Detection,
    MembershipReport,
    membership_inference_report,
)
from skprivate.audit._one_run import OneRunAudit, audit_one_run
from skprivate.audit._reconstruction import (
    ReconstructionReport,
    reconstruction_report,
)
from skprivate.audit._synthetic import SyntheticReport

__all__ = [
    "AttributeReport",
    "Detection",
    "MembershipReport",
    "OneRunAudit",
    "ReconstructionReport",
    "SyntheticReport",
    "attribute_inference_report",
    "audit_one_run",
    "membership_inference_report",
    "reconstruction_report",
]
