"""Parquet files, larger than memory
=================================

A fit adds integers, and it does not matter where. So rows may stay in their files: they
are read batch by batch, and the model is that of the rows in memory, to the last bit.
The files of this page are small; with larger ones, nothing changes but the time.
"""

import tempfile
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from skprivate.linear_model import DPLogisticRegression
from skprivate.rows import ArrowRows

folder = tempfile.TemporaryDirectory()
rng = np.random.default_rng(0)
names = [f"x{j}" for j in range(8)]


def write(number, n=50_000):
    """One file of visits."""
    X = rng.uniform(-1, 1, (n, 8))
    sick = (X[:, 0] - 0.5 * X[:, 1] + 0.5 * rng.normal(size=n) > 0).astype(int)
    columns = dict(zip(names, X.T, strict=True))
    table = pa.table({**columns, "sick": sick})
    pq.write_table(table, Path(folder.name, f"{number}.parquet"))


for number in range(8):
    write(number)

# %%
# A path, a folder or a pattern takes the place of ``X``. Labels are listed, since
# nobody has read them yet.

rows = ArrowRows(f"{folder.name}/*.parquet", target="sick")
known = {"bounds": (-1, 1), "classes": [0, 1]}
model = DPLogisticRegression(**known).fit(rows)
print(model.coef_.round(2))
print(model.privacy_)

# %%
# The same rows in memory give the same bits, if noise is seeded for the comparison.

table = pq.read_table(folder.name)
X = np.column_stack([table[name].to_numpy() for name in names])
one = DPLogisticRegression(random_state=0, **known).fit(rows)
two = DPLogisticRegression(random_state=0, **known).fit(X, table["sick"].to_numpy())
print("the same to the last bit:", one.coef_.tobytes() == two.coef_.tobytes())

# %%
# Predictions go batch by batch, too. (They are about single rows: not private.)

probabilities = np.concatenate([*rows.apply(model.predict_proba)])[:, 1]

# %%
# Time grows with rows, memory does not: what is held is a batch, and sums.

counts, seconds = [], []
for files in [1, 2, 4, 8]:
    part = ArrowRows(
        [f"{folder.name}/{number}.parquet" for number in range(files)], target="sick"
    )
    start = time.perf_counter()
    DPLogisticRegression(**known).fit(part)
    seconds.append(time.perf_counter() - start)
    counts.append(50_000 * files)

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
left.plot(counts, seconds, marker="o")
left.set(xlabel="rows in files", ylabel="seconds of a fit", xlim=(0, None))
left.set(ylim=(0, None))
left.xaxis.set_major_formatter("{x:,.0f}")
right.hist(probabilities, 50, color="tab:grey")
right.set(xlabel="predicted probability", ylabel="rows")
right.yaxis.set_major_formatter("{x:,.0f}")
folder.cleanup()
plt.show()
