"""CSR matrices in the one form that kernels read."""

import numpy as np

from skprivate.rows._refusal import refused

_ENTRIES = 2**18  # looked at together, so that the test needs no memory to speak of


def canonical(X):
    """`X`, or a sorted and summed copy of it; `X` is never altered.

    Guarantee: in each row of the result column indices increase strictly and lie in
    [0, n_features), and `indptr` stays within the entries. A kernel reads outside its
    arrays otherwise. The flags that scipy keeps about this are not trusted: they are
    caches that anybody may set.
    """
    _check_pointers(X)
    if not _is_sorted(X):
        X = X.copy()
        X.has_canonical_format = X.has_sorted_indices = False
        X.sum_duplicates()
    return X


def _check_pointers(X):
    """Refuse a matrix whose indices point outside of it."""
    n_entries = len(X.data)
    broken = (
        len(X.indptr) != X.shape[0] + 1
        or X.indptr[0] != 0
        or X.indptr[-1] > min(n_entries, len(X.indices))
        or (np.diff(X.indptr) < 0).any()
        or (n_entries and not 0 <= X.indices.min() <= X.indices.max() < X.shape[1])
    )
    if broken:
        raise refused(
            ValueError,
            "The sparse matrix is malformed: an index points outside of it. Build it "
            "again with scipy.sparse.csr_array.",
        )


def _is_sorted(X):
    """Whether indices increase strictly within every row."""
    for start in range(0, int(X.indptr[-1]) - 1, _ENTRIES):
        stop = min(start + _ENTRIES + 1, int(X.indptr[-1]))
        increases = np.diff(X.indices[start:stop]) > 0
        first, last = np.searchsorted(X.indptr, (start + 1, stop))
        increases[X.indptr[first:last] - start - 1] = True  # a new row may start low
        if not increases.all():
            return False
    return True
