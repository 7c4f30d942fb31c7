"""Transformers that learn nothing from rows but how many columns they have.

For each the guarantee is: what ``fit`` stores is a function of parameters, of the
number and names of columns and of their types, and of randomness that does not look at
rows; and ``transform`` makes of one row one row, which depends on no other (but for the
last bits that ``_products.py`` is about). Then adding a row before the step adds one
row after it, and the next step has the same neighbours.
``tests/composition/test_data_independent.py`` compares fits on different rows.

Not here, though the names suggest it: ``StandardScaler(with_mean=False,
with_std=False)`` keeps the exact number of rows, ``Nystroem`` keeps rows,
``PatchExtractor`` makes several rows of one, ``KBinsDiscretizer`` and ``TargetEncoder``
read the rows in all cases.
"""

from numbers import Real

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in

# Class -> why it learns nothing.
DATA_INDEPENDENT = {}


_TYPED = "assumed: the rows are an array or a table, not a list of numbers"


def _has_numbers(encoder):
    """Whether categories, which take the type of the rows, are not all text."""
    listed = encoder.categories
    if isinstance(listed, str):
        return False
    return any(not isinstance(value, str) for values in listed for value in values)


def _always(_estimator):
    return ()


def _say(package, reason, *names, keeps_type=lambda estimator: False):
    """Note that classes are data-independent, but for what the rule below yields.

    The decorated function yields pairs (what leaks, what to do). Where the type of the
    rows is kept, it has to be public, as that of an array is, not that of a list.
    """

    def register(exceptions):
        def rule(estimator, walk):
            leaks = [walk.leak(*exception) for exception in exceptions(estimator)]
            note = f"learns nothing: {reason}"
            note += f"; {_TYPED}" if keeps_type(estimator) else ""
            name = type(estimator).__name__
            return PrivacyCost(name, leaks=tuple(leaks), note="" if leaks else note)

        DATA_INDEPENDENT.update(dict.fromkeys(names, reason))
        return built_in(package, *names)(rule)

    return register


_say("skprivate", "each row is scaled by its own norm", "RowNormClipper")(_always)
_say("skprivate", "a fixed hash, no vocabulary", "CategoryHasher")(_always)
_say("sklearn", "each row is scaled by its own norm", "Normalizer")(_always)
_say("sklearn", "the threshold is a parameter", "Binarizer")(_always)
_say("sklearn", "products of the columns of one row", "PolynomialFeatures")(_always)
_say("sklearn", "a fixed hash, no vocabulary", "FeatureHasher", "HashingVectorizer")(
    _always
)
_say("sklearn", "a fixed grid of frequencies", "AdditiveChi2Sampler")(_always)
_say(
    "sklearn",
    "random weights that depend on the number of columns alone",
    "PolynomialCountSketch",
    "SkewedChi2Sampler",
)(_always)
_say("sklearn", "the dictionary is a parameter", "SparseCoder")(_always)


@_say(
    "sklearn",
    "assumed: its function treats each row on its own",
    "FunctionTransformer",
)
def _function(_estimator):
    return ()


@_say("sklearn", "random weights, and gamma is a parameter", "RBFSampler")
def _rbf(estimator):
    if not isinstance(estimator.gamma, Real):
        yield "gamma='scale' reads the variance of the rows", "Set gamma to a number."


@_say(
    "sklearn",
    "random weights that depend on the number of columns alone",
    "GaussianRandomProjection",
    "SparseRandomProjection",
)
def _projection(estimator):
    if isinstance(estimator.n_components, str):
        yield (
            "n_components='auto' depends on the exact number of rows",
            "Set n_components to a number.",
        )


@_say(
    "sklearn",
    "the categories are a parameter",
    "OneHotEncoder",
    "OrdinalEncoder",
    keeps_type=_has_numbers,
)
def _categories(estimator):
    if isinstance(estimator.categories, str):
        yield (
            "categories='auto' lists the categories of the rows",
            "Set categories to lists of public values.",
        )
    if estimator.min_frequency is not None or estimator.max_categories is not None:
        yield (
            "which categories are rare is counted exactly",
            "Set min_frequency=None and max_categories=None.",
        )


@_say(
    "sklearn",
    "the fill value is a parameter",
    "SimpleImputer",
    keeps_type=lambda imputer: not isinstance(imputer.fill_value, str),
)
def _imputer(estimator):
    if estimator.strategy != "constant":
        yield (
            "the fill values are exact statistics of the rows",
            "Set strategy='constant' and a public fill_value.",
        )
    if not estimator.keep_empty_features:
        yield (
            "columns without any value are left out",
            "Set keep_empty_features=True.",
        )
    if estimator.add_indicator:
        yield (
            "add_indicator=True adds columns for features that have gaps",
            "Set add_indicator=False, and use MissingIndicator(features='all').",
        )


@_say("sklearn", "features='all' gives one column per feature", "MissingIndicator")
def _indicator(estimator):
    if estimator.features != "all":
        yield "which features have gaps is read from the rows", "Set features='all'."


@_say("sklearn", "the knots are a parameter", "SplineTransformer")
def _spline(estimator):
    if isinstance(estimator.knots, str):
        yield (
            "knots are put between the smallest and largest values",
            "Set knots to an array of public positions.",
        )


@_say("sklearn", "neither center nor scale is computed", "RobustScaler")
def _robust(estimator):
    if estimator.with_centering or estimator.with_scaling:
        yield (
            "medians and quantiles are exact",
            "Use skprivate.preprocessing.DPStandardScaler.",
        )


@_say("sklearn", "the vocabulary is a parameter", "CountVectorizer", "TfidfVectorizer")
def _vocabulary(estimator):
    if estimator.vocabulary is None:
        yield (
            "the vocabulary is made of words of the rows",
            "Use skprivate.feature_extraction.text.HashedText, which needs none, or "
            f"DP{type(estimator).__name__}, which finds one at a price; or set "
            "vocabulary to a public one.",
        )
    if getattr(estimator, "use_idf", False):
        yield "document frequencies are exact", "Set use_idf=False."


@_say("sklearn", "each row is scaled by its own norm", "TfidfTransformer")
def _tfidf(estimator):
    if estimator.use_idf:
        yield "document frequencies are exact", "Set use_idf=False."


@built_in("skprivate", "RowFilter")
def _row_filter(estimator, walk):
    """Not in the list, for it is no transformer: of one row it makes at most one."""
    note = "learns nothing: a public rule about each row on its own"
    if estimator.keep is not None:
        note += "; assumed: its function remembers no other row"
    return PrivacyCost("RowFilter", note=note)
