"""Steps one after the other: prices add up, since they see the same people."""

from sklearn.base import OneToOneFeatureMixin

from skprivate.base import replaces_rows
from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in
from skprivate.composition._rules._made_up import cost_after_rows, leaks_of_requests
from skprivate.composition._rules._products import (
    assumed_of_rounding,
    leaks_by_rounding,
)


@built_in("imblearn", "Pipeline")
@built_in("sklearn", "Pipeline")
def _pipeline(estimator, walk):
    parts, leaks, n_features, made_up = [], [], walk.known("n_features"), False
    copies = 1  # of a row, that have arrived here
    for label, step in pairs(estimator.steps, 2, walk):
        if made_up:
            parts.append((label, cost_after_rows(step, walk, label)))
            leaks += leaks_of_requests(step, walk, label)
            continue
        made_up = replaces_rows(step)
        cost = walk(step, label, n_features=n_features)
        parts.append((label, cost.of_group(copies)))
        copies *= getattr(step, "stability", 1)
        if not _keeps_columns(step):
            n_features = None
    assumed = {}
    if estimator.memory is not None:
        leaks.append(
            walk.leak(
                "memory=... writes transformed rows to a disk, where they stay",
                "Set memory=None.",
            )
        )
    last = max((i for i, (_, cost) in enumerate(parts) if cost.events), default=0)
    for _, step in estimator.steps[:last]:
        leaks += leaks_by_rounding(step, walk)
        assumed |= dict.fromkeys(assumed_of_rounding(step))
    note = "; ".join(assumed)
    return PrivacyCost.sum_of("Pipeline", parts, leaks=leaks, note=note)


@built_in("sklearn", "FeatureUnion")
def _union(estimator, walk):
    listed = pairs(estimator.transformer_list, 2, walk)
    parts = [(label, walk(transformer, label)) for label, transformer in listed]
    return PrivacyCost.sum_of("FeatureUnion", parts)


def pairs(listed, length, walk):
    """The entries of a list of named parts, or an error without their values."""
    entries = list(listed) if isinstance(listed, (list, tuple)) else None
    well_formed = entries is not None and all(
        isinstance(entry, (list, tuple)) and len(entry) == length for entry in entries
    )
    if not well_formed:
        form = "(name, estimator)" if length == 2 else "(name, estimator, columns)"
        raise ValueError(f"{walk.path}: the parts are no list of tuples {form}.")
    return entries


def _keeps_columns(step):
    """Whether the next step has the same number of columns, for sure."""
    if step is None or isinstance(step, str) or hasattr(step, "fit_resample"):
        return True
    return isinstance(step, OneToOneFeatureMixin)
