"""Edges of bins that tell most about the class of a row."""

import numpy as np

from skprivate.preprocessing._bin_edges import joined
from skprivate.preprocessing._informative_bins import informative_bins
from skprivate.queries import ClassIntervals, private_quantiles

_QUANTILES_SHARE = 0.4
_CELLS = 32  # at least; of which bins are made


def informative_edges(curator, n_bins, low, high, n_classes):
    """Edges of joined cells: cells by quantiles, then counts of the classes in them."""
    n_cells = max(_CELLS, 2 * int(max(n_bins)))
    wanted = np.linspace(0, 1, n_cells + 1)
    share = _QUANTILES_SHARE * curator.remaining
    cells = private_quantiles(curator, wanted, low, high, share=share)
    inner = np.ascontiguousarray(cells[:, 1:-1])
    query = ClassIntervals(inner, low, high, n_classes)
    counts = curator.release(query, share=curator.remaining)
    noise = curator.noise_of(query)
    edges = []
    for j, n in enumerate(n_bins):
        cuts = informative_bins(counts[:, j], int(n), noise)
        chosen = np.concatenate([cells[j, [0]], cells[j, cuts], cells[j, [-1]]])
        edges.append(joined(chosen, low[j], high[j]))
    return edges
