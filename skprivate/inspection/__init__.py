"""What models do with features, shown without a private row."""

from skprivate.inspection._background import DPBackground, PublicBackground
from skprivate.inspection._curves import (
    DPPartialDependence,
    DPPartialDependenceDisplay,
)
from skprivate.inspection._dependence import dp_partial_dependence
from skprivate.inspection._importance import dp_permutation_importance
from skprivate.inspection._importance_display import DPPermutationImportanceDisplay
from skprivate.inspection._surrogate import SurrogateTree, surrogate_tree

__all__ = [
    "DPBackground",
    "DPPartialDependence",
    "DPPartialDependenceDisplay",
    "DPPermutationImportanceDisplay",
    "PublicBackground",
    "SurrogateTree",
    "dp_partial_dependence",
    "dp_permutation_importance",
    "surrogate_tree",
]
