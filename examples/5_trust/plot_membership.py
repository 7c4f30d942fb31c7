"""Who was in the data?
=====================

An attacker looks at a model and guesses who was in its data. An ordinary model gives
many away, a private one may give away so many and no more. Both are attacked here;
attacks read rows as they are, so their reports are for the holder of the rows only.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

from skprivate.audit import membership_inference_report
from skprivate.linear_model import DPLogisticRegression

X, y = load_digits(return_X_y=True)
rng = np.random.default_rng(0)
y = np.where(rng.random(len(y)) < 0.2, rng.permutation(y), y)  # some labels are wrong
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, random_state=0)

# %%
# The forest is as good on new rows as a forest should be, and nobody would call it
# broken.

forest = RandomForestClassifier(50, random_state=0).fit(X_train, y_train)
private = {
    epsilon: DPLogisticRegression(
        bounds=(0, 16), classes=range(10), epsilon=epsilon
    ).fit(X_train, y_train)
    for epsilon in [1.0, 8.0]
}
models = {
    "forest, not private": forest,
    "linear, epsilon = 8": private[8.0],
    "linear, epsilon = 1": private[1.0],
}
for name, model in models.items():
    print(f"{name:20} accuracy on new rows: {model.score(X_test, y_test):.2f}")

# %%
# Three attacks on each: how well the model knows a row, and the same beside models that
# have not seen it. What is drawn is how many members are found, at a rate of false
# alarms.

reports = {
    name: membership_inference_report(
        model,
        X_train,
        y_train,
        X_test,
        y_test,
        false_alarms=[0.02, 0.1],
        n_references=4,
        random_state=0,
    )
    for name, model in models.items()
}
print(reports["forest, not private"])

# %%
# The dashed line is what the privacy of the model allows at most, whatever the attack.
# To stay below it proves nothing; to be above it by more than chance would prove an
# error. (Far left a curve rests on a handful of rows; the verdict counts that.) At
# epsilon = 8 the line is high: what protects there is luck, not proof.

figure, panels = plt.subplots(
    1, 3, figsize=(11, 3.8), layout="constrained", sharey=True
)
for axes, (name, report) in zip(panels, reports.items(), strict=True):
    report.plot(axes)
    axes.set(title=f"{name}\n{report.verdict}")
    axes.label_outer()
plt.show()
