"""Defects that have happened to others, planted here: each must be caught by a check.

A check that has never failed proves nothing. Every function in the modules named below
breaks one thing, in an estimator or in the library, and names the check that notices.
"""

from importlib import import_module

import pytest

from skprivate.testing import dp_checks
from tests.testing.planting import DEFECTS
from tests.testing.toys import Toy

PARTS = (
    "queries",
    "cells",
    "scores",
    "noise",
    "rounds",
    "budgets",
    "models",
    "ledgers",
    "interruptions",
    "company",
    "networks",
    "real_estimators",
)
for part in PARTS:
    import_module(f"tests.testing.defects_of_{part}")  # registers what it plants


@pytest.mark.parametrize(("plant", "check"), DEFECTS)
def test_planted_defect_is_caught(plant, check, monkeypatch):
    estimator = plant(monkeypatch) or Toy()
    # A ValueError is the library's own: totals that are not whole do not pass.
    with pytest.raises((AssertionError, ValueError)) as failure:
        dp_checks(estimator)[check](estimator)
    text = str(failure.value).splitlines()[0]
    assert len(text) > 60, "a failed check says what it means, and what to do"


def test_there_are_enough_defects():
    assert len(DEFECTS) >= 85
