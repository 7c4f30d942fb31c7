"""Looking at a table before a model is made of it, for a price."""

from skprivate.exploration._profile import DPDataProfile
from skprivate.exploration._table_profile import TableProfile

__all__ = ["DPDataProfile", "TableProfile"]
