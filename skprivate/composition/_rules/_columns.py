"""Parts that see some columns, or the target."""

import numpy as np
from sklearn.utils import get_tags

from skprivate.base import DPEstimator
from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in
from skprivate.composition._rules._models import price_of_model
from skprivate.composition._rules._pipelines import pairs
from skprivate.composition._rules._products import leaks_by_rounding


@built_in("sklearn", "ColumnTransformer")
def _column_transformer(estimator, walk):
    parts, leaks = [], []
    for label, transformer, columns in pairs(estimator.transformers, 3, walk):
        number = _number_of(columns)
        if number != 0:  # scikit-learn fits nothing on no columns
            parts.append((label, walk(transformer, label, n_features=number)))
        if callable(columns) and type(columns).__name__ != "make_column_selector":
            leaks.append(
                walk.leak(
                    f"a function that sees all rows selects the columns of {label!r}",
                    "List the columns, or use make_column_selector.",
                )
            )
    if not isinstance(estimator.remainder, str):
        rest = walk(estimator.remainder, "remainder", n_features=None)
        parts.append(("remainder", rest))
    transformers = [t for _, t, _ in estimator.transformers] + [estimator.remainder]
    if estimator.sparse_threshold > 0 and not all(map(_is_dense, transformers)):
        leaks.append(
            walk.leak(
                "how many values are zero decides whether the output is sparse",
                "Set sparse_threshold=0.",
            )
        )
    return PrivacyCost.sum_of("ColumnTransformer", parts, leaks=leaks)


@built_in("sklearn", "TransformedTargetRegressor")
def _transformed_target(estimator, walk):
    parts, leaks = [], []
    if estimator.transformer is not None:
        # The target is the only column that it sees.
        part = walk(
            estimator.transformer, "transformer", n_features=walk.known("n_outputs")
        )
        parts.append(("transformer", part))
        leaks = leaks_by_rounding(estimator.transformer, walk)
    regressor = price_of_model(
        estimator.regressor, walk, "regressor", "LinearRegression"
    )
    functions = estimator.func is not None or estimator.inverse_func is not None
    return PrivacyCost.sum_of(
        "TransformedTargetRegressor",
        [*parts, ("regressor", regressor)],
        leaks=leaks,
        note="assumed: func treats each target on its own" if functions else "",
    )


def _number_of(columns):
    """How many columns are selected; None if the rows have to say it."""
    if callable(columns) or isinstance(columns, slice):
        return None
    if isinstance(columns, (str, int)) and not isinstance(columns, bool):
        return 1
    selected = np.asarray(columns)
    return int(selected.sum()) if selected.dtype == bool else selected.size


def _is_dense(transformer):
    """Whether the output of a part is dense for sure, whatever the rows are.

    Most of what is not private itself passes sparse rows on, and whether rows are
    sparse is not known here. Private transformers that take none return none, unless a
    parameter says so.
    """
    if isinstance(transformer, str):
        return transformer == "drop"
    return (
        isinstance(transformer, DPEstimator)
        and type(transformer).__module__.partition(".")[0] == "skprivate"
        and not get_tags(transformer).input_tags.sparse
        and not getattr(transformer, "sparse_output", False)
        and getattr(transformer, "encode", "") != "onehot"
    )
