"""Where the rows live, and the door that every row passes.

A source of rows answers one question, :meth:`Rows.total`: the exact integer sum of
some queries over all its rows. It adds no noise and charges no budget; only a curator
may call it.
"""

from skprivate.rows._array import ArrayRows
from skprivate.rows._arrow_rows import ArrowRows
from skprivate.rows._chunk import ChunkRows
from skprivate.rows._column import Column
from skprivate.rows._columns import schema_of
from skprivate.rows._dask import DaskRows
from skprivate.rows._derived import DerivedColumns
from skprivate.rows._door import Door, as_rows, checked_input, coded_input
from skprivate.rows._frozen import Frozen
from skprivate.rows._groups import bound_groups
from skprivate.rows._no_rows import NoRows
from skprivate.rows._parties import Parties
from skprivate.rows._refusal import refused
from skprivate.rows._rows import Rows, check_queries, check_size
from skprivate.rows._spark import SparkRows
from skprivate.rows._table import TableRows
from skprivate.rows._units import UnitClip
from skprivate.rows._untyped import is_missing
from skprivate.rows._weights import bounded_weights

__all__ = [
    "ArrayRows",
    "ArrowRows",
    "ChunkRows",
    "Column",
    "DaskRows",
    "DerivedColumns",
    "Door",
    "Frozen",
    "NoRows",
    "Parties",
    "Rows",
    "SparkRows",
    "TableRows",
    "UnitClip",
    "as_rows",
    "bound_groups",
    "bounded_weights",
    "check_queries",
    "check_size",
    "checked_input",
    "coded_input",
    "is_missing",
    "refused",
    "schema_of",
]
