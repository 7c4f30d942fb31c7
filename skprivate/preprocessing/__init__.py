"""Private scaling of features."""

from skprivate.preprocessing._discretizer import DPKBinsDiscretizer
from skprivate.preprocessing._hasher import CategoryHasher
from skprivate.preprocessing._min_max import DPMinMaxScaler
from skprivate.preprocessing._one_hot import DPOneHotEncoder
from skprivate.preprocessing._ordinal import DPOrdinalEncoder
from skprivate.preprocessing._outlier_clipper import DPOutlierClipper
from skprivate.preprocessing._power import DPPowerTransformer
from skprivate.preprocessing._quantile_transformer import DPQuantileTransformer
from skprivate.preprocessing._robust_scaler import DPRobustScaler
from skprivate.preprocessing._row_norm import RowNormClipper
from skprivate.preprocessing._spline import DPSplineTransformer
from skprivate.preprocessing._standard import DPStandardScaler
from skprivate.preprocessing._target_encoder import DPTargetEncoder

__all__ = [
    "CategoryHasher",
    "DPKBinsDiscretizer",
    "DPMinMaxScaler",
    "DPOneHotEncoder",
    "DPOrdinalEncoder",
    "DPOutlierClipper",
    "DPPowerTransformer",
    "DPQuantileTransformer",
    "DPRobustScaler",
    "DPSplineTransformer",
    "DPStandardScaler",
    "DPTargetEncoder",
    "RowNormClipper",
]
