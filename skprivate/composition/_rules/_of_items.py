"""Transformers of texts, images and series, of other packages, that read all rows."""

_ROCKET = "its biases are quantiles of what its kernels answer on rows of the fit"
_KERNELS = "Use skprivate.feature_extraction.series.CompetingKernels."
_SCALED = "it scales features by exact means and deviations of the rows"
_HASHED = "Use skprivate.feature_extraction.text.HashedText."
_WORDS = "it learns words, and their frequencies, from the rows"

# (package, class) -> what it learns of the rows, and what to use in its place.
WHY_READ = {
    **{
        (package, name): (_ROCKET, _KERNELS)
        for package in ("aeon", "sktime")
        for name in (
            "MiniRocket",
            "MiniRocketMultivariate",
            "MiniRocketMultivariateVariable",
            "MultiRocket",
            "MultiRocketMultivariate",
        )
    },
    ("aeon", "HydraTransformer"): (_SCALED, _KERNELS),
    ("aeon", "Rocket"): (
        "its kernels are as long as series of the rows allow",
        _KERNELS,
    ),
    ("sktime", "Rocket"): (
        "its kernels are as long as series of the rows allow",
        _KERNELS,
    ),
    ("skrub", "GapEncoder"): (_WORDS, _HASHED),
    ("skrub", "StringEncoder"): (_WORDS, _HASHED),
    ("skrub", "TableVectorizer"): (
        "it learns types and categories from the rows",
        "Use skprivate.compose.DPTableVectorizer.",
    ),
    ("sklearn", "PatchExtractor"): (
        "it makes many rows of one image",
        "Use skprivate.feature_extraction.image.RandomPatchFeatures.",
    ),
    ("sklearn", "DictVectorizer"): (
        "it lists the keys that occur",
        "Use sklearn.feature_extraction.FeatureHasher.",
    ),
}


def read_by(estimator):
    """What a known class learns of the rows, and what to use; None if it is no such.

    Parameters
    ----------
    estimator : object
    """
    package = type(estimator).__module__.partition(".")[0]
    return WHY_READ.get((package, type(estimator).__name__))
