"""What is public about a table: types, bounds, categories and units of its columns."""

from skprivate.schema._field import Field
from skprivate.schema._schema import Schema

__all__ = ["Field", "Schema"]
