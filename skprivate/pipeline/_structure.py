"""Which steps may follow each other, and what may go along with the rows."""

from skprivate.pipeline._copies import check_copies, check_units
from skprivate.pipeline._steps import does_nothing, resamples
from skprivate.rows import Rows
from skprivate.rows._kinds import is_dask


def check_steps(steps):
    """Refuse what is no chain of steps.

    Raises
    ------
    TypeError, ValueError
        With what to do.
    """
    if not isinstance(steps, (list, tuple)) or not all(map(_is_pair, steps)):
        raise TypeError("steps must be a list of pairs (name, step).")
    if not steps:
        raise ValueError("The pipeline is empty. Please add steps.")
    for index, (name, step) in enumerate(steps):
        last = index == len(steps) - 1
        if isinstance(step, str) and step != "passthrough":
            raise TypeError(f"{name!r} is {step!r}. Give a step or 'passthrough'.")
        if does_nothing(step):
            continue
        kind = type(step).__name__
        if not hasattr(step, "fit"):
            raise TypeError(f"{name!r}, a {kind}, has no fit. Give an estimator.")
        if not (last or hasattr(step, "transform") or resamples(step)):
            raise TypeError(
                f"All but the last step transform or resample; {name!r}, a {kind}, "
                "does neither. Put it last."
            )
        if not last and _has_sampler_inside(step):
            raise ValueError(
                f"{name!r} is a pipeline with a sampler, and another step follows. Put "
                "its steps into this pipeline, one by one."
            )
    check_copies(steps)


def check_transformers(transformers):
    """Refuse what is no list of transformers to stand side by side.

    Raises
    ------
    TypeError, ValueError
        With what to do.
    """
    if not isinstance(transformers, (list, tuple)) or not all(
        map(_is_pair, transformers)
    ):
        raise TypeError("Give a list of pairs (name, transformer).")
    if not transformers:
        raise ValueError("There are no transformers. Please add some.")
    for name, step in transformers:
        if isinstance(step, str) and step in ("passthrough", "drop"):
            continue
        if not hasattr(step, "fit") or not hasattr(step, "transform"):
            raise TypeError(
                f"{name!r}, a {type(step).__name__}, has no fit and transform. Give a "
                "transformer, 'passthrough' or 'drop'."
            )
        if _has_sampler_inside(step):
            raise ValueError(
                f"{name!r} has a sampler inside, which would change the rows of one "
                "part only. Put samplers before or after."
            )


def check_names(steps, params):
    """Refuse parameters ``name__parameter`` of which no step has the name."""
    known = {name for name, step in steps if not does_nothing(step)}
    unknown = {name.split("__")[0] for name in params if "__" in name} - known
    if unknown:
        raise ValueError(
            f"There is no step {min(unknown)!r} that takes parameters. Write "
            "name__parameter with the name of a step."
        )


def check_alignment(steps, X, groups, params, method):
    """Refuse what cannot go along with the rows through all steps.

    Parameters
    ----------
    steps : list of tuple (name, step)
        Of the pipeline.
    X : array-like or Rows
        The rows.
    groups : array-like or None
        Units of several rows.
    params : dict
        Parameters of the steps, by name and by method.
    method : str
        The method of the pipeline that was called.
    """
    samplers = [index for index, (_, step) in enumerate(steps) if resamples(step)]
    first = samplers[0] if samplers else len(steps)
    if (isinstance(X, Rows) or is_dask(X)) and (samplers or method != "fit"):
        raise ValueError(
            "Samplers, and methods that return rows, need rows in memory. Load them, "
            "or use fit without samplers."
        )
    if groups is not None:
        check_units(steps)
    for index, (name, _) in enumerate(steps):
        given = [v for part in params.get(name, {}).values() for v in part.items()]
        names = {key for key, value in given if value is not None}
        if names and isinstance(X, Rows) and params[name].get("transform"):
            raise ValueError(
                f"Metadata of transform of {name!r} cannot go along with rows out of "
                "memory. Load the rows, or leave it out."
            )
        if "groups" in names:
            raise ValueError(
                f"Groups are given to {name!r} alone. Give groups=... to the whole: "
                "all steps must protect the same unit."
            )
        if names and index > first:
            raise ValueError(
                f"After the sampler {steps[first][0]!r} there are other rows, which "
                f"{min(names)} does not belong to. Drop the sampler, or {min(names)}."
            )


def _is_pair(entry):
    """Whether an entry is a name and a step."""
    return isinstance(entry, (list, tuple)) and len(entry) == 2


def _has_sampler_inside(step):
    """Whether a step is a pipeline that adds or drops rows as it is fitted."""
    inner = getattr(step, "steps", ())
    return any(resamples(child) for _, child in inner)
