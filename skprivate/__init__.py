"""Differential privacy for scikit-learn.

An estimator never sees rows. It sees noisy sums.

Submodules are imported at first use, so ``import skprivate`` costs almost nothing.
"""

from importlib import import_module as _import_module

__version__ = "0.22.0"


# Names at hand without a submodule, and where they live.
_HOMES = {
    "PrivacyLedger": "ledger",
    "Schema": "schema",
    "check_policy": "report",
    "check_private": "composition",
    "make_dp_pipeline": "pipeline",
    "privacy_cost": "composition",
    "privacy_report": "report",
    "register_privacy_rule": "composition",
}

__all__ = [*_HOMES]


def __getattr__(name):
    """Import the submodule ``skprivate.<name>``, or the one a name lives in."""
    if name in _submodules():
        return _import_module(f"{__name__}.{name}")
    if name in _HOMES:
        return getattr(_import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_HOMES, *_submodules()})


def _submodules():
    """Names of the public modules and packages of this folder."""
    from pkgutil import iter_modules

    # Listed from disk, so that a new package is one folder and no edit here.
    return [m.name for m in iter_modules(__path__) if not m.name.startswith("_")]
