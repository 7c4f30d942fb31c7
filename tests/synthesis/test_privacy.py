"""How far one row moves all that is told, scores included."""

import numpy as np
import pytest

from skprivate.accounting import Budget
from skprivate.synthesis import DPTabularSynthesizer
from skprivate.testing._attack import heaviest_canary
from skprivate.testing._examples import configured, example_for
from skprivate.testing._replay import record, replay


@pytest.mark.parametrize("method", ["swift", "mst"])
def test_the_worst_row_moves_all_answers_by_what_was_paid_at_most(method):
    budget = {"epsilon": 14.0, "delta": 1e-6}
    model = configured(DPTabularSynthesizer(method=method), **budget)
    rows, claim = example_for(model, n_rows=20), Budget(**budget).mu
    _, possible = heaviest_canary(model, rows)
    assert 0.7 * claim < possible <= claim * (1 + 1e-9)


def test_a_choice_in_rounds_is_frozen_with_its_answers():
    model = configured(DPTabularSynthesizer(method="aim"), random_state=0)
    rows = example_for(model, n_rows=30)
    tape = record(model, **rows.fit_args)
    assert "FarthestTable" in {item.query.name for item in tape.tape.asked}
    assert not any(getattr(a.mechanism, "monotone", False) for a in tape.tape.asked)
    for value in (0.9, 1e300):
        label = rows.y if rows.y is None else rows.y[0]
        other = rows.with_row(np.full(rows.width, value), label)
        found = replay(tape, **other.fit_args)
        assert found.findings == []
        assert found.largest_move <= 1 + 1e-9
