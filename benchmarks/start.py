"""Time what comes before the first result: imports, compilation, the first fit.

Run as ``python -m benchmarks.start [--rounds 5]``. Everything runs in processes of its
own. *Cold* compilation has an empty cache, as after an installation; the first fits
find a filled one, and their cost is what they take beyond the fits that follow.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from statistics import median

IMPORT = """
import json, time
import sklearn.base
start = time.perf_counter()
import skprivate
print(json.dumps(time.perf_counter() - start))
"""
COMPILE = """
import json, time
from benchmarks.kernels import Data, private
data = Data(100, 20)
start = time.process_time()
for run in private(data).values():
    data.over_chunks(run)
print(json.dumps(time.process_time() - start))
"""
FIT = """
import json, time
from statistics import median
from benchmarks.estimators import made_rows, pairs
X, number, label = made_rows(10_000, 20)
targets = {{None: None, "number": number, "class": label}}
model, _, target = next(p for p in pairs() if type(p[0]).__name__ == "{name}")
seconds = []
for _ in range(10):
    start = time.perf_counter()
    model.fit(X, targets[target])
    seconds.append(time.perf_counter() - start)
print(json.dumps(seconds[0] - median(seconds[1:])))
"""
MODELS = "DPStandardScaler", "DPRidge", "DPGaussianNB", "DPLogisticRegression"


def seconds_of(program, **environment):
    """What a program says in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | environment,
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(done.stdout)


def main():
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = range(parser.parse_args().rounds)
    taken = median(seconds_of(IMPORT) for _ in rounds)
    print(f"import of skprivate after sklearn.base: {taken:.4f} s")
    with tempfile.TemporaryDirectory() as cache:
        cold = seconds_of(COMPILE, NUMBA_CACHE_DIR=cache)
        print(f"all kernels, compiled cold: {cold:.1f} s of CPU")
    for name in MODELS:
        program = FIT.format(name=name)
        seconds_of(program)  # fills the cache
        taken = sorted(seconds_of(program) for _ in rounds)
        print(f"first fit of {name}: {median(taken):.2f} s (most {taken[-1]:.2f})")


if __name__ == "__main__":
    main()
