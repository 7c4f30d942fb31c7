"""How defects are planted: in a toy, or in the library by monkeypatching."""

import pytest

from tests.testing.toys import ClassSums, Toy

DEFECTS = []


def caught_by(check):
    """Register a defect, with the check that must notice it."""

    def register(plant):
        DEFECTS.append(pytest.param(plant, check, id=plant.__name__))
        return plant

    return register


def variant(**members):
    """A toy with some members replaced; pickle finds its class here."""
    members |= {"__init__": Toy.__init__, "__module__": __name__}
    globals()["Variant"] = type("Variant", (Toy,), members)
    return globals()["Variant"]()


def with_query(**members):
    """A toy whose sums have some members replaced."""
    return variant(sums=type("ClassSums", (ClassSums,), members))


def with_fit(after):
    """A toy that does something more at the end of ``_fit``."""

    def _fit(self, curator):
        Toy._fit(self, curator)
        after(self, curator)

    return variant(_fit=_fit)


def wrap(monkeypatch, owner, name, make):
    """Replace a function by ``make(function)``."""
    monkeypatch.setattr(owner, name, make(getattr(owner, name)))
