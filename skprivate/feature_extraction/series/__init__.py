"""Series: public maps, and windows."""

from skprivate.feature_extraction.series._changes import Jitter, Warp
from skprivate.feature_extraction.series._competing import CompetingKernels
from skprivate.feature_extraction.series._echo import EchoState
from skprivate.feature_extraction.series._resample import LastValues, Resample
from skprivate.feature_extraction.series._summary import SeriesSummary
from skprivate.feature_extraction.series._symbols import SymbolHistogram
from skprivate.feature_extraction.series._windows import cut_windows

__all__ = [
    "CompetingKernels",
    "EchoState",
    "Jitter",
    "LastValues",
    "Resample",
    "SeriesSummary",
    "SymbolHistogram",
    "Warp",
    "cut_windows",
]
