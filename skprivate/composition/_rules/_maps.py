"""Public maps of texts, images, clips and series: they cost nothing."""

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in
from skprivate.composition._rules._data_independent import DATA_INDEPENDENT

_FUNCTIONS = "; assumed: its functions remember no other item"


def _map(reason, *names):
    """Register maps, which learn nothing for this reason."""

    def rule(estimator, walk):
        note = f"learns nothing: {reason}"
        given = estimator.get_params(deep=False).values()
        note += _FUNCTIONS if any(map(callable, given)) else ""
        return PrivacyCost(type(estimator).__name__, note=note)

    DATA_INDEPENDENT.update(dict.fromkeys(names, reason))
    built_in("skprivate", *names)(rule)


_map("a fixed hash, no vocabulary", "HashedSequence", "HashedText")
_map(
    "vectors that are taken to be of public texts",
    "TextEmbedder",
)
_map("fixed wavelets", "ScatteringTransform")
_map("filters drawn by a public seed", "RandomPatchFeatures")
_map("a threshold of each image by itself", "RegionSummary")
_map("fixed bands of frequency", "MelCepstrum")
_map("kernels drawn by a public seed", "CompetingKernels")
_map("a network drawn by a public seed", "EchoState")
_map(
    "numbers of each series by itself",
    "LastValues",
    "Resample",
    "SeriesSummary",
    "SymbolHistogram",
)


@built_in("skprivate", "PublicMap")
def _fixed(estimator, walk):
    """Whoever wraps a transformer says that it is fixed; it is never fitted here."""
    note = (
        "learns nothing: it is not fitted; assumed: its transformer is fixed and public"
    )
    return PrivacyCost("PublicMap", note=note)


@built_in("skprivate", "Augmented", "WithIndicator")
def _around(estimator, walk):
    """As a map that it holds; changes are functions of an item and of a public key."""
    parts = [("public_map", walk(estimator.public_map, "public_map"))]
    return PrivacyCost.sum_of(type(estimator).__name__, parts)


DATA_INDEPENDENT.update(
    Augmented="changed copies of each item by itself",
    PublicMap="a transformer that is fixed",
    WithIndicator="whether there is an item in each row",
)
