"""Bins of columns, as values: edges and categories in, codes of one byte out."""

from skprivate.binning._bins import Bins
from skprivate.binning._columns import CategoryBins, NumberBins
from skprivate.binning._maps import AddTerms, BinCodes
from skprivate.binning._ones import ones_at

__all__ = ["AddTerms", "BinCodes", "Bins", "CategoryBins", "NumberBins", "ones_at"]
