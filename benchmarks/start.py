"""Time what comes before the first result: imports, compilation, the first fit.

Run as ``python -m benchmarks.start [--rounds 3] [--rows 10000] [--only DPRidge]``.
Everything runs in processes of its own, and is measured in seconds of CPU. *Fresh* has
an empty cache, as after an installation; *then* finds the cache that this one left;
*again* is the second fit of one process. Imports are not counted.
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
start = time.process_time()
import skprivate
print(json.dumps(time.process_time() - start))
"""
COMPILE = """
import json, time
from benchmarks.kernels import Data, private
from skprivate.kernels import without_twins
data = Data(100, 20)
start = time.process_time()
with without_twins():
    for run in private(data).values():
        data.over_chunks(run)
print(json.dumps(time.process_time() - start))
"""
FIT = """
import json, time, warnings
import numpy as np
import skprivate.mechanisms._exact_tail, skprivate.kernels._selection
from skprivate.testing import all_estimators
from skprivate.testing._examples import example_for, with_classes
warnings.simplefilter("ignore")
model = with_classes(dict(all_estimators())["{name}"]())
example = example_for(model, {rows})
arguments = example.fit_args | {{"X": np.tile(example.X, 4)}}
fit = getattr(model, "fit_resample", None) or model.fit
seconds = []
for _ in range(2):
    start = time.process_time()
    fit(**arguments)
    seconds.append(time.process_time() - start)
print(json.dumps(seconds))
"""


def seconds_of(program, **environment):
    """What a program says in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it says that it compiles
        check=True,
        text=True,
    )
    return json.loads(done.stdout)


def first_fits(names, rows, rounds):
    """Print seconds of the first fit of estimators, which are told no bounds."""
    print(f"first fit, {rows} rows of 20 columns   fresh    then   again")
    for name in names:
        program = FIT.format(name=name, rows=rows)
        with tempfile.TemporaryDirectory() as cache:
            fresh, _ = seconds_of(program, NUMBA_CACHE_DIR=cache)
            both = [seconds_of(program, NUMBA_CACHE_DIR=cache) for _ in range(rounds)]
        then, again = map(median, zip(*both, strict=True))
        print(f"{name:34} {fresh:7.2f} {then:7.2f} {again:7.2f}", flush=True)


def main():
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--only", nargs="*", help="names of estimators")
    options = parser.parse_args()
    if not options.only:
        taken = median(seconds_of(IMPORT) for _ in range(options.rounds))
        print(f"import of skprivate after sklearn.base: {taken:.4f} s")
        with tempfile.TemporaryDirectory() as cache:
            cold = seconds_of(COMPILE, NUMBA_CACHE_DIR=cache)
        print(f"all kernels, compiled into an empty cache: {cold:.1f} s")
    from skprivate.testing import all_estimators

    names = options.only or [name for name, _ in all_estimators()]
    first_fits(names, options.rows, options.rounds)


if __name__ == "__main__":
    main()
