"""A page for the people who answer for a table: its ledger at a glance, in one file."""

from skprivate.dashboard._page import dashboard_page

__all__ = ["dashboard_page"]
