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
    count_noise : float
        Standard deviation of their noise.
    """

    name: str
    spread: object
    counts: np.ndarray
    count_noise: float = 0.0

    @classmethod
    def released(cls, curator, name, low, high, n_classes):
        """Spend 15 percent of the budget on the classes and the spread of features."""
        (spread,) = look(curator, Moments(Box.between(low, high, BITS)))
        asked = ClassCounts(n_classes)
        counts = curator.release(asked, share=_COUNT_SHARE)
        if name == "chi2":  # it is about sums, so the origin has to stay where it is
            spread = spread.around_zero
        noise = curator.noise_of(asked)
        return cls(name, spread, np.maximum(counts, 1.0), noise)

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
        contrasts = contrasts.reshape(-1, len(region.scale) + 1)
        if len(contrasts) == 1:
            contrasts = np.stack([-contrasts[0], contrasts[0]])
        # Those of all classes add up to zero, but for noise.
        contrasts = contrasts - contrasts.mean(axis=0)
        contrasts, offsets = contrasts[:, :-1] * region.scale, contrasts[:, -1]
        offset_noise, noise = noise, noise * region.scale
        if self.name == "f_classif":
            squares = squares_of(moments, region, self.count)
            return _scores.f_classif(contrasts, squares, self.counts, noise)
        box = region.half_box
        sums = np.where(box.varies, moments * box.half, 0.0) + self.count * box.center
        # Sums are far from zero, so that classes whose parts are not quite the priors
        # have contrasts of their own: by the mean, times the contrast of a column of
        # ones. That is known twice, to be zero but for the noise of the counts, and
        # with that of a contrast.
        means = sums / self.count
        doubt = self.count_noise**2 * self._spread_of_priors
        known = doubt / (doubt + offset_noise**2) if doubt else 0.0
        contrasts -= np.multiply.outer(known * offsets, means)
        left = (1 - known) ** 2 * doubt + (known * offset_noise) ** 2
        noise = np.sqrt(noise**2 + means**2 * left)
        return _scores.chi2(contrasts, sums, self.priors, noise)

    @property
    def _spread_of_priors(self):
        """How far, in all, noisy counts move the expected numbers of the classes.

        Those of two classes are one number, ``p_0 e_1 - p_1 e_0`` for the noise ``e``.
        For more, the largest eigenvalue of the covariance of ``e - p sum(e)``: it is
        the square of the norm of an oblique projection.
        """
        squares = float(np.square(self.priors).sum())
        return squares if len(self.priors) == 2 else len(self.priors) * squares
