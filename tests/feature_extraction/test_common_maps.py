"""What every public map of the package must do. Nothing here names a map."""

import pytest

from skprivate.testing import all_estimators, map_checks

MAPS = [cls() for _, cls in all_estimators("map")]


@pytest.mark.parametrize("check", map_checks().values(), ids=map_checks())
@pytest.mark.parametrize("public_map", MAPS, ids=lambda m: type(m).__name__)
def test_public_map(public_map, check):
    check(public_map)
