"""Tones that rise or fall: sound with a private model
===================================================

Each clip is scaled to its own loudness and divided by its own length, so nothing is
learned from others, and 48 numbers a clip go to a private head.
"""

import matplotlib.pyplot as plt
import numpy as np

from skprivate.feature_extraction.audio import MelCepstrum
from skprivate.linear_model import DPLogisticRegression

rng = np.random.default_rng(0)
rate = 8000


def clip(rising):
    """A tone that climbs or falls, of some length, loudness and noise."""
    time = np.arange(rng.integers(1500, 4000)) / rate
    pitch = 500 + (1500 if rising else -200) * time
    tone = np.sin(2 * np.pi * pitch * time) + 1.5 * rng.normal(size=len(time))
    return rng.uniform(0.1, 1.0) * tone


y = rng.integers(0, 2, 1200)
clips = [clip(rising) for rising in y]
cepstrum = MelCepstrum(rate=rate)
rows = cepstrum.fit_transform(clips)

# %%
# The map announces the bounds of its columns; the head is told, and searches for none.

epsilons, sizes, scores = [0.3, 1.0, 3.0], [150, 300, 600, 900], {}
for epsilon in epsilons:
    head = DPLogisticRegression(
        classes=[0, 1], bounds=cepstrum.output_geometry_.bounds, epsilon=epsilon
    )
    scores[epsilon] = [
        np.mean(
            [head.fit(rows[:n], y[:n]).score(rows[900:], y[900:]) for _ in range(5)]
        )
        for n in sizes
    ]

# %%
# What counts is people times epsilon: the curves are about the same one, moved.

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
left.specgram(clips[int(np.argmax(y))], Fs=rate, NFFT=256, noverlap=128)
left.set(title="a rising tone", xlabel="seconds", ylabel="Hz")
for epsilon, found in scores.items():
    right.plot(sizes, found, marker="o", label=f"epsilon = {epsilon:g}")
right.set(xlabel="clips", ylabel="accuracy", title="mean of five fits")
right.legend()
plt.show()
