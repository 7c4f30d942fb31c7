"""Distances that are paid for: close to the exact ones, and charged."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from skprivate import PrivacyLedger
from skprivate.accounting import BudgetExceededError
from skprivate.audit import SyntheticReport
from skprivate.rows import UnitClip
from skprivate.synthesis import dp_marginal_distances
from tests.synthesis.test_synthesizer import ROWS, TABLE, N

SHUFFLED = TABLE.assign(
    plan=TABLE["plan"].sample(frac=1, random_state=0).to_numpy(),
    age=TABLE["age"] + 5,
)


def distances(real=TABLE, synthetic=SHUFFLED, **options):
    return dp_marginal_distances(real, synthetic, random_state=0, **options)


def test_distances_are_about_the_exact_ones():
    found = distances()
    with pytest.warns(UserWarning, match="no noise"):
        exact = distances(epsilon=np.inf)
    assert found.single.keys() == exact.single.keys() == {*TABLE}
    assert len(found.pairs) == 15
    for some, others in ((found.single, exact.single), (found.pairs, exact.pairs)):
        off = [abs(some[name] - others[name]) for name in some]
        assert np.mean(np.array(off) <= found.reach) > 0.7
    assert found.pairs["age", "plan"] > 0.3
    assert exact.single["plan"] == exact.single["city"] == 0
    assert exact.reach == 0


def test_without_noise_distances_are_those_of_the_report():
    # Numbers are cut by the rows that are public, so these are put first there.
    with pytest.warns(UserWarning, match="no noise"):
        found = distances(synthetic=ROWS, epsilon=np.inf)
    exact = SyntheticReport.of(ROWS, TABLE)
    for name in ("plan", "paid", "score", "city"):
        assert found.single[name] == pytest.approx(exact.single[name], abs=1e-6)
    pair = "score", "plan"
    assert found.pairs[pair] == pytest.approx(exact.pairs[pair], abs=1e-6)


def test_a_table_is_at_no_distance_from_itself():
    found = distances(synthetic=TABLE)
    assert found.mean_of_singles < found.reach
    assert found.mean_of_pairs < found.reach


def test_ledgers_are_charged_and_may_refuse():
    with PrivacyLedger(epsilon=1.2, delta=1e-6) as ledger:
        found = dp_marginal_distances(TABLE, SHUFFLED, epsilon=1.0)
        with pytest.raises(BudgetExceededError):
            dp_marginal_distances(TABLE, SHUFFLED, epsilon=1.0)
        ledger.dismiss_refusals()
    assert "dp_marginal_distances" in str(found.privacy_)
    assert ledger.spent() == pytest.approx(1.0)


def test_weights_groups_and_no_delta():
    weight = np.full(N, 0.5)
    groups = np.arange(N) // 2
    found = distances(sample_weight=weight, max_weight=1.0)
    assert found.single["age"] > 0.05
    grouped = distances(groups=groups, max_rows_per_group=2)
    assert grouped.reach > distances().reach
    assert distances(delta=0.0, epsilon=5.0).privacy_.epsilon() == pytest.approx(5.0)
    clip = UnitClip(2, 1.5)
    with pytest.raises(ValueError, match="clipped"):
        distances(groups=groups, max_rows_per_group=clip)


def test_rows_that_are_missing_or_unlisted_count_as_such():
    real = TABLE.assign(city="Rome", score=np.nan)
    found = distances(real=real, synthetic=TABLE)
    assert found.single["city"] > 0.9
    assert found.single["score"] > 0.7


def test_arrays_and_polars():
    pl = pytest.importorskip("polars")
    X = np.random.default_rng(0).normal(size=(500, 2))
    for table in (X, X.tolist()):
        found = distances(real=table, synthetic=table)
        assert found.single.keys() == {"x0", "x1"}
    frame = pl.DataFrame({"a": X[:, 0], "b": X[:, 1] > 0})
    assert distances(real=frame, synthetic=frame).single.keys() == {"a", "b"}


def test_what_is_shown():
    found = distances()
    assert "paid: epsilon = 1" in repr(found)
    assert "within" in found._repr_html_()
    ax = found.plot()
    assert "within" in ax.get_title()
    plt.close(ax.figure)


@pytest.mark.parametrize(
    ("synthetic", "options", "error"),
    [
        (TABLE[["age"]], {}, "other names"),
        (TABLE.iloc[:, ::-1], {}, "another order"),
        (TABLE[:0], {}, "no rows"),
        (TABLE, {"n_bins": 1}, "n_bins"),
        (TABLE, {"confidence": 2}, "confidence"),
    ],
)
def test_tables_that_cannot_be_compared_are_refused_for_free(synthetic, options, error):
    with (
        PrivacyLedger(epsilon=1.0, delta=1e-5) as ledger,
        pytest.raises(ValueError, match=error),
    ):
        dp_marginal_distances(TABLE, synthetic, **options)
    assert ledger.spent() == 0


def test_one_row_moves_no_distance_by_more_than_was_paid():
    # The exact totals on neighbours are compared by the tests of TableGaps; here that
    # what is asked does not depend on rows.
    names = [release.query for release in distances().privacy_.releases]
    few = [r.query for r in distances(real=TABLE[:3]).privacy_.releases]
    assert names == few == ["Count", "TableGaps"]


def test_hostile_rows_are_read():
    real = pd.DataFrame({"a": [1e308, -1e308, 5.0] * 10, "b": ["x", None, ""] * 10})
    assert distances(real=real, synthetic=real).mean_of_pairs <= 1
