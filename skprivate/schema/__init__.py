"""What is public about a table: types, bounds, categories and units of its columns."""

from skprivate.schema._declared import Schema
from skprivate.schema._field import Field

__all__ = ["Field", "Schema"]
