"""The three ideas of the library: a query, a curator, a private estimator.

**An estimator never sees rows. It sees noisy sums.**

A :class:`Query` says what to add over the rows and how far one row can move the total.
A :class:`Curator` adds it, wherever the rows are, adds noise and logs the release. A
:class:`DPEstimator` is scikit-learn's estimator, except that its ``_fit`` receives a
curator where others receive ``X, y``.
"""

from skprivate.accounting import BudgetExceededError
from skprivate.base._bounds import check_bounds
from skprivate.base._box import Box
from skprivate.base._classifier import DPClassifierMixin
from skprivate.base._continued import DPContinuesMixin
from skprivate.base._count import Count, n_rows_of
from skprivate.base._curator import Curator
from skprivate.base._estimator import (
    DPEstimator,
    PrivacyWarning,
    entropy_of,
)
from skprivate.base._geometry import DPTransformerMixin, Geometry, PublishesGeometry
from skprivate.base._journal import Journal, JournalError
from skprivate.base._odds import log_probabilities, probabilities
from skprivate.base._public_map import PublicMapMixin
from skprivate.base._query import Query, grid_step
from skprivate.base._report import PrivacyReport, Release, table_of_releases
from skprivate.base._rounds import Rounds
from skprivate.base._sampler import DPSampler, replaces_rows
from skprivate.base._strategy import check_strategy, wanted_counts
from skprivate.base._tape import OtherQuestionError, Tape
from skprivate.base._utility import UtilityWarning
from skprivate.base._words import Words

__all__ = [
    "Box",
    "BudgetExceededError",
    "Count",
    "Curator",
    "DPClassifierMixin",
    "DPContinuesMixin",
    "DPEstimator",
    "DPSampler",
    "DPTransformerMixin",
    "Geometry",
    "Journal",
    "JournalError",
    "OtherQuestionError",
    "PrivacyReport",
    "PrivacyWarning",
    "PublicMapMixin",
    "PublishesGeometry",
    "Query",
    "Release",
    "Rounds",
    "Tape",
    "UtilityWarning",
    "Words",
    "check_bounds",
    "check_strategy",
    "entropy_of",
    "grid_step",
    "log_probabilities",
    "n_rows_of",
    "probabilities",
    "replaces_rows",
    "table_of_releases",
    "wanted_counts",
]
