"""Private column transformers."""

from skprivate.compose._augmented import Augmented
from skprivate.compose._column_transformer import DPColumnTransformer
from skprivate.compose._make import make_dp_column_transformer
from skprivate.compose._modalities import WithIndicator, join_modalities
from skprivate.compose._public_map import PublicMap
from skprivate.compose._table_vectorizer import DPTableVectorizer

__all__ = [
    "Augmented",
    "DPColumnTransformer",
    "DPTableVectorizer",
    "PublicMap",
    "WithIndicator",
    "join_modalities",
    "make_dp_column_transformer",
]
