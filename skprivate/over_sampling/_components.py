"""Gaussian components of each class, from noisy moments."""

from dataclasses import dataclass

import numpy as np

from skprivate.base import Box
from skprivate.queries import ComponentMoments, Moments, means_and_variances
from skprivate.queries._moments import BITS

_SHARES = 0.2, 0.3  # of the first looks; the rest is for the last
_FEWEST = 8.0  # rows of a component, in units of the noise of a count
_SEED = 0  # of directions, which are public


@dataclass(frozen=True, eq=False)
class Components:
    """A mixture of Gaussians for each class: a function of released answers.

    Attributes
    ----------
    counts : ndarray of shape (n_classes,)
        Noisy number of rows of each class, at least one.
    noise : float
        Standard deviation of the noise of a count.
    classes : ndarray of int of shape (n_components,)
        To which class a component belongs.
    weights : ndarray of shape (n_components,)
        They add up to one in each class.
    means, scales : ndarray of shape (n_components, n_features)
    """

    counts: np.ndarray
    noise: float
    classes: np.ndarray
    weights: np.ndarray
    means: np.ndarray
    scales: np.ndarray
    tells = True


def learn_components(curator, ends, n_classes, n_components):
    """Gaussian components of each class, for all that is left of the budget.

    **Guarantee.** All that is asked are :class:`~skprivate.queries.Moments` of classes,
    and :class:`~skprivate.queries.ComponentMoments`; centers of the latter are
    functions of answers to the former and of a public seed.

    Parameters
    ----------
    curator : Curator
    ends : tuple (low, high) of ndarray
    n_classes : int
    n_components : int
        Of a class at most; one of few rows, in terms of the noise, has fewer.

    Returns
    -------
    Components
    """
    box = Box.between(*ends, BITS)
    query = Moments(box, n_classes)
    if n_components == 1:
        answer = curator.release(query, share=curator.remaining)
        noise = curator.noise_of(query)
        return _components(box, answer, np.arange(n_classes), answer[:, 0], noise)
    looks = [part * curator.remaining for part in _SHARES]
    first = curator.release(query, share=looks[0])
    noise = curator.noise_of(query)
    query = ComponentMoments(box, *_centers(first, noise, n_components))
    answer = curator.release(query, share=looks[1])
    moved = _moved(query.centers, answer, curator.noise_of(query))
    query = ComponentMoments(box, moved, query.sizes)
    answer = curator.release(query, share=curator.remaining)
    of_class = np.repeat(np.arange(n_classes), query.sizes)
    last = curator.noise_of(query)
    counts, noise = _agreed(first[:, 0], noise, answer[:, 0], last, of_class)
    return _components(box, answer, of_class, counts, last, noise)


def _components(box, answer, of_class, counts, last, noise=None):
    """Components of what was released about them."""
    rows, means, variances = _shrunk(answer, last)
    weights = np.where(answer[:, 0] >= 2 * last, rows, 0.0)
    for code in range(len(counts)):
        mine = of_class == code
        whole = weights[mine].sum()
        weights[mine] = weights[mine] / whole if whole > 0 else 1 / mine.sum()
    return Components(
        counts=np.maximum(counts, 1.0),
        noise=last if noise is None else noise,
        classes=of_class,
        weights=weights,
        means=box.center + box.half * means,
        scales=box.half * np.sqrt(variances),
    )


def _centers(first, noise, n_components):
    """Centers about the mean of each class, as many as its rows allow."""
    counts, means, variances = means_and_variances(first)
    sizes = np.full(len(counts), n_components)
    if noise > 0:
        sizes = np.clip(counts // (_FEWEST * noise), 1, n_components).astype(int)
    rng = np.random.Generator(np.random.PCG64(_SEED))
    steps = rng.standard_normal((n_components, means.shape[1]))
    centers = [
        np.clip(mean + np.sqrt(variance) * steps[:n] * (n > 1), -1.0, 1.0)
        for mean, variance, n in zip(means, variances, sizes, strict=True)
    ]
    return np.concatenate(centers), tuple(sizes.tolist())


def _moved(centers, answer, noise):
    """Centers at the noisy means of their rows; without enough rows they stay."""
    counts, means, _ = means_and_variances(answer)
    return np.where((counts >= 2 * noise)[:, None], means, centers)


def _agreed(first, noise, parts, noise_of_part, of_class):
    """Counts of classes from two releases, each by the inverse of its variance."""
    sums = np.bincount(of_class, parts, minlength=len(first))
    variance = noise_of_part**2 * np.bincount(of_class, minlength=len(first))
    whole = variance + noise**2
    trust = np.divide(variance, whole, out=np.zeros(len(whole)), where=whole > 0)
    counts = trust * first + (1 - trust) * sums
    return counts, float(np.sqrt(trust.max()) * noise)


def _shrunk(answer, noise):
    """Counts, means and variances; what has few rows is pulled toward all of them."""
    counts, means, variances = means_and_variances(answer)
    _, mean, variance = means_and_variances(answer.sum(axis=0, keepdims=True))
    trust = (counts**2 / (counts**2 + noise**2))[:, None]
    means = trust * means + (1 - trust) * mean
    return counts, means, trust * variances + (1 - trust) * variance
