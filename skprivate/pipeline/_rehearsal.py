"""A compound object on no rows, before anything is paid."""

from numbers import Integral

import numpy as np
from scipy import sparse
from sklearn import get_config
from sklearn.base import OneToOneFeatureMixin, clone
from sklearn.utils import get_tags

from skprivate.base import Geometry, PublicMapMixin, check_bounds, replaces_rows
from skprivate.pipeline._copies import check_units, count_copies, with_units
from skprivate.pipeline._listed import check_items
from skprivate.pipeline._run import input_geometry
from skprivate.pipeline._steps import does_nothing, resamples, spends
from skprivate.rows import NoRows, refused


def rehearse_step(step, given):
    """Refuse what public facts reveal to be wrong about a part.

    Parameters
    ----------
    step : estimator
        With the budget it is to spend.
    given : Given
        What is public about its rows.
    """
    if hasattr(step, "_rehearse"):  # also made of parts none of which spends
        step._rehearse(given)


def rehearse_chain(children, given, geometry):
    """The same for steps, each of which gets what the one before returns.

    Parameters
    ----------
    children : list of Child
    given : Given
        What is public about the rows of the first.
    geometry : Geometry
        Of these.
    """
    copies = 1
    if given.groups is not None:
        check_units([(child.name, child.step) for child in children])
    for number, child in enumerate(children):
        if does_nothing(child.step):
            continue
        if not spends(child.step):
            check_items(child.name, child.step, given.X)
            if isinstance(child.step, PublicMapMixin):
                clone(child.step).fit(given.X)  # parameters and types, and no item
        child.hand(geometry)
        count_copies(child, copies, given.groups is not None)
        rehearse_step(child.step, with_units(given, copies))
        if replaces_rows(child.step):
            refuse_no_target(children[number + 1 :], given)
            return  # what follows sees none of these rows
        if resamples(child.step):
            copies *= getattr(child.step, "stability", 1)
        else:
            given = given.with_table(_table_after(child.step, given.X))
            geometry = Geometry()


def refuse_no_target(children, given):
    """Refuse steps that need a target, where no rows will have one."""
    if given.y is not None or given.in_source:
        return
    for child in children:
        if hasattr(child.step, "fit") and get_tags(child.step).target_tags.required:
            raise refused(
                ValueError,
                f"Step {child.name!r} requires y to be passed, but the target y is "
                "None. Pass y.",
            )


def public_geometry(bounds, X):
    """What a compound object was told of its rows, checked as far as ``X`` is known."""
    if width_of(X) is not None:
        return input_geometry(bounds, X)
    if not (isinstance(bounds, str) and bounds == "private"):
        check_bounds(bounds, None)
    return Geometry()


def width_of(X):
    """Number of columns, None where it is not known."""
    if isinstance(X, NoRows):
        return X.n_features if X.width_is_known else None
    shape = getattr(X, "shape", ())
    return int(shape[1]) if len(shape) == 2 else None


def _table_after(step, X):
    """A table without rows, as wide as the output; None where it takes rows to tell.

    Names are not known, so neither is a table that has some.
    """
    width = width_of(X)
    config = getattr(step, "_sklearn_output_config", get_config())
    named = (config.get("transform") or config.get("transform_output")) != "default"
    if named or not hasattr(step, "transform"):
        return None
    if isinstance(step, PublicMapMixin):
        return _emptied_output(step)
    if _is_made_of_maps(step):
        return _emptied_output_of_maps(step, X)
    if width is None:
        return None
    if not spends(step):
        numbers = getattr(getattr(X, "dtype", None), "kind", "O") in "biuf"
        width = _mapped_width(step, width) if numbers else None
    elif isinstance(getattr(step, "n_components", None), Integral):
        width = int(step.n_components)
    elif isinstance(getattr(step, "k", None), Integral):
        width = min(int(step.k), width)
    elif not _is_one_to_one(step):
        width = None
    return None if width is None else np.empty((0, width))


def _emptied_output(public_map):
    """No rows of a public map: its parameters say how wide they are, and how dense."""
    try:
        return clone(public_map).fit().transform([])
    except Exception:  # it may need items: the fit will tell
        return None


def _is_made_of_maps(step):
    """Whether a compound object has no other parts than public maps, and some."""
    parts = step._children() if hasattr(step, "_children") else []
    known = [
        isinstance(part, PublicMapMixin) or _is_made_of_maps(part)
        for _, part in parts
        if not (isinstance(part, str) and part == "drop")
    ]
    return bool(known) and all(known)


def _emptied_output_of_maps(step, X):
    """No rows of a compound object that is made of public maps."""
    rows = [] if X is None else X
    try:
        plan = step._planned(rows)
        if not hasattr(plan, "sparse_output_"):
            return plan.transform(rows)
        width = max(part.stop for part in plan.output_indices_.values())
        empty = np.empty((0, width))
        return sparse.csr_matrix(empty) if plan.sparse_output_ else empty
    except Exception:  # it may need items: the fit will tell
        return None


def _is_one_to_one(step):
    """Whether each column becomes one; an encoder may have names of its own."""
    names = getattr(type(step), "get_feature_names_out", None)
    return names is OneToOneFeatureMixin.get_feature_names_out


def _is_code(value):
    """Whether a parameter is a function that somebody wrote; those of NumPy are not."""
    known = isinstance(value, (type, np.ufunc)) or hasattr(value, "fit")
    return callable(value) and not known


def _mapped_width(step, width):
    """Width of what a map that learns nothing makes of zeros."""
    if any(map(_is_code, step.get_params().values())):
        return None  # a function of the user may fit something, which would be charged
    zeros = np.zeros((1, width))
    try:
        found = clone(step).fit(zeros).transform(zeros)
    except Exception:  # it may want other values: the fit will tell
        return None
    return width_of(found) if found.dtype.kind in "biuf" else None
