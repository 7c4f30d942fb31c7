"""Categories that a curator is given, reads off types, or finds at a price."""

import numpy as np
import pytest

from skprivate.accounting import BudgetExceededError, epsilon_of_events
from skprivate.base import DPEstimator
from skprivate.base._categories import kept_categories
from skprivate.ledger import PrivacyLedger
from skprivate.mechanisms import Entropy, Gaussian, Tally, ThresholdedRelease
from skprivate.preprocessing import DPOneHotEncoder
from skprivate.rows import ChunkRows, Parties, TableRows
from skprivate.testing import record, replay

pd = pytest.importorskip("pandas")


class Lister(DPEstimator):
    """Asks for categories, and for nothing else."""

    _takes_tables = True
    _parameter_constraints = DPEstimator._parameter_constraints
    asks = 1

    def __init__(self, *, given="private", missing=False, epsilon=1.0, delta=1e-6,
                 max_weight=1.0, max_rows_per_group=1, random_state=None):  # fmt: skip
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.given = given
        self.missing = missing

    def _discovers(self):
        return isinstance(self.given, str)

    def _fit(self, curator):
        for _ in range(self.asks):
            share = curator.remaining / self.asks
            self.lists_ = curator.categories(
                self.given, share=share, missing=self.missing
            )
        self.found_ = curator.found


def table(n=2000, **more):
    rng = np.random.default_rng(0)
    columns = {
        "town": rng.choice(["Ulm", "Bonn", "Kiel"], n, p=[0.6, 0.3995, 0.0005]),
        "size": pd.Categorical(["S"] * n, categories=["S", "M"]),
        "age": rng.integers(20, 60, n),
    }
    return pd.DataFrame(columns | more)


def test_frequent_values_are_found_and_rare_ones_stay_hidden():
    X = table()
    X.loc[0, "town"] = "SECRET"
    lister = Lister().fit(X)
    assert lister.lists_[0].tolist() == ["Bonn", "Ulm"]
    assert lister.lists_[1].tolist() == ["S", "M"]  # declared
    assert abs(lister.found_[0]["Ulm"] - 1200) < 200
    assert round(lister.privacy_.epsilon(), 6) == 1


def test_missing_values_are_found_where_somebody_asks():
    X = table()
    X.loc[:500, "town"] = None
    for missing in (False, True):
        found = Lister(missing=missing).fit(X).lists_[0]
        assert (found[-1] != found[-1]) == missing


def test_given_categories_cost_nothing():
    lister = Lister(given=[["Ulm"], "private"]).fit(table())
    assert lister.lists_[0].tolist() == ["Ulm"]
    assert not lister.privacy_.releases


@pytest.mark.parametrize(
    "given", [[["Ulm"]], "auto", 3, [["Ulm"], "SM"], [["Ulm", "Ulm"], "private"]]
)
def test_lists_must_fit_the_columns(given):
    class Told(Lister):
        def _discovers(self):
            return False

    with pytest.raises(ValueError, match="categories"):
        Told(given=given).fit(table())


def test_one_joint_release_pays_for_all_columns():
    X = table(other=["x", "y"] * 1000)
    (release,) = Lister().fit(X).privacy_.releases
    assert release.mechanism.max_keys == 2
    assert release.mechanism.delta == 1e-7
    assert release.sensitivity == pytest.approx(np.sqrt(2))


def test_the_reserve_pays_once():
    class Twice(Lister):
        asks = 2

    with pytest.raises(BudgetExceededError, match="at once"):
        Twice().fit(table())


def test_who_says_nothing_has_no_reserve():
    class Silent(Lister):
        def _discovers(self):
            return False

    with pytest.raises(BudgetExceededError, match="_discovers"):
        Silent().fit(table())


def test_pure_budgets_refuse_to_search():
    with pytest.raises(ValueError, match=r"categories=.* schema="):
        Lister(delta=0.0).fit(table())
    declared = table()[["size", "age"]]
    assert Lister(delta=0.0).fit(declared).lists_[0].tolist() == ["S", "M"]


def test_without_privacy_all_values_are_found():
    X = table()
    X.loc[0, "town"] = "Bern"
    with pytest.warns(UserWarning, match="not private"):
        lister = Lister(epsilon=np.inf).fit(X)
    assert lister.lists_[0].tolist() == ["Bern", "Bonn", "Kiel", "Ulm"]


def test_a_strict_ledger_lets_categories_be_found_for_a_price():
    with PrivacyLedger(epsilon=1.0, delta=1e-6, strict=True) as ledger:
        Lister().fit(table())
    assert round(ledger.spent(), 6) == 1
    assert ledger.records[0].releases[0]["query"] == "Categories"


def test_weights_neither_raise_nor_lower_a_count():
    X = table()
    weight = np.where(X["town"] == "Ulm", 0.0, 1e-3)
    lister = Lister(max_weight=5.0).fit(X, sample_weight=weight)
    assert lister.lists_[0].tolist() == ["Bonn"]
    assert abs(lister.found_[0]["Bonn"] - 799) < 200
    assert lister.privacy_.releases[0].sensitivity == pytest.approx(1)


def test_groups_multiply_keys_and_levels():
    X, groups = table(), np.arange(2000) // 2
    lister = Lister(max_rows_per_group=2)
    recording = record(lister, X=X, groups=groups)
    (told,) = recording.tape.told
    assert told.mechanism.max_keys == 2
    assert told.levels == 2
    one_less = groups != 7
    played = replay(recording, X=X[one_less], groups=groups[one_less])
    assert played.findings == []


@pytest.mark.parametrize("value", ["Ulm", "NEW", None, "x" * 10**5, "\x00", "é"])
def test_answers_decide_everything(value):
    X = table(100)
    recording = record(Lister(missing=True), X=X)
    more = pd.concat([X, X[:1].assign(town=value)], ignore_index=True)
    more["size"] = pd.Categorical(more["size"], categories=["S", "M"])
    for others, units in ((more, 1), (X[1:], 1), (X[::-1], 0)):
        played = replay(recording, units=units, X=others)
        assert played.findings == []
        assert not played.refused


def test_what_a_key_of_one_row_costs():
    """It is released with a probability of at most the reserve: here a large one."""
    release = ThresholdedRelease(Gaussian(1.0), delta=0.05)
    tally = Tally({0: (["a"], [1])})
    shown = sum(bool(release(tally, 1, Entropy())) for _ in range(4000))
    assert shown < 4000 * 0.05 + 7 * np.sqrt(4000 * 0.05)  # beyond: p < 1e-10
    events = [release.event]
    assert epsilon_of_events(events, 0.05) == np.inf  # nothing is left for the noise
    assert epsilon_of_events(events, 0.06) > epsilon_of_events(
        [Gaussian(1.0).event], 0.06
    )


def test_what_is_kept():
    counts = {"a": 50, "b": 9, None: 30, "c": 11}
    assert kept_categories(counts)[:3].tolist() == ["a", "b", "c"]
    assert kept_categories(counts, 1).tolist() == ["a"]
    assert kept_categories(counts, None, 10)[:2].tolist() == ["a", "c"]
    assert kept_categories(counts, None, 0.2)[:1].tolist() == ["a"]
    assert kept_categories({1: 5, 2: 5}).dtype.kind == "i"
    assert kept_categories({}).tolist() == []


def test_a_tally_is_a_mapping():
    tally = Tally({0: (["a", "b", "c"], [1, 0, 2]), 3: ([None], [4])})
    assert dict(tally) == {(0, "a"): 1, (0, "c"): 2, (3, None): 4}
    assert [tally.key_at(i) for i in range(3)] == list(tally)
    assert tally[3, None] == 4
    assert dict(Tally({})) == {}


def test_counting_a_row_twice_is_noticed(monkeypatch):
    """The replay that proves the encoders would catch a tally that is too long."""
    original = TableRows.tally

    def twice(rows, numbers, *, missing=False):
        tally = original(rows, numbers, missing=missing)
        return Tally({j: ([v], [2 * n]) for (j, v), n in tally.items()})

    monkeypatch.setattr(TableRows, "tally", twice)
    X = table(100)[["town"]].assign(town="Ulm")
    played = replay(record(Lister(), X=X), X=X[1:])
    assert any("moves by 2 times" in finding for finding in played.findings)


def test_rows_out_of_memory_are_coded_where_they_are():
    X = table()[["town"]]
    chunks = ChunkRows(lambda: (X[i : i + 500] for i in range(0, 2000, 500)))
    counts = []
    for rows in (X, chunks, Parties(chunks)):
        encoder = DPOneHotEncoder(categories=[["Ulm", "Bonn"]], epsilon=np.inf)
        with pytest.warns(UserWarning, match="not private"):
            encoder.fit(rows)
        counts.append(encoder.category_counts_[0].tolist())
        assert encoder.feature_names_in_.tolist() == ["town"]
    assert counts[0] == counts[1] == counts[2] == [
        (X["town"] == "Ulm").sum(), (X["town"] == "Bonn").sum()
    ]  # fmt: skip
    found = DPOneHotEncoder(epsilon=9.0).fit(chunks).categories_[0].tolist()
    assert {"Ulm", "Bonn"} <= {*found}
