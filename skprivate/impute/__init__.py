"""Private replacement of missing values."""

from skprivate.impute._simple import DPSimpleImputer

__all__ = ["DPSimpleImputer"]
