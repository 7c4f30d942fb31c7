"""How far rows, models and their users can be pushed: of released models, at no price.

Nothing in here looks at private rows by itself. What is computed *for* given rows is a
fact about them, so it is as private as they are.
"""

from skprivate.robustness._monitor import QueryMonitor
from skprivate.robustness._poisoning import PoisoningReport, poisoning_report
from skprivate.robustness._radius import certified_radius
from skprivate.robustness._smoothed import SmoothedClassifier

__all__ = [
    "PoisoningReport",
    "QueryMonitor",
    "SmoothedClassifier",
    "certified_radius",
    "poisoning_report",
]
