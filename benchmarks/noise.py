"""Noise: draws per second and core, of exact mechanisms and of numpy's floats.

Run with ``python -m benchmarks.noise``. Rates include the random bits and the slow
path. numpy's generators are neither secure nor exact: they are the speed to approach.
"""

import time

import numpy as np

from skprivate.kernels import without_twins
from skprivate.mechanisms import (
    DiscreteGaussian,
    DiscreteLaplace,
    Entropy,
    Exponential,
    Gaussian,
    Laplace,
    NoisyMax,
    PermuteAndFlip,
)


def seconds(function, repeats):
    """Least processor time of a call, after one that compiles."""
    function()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times)


def rate(function, size, repeats=5):
    return size / seconds(function, repeats) / 1e6


def main(size=1 << 22):
    entropy, total = Entropy(), np.zeros(size, np.int64)
    print("million draws per second and core")
    for exponent in (0, 10, 20, 30, 40):
        for mechanism in (Gaussian(1.0), Laplace(1.0)):
            scale, n = 2.0**exponent, size if exponent < 40 else size // 64
            found = rate(lambda m=mechanism, s=scale, n=n: m(total[:n], s, entropy), n)
            print(f"  {mechanism!s:22} scale 2^{exponent:<3} {found:8.2f}")
    for mechanism in (DiscreteGaussian(1.0), DiscreteLaplace(1.0)):
        part = total[:50_000]
        found = rate(lambda m=mechanism, p=part: m(p, 1000.0, entropy), part.size)
        print(f"  {mechanism!s:29} 10^3 {found:8.2f}")
    numpy = np.random.Generator(np.random.PCG64())
    for name in ("standard_normal", "laplace"):
        draw = getattr(numpy, name)
        print(f"  numpy {name:28} {rate(lambda d=draw: d(size=size), size):8.2f}")
    print("microseconds per call")
    for mechanism in (Gaussian(1.0), Laplace(1.0)):
        for n in (1, 50, 1000):
            found = calls(lambda m=mechanism, n=n: m(total[:n], 1e5, entropy))
            print(f"  {mechanism!s:22} {n:4} values {found:8.1f}")
    scores = np.arange(1000)
    for mechanism in (Exponential(1.0), PermuteAndFlip(1.0), NoisyMax(1.0)):
        found = calls(lambda m=mechanism: m(scores, 10, entropy))
        print(f"  {type(mechanism).__name__:17} of 1000 scores {found:8.1f}")


def calls(function, number=300):
    def many():
        for _ in range(number):
            function()

    return seconds(many, 3) / number * 1e6


if __name__ == "__main__":
    with without_twins():
        main()
