"""Whether rows of today are like those of yesterday, and what to do if not."""

from skprivate.shift._column_counts import DPColumnCounts
from skprivate.shift._domains import DPDomainClassifier
from skprivate.shift._label_shift import DPLabelShift
from skprivate.shift._report import ShiftReport
from skprivate.shift._two_tables import dp_stability_index, dp_two_sample_test

__all__ = [
    "DPColumnCounts",
    "DPDomainClassifier",
    "DPLabelShift",
    "ShiftReport",
    "dp_stability_index",
    "dp_two_sample_test",
]
