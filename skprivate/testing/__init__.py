"""Checks that every private estimator must pass, of this package or of another."""

from skprivate.testing._attack import audit_mu
from skprivate.testing._checks_maps import check_public_map, map_checks
from skprivate.testing._discovery import all_estimators
from skprivate.testing._hostile import hostile_rows
from skprivate.testing._hostile_items import hostile_items
from skprivate.testing._replay import record, replay
from skprivate.testing._roles import check_display, check_source
from skprivate.testing._runner import (
    check_dp_estimator,
    dp_checks,
    parametrize_with_dp_checks,
)

__all__ = [
    "all_estimators",
    "audit_mu",
    "check_display",
    "check_dp_estimator",
    "check_public_map",
    "check_source",
    "dp_checks",
    "hostile_items",
    "hostile_rows",
    "map_checks",
    "parametrize_with_dp_checks",
    "record",
    "replay",
]
