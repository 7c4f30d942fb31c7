"""How fast files of models are encrypted, beside AES-GCM of `cryptography` alone.

Run as ``python -m benchmarks.sealing [--megabytes 64]``. What is timed is all that
happens to the bytes of a model on their way to the file and back, without the disk: a
fresh key, its wrap, the tag, the parts of the file. The best of nine, taken in turns.
"""

import argparse
import os
import time

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from skprivate.security import KeyRing
from skprivate.security._format import read_container
from skprivate.security._sealed import seal, unseal

REPEATS = 9


def best(calls):
    """Least seconds of each call, taken in turns."""
    seconds = {name: [] for name in calls}
    for _ in range(REPEATS):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - start)
    return {name: min(found) for name, found in seconds.items()}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--megabytes", type=int, default=64)
    chosen = parser.parse_args(arguments)
    payload, ring = os.urandom(chosen.megabytes * 10**6), KeyRing.new()
    alone, nonce = AESGCM(os.urandom(32)), bytes(12)
    encrypted = alone.encrypt(nonce, payload, None)
    file = b"".join(seal(payload, {}, key=ring).pack())
    found = best(
        {
            "encrypt": lambda: alone.encrypt(nonce, payload, None),
            "seal": lambda: seal(payload, {}, key=ring).pack(),
            "decrypt": lambda: alone.decrypt(nonce, encrypted, None),
            "unseal": lambda: unseal(read_container(file), key=ring),
        }
    )
    print("| | MB/s | of the library's |\n|---|---|---|")
    for name, rival in (("encrypt", "seal"), ("decrypt", "unseal")):
        for of in (name, rival):
            rate = chosen.megabytes / found[of]
            print(f"| {of} | {rate:.0f} | {found[name] / found[of]:.2f} |")


if __name__ == "__main__":
    main()
