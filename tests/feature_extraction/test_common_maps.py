"""What every public map of the package must do. Nothing here names a map."""

import numpy as np
import pytest
from sklearn.base import clone

from skprivate import check_private, make_dp_pipeline
from skprivate.linear_model import DPLogisticRegression
from skprivate.testing import all_estimators, hostile_items, map_checks
from tests.feature_extraction.maps import every_map

MAPS = every_map()
every = pytest.mark.parametrize("public_map", MAPS, ids=lambda m: type(m).__name__)


def test_all_maps_are_there():
    assert [type(m) for m in MAPS] == [cls for _, cls in all_estimators("map")]


@pytest.mark.parametrize("check", map_checks().values(), ids=map_checks())
@every
def test_public_map(public_map, check):
    check(public_map)


@every
def test_a_private_head_behind_it_is_private(public_map):
    pipe = make_dp_pipeline(clone(public_map), DPLogisticRegression(classes=[0, 1]))
    assert check_private(pipe).private
    items = [item for item in hostile_items() if type(item).__name__ != "object"]
    pipe.fit(items, np.arange(len(items)) % 2)
    assert pipe.predict(items).shape == (len(items),)
    assert pipe.privacy_.epsilon() == pytest.approx(1.0)


@every
def test_messages_hold_no_item(public_map):
    fitted = clone(public_map).fit([])
    for bad in ("Ringel secret", np.array(345.678), 345.678):
        with pytest.raises((TypeError, ValueError)) as caught:
            fitted.transform(bad)
        assert "Ringel" not in str(caught.value)
        assert "345" not in str(caught.value)
