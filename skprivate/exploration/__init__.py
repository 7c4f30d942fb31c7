"""Looking at a table before a model is made of it, for a price."""

from skprivate.exploration._histogram import DPHistogram
from skprivate.exploration._profile import DPDataProfile
from skprivate.exploration._rule_check import DPRuleCheck
from skprivate.exploration._statistic import DPStatistic
from skprivate.exploration._statistics import (
    dp_check_rules,
    dp_count,
    dp_histogram,
    dp_histogram2d,
    dp_mean,
    dp_quantile,
    dp_std,
    dp_sum,
    dp_var,
)
from skprivate.exploration._table_profile import TableProfile

__all__ = [
    "DPDataProfile",
    "DPHistogram",
    "DPRuleCheck",
    "DPStatistic",
    "TableProfile",
    "dp_check_rules",
    "dp_count",
    "dp_histogram",
    "dp_histogram2d",
    "dp_mean",
    "dp_quantile",
    "dp_std",
    "dp_sum",
    "dp_var",
]
