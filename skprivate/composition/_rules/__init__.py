"""What each class of scikit-learn, imbalanced-learn and skprivate costs."""

from importlib import import_module
from pkgutil import iter_modules

from skprivate.composition._rules._data_independent import DATA_INDEPENDENT
from skprivate.composition._rules._unknown import WHY_UNKNOWN, price_of_unknown

__all__ = ["DATA_INDEPENDENT", "WHY_UNKNOWN", "price_of_unknown"]

for _module in iter_modules(__path__):  # each registers its rules when imported
    import_module(f"{__name__}.{_module.name}")
