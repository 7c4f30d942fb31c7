"""Tables in which rows are alike in groups, and what that is worth: not private.

k-anonymity and its kin are properties of a table, and bound nobody's knowledge. They
stand here because people are asked for them.
"""

from skprivate.anonymity._hierarchy import Hierarchy
from skprivate.anonymity._identifiers import Finding, TextRedactor, find_identifiers
from skprivate.anonymity._lattice import HierarchyAnonymizer
from skprivate.anonymity._mondrian import MondrianAnonymizer
from skprivate.anonymity._report import (
    AnonymityReport,
    SecretReport,
    anonymity_report,
)

__all__ = [
    "AnonymityReport",
    "Finding",
    "Hierarchy",
    "HierarchyAnonymizer",
    "MondrianAnonymizer",
    "SecretReport",
    "TextRedactor",
    "anonymity_report",
    "find_identifiers",
]
