"""What samplers share that add rows: how many, from noisy counts."""

import numpy as np

from skprivate.base import Count, check_strategy, wanted_counts
from skprivate.base._strategy import aims_by_class
from skprivate.base._utility import hidden_classes
from skprivate.over_sampling._draws import check_size

_MOST_NOISE = 1e7  # in rows


class AddsRows:
    """Mixin of samplers with a ``model_`` that knows ``counts`` and their ``noise``."""

    _levelled = staticmethod(max)

    def _begin(self, curator):
        """Labels, and what public numbers reveal to be wrong; the number of classes."""
        strategy = self.sampling_strategy
        check_strategy(strategy, None)
        if isinstance(strategy, dict):
            check_size(sum(strategy.values()), curator.n_features)
        _check_noise(curator.noise_of(Count(), share=1.0))  # of the best of counts
        self.classes_ = curator.classes(self.classes)
        check_strategy(strategy, self.classes_)
        return len(self.classes_)

    def _aim(self, curator):
        """How many rows to have of each class, by what was learned."""
        noise, self.counts_ = self.model_.noise, self.model_.counts
        _check_noise(noise)
        for doubt in hidden_classes(self.counts_, noise):
            curator.doubt(doubt)
        wanted = wanted_counts(
            self.sampling_strategy, self.classes_, self.counts_, self._levelled
        )
        aims = self._reached(wanted)
        if not self.model_.tells:
            curator.doubt("no category was found, so there is nothing to make rows of")
            aims = np.minimum(aims, self.counts_)
        self.sampling_strategy_ = aims_by_class(self.classes_, aims)
        check_size(int(self._missing().sum()), curator.n_features)

    def _reached(self, wanted):
        """Rows of each class that there will be: none is left out."""
        return np.maximum(wanted, self.counts_)

    def _missing(self):
        """Number of rows to make of each class."""
        aims = np.array(list(self.sampling_strategy_.values()))
        return np.maximum(aims - np.rint(self.counts_).astype(int), 0)


def _check_noise(noise):
    """Refuse a budget that would make rows of nothing but noise."""
    if noise > _MOST_NOISE:
        raise ValueError(
            "The budget is too small to count the classes: noise alone would make "
            f"more than {_MOST_NOISE:g} synthetic rows. Give a larger epsilon."
        )
