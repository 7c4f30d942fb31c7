"""Steps that multiply all rows at once, before a private step sees them.

They map each row on its own in exact arithmetic. But BLAS rounds the product of all
rows otherwise for another number of rows, so one row more changes the last bits of
others, and whoever knows the map can supply rows for which these bits matter.
scikit-learn's pipelines cannot prevent that; those of skprivate ask such steps in tiles
of one shape (``base/_tiles.py``), and its own estimators multiply row by row.
"""

_MULTIPLY = {
    "GaussianRandomProjection",
    "PolynomialCountSketch",
    "RBFSampler",
    "SkewedChi2Sampler",
    "SparseCoder",
    "SparseRandomProjection",
}
_REMEDY = (
    "Use make_dp_pipeline, and make_dp_union or make_dp_column_transformer inside: "
    "they pass rows on in tiles of one shape."
)
# What adds along rows: the order of adding may differ for a single row.
_ADD = {"Normalizer"}
_IN_ORDER = "assumed: X is in C order, or has more than one row"
_KNOWN = ("sklearn", "imblearn", "skprivate")


def leaks_by_rounding(step, walk):
    """Leaks, if what a step passes on is seen by a private one."""
    names = sorted({type(part).__name__ for part in _inside(step)} & _MULTIPLY)
    return [
        walk.leak(
            f"{name} multiplies all rows at once, so one row more may change the last "
            "bits of all others, which a private step sees",
            _REMEDY,
        )
        for name in names
    ]


def assumed_of_rounding(step):
    """What is taken for granted about the last bits of what a step passes on."""
    for part in _inside(step):
        name, package = type(part).__name__, type(part).__module__.partition(".")[0]
        if name in _ADD:
            yield _IN_ORDER
        if name == "FunctionTransformer" or package not in _KNOWN:
            yield f"assumed: {name} treats each row on its own, to the last bit"


def _inside(step, above=()):
    """A step and its parts, but for those of compound objects of skprivate."""
    if not hasattr(step, "get_params") or isinstance(step, type):
        return
    if any(step is other for other in above):
        return
    yield step
    if hasattr(step, "_privacy_cost"):
        return
    for value in step.get_params(deep=False).values():
        for entry in value if isinstance(value, (list, tuple)) else [value]:
            for part in entry if isinstance(entry, (list, tuple)) else [entry]:
                yield from _inside(part, (*above, step))
