"""Raw tables as models of bins take them: what is public, ranges, categories, bins."""

from skprivate.tables._bins import TableBins, learn_table_bins
from skprivate.tables._model import BinsTables
from skprivate.tables._shares import share_of_bins, signal_of, view_of

__all__ = [
    "BinsTables",
    "TableBins",
    "learn_table_bins",
    "share_of_bins",
    "signal_of",
    "view_of",
]
