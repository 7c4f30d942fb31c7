"""How far one row moves all that is told, scores included."""

import pytest

from skprivate.accounting import Budget
from skprivate.synthesis import DPTabularSynthesizer
from skprivate.testing._attack import heaviest_canary
from skprivate.testing._examples import configured, example_for


@pytest.mark.parametrize("method", ["swift", "mst"])
def test_the_worst_row_moves_all_answers_by_what_was_paid_at_most(method):
    budget = {"epsilon": 14.0, "delta": 1e-6}
    model = configured(DPTabularSynthesizer(method=method), **budget)
    rows, claim = example_for(model, n_rows=20), Budget(**budget).mu
    _, possible = heaviest_canary(model, rows)
    assert 0.7 * claim < possible <= claim * (1 + 1e-9)
