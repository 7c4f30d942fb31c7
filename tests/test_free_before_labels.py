"""What parameters alone reveal is free, even where labels are to be read from y."""

import numpy as np
import pandas as pd
import pytest

from skprivate import PrivacyLedger
from skprivate.additive import DPAdditiveClassifier
from skprivate.ensemble import DPHistGradientBoostingClassifier
from skprivate.testing import all_estimators
from skprivate.tree import DPDecisionTreeClassifier

X = pd.DataFrame(np.random.default_rng(0).random((60, 2)), columns=["a", "b"])
TEXT = X.assign(c=pd.Series(["f", "m"] * 30, dtype="string"))
Y = np.arange(60) % 2
NAMES = [f"c{i}" for i in range(70_000)]

MISTAKES = {
    "reversed bounds": {"bounds": (1, 0)},
    "too many bounds": {"bounds": ([0, 0, 0], 1)},
    "bounds of text": {"bounds": "wide"},
    "a negative weight": {"class_weight": {0: -1.0}},
    "a direction too few": {"monotonic_cst": [1]},
    "a direction of nothing": {"monotonic_cst": {"z": 1}},
    "no such pair": {"interactions": [(0, 9)]},
    "no such group": {"interaction_cst": [[9]]},
    "a rule of nothing": {"rules": [{}]},
}


def cases():
    for name, cls in all_estimators():
        known = cls().get_params()
        if known.get("classes", 0) is not None:
            continue
        for mistake, params in MISTAKES.items():
            if params.keys() <= known.keys():
                yield pytest.param(cls, params, X, id=f"{name}, {mistake}")
        if "find_categories" in known:
            never = {"find_categories": False}
            yield pytest.param(cls, never, TEXT, id=f"{name}, unlisted categories")


@pytest.mark.parametrize(("cls", "params", "table"), [*cases()])
def test_mistakes_are_refused_before_labels_are_read(cls, params, table):
    model = cls(**params)
    with PrivacyLedger(epsilon=9.0, delta=1e-3) as ledger:
        with pytest.raises((TypeError, ValueError)):
            model.fit(table, Y)
        assert not ledger.records


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (DPDecisionTreeClassifier(schema={"c": NAMES}), "Column 'c' has more than"),
        (DPAdditiveClassifier(schema={"c": NAMES[:9000]}), "categories are listed"),
        (DPAdditiveClassifier(classes=range(5000)), "more than 4000 classes"),
        (DPHistGradientBoostingClassifier(classes=range(5000)), "more than 4000"),
    ],
)
def test_more_categories_or_classes_than_there_is_room_for_are_refused(model, words):
    with PrivacyLedger(epsilon=9.0, delta=1e-3) as ledger:
        with pytest.raises(ValueError, match=words):
            model.fit(TEXT, Y)
        assert not ledger.records
