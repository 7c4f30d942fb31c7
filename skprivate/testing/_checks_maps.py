"""Checks of public maps: a row they make is that item's own, and of a known size."""

import pickle
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import get_tags

from skprivate._typing import Estimator
from skprivate.composition import privacy_cost
from skprivate.testing._examples import quiet
from skprivate.testing._hostile_items import UNREADABLE, hostile_items
from skprivate.testing._same import bits_of, differences, fitted_state


def check_public_map(public_map: Estimator, items: list[Any] | None = None) -> None:
    """Check that a map of items keeps what public maps promise.

    Parameters
    ----------
    public_map : estimator
        Such as one with :class:`~skprivate.base.PublicMapMixin`; not changed.
    items : list, default=None
        Rows that it reads; hostile ones of all kinds are tried besides.

    Examples
    --------
    >>> from skprivate.feature_extraction.text import HashedText
    >>> from skprivate.testing import check_public_map
    >>> check_public_map(HashedText(64))
    """
    for check in map_checks().values():
        check(public_map, items)


def map_checks() -> dict[Any, Any]:
    """The checks of public maps, by name; each takes a map, and items or None."""
    return {name: c for name, c in globals().items() if name.startswith("check_map_")}


def check_map_learns_nothing(public_map, items=None):
    """What ``fit`` leaves behind is the same for all items, and none at all."""
    rows = _rows(items)
    tables = rows, rows[:1], rows[::-1]
    states = [fitted_state(clone(public_map).fit(some)) for some in tables]
    for state in states[1:]:
        different = differences(states[0], state)
        assert not different, (
            f"attributes {different} depend on the rows. Compute them of "
            "parameters only."
        )
    assert not get_tags(public_map).requires_fit, "the tag requires_fit must be False."


def check_map_treats_each_item_by_itself(public_map, items=None):
    """A row is the same, to the last bit, alone and in any company."""
    rows = _rows(items)
    fitted = clone(public_map).fit(rows)
    whole = _dense(fitted.transform(rows))
    assert len(whole) == len(rows), (
        "there are not as many rows as items. Return zeros for what cannot be read."
    )
    few, starts = range(0, len(rows), 2), range(0, len(rows), 7)
    alone = np.vstack([_dense(fitted.transform(rows[i : i + 1])) for i in few])
    backwards = _dense(fitted.transform(rows[::-1]))[::-1]
    chunks = np.vstack([_dense(fitted.transform(rows[i : i + 7])) for i in starts])
    for other, known in ((alone, whole[::2]), (backwards, whole), (chunks, whole)):
        assert bits_of(known) == bits_of(other), (
            "an item is mapped otherwise in other company. Map one after the other, or "
            "in stacks of one shape."
        )


def check_map_announces_what_holds(public_map, items=None):
    """Bounds and norm of the output hold for any item, and all of it is finite."""
    rows = _rows(items)
    fitted = clone(public_map).fit(rows)
    output = _dense(fitted.transform(rows))
    assert np.isfinite(output).all(), (
        "a row has values that are not finite. Return zeros for what cannot be read."
    )
    geometry = fitted.output_geometry_
    if geometry.bounds is not None:
        low, high = geometry.bounds
        assert np.all((low <= output) & (output <= high)), (
            "a row is beyond output_bounds_. Clip to them last, or announce wider ones."
        )
    longest = np.max(np.linalg.norm(output, axis=1), initial=0.0)
    assert longest <= geometry.longest * (1 + 1e-9), (
        "a row is beyond output_norm_. Scale rows down last, or announce a larger one."
    )


def check_map_makes_one_row_of_what_it_cannot_read(public_map, items=None):
    """A missing item, or nonsense, is a row of zeros, or of one constant; no error."""
    rows = list(UNREADABLE)
    output = _dense(clone(public_map).fit(rows).transform(rows))
    assert (output == output[0]).all(), (
        "something is made of nothing. Return zeros for what cannot be read."
    )


def check_map_reads_any_container(public_map, items=None):
    """A list, an array of objects and no row at all give rows of one width."""
    rows = _rows(items)[:9]
    array = np.empty(len(rows), object)
    array[:] = rows
    fitted = clone(public_map).fit(rows)
    listed, arrayed = _dense(fitted.transform(rows)), _dense(fitted.transform(array))
    assert bits_of(listed) == bits_of(arrayed), (
        "an array is read otherwise than a list. Read items with items_of."
    )
    none = _dense(fitted.transform([]))
    assert none.shape == (0, listed.shape[1]), "no rows must give a table of no rows."
    names = fitted.get_feature_names_out()
    assert len(names) == listed.shape[1], "there must be one name for each column."


def check_map_changes_nothing(public_map, items=None):
    """Items stay as they are, and a copy of the map maps them alike."""
    rows = _rows(items)
    before = pickle.dumps([row for row in rows if isinstance(row, np.ndarray)])
    fitted = clone(public_map).fit(rows)
    output = _dense(fitted.transform(rows))
    after = pickle.dumps([row for row in rows if isinstance(row, np.ndarray)])
    assert before == after, "an item is changed in place. Copy it first."
    stored = pickle.dumps(fitted)
    again = _dense(pickle.loads(stored).transform(rows))
    assert bits_of(output) == bits_of(again), "a copy maps otherwise. Keep no state."
    arrays = [row for row in rows if isinstance(row, np.ndarray)]
    held = [row for row in arrays if row.dtype.kind == "f" and len(np.unique(row)) > 9]
    assert not any(row.tobytes() in stored for row in held), (
        "a pickle holds items. Keep none of them."
    )


def check_map_costs_nothing(public_map, items=None):
    """It has a privacy rule, which says that it spends nothing."""
    cost = privacy_cost(public_map)
    assert cost.private, "there is no privacy rule. Write one: register_privacy_rule."
    assert not cost.events, "a public map spends nothing. Make this a DPEstimator."


def _rows(items):
    return [*(items or []), *hostile_items()]


def _dense(X):
    with quiet():
        return X.toarray() if sparse.issparse(X) else np.asarray(X)
