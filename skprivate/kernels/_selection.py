"""Exponential mechanism and permute-and-flip by exact rejection: integers only."""

import numpy as np

from skprivate.kernels._discrete_noise import EXHAUSTED, bernoulli_exp, random_below
from skprivate.kernels._jit import kernel, part


@part
def _gap(best, score, cap):
    """Return min(best - score, cap), for any int64 with best >= score."""
    # The difference may need 64 bits: unsigned arithmetic wraps to the right value.
    return np.int64(min(np.uint64(best) - np.uint64(score), np.uint64(cap)))


@kernel
def exponential(scores, n, d, cap, source):
    """Return index i with probability proportional to exp(-min(gap_i, cap) n / d).

    gap_i = max(scores) - scores[i], in int64. Candidates are proposed uniformly,
    with replacement, and accepted with probability exp(-gap n / d): exactly the
    exponential mechanism (McSherry and Talwar 2007). cap * n < 2**62.
    """
    best = scores.max()
    while True:
        i = random_below(scores.size, source)
        if bernoulli_exp(_gap(best, scores[i], cap) * n, d, source):
            return i
        if source[1][EXHAUSTED]:
            return -1


@kernel
def permute_and_flip(scores, n, d, cap, source):
    """Return the first accepted index of a random permutation.

    As `exponential`, but without replacement: McKenna and Sheldon (2020),
    "Permute-and-flip", Algorithm 1. The best candidate is always accepted.
    """
    best, left = scores.max(), scores.size
    order = np.arange(left)
    while True:
        j = random_below(left, source)
        i = order[j]
        if bernoulli_exp(_gap(best, scores[i], cap) * n, d, source):
            return i
        left -= 1
        order[j] = order[left]
        if source[1][EXHAUSTED]:
            return -1
