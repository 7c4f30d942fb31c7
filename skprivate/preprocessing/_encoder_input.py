"""Parameters of encoders, and what they refuse and name alike."""

from numbers import Integral, Real

from sklearn.base import OneToOneFeatureMixin

from skprivate._sklearn import Interval, StrOptions
from skprivate.base import DPEstimator

CONSTRAINTS = {
    **DPEstimator._parameter_constraints,
    "categories": [StrOptions({"private"}), "array-like"],
}
GROUPING_CONSTRAINTS = {
    "max_categories": [Interval(Integral, 1, None, closed="left"), None],
    "min_frequency": [
        Interval(Integral, 1, None, closed="left"),
        Interval(Real, 0, 1, closed="neither"),
        None,
    ],
}


def refuse_unknown(codes, groupings):
    """Refuse values that are in no list, without naming them."""
    for j, grouping in enumerate(groupings):
        n_known = len(grouping.categories)
        if not grouping.found and (codes[:, j] >= n_known).any():
            raise ValueError(
                f"Found unknown categories in column {j} during transform. List them "
                "in categories=..., or let handle_unknown be another than 'error'."
            )


def input_names(encoder, input_features):
    """Names of the columns that come in."""
    return OneToOneFeatureMixin.get_feature_names_out(encoder, input_features)
