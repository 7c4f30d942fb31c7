"""The private fits that can still be seen in a fitted object."""

from dataclasses import dataclass
from numbers import Number

import numpy as np

# Attributes of fitted objects that hold no fits: a pipeline may have the former, and
# searches list candidates, which may well have been fitted before, in the latter.
_WITHOUT_FITS = {"feature_names_in_", "n_features_in_", "cv_results_", "best_params_"}
_PLACE = " > "


@dataclass(frozen=True)
class SeenFit:
    """A private fit, and where it was found.

    Parameters
    ----------
    path : tuple of str
        The way from the root.
    source : object
        What was fitted.
    report : PrivacyReport
        What it says it released.
    earlier : bool, default=False
        Whether it was fitted before the model around it, which only took it over.
    """

    path: tuple
    source: object
    report: object
    earlier: bool = False

    @property
    def where(self):
        """The path in words."""
        return _PLACE.join(self.path) or self.report.estimator

    @property
    def paid(self):
        """The events that a ledger was charged for it.

        Not those of its releases: how many these are, and which shares they have, may
        depend on earlier answers. What bounds them all is the budget; but nothing was
        paid where nothing learns, as in a pipeline of public maps.
        """
        report = self.report
        whole = (report.budget.event,) if report.releases else ()
        return tuple(getattr(report, "paid", ()) or whole)


def report_of(value):
    """The report of a private result (an estimator, a score), or None."""
    from skprivate.base import PrivacyReport

    if isinstance(value, PrivacyReport):
        return value
    if isinstance(value, type):
        return None
    for name in ("privacy_", "privacy"):
        report = getattr(value, name, None)
        if hasattr(report, "releases") and hasattr(report, "budget"):
            return report
    return None


def seen_fits(fitted):
    """All private fits below an object, each once.

    Fitted parts live in attributes that end in an underscore, in all of scikit-learn.
    An object that has none of them, such as a pipeline, fits its parameters in place.

    Returns
    -------
    list of SeenFit
    """
    search = _Search()
    search.look(fitted, (), earlier=False)
    return search.found


class _Search:
    """What was found so far, and which objects were looked at."""

    def __init__(self):
        self.found = []
        self._visited = set()
        self._given = set()  # ids of what was fitted before the model around it
        self._templates = set()  # ids of what was cloned, not fitted

    def look(self, value, path, *, earlier):
        """Find fits in a value at a path."""
        ignored = self._visited | self._templates - self._given
        if isinstance(value, (str, bytes, Number)) or id(value) in ignored:
            return
        self._visited.add(id(value))
        earlier = earlier or id(value) in self._given or _is_frozen(value)
        report = report_of(value)
        if report is not None:
            self.found.append(SeenFit(path, value, report, earlier))
            return
        if hasattr(value, "get_params") and not isinstance(value, type):
            earlier = self._note_parameters(value) or earlier
        for label, part in _parts(value):
            self.look(part, (*path, *label), earlier=earlier)

    def _note_parameters(self, estimator):
        """Whether all below was fitted earlier; else note which parameters were."""
        parameters = estimator.get_params(deep=True)
        if parameters.get("prefit") is True:
            return True
        frozen = tuple(n for n, part in parameters.items() if _is_frozen(part))
        for name, part in parameters.items():
            if parameters.get("cv") == "prefit":
                self._given.add(id(part))
            # scikit-learn keeps what is frozen, instead of cloning it
            elif not name.startswith(frozen) and _learned(estimator):
                self._templates.add(id(part))
        return False


def _is_frozen(value):
    return type(value).__name__ == "FrozenEstimator"


def _parts(value):
    """What a value holds: pairs (label, part), a label being a tuple of words."""
    if isinstance(value, type):
        return []
    if isinstance(value, dict):
        return [((str(key),), part) for key, part in value.items()]
    if isinstance(value, np.ndarray):
        return _items(value.ravel().tolist()) if value.dtype == object else []
    if isinstance(value, (list, tuple)):
        return _items(value)
    if hasattr(value, "get_params"):
        return _parts_of_estimator(value)
    if type(value).__module__.startswith(("sklearn.", "imblearn.")):
        # a plain holder, such as a calibrated classifier
        return [((name,), p) for name, p in getattr(value, "__dict__", {}).items()]
    return []


def _items(values):
    """Parts of a list; those of a step (name, estimator, ...) go by its name."""
    if isinstance(values, tuple) and values and isinstance(values[0], str):
        return [((values[0],), part) for part in values[1:]]
    if all(isinstance(value, tuple) for value in values):
        return [((), step) for step in values]
    return [((str(number),), part) for number, part in enumerate(values)]


def _parts_of_estimator(estimator):
    held = _learned(estimator)
    if held:
        held = {name: held[name] for name in sorted(held, key=_named_first)}
    else:
        held = estimator.get_params(deep=False)
    return [(_label(name.strip("_"), part), part) for name, part in held.items()]


def _learned(estimator):
    """Attributes that only a fit sets."""
    return {
        name: part
        for name, part in vars(estimator).items()
        if name.endswith("_") and name[0] != "_" and name not in _WITHOUT_FITS
    }


def _named_first(attribute):
    """Sorts what knows the names of its parts before what only numbers them."""
    return not attribute.startswith("named_"), attribute


def _label(attribute, part):
    """The name of an attribute, unless its parts have names of their own."""
    named = isinstance(part, dict) or (
        isinstance(part, list) and part and isinstance(part[0], tuple)
    )
    return () if named else (attribute,)
