"""Private column transformers."""

from skprivate.compose._column_transformer import DPColumnTransformer
from skprivate.compose._make import make_dp_column_transformer
from skprivate.compose._table_vectorizer import DPTableVectorizer

__all__ = ["DPColumnTransformer", "DPTableVectorizer", "make_dp_column_transformer"]
