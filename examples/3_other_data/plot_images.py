"""Handwritten digits: fixed wavelets and a private head
=====================================================

A private model of images is a public map and a private linear model. Scattering is
fixed, so it costs nothing; compare it with random patches.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skprivate import make_dp_pipeline
from skprivate.feature_extraction.image import (
    RandomPatchFeatures,
    ScatteringTransform,
)
from skprivate.linear_model import DPLogisticRegression

digits = load_digits()
train, test, y_train, y_test = train_test_split(
    digits.images, digits.target, random_state=0
)

# %%
# Both maps are public and learn nothing. Patches are drawn by a public seed, never from
# the images.

maps = {
    "patches": RandomPatchFeatures((8, 8), size=3),
    "scattering": ScatteringTransform((8, 8)),
}
epsilons, scores = [1.0, 3.0, 8.0], {}
for name, public_map in maps.items():
    scores[name] = []
    for epsilon in epsilons:
        head = DPLogisticRegression(classes=range(10))
        model = make_dp_pipeline(public_map, head, epsilon=epsilon)
        scores[name].append(model.fit(train, y_train).score(test, y_test))

# %%
# What the last of them, scattering at epsilon = 8, reads in images that it never saw.

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
for name, found in scores.items():
    left.plot(epsilons, found, marker="o", label=name)
left.set(xscale="log", xlabel="epsilon", ylabel="accuracy", title="1,347 digits")
left.set_xticks(epsilons, [f"{e:g}" for e in epsilons], minor=False)
left.minorticks_off()
left.legend()
shown = [test[i] for i in range(24)]
guesses = model.predict(test[:24])
right.set(title="read at epsilon = 8", xticks=[], yticks=[])
for i, (image, guess) in enumerate(zip(shown, guesses, strict=True)):
    place = right.inset_axes([(i % 6) / 6, 0.77 - (i // 6) / 4, 0.15, 0.2])
    place.imshow(image, cmap="gray_r")
    place.set(xticks=[], yticks=[])
    right_guess = guess == y_test[i]
    place.set_xlabel(str(guess), color="black" if right_guess else "red", labelpad=1)
plt.show()
