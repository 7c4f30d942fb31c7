"""Edges of bins: between private ends, equally wide, or with equally many rows."""

import numpy as np

from skprivate.base import Count
from skprivate.queries import private_quantiles

_CLOSEST = 1e-8  # as in scikit-learn: narrower bins are joined; less in small ranges
_COUNT_SHARE = 0.03
_FEWEST = 2
_ROWS_OF_BIN = 3.0  # for each column, in units of the noise of a count


def supported_bins(curator, n_bins):
    """As many bins of each feature as a model behind could learn the effects of.

    Each bin will be a column. What is known of a column behind has about the noise of a
    count that all of this budget is spent on, if a model has the same; that is to be
    a small part of the rows for each column. Public facts and a noisy number of rows
    decide: without noise, there are as many as were asked for.
    """
    if n_bins.max(initial=0) <= _FEWEST:
        return n_bins
    count = curator.count(share=_COUNT_SHARE)
    noise = _ROWS_OF_BIN * len(n_bins) * curator.noise_of(Count(), share=1.0)
    most = count / noise if noise > 0 else np.inf
    return np.minimum(n_bins, max(_FEWEST, most)).astype(np.intp)


def quantile_edges(curator, n_bins, low, high):
    """Edges between which there are about equally many rows of each feature."""
    wanted, place = np.unique(
        np.concatenate([np.linspace(0, 1, n + 1) for n in n_bins]), return_inverse=True
    )
    found = private_quantiles(curator, wanted, low, high, share=curator.remaining)
    places = np.split(place, np.cumsum(n_bins + 1)[:-1])
    return [
        joined(of_one[place], *ends)
        for of_one, place, *ends in zip(found, places, low, high, strict=True)
    ]


def uniform_edges(curator, n_bins, low, high):
    """Edges of equally wide bins between the private ends of each feature."""
    ends = private_quantiles(curator, [0, 1], low, high, share=curator.remaining)
    return [
        joined(np.linspace(first, last, n + 1), *bounds)
        for (first, last), n, *bounds in zip(ends, n_bins, low, high, strict=True)
    ]


def joined(edges, low, high):
    """Edges that differ, and two at least.

    Only the inner ones matter to ``transform``. Where noise hides the rows beyond an
    inner edge, the end of the bins is that of the bounds.
    """
    closest = _CLOSEST * min(1.0, high - low)
    inner = edges[1:-1]
    inner = inner[np.diff(inner, prepend=-np.inf) > closest]
    first, last = edges[0], edges[-1]
    if len(inner):
        first = first if inner[0] - first > closest else low
        last = last if last - inner[-1] > closest else high
        inner = inner[(inner - first > closest) & (last - inner > closest)]
    return np.concatenate([[first], inner, [last]])
