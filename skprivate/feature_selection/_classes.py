"""A target of classes: what is asked about it and features, and what follows."""

from dataclasses import dataclass

import numpy as np

from skprivate.base import Box
from skprivate.feature_selection import _scores
from skprivate.feature_selection._contrasts import ClassContrasts, FeatureMoments
from skprivate.feature_selection._look import look
from skprivate.feature_selection._region import squares_of
from skprivate.queries import ClassCounts, Moments
from skprivate.queries._moments import BITS

_COUNT_SHARE = 0.05


@dataclass(frozen=True, eq=False)
class Classes:
    """A target of classes, as far as it is released.

    Attributes
    ----------
    name : {"f_classif", "chi2"}
        The score function.
    spread : Spread
        Location and spread of the features.
    counts : ndarray of shape (n_classes,)
        Noisy number of rows of each class, at least one.
    """

    name: str
    spread: object
    counts: np.ndarray

    @classmethod
    def released(cls, curator, name, low, high, n_classes):
        """Spend 15 percent of the budget on the classes and the spread of features."""
        (spread,) = look(curator, Moments(Box.between(low, high, BITS)))
        counts = curator.release(ClassCounts(n_classes), share=_COUNT_SHARE)
        if name == "chi2":  # it is about sums, so the origin has to stay where it is
            spread = spread.around_zero
        return cls(name, spread, np.maximum(counts, 1.0))

    def closer(self):
        """The same: residuals of classes are short."""
        return self

    @property
    def count(self):
        """Number of rows."""
        return float(self.counts.sum())

    @property
    def priors(self):
        """Part of the rows in each class."""
        return self.counts / self.counts.sum()

    @property
    def lengths(self):
        """Norm of a residual ``p - indicator``: an ordinary one, and the longest."""
        longest = float(np.linalg.norm(self._residuals, axis=1).max())
        return longest, longest

    @property
    def largest(self):
        """Largest value in a residual."""
        return float(np.abs(self._residuals).max())

    @property
    def _residuals(self):
        """The residual of a row of each class; of two values, one is enough."""
        residuals = self.priors - np.eye(len(self.counts))
        return residuals[:, 1:] if len(self.counts) == 2 else residuals

    def contrasts(self, box, clip):
        """The query that tells what features have to do with the target."""
        return ClassContrasts.of(box, self.priors, clip)

    def moments(self, region):
        """The query that brings contrasts to scale."""
        if self.name == "chi2":
            return FeatureMoments(region.half_box, 1)
        return FeatureMoments(region.unit_box, 2)

    def scores(self, contrasts, moments, region, noise):
        """Statistics of the features.

        Parameters
        ----------
        contrasts, moments : ndarray
            Answers of the two queries.
        region : Region
            Where features were looked at.
        noise : float
            Standard deviation of the noise of contrasts.

        Returns
        -------
        Scores
        """
        contrasts = contrasts.reshape(-1, len(region.scale) + 1)[:, :-1]
        if len(contrasts) == 1:
            contrasts = np.stack([-contrasts[0], contrasts[0]])
        # Those of all classes add up to zero, but for noise.
        contrasts = (contrasts - contrasts.mean(axis=0)) * region.scale
        noise = noise * region.scale
        if self.name == "f_classif":
            squares = squares_of(moments, region, self.count)
            return _scores.f_classif(contrasts, squares, self.counts, noise)
        box = region.half_box
        sums = np.where(box.varies, moments * box.half + self.count * box.center, 0.0)
        return _scores.chi2(contrasts, sums, self.priors, noise)
