"""Bounds of what comes out of feature maps that are known before any row is read."""

import numpy as np
from sklearn.kernel_approximation import AdditiveChi2Sampler, PolynomialCountSketch
from sklearn.preprocessing import SplineTransformer

_INTERVALS = {1: 0.8, 2: 0.5, 3: 0.4}  # scikit-learn's, for so many steps


def _frequencies(step, bounds):
    """A column of the first block is ``sqrt(x L)``, with L the sample interval.

    The others are ``sqrt(2 x L / cosh(pi j L))`` times a cosine, and then times a sine,
    of a multiple of ``log(x)``. Features are not negative, or the step refuses them.
    """
    if bounds is None:
        return None
    low, high = np.maximum(bounds, 0.0)
    interval = step.sample_interval or _INTERVALS[step.sample_steps]
    first = np.sqrt(interval * low), np.sqrt(interval * high)
    waves = [
        np.sqrt(2 * interval / np.cosh(np.pi * j * interval) * high)
        for j in range(1, step.sample_steps)
        for _ in ("cosine", "sine")
    ]
    lows = [first[0], *(-wave for wave in waves)]
    return np.concatenate(lows), np.concatenate([first[1], *waves])


def _sketch(step, bounds):
    """The circular convolution of count sketches, one for each factor.

    An entry of a sketch is a signed sum of some of ``sqrt(gamma) x`` (and of
    ``sqrt(coef0)``), no longer than the sum of their largest lengths; an entry of a
    convolution is no longer than that of the convolution of lengths.
    """
    if bounds is None:
        return None
    longest = np.sqrt(step.gamma) * np.abs(bounds).max(axis=0)
    if step.coef0 != 0:
        longest = np.append(longest, np.sqrt(step.coef0))
    size = step.n_components
    limit = np.zeros(size)
    limit[0] = 1.0
    for columns in step.indexHash_:
        factor = np.bincount(columns, longest, minlength=size)
        line = np.append(np.convolve(limit, factor), 0.0)
        limit = line[:size] + line[size:]
    return -limit, limit


def _splines(step, bounds):
    """Splines of a basis are not negative and add up to one, between the knots.

    Beyond them, too, unless they are continued.
    """
    continued = step.extrapolation in ("linear", "continue")
    return None if continued else (0.0, 1.0)


RULES_OF_MAPS = {
    AdditiveChi2Sampler: _frequencies,
    PolynomialCountSketch: _sketch,
    SplineTransformer: _splines,
}
