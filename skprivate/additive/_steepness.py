"""How far a derivative that was assumed is off, as gradients at two points tell.

Curvature is computed, not asked: as if the columns were less alike than they are, say,
or all rows at the start. Where it is too small, steps go too far, and each further than
the one before. So the change of a gradient along the last step is compared with what
was foreseen. Both gradients were released: this costs nothing.
"""

import numpy as np

_DOUBT = 3.0  # deviations of noise that tell nothing
_STEEPEST = 1e3


class Steepness:
    """By what factor, of one or more, to take curvature as larger than was assumed.

    It is the least with which steps come nearer, so what is well known stays so.

    Parameters
    ----------
    harmless : float
        Steps that are so many times too long still lead nearer: the mean of several
        gradients is what they follow. Infinity: all of them do.

    Attributes
    ----------
    factor : float

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.additive._steepness import Steepness
    >>> steepness = Steepness(harmless=1.5)
    >>> steepness.see(np.array([-4.0]), np.eye(1), np.array([0.0]), noise=0.01)
    >>> steepness.see(np.array([8.0]), np.eye(1), np.array([4.0]), noise=0.01)
    >>> bool(1.9 < steepness.factor < 2.0)  # the change is three times as large
    True
    """

    def __init__(self, harmless):
        self.harmless, self.factor, self._last = harmless, 1.0, None

    def see(self, gradient, slope, point, noise):
        """Take into account a gradient, which has a deviation of noise, at a point.

        Parameters
        ----------
        gradient : ndarray of shape (size,)
        slope : ndarray of shape (size, n_values)
            Its assumed derivative. Values behind the first `size` have no gradient.
        point : ndarray of shape (n_values,)
        noise : float
        """
        if self.harmless == np.inf:
            return  # nothing is kept
        if self._last is not None:
            before, foreseen, start, loud = self._last
            step = point - start
            along = step[: len(gradient)]
            said = along @ (foreseen @ step)
            doubt = _DOUBT * np.linalg.norm(along) * np.hypot(noise, loud)
            change = (along @ (gradient - before) - doubt) / self.harmless
            if 0.0 < said < change:
                self.factor = min(max(self.factor, change / said), _STEEPEST)
        self._last = gradient.copy(), slope, point.copy(), noise
