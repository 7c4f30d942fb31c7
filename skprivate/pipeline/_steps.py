"""What may be a part of a compound object, and what it gets to spend."""

from dataclasses import dataclass
from importlib import import_module
from inspect import signature

import numpy as np
from sklearn import get_config
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter

from skprivate.base import DPEstimator, replaces_rows
from skprivate.composition import Walk, privacy_cost
from skprivate.composition._rules._made_up import cost_after_rows
from skprivate.pipeline._listed import planned_row

_BUDGET = ("epsilon", "delta")


@dataclass(eq=False)
class Child:
    """A clone of a step, told what it may spend.

    Attributes
    ----------
    name : str
        Of the step.
    step : estimator, str or None
        The clone; what does nothing is as it was given.
    share : float
        The part of the whole budget that it spends, zero if it learns nothing.
    given : dict
        Parameters of the step that were set here, as the user gave them.
    """

    name: str
    step: object
    share: float
    given: dict

    @property
    def spends(self):
        """Whether it looks at rows, and pays for it."""
        return self.share > 0

    def hand(self, geometry):
        """What is public about what comes in, if it is known and was not given."""
        path, step = _reader_of(self.step)
        if geometry.bounds is not None and _searches(step):
            self._tell(path, step, bounds=geometry.bounds)
        takes_norm = getattr(step, "row_norm", 0) is None
        if takes_norm and geometry.is_ball(*getattr(step, "_norm_tells", ())):
            self._tell(path, step, row_norm=float(geometry.norm))

    def _tell(self, path, step, **params):
        """Set parameters of a part that the user left open."""
        for name, value in params.items():
            self.tell(path + name, value, getattr(step, name))

    def tell(self, name, value, given):
        """Set a parameter, and remember what the user gave."""
        self.given.setdefault(name, given)
        self.step.set_params(**{name: value})

    def as_given(self):
        """The step, with the parameters that the user had given.

        So that the next fit, or a clone, starts from what the user wrote.
        """
        if not does_nothing(self.step):
            vars(self.step).pop("_followed_by", None)  # it was told for this fit only
        return self.step.set_params(**self.given) if self.given else self.step


def child_of(name, step, budget=None, share=0.0):
    """A clone of ``step`` that spends ``budget``."""
    if does_nothing(step):
        return Child(name, step, 0.0, {})
    copy, given = clone(step), {}
    if budget is not None:
        given = {key: getattr(step, key) for key in _BUDGET}
        copy.set_params(epsilon=budget.epsilon, delta=budget.delta)
        _check_price(name, copy, budget)
    return Child(name, copy, share, given)


def _check_price(name, step, budget):
    """Refuse a step whose price cannot be added to those of others.

    What an estimator asks of its curator is GDP, and so are compositions of that. The
    best of several runs is not (Papernot and Steinke 2022 bound its Renyi divergences),
    so a search has an epsilon, and no ``mu`` that could be squared and added.
    """
    if isinstance(step, DPEstimator):
        return
    if all(event == budget.event for event in privacy_cost(step).events):
        return
    raise TypeError(
        f"The price of {name!r}, a {type(step).__name__}, cannot be added to that of "
        "other steps. Put a search around the whole, where it can choose parameters of "
        "all steps."
    )


def does_nothing(step):
    """Whether a step is left out, or passes on what it gets."""
    return step is None or (isinstance(step, str) and step in ("passthrough", "drop"))


def spends(step):
    """Whether a step spends a budget: an estimator of skprivate, or made of such."""
    if does_nothing(step) or isinstance(step, type):
        return False
    if isinstance(step, DPEstimator):
        return True
    composed = hasattr(step, "_privacy_cost") and hasattr(step, "get_params")
    if not (composed and {*_BUDGET} <= step.get_params(deep=False).keys()):
        return False
    # One whose parts learn nothing would leave its share of the budget unused.
    children = getattr(step, "_children", None)
    return children is None or any(spends(part) for _, part in _parts_of(children))


def _parts_of(children):
    """Pairs of name and part; something that spends, where they make no sense."""
    try:
        return [(name, part) for name, part, *_ in children()]
    except (TypeError, ValueError):
        return [("", DPEstimator())]  # the checks of its structure will refuse it


def discovers(step):
    """Whether a step may have to find categories, and reserves a part of delta."""
    return spends(step) and hasattr(step, "_discovers") and step._discovers()


def takes_weights(step):
    """Whether a step looks at rows, and counts them by weights."""
    return spends(step) and has_fit_parameter(step, "sample_weight")


def with_weight(params, sample_weight):
    """Metadata of a fit, with weights if there are some."""
    if sample_weight is None:
        return params
    return params | {"sample_weight": sample_weight}


def without_weight(params):
    """Metadata of a fit but for weights."""
    return {name: given for name, given in params.items() if name != "sample_weight"}


def assumptions(step):
    """What is taken for granted about a step that learns nothing from rows."""
    if does_nothing(step) or spends(step):
        return ()
    return tuple(_assumed_in(privacy_cost(step)))


def _assumed_in(cost):
    """Notes of a price that are no facts, but assumptions."""
    if "assumed: " in cost.note:
        yield cost.note.split("assumed: ")[1]
    for _, child in cost.children:
        yield from _assumed_in(child)


def resamples(step):
    """Whether a step adds or drops rows."""
    return hasattr(step, "fit_resample")


def names_behind_made_up_rows(steps):
    """Names of the steps behind a sampler that replaces all rows by its own.

    What spends a budget of its own is left out: it is treated as anywhere.
    """
    steps = iter(steps)
    any(replaces_rows(step) for _, step in steps)  # goes on to the first of these
    return frozenset(
        name for name, step in steps if not (does_nothing(step) or spends(step))
    )


def is_seeded(step):
    """Whether the noise of a step, or of a part of it, can be repeated.

    The seed of a part that learns nothing is a parameter like any other.
    """
    return any(
        getattr(part, "random_state", None) is not None
        or has_seed(getattr(part, "scoring", None))
        for part in parts_below(step)
        if spends(part)
    )


def has_seed(scoring):
    """Whether the noise of a private scorer can be repeated."""
    options = getattr(scoring, "options", {})
    return options.get("random_state") is not None


def parts_below(step):
    """The step, and all estimators among its parameters and theirs.

    Returns
    -------
    list of object
        Without those that do nothing.
    """
    parts = {id(step): step}
    if hasattr(step, "get_params") and not isinstance(step, type):
        parts |= {id(part): part for part in step.get_params(deep=True).values()}
    return [
        part
        for part in parts.values()
        if hasattr(part, "get_params") and not isinstance(part, type)
    ]


def check_step(name, step, *, made_up=False):
    """Refuse what is neither private nor independent of the data.

    Of a step that sees ``made_up`` rows only, what it has learned before is checked.

    Raises
    ------
    TypeError
        If nothing proves that the step protects its rows.
    ValueError
        If the step brings a budget of its own.
    """
    if does_nothing(step):
        return
    if isinstance(step, type):
        raise TypeError(f"{name!r} is a class. Give an instance: {step.__name__}(...).")
    if not spends(step):
        _check_independent(name, step, made_up)
        return
    check_code(name, step)
    for key in _BUDGET:
        default = signature(type(step)).parameters[key].default
        if getattr(step, key) != default:
            raise ValueError(
                f"{name!r} has a budget of its own: {key} is not its default. The "
                f"whole has one budget, of which each gets a share. Leave {key} out "
                "there, and use weights=... to give this one a larger or smaller share."
            )
    if hasattr(step, "_check_children"):
        step._check_children()


def check_code(name, step):
    """Refuse what spends a budget, and has methods that were written elsewhere.

    Raises
    ------
    TypeError
        If these may read rows; a privacy rule for the class says that they do not.
    """
    leaks = Walk({}, above=(step,)).leaks_to_code(step)
    if leaks:
        raise TypeError(f"{name!r} is not private: {leaks[0].what}. {leaks[0].remedy}")


def _check_independent(name, step, made_up):
    """Refuse a step that learns from rows, or may do so."""
    walk = Walk({})
    cost = cost_after_rows(step, walk, name) if made_up else privacy_cost(step)
    if cost.private and not cost.events:
        return
    kind = type(step).__name__
    inside = [leak for leak in cost.leaks if leak not in cost.own_leaks()]
    if cost.private or (cost.events and not inside):
        raise TypeError(
            f"{name!r}, a {kind}, has private parts that bring budgets of their own. "
            "Use its namesake in skprivate, such as DPPipeline or DPColumnTransformer, "
            "which shares out one budget."
        )
    leak, why = (inside or cost.leaks)[0], "and not known to be independent of the data"
    if made_up:
        leak = cost.leaks[-1]
        why = f"since {leak.what}"
    raise TypeError(f"{name!r}, a {kind}, is not private, {why}. {leak.remedy}")


def _reader_of(step):
    """Who reads the rows of a step, and the way to its parameters: one around another
    hands them on as they are.
    """
    path = ""
    while spends(step) and spends(getattr(step, "estimator", None)):
        path, step = f"{path}estimator__", step.estimator
    return path, step


def _searches(step):
    """Whether a step would pay to find out the bounds of its features."""
    bounds = getattr(step, "bounds", None)
    return isinstance(bounds, str) and bounds == "private"


def planned(step, row, classes):
    """A clone that was fitted on no rows, but on a made-up one if it learns nothing."""
    if spends(step):
        return step._planned(row, classes=classes)
    return clone(step).fit(planned_row(step, row))


def planned_output(step, row):
    """A made-up row after a planned step, which need not be able to read one.

    Parameters
    ----------
    step : transformer
        As :func:`planned` returns it.
    row : table
        The row it was planned on.
    """
    config = getattr(step, "_sklearn_output_config", get_config())
    kind = config.get("transform") or config.get("transform_output") or "default"
    width = _width_after(step, row)
    if kind == "default":
        return np.zeros((1, width))
    adapter = import_module(kind).DataFrame
    names = [str(name) for name in step.get_feature_names_out()]
    return adapter({name: [0.0] for name in names})


def _width_after(step, row):
    """Number of columns that a planned step makes of a row."""
    if hasattr(step, "output_indices_"):
        return max((part.stop for part in step.output_indices_.values()), default=0)
    if hasattr(step, "transformer_list"):
        kept = [part for _, part in step.transformer_list if part != "drop"]
        return sum(_width_after(part, row) for part in kept)
    if hasattr(step, "steps") and spends(step):
        width = row.shape[1]
        for part in (part for _, part in step.steps if not does_nothing(part)):
            width = _width_after(part, row)
            row = np.zeros((1, width))
        return width
    if isinstance(step, DPEstimator) and hasattr(step, "get_feature_names_out"):
        return len(step.get_feature_names_out())
    return step.transform(planned_row(step, row)).shape[1]
