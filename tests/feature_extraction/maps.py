"""Every public map of the package, as tests make one."""

import numpy as np

from skprivate.compose import Augmented, PublicMap, WithIndicator
from skprivate.feature_extraction.image import Flip, RegionSummary, Rotation
from skprivate.feature_extraction.series import CompetingKernels, EchoState, Resample
from skprivate.feature_extraction.text import HashedText, TextEmbedder
from skprivate.testing import all_estimators


def letters(text):
    """What an encoder would be: how often some letters occur in a text."""
    return [text.count(letter) for letter in "aeiou"]


def sizes(item):
    """A function of arrays that fails on others."""
    array = np.asarray(item, np.float64)
    return [float(array[0]), float(array[-1])]


WITH_ARGUMENTS = {
    "Augmented": Augmented(RegionSummary(), [Flip(), Rotation()], n_copies=2),
    "PublicMap": PublicMap(sizes, n_features=2),
    "TextEmbedder": TextEmbedder(letters, n_features=5),
    "WithIndicator": WithIndicator(HashedText(64)),
}
SMALL = {
    "CompetingKernels": CompetingKernels(n_groups=4),
    "EchoState": EchoState(n_units=8, max_length=200),
    "Resample": Resample(8, bounds=(-3, 3)),
}


def every_map():
    """An instance of each class."""
    known = WITH_ARGUMENTS | SMALL
    return [known[name] if name in known else c() for name, c in all_estimators("map")]
