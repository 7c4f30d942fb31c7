"""Every public name says the types of what it takes and gives."""

import inspect
import re
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import pytest

import skprivate

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "skprivate"
FOLDERS = [p.parent.relative_to(ROOT).parts for p in PACKAGE.rglob("__init__.py")]
PUBLIC = sorted(".".join(f) for f in FOLDERS if not any(p[0] == "_" for p in f))
HAS_NAMES = [m for m in PUBLIC if hasattr(import_module(m), "__all__")]
MADE = {"__init__", "__new__", "__call__"}


def ours(function):
    """The function as written, if it is one of a file of the package, else None."""
    function = inspect.unwrap(getattr(function, "py_func", function))
    if not inspect.isfunction(function):
        return None
    file = Path(function.__code__.co_filename)
    return function if PACKAGE in file.parents else None


def function_of(member):
    """The function behind a member of a class; None if it has none."""
    if isinstance(member, property):
        return member.fget
    if isinstance(member, cached_property):
        return member.func
    if type(member).__name__ == "_AvailableIfDescriptor":
        return member.fn
    return getattr(member, "__func__", member)


def functions(public):
    """What can be called of a public name: itself, or methods and properties."""
    if not inspect.isclass(public):
        yield public
        return
    for cls in public.__mro__:
        for name, member in vars(cls).items():
            if name in MADE or not name.startswith("_"):
                yield function_of(member)


def missing(function):
    """Names of what has no hint in the signature; "return" for the result."""
    signature = inspect.signature(getattr(function, "py_func", function))
    parameters = [*signature.parameters.values()]
    is_method = "." in re.sub(r"\.[0-9a-f]{12}$", "", function.__qualname__)
    if is_method and parameters and parameters[0].name in ("self", "cls"):
        del parameters[0]
    hints = {p.name: p.annotation for p in parameters}
    hints["return"] = signature.return_annotation
    return [name for name, hint in hints.items() if hint is inspect.Signature.empty]


@pytest.mark.parametrize("module", HAS_NAMES)
def test_public_names_have_hints(module):
    found = import_module(module)
    publics = [getattr(found, name) for name in found.__all__]
    told = {f: ours(f) for public in publics for f in functions(public) if ours(f)}
    wrong = {f.__qualname__: missing(f) for f in told}
    assert {name: names for name, names in wrong.items() if names} == {}
    for function in told.values():
        get_type_hints(function)  # a name that is not there raises


def test_hints_that_are_missing_are_seen():
    def some(a: int, b, *, c: str = ""):
        return a

    assert missing(some) == ["b", "return"]
    assert ours(skprivate.PrivacyLedger.spent)
    assert ours(len) is None


def test_the_stub_has_every_name_of_the_package():
    """Type checkers read it in place of ``__getattr__``, which they do not follow."""
    text = (PACKAGE / "__init__.pyi").read_text(encoding="utf-8")
    told = re.findall(r"^from (\S+) import (\w+) as \2$", text, re.M)
    names = {name: getattr(import_module(home), name) for home, name in told}
    submodules = {m.split(".")[1] for m in PUBLIC if m.count(".") == 1}
    assert {*names} == {*skprivate.__all__} | submodules
    assert all(value is getattr(skprivate, name) for name, value in names.items())
