"""Trees that are split where rows are, as a curator has them made."""

import numpy as np

from skprivate.base._shares import affordable


def found_splits(curator, query, share):
    """Which nodes are split; see :meth:`Curator.splits`.

    **Guarantee.** A unit adds at most what ``query.bound`` says, times its rows, to the
    leaves of each tree: that is what `Splits` needs. The share pays for all trees.

    Parameters
    ----------
    curator : Curator
    query : Query
    share : float

    Returns
    -------
    ndarray of bool of shape (n_trees, n_leaves - 1)
    """
    if query.norm != np.inf or not hasattr(query, "n_trees"):
        raise TypeError(
            f"{query.name} does not count the leaves of trees. Use release, or a query "
            "that has n_trees."
        )
    query.check(curator.n_features)
    (share,) = affordable(query.name, [float(share)], curator._spent)
    levels = curator._of_scores(query)
    mechanism = curator.budget.splits(query.n_trees, share)
    curator._charge([query], [levels], [share], [mechanism])
    found = curator._told(
        (query, levels, mechanism),
        1,
        lambda: curator._splits(query, levels, mechanism),
    )
    curator._tick(1)
    return found
