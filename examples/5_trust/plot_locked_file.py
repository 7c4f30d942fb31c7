"""A model in a locked file
========================

A private model may be published; often it is not, and lies in a file. Encryption keeps
strangers out of the file, and says nothing of what the model tells those who may read
it. This page locks a model, opens it, and tries to change it on the way.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sklearn.datasets import load_iris

from skprivate.naive_bayes import DPGaussianNB
from skprivate.security import (
    KeyRing,
    UnreadableFileError,
    WrongKeyError,
    load_private_model,
    save_private_model,
)

X, y = load_iris(return_X_y=True)
X = X[:, 2:]  # length and width of petals
model = DPGaussianNB(bounds=(0, 8), classes=[0, 1, 2], epsilon=4.0).fit(X, y)

# %%
# A key ring locks the file. A signature leaves it readable, and tells who wrote it; the
# two go together, too. The file holds data and names of types, never code.

folder = tempfile.TemporaryDirectory()
locked, signed = Path(folder.name, "locked.skp"), Path(folder.name, "signed.skp")
ring, author = KeyRing.new(), Ed25519PrivateKey.generate()
save_private_model(model, locked, key=ring)
save_private_model(model, signed, sign=author)

again = load_private_model(locked, key=ring)
print(again.privacy_)  # the report came along

# %%
# Whoever has another key is refused, and so is a file of which a single bit was
# changed: it is not even looked at.


def outcome_of(at):
    """What happens to a reader if one bit of this byte of the file was flipped."""
    changed = bytearray(locked.read_bytes())
    changed[at] ^= 1
    path = Path(folder.name, "changed.skp")
    path.write_bytes(changed)
    try:
        load_private_model(path, key=ring)
    except (UnreadableFileError, WrongKeyError) as error:
        return type(error).__name__
    return "was read"


tried = np.linspace(0, len(locked.read_bytes()) - 1, 200).astype(int)
outcomes = [outcome_of(at) for at in tried]
try:
    load_private_model(locked, key=KeyRing.new())
except WrongKeyError as error:
    print(error)

# %%
# Left: the bytes of both files, as grey points; what is locked looks like noise. Right:
# what the opened model says of petals.

figure, panels = plt.subplots(1, 4, figsize=(12, 3.2), layout="constrained")
for axes, path in [(panels[0], signed), (panels[1], locked)]:
    data = np.frombuffer(path.read_bytes()[: 64 * 64], dtype=np.uint8)
    data = np.pad(data, (0, 64 * 64 - len(data)))
    axes.imshow(data.reshape(64, 64), cmap="gray")
    axes.set(title=f"{path.stem}: {path.stat().st_size:,} bytes", xticks=[], yticks=[])
names, counts = np.unique(outcomes, return_counts=True)
panels[2].bar(names, counts, color="tab:red")
panels[2].set(title="200 files, a bit flipped in each")
steps = np.linspace(0, 8, 100)
grid = np.array([[a, b / 2.5] for b in steps for a in steps])
panels[3].contourf(
    steps, steps / 2.5, again.predict(grid).reshape(100, 100), cmap="Pastel2"
)
panels[3].scatter(*X.T, c=y, cmap="Dark2", s=8)
panels[3].set(title="the opened model", xlabel="length", ylabel="width")
folder.cleanup()
plt.show()
