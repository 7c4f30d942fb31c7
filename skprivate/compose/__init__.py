"""Private transformers for different columns, with one budget for the whole."""

from skprivate.compose._column_transformer import DPColumnTransformer
from skprivate.compose._make import make_dp_column_transformer

__all__ = ["DPColumnTransformer", "make_dp_column_transformer"]
