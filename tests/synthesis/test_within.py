"""Codes within groups: also where there seem to be no rows."""

import numpy as np

from skprivate.binning import Bins
from skprivate.synthesis._columns import Layout, Singles
from skprivate.synthesis._groups import Grouped
from skprivate.synthesis._learning import _within


def odds(counts, group, possible):
    bins = Bins.of_edges([np.arange(len(counts) - 2.0)])
    grouped = Grouped(Layout(bins, None, None), (np.array(group),))
    table = np.array(counts, dtype=float)[:, None]
    singles = Singles(np.array([table.sum()]), [table], [table], 1.0)
    (found,) = _within(grouped, singles, [np.array(possible)])
    return found[:, 0].tolist()


def test_a_group_without_rows_never_becomes_a_gap_or_what_cannot_be():
    found = odds([6, 2, 0, 0, 0], [0, 0, 1, 1, 0], [True, True, True, False, False])
    assert found == [0.75, 0.25, 1.0, 0.0, 0.0]


def test_a_group_of_which_nothing_can_be_is_even():
    found = odds([6, 2, 0, 0, 0], [0, 0, 1, 1, 0], [True, True, False, False, False])
    assert found[2:4] == [1.0, 1.0]
