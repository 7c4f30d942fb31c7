"""Fits over parties: the same law, whoever is lost; and what is refused."""

import math
import time

import numpy as np
import pytest

from skprivate.accounting import BudgetExceededError
from skprivate.base import Curator
from skprivate.feature_selection import DPSelectKBest
from skprivate.federated import (
    Channel,
    FederatedRows,
    InProcess,
    Party,
    Policy,
    dumps,
    loads,
)
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression, DPSGDClassifier
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import DPOneHotEncoder, DPStandardScaler
from skprivate.rows import Parties
from tests.federated.messages import X, Y, trusting

pytestmark = pytest.mark.filterwarnings("ignore::skprivate.base.PrivacyWarning")


def parties_of(k, X=X, y=Y, **policy):
    policy = Policy(**policy) if policy else trusting()
    return {f"p{i}": Party(X[i::k], y[i::k], policy=policy) for i in range(k)}


def rows_of(parties, noise="server", **kwargs):
    return FederatedRows(InProcess(parties), 5, noise=noise, **kwargs)


def scaler(epsilon=math.inf, **kwargs):
    return DPStandardScaler(epsilon=epsilon, bounds=(0, 1), **kwargs)


class Odd:
    """A party of which some answers are changed on the way."""

    def __init__(self, party, change):
        self.party, self.change, self.asked = party, change, []

    def answer(self, data):
        self.asked.append(data)
        return self.change(self.party.answer(data), data)


def odd(change, kind="answer", **kwargs):
    """Rows of three parties; answers of that kind of the second one are changed."""

    def changed(answer, data):
        told = loads(answer)
        return change(told) if told["kind"] == kind else answer

    parties = parties_of(3)
    parties["p1"] = Odd(parties["p1"], changed)
    return rows_of(parties, **kwargs)


@pytest.mark.parametrize("noise", ["server", "party"])
@pytest.mark.parametrize("k", [1, 3, 10])
def test_same_bits_as_pooled_without_noise(noise, k):
    rows = rows_of(parties_of(k), noise)
    assert scaler().fit(rows).mean_.tolist() == scaler().fit(X).mean_.tolist()
    model = DPLogisticRegression(epsilon=math.inf, bounds=(0, 1), classes=[0, 1])
    coef = model.fit(rows).coef_
    assert coef.tolist() == model.fit(X, Y).coef_.tolist()


def test_a_trusted_server_adds_the_same_noise_as_if_rows_were_here():
    model = scaler(1.0, random_state=3).fit(rows_of(parties_of(3)))
    assert model.mean_.tolist() == scaler(1.0, random_state=3).fit(X).mean_.tolist()


def test_noise_of_parties_adds_up_and_is_stated(rng):
    rows = rows_of(parties_of(4), "party")

    def spread(rows):
        from skprivate.base import Count

        class Counts(DPStandardScaler):
            def _fit(self, asked):
                self.planned_ = asked.noise_of(Count(), share=1.0)
                self.count_ = asked.release(Count(), share=1.0)[0]
                self.noise_ = asked.noise_of(Count())

        return Counts(bounds=(0, 1)).fit(rows)

    fits = [spread(rows) for _ in range(100)]
    answers = np.array([fit.count_ for fit in fits])
    noise = fits[0].noise_
    assert noise == pytest.approx(fits[0].planned_)
    assert noise == pytest.approx(2 * spread(rows_of(parties_of(4))).noise_)
    z = (answers - len(X)) / noise
    # alpha < 1e-6 for each: normal, chi-squared with 100 degrees of freedom
    assert abs(z.mean()) < 5 / math.sqrt(100)
    assert 0.40 < (z**2).mean() < 1.85


def test_report_and_ledgers_say_who_was_trusted():
    parties = parties_of(3)
    with PrivacyLedger() as ledger:
        model = scaler(1.0).fit(rows_of(parties, "party"))
    assert model.privacy_.unit == "row (of one party; noise: party)"
    assert "3 parties; noise='party': nobody sees exact sums" in str(model.privacy_)
    assert ledger.records[0].unit == model.privacy_.unit
    for party in parties.values():
        (record,) = party.ledger.records
        assert record.name == "DPStandardScaler (noise: party)"
        assert record.epsilon == pytest.approx(1.0)
        assert record.unit == "row of this party"
    told = str(scaler(1.0).fit(rows_of(parties)).privacy_)
    assert "sees exact sums of each party, and is trusted" in told


def test_parties_may_be_lost_and_the_rest_is_the_same_as_without_them():
    parties = parties_of(10)
    rows = rows_of(parties, lose=0.3, timeout=0.3)
    for name in ("p1", "p4", "p8"):
        parties[name].answer = None  # whoever asks it fails
    model = scaler().fit(rows)
    left = np.vstack([X[i::10] for i in range(10) if i not in (1, 4, 8)])
    assert model.mean_.tolist() == scaler().fit(left).mean_.tolist()
    assert "3 of these parties were lost" in str(model.privacy_)


class Dying(Party):
    """Dies in the n-th round."""

    dies_in = 2

    def answer(self, data):
        asked = loads(data)
        if asked["kind"] == "ask" and asked["number"] >= self.dies_in:
            raise ConnectionError("secret")
        return super().answer(data)


@pytest.mark.parametrize("noise", ["server", "party"])
def test_parties_that_die_in_the_middle_are_left_out(noise):
    parties = parties_of(10)
    for i in (2, 5, 9):
        parties[f"p{i}"] = Dying(X[i::10], Y[i::10], policy=trusting())
    rows = rows_of(parties, noise, lose=0.3, timeout=0.3)
    model = DPLogisticRegression(epsilon=2.0, bounds=(0, 1), classes=[0, 1])
    told = model.fit(rows).privacy_
    assert "3 of these parties were lost" in str(told)
    spreads = {round(release.spread**2) for release in told.releases[1:]}
    assert spreads == ({7} if noise == "party" else {1})
    for name, party in parties.items():
        assert len(party.ledger.records) == 1, name
    few = rows_of(parties, noise, lose=0.2, timeout=0.3)
    with pytest.raises(TimeoutError, match="7 parties have answered within"):
        model.fit(few)


def test_if_all_die_it_is_said():
    parties = {f"p{i}": Dying(X[i::2], Y[i::2], policy=trusting()) for i in range(2)}
    for party in parties.values():
        party.dies_in = 1
    with pytest.raises(TimeoutError, match="0 parties have answered within"):
        scaler().fit(rows_of(parties, lose=0.5, timeout=2.0))


def test_a_party_that_comes_back_in_time_is_not_lost():
    parties, failed = parties_of(3), []

    class Restarting:
        def answer(self, data):
            if loads(data)["kind"] == "ask" and len(failed) < 2:
                failed.append(data)
                raise ConnectionError
            return parties["p0"].answer(data)

    rows = rows_of(parties | {"p0": Restarting()}, timeout=30.0)
    assert scaler().fit(rows).mean_.tolist() == scaler().fit(X).mean_.tolist()
    assert len(failed) == 2


def test_an_answer_that_comes_late_is_not_read():
    parties = parties_of(2)

    class Slow(Odd):
        def __init__(self, party):
            super().__init__(party, self.late)

        def late(self, answer, data):
            if loads(data)["kind"] == "ask":
                time.sleep(0.6)
            return answer

    parties["p1"] = Slow(parties["p1"])
    start = time.monotonic()
    model = scaler().fit(rows_of(parties, lose=0.5, timeout=0.2))
    assert time.monotonic() - start < 5
    assert model.mean_.tolist() == scaler().fit(X[0::2]).mean_.tolist()
    with pytest.raises(TimeoutError, match="1 parties have answered"):
        scaler().fit(rows_of(parties, timeout=0.2))


def with_values(change):
    """A forgery of the totals, and of the count behind them."""
    return lambda told: told | {"value": change(*told["value"])}


FORGED = {
    "other shape": with_values(lambda total, count: [total[:1], count]),
    "a scalar": with_values(lambda total, count: [np.int64(1), np.int64(1)]),
    "floats": with_values(lambda total, count: [total.astype(float), count]),
    "too few": with_values(lambda total, count: [total]),
    "no list": with_values(lambda total, count: 5),
    "too large": with_values(lambda total, count: [np.full_like(total, 2**62), count]),
    "fewer than none": with_values(lambda total, count: [total, np.array([-3])]),
    "more than can be": with_values(lambda total, count: [total, np.array([2**62])]),
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_a_party_that_lies_about_forms_is_refused(change):
    rows = odd(lambda told: dumps(change(told)))
    with pytest.raises(ValueError, match=r"Party 'p1' gave an answer|More than"):
        scaler().fit(rows)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: b"",
        lambda told: dumps(told)[:-3],
        lambda told: bytes(1000),
        lambda told: dumps(told).replace(b"version", b"vorsion"),
        lambda told: dumps({"kind": "opened"}),
        lambda told: dumps({"kind": "refusal", "error": "SystemExit", "text": "x"}),
        lambda told: dumps({}),
    ],
)
def test_what_is_no_answer_is_refused(change):
    with pytest.raises(ValueError, match=r"Party 'p1' gave an answer that is none"):
        scaler().fit(odd(change))


@pytest.mark.parametrize(
    "other", [{"fit": b"g" * 16}, {"number": 7}, {"attempt": 1}, {"fit": None}]
)
def test_an_answer_to_another_question_is_no_answer(other):
    rows = odd(lambda told: dumps(told | other), timeout=0.1)
    with pytest.raises(TimeoutError, match="2 parties have answered"):
        scaler().fit(rows)


def test_an_answer_of_before_is_no_answer():
    kept = []

    def old(told):
        kept.append(dumps(told))
        return kept[0]

    rows = odd(old, timeout=2.0, lose=0.4)
    model = DPLogisticRegression(epsilon=math.inf, bounds=(0, 1), classes=[0, 1])
    assert "1 of these parties were lost" in str(model.fit(rows).privacy_)


def test_one_of_ten_refuses_and_nobody_pays():
    parties = parties_of(9) | {"poor": Party(X[:3].copy(), Y[:3], policy=Policy(0.1))}
    rows = rows_of(parties, "party")
    with pytest.raises(BudgetExceededError, match=r"Party 'poor': its ledger has no"):
        scaler(1.0).fit(rows)
    assert not any(party.ledger.records for party in parties.values())
    scaler(0.09).fit(rows)
    assert {len(party.ledger.records) for party in parties.values()} == {1}


def test_the_ledger_of_the_analyst_says_that_it_was_charged():
    rows = rows_of(parties_of(2, noise="party"), "server")
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="has been charged"):
        scaler(1.0).fit(rows)
    assert len(ledger.records) == 1


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (X[:, :4].copy(), "another number of features"),
        (X.astype(np.float32), None),
    ],
)
def test_schemas_are_compared(other, words):
    parties = parties_of(2) | {"other": Party(other, Y, policy=trusting())}
    if words is None:
        assert rows_of(parties).dtype == np.float64
        return
    with pytest.raises(ValueError, match=words):
        rows_of(parties)


def test_names_and_types_of_columns_are_compared():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    frame["b"] = pd.Categorical(frame["b"], categories=["x", "y", "z"])
    kinds = {
        "the same": frame[::-1],
        "other names": frame.rename(columns={"a": "c"}),
        "other order": frame[["b", "a"]],
        "other categories": frame.assign(b=pd.Categorical(["x", "y"])),
        "no names": frame.to_numpy(),
    }
    for name, other in kinds.items():
        parties = {
            "one": Party(frame, policy=trusting()),
            "two": Party(other, policy=trusting()),
        }
        if name == "the same":
            rows = FederatedRows(InProcess(parties), 2, noise="server")
            assert rows.feature_names == ["a", "b"]
            assert rows.columns[1].declared == ("x", "y", "z")
        else:
            with pytest.raises(ValueError, match="have different"):
                FederatedRows(InProcess(parties), 2)


def test_categories_and_labels_are_found_where_the_server_is_trusted():
    pd = pytest.importorskip("pandas")
    colours = np.array(["red", "green", "blue"], object)[np.arange(300) % 3]
    frame = pd.DataFrame({"colour": colours})
    parts = {f"p{i}": Party(frame[i::2], policy=trusting()) for i in range(2)}
    rows = FederatedRows(InProcess(parts), 1, noise="server")
    pooled = DPOneHotEncoder(epsilon=math.inf, random_state=0).fit(frame)
    encoder = DPOneHotEncoder(epsilon=math.inf, random_state=0).fit(rows)
    found, known = encoder.categories_[0].tolist(), pooled.categories_[0].tolist()
    assert sorted(found) == sorted(known) == ["blue", "green", "red"]
    labels = DPLogisticRegression(epsilon=math.inf, bounds=(0, 1))
    assert labels.fit(rows_of(parties_of(3))).classes_.tolist() == [0, 1]
    rows = FederatedRows(InProcess(parts), 1, noise="party")
    with pytest.raises(ValueError, match="sums with noise, and nothing else"):
        DPOneHotEncoder().fit(rows)


@pytest.mark.parametrize(
    "model",
    [
        DPLogisticRegression(bounds=(0, 1)),
        DPSGDClassifier(rate=0.5, bounds=(0, 1), classes=[0, 1], epsilon=5.0),
        make_dp_pipeline(scaler(1.0), DPLogisticRegression(classes=[0, 1])),
    ],
    ids=lambda model: type(model).__name__,
)
def test_what_is_no_sum_with_noise_is_refused_without_trust(model):
    with pytest.raises((TypeError, ValueError), match=r"sums|cannot be sent"):
        model.fit(rows_of(parties_of(2), "party"))


def test_selections_need_trust():
    model = DPSelectKBest(k=1, bounds=(0, 1), classes=[0, 1])
    assert model.fit(rows_of(parties_of(2))).get_support().sum() == 1


def test_a_seed_cannot_repeat_noise_of_parties():
    with pytest.raises(ValueError, match="random_state cannot repeat"):
        scaler(1.0, random_state=0).fit(rows_of(parties_of(2), "party"))


def test_samples_are_drawn_by_parties():
    model = DPSGDClassifier(rate=0.5, bounds=(0, 1), classes=[0, 1], epsilon=5.0)
    assert model.fit(rows_of(parties_of(2))).coef_.shape == (1, 5)


def test_rows_of_parties_answer_in_fits_only():
    rows = rows_of(parties_of(2))
    with pytest.raises(TypeError, match="questions of a fit"):
        Curator(rows, scaler(1.0)._budget(), None).classes(None)
    with pytest.raises(ValueError, match="groups"):
        scaler().fit(rows, groups=np.zeros(40))


def test_the_same_party_twice_is_refused():
    party = parties_of(1)["p0"]
    with pytest.raises(ValueError, match="same rows"):
        InProcess({"a": party, "b": party})
    with pytest.raises(ValueError, match="same rows"):
        InProcess({"a": Party(X), "b": Party(X[5:])})


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": 5}, {"n_features": 0}, {"n_features": 2.0}, {"n_features": True},
        {"noise": "none"}, {"honest": 0}, {"timeout": 0}, {"timeout": math.inf},
        {"timeout": "1"}, {"lose": 1.0}, {"lose": -0.1}, {"lose": math.nan},
    ],
    ids=str,
)  # fmt: skip
def test_parameters_that_make_no_sense_are_refused(wrong):
    given = {"channel": InProcess(parties_of(2)), "n_features": 5} | wrong
    with pytest.raises((TypeError, ValueError)):
        FederatedRows(**given)


def test_a_party_that_cannot_be_reached_is_named():
    parties = parties_of(2) | {"gone": object()}
    with pytest.raises(TimeoutError, match="1 of 3 parties did not answer"):
        rows_of(parties, timeout=0.1)
    for wrong in ({}, [1], None):
        with pytest.raises(TypeError, match="parties must be a dict"):
            InProcess(wrong)


def test_channels_are_what_has_names_and_asks():
    assert isinstance(InProcess(parties_of(1)), Channel)
    assert not isinstance(object(), Channel)


def test_parties_within_parties_need_a_fit_of_their_own():
    with pytest.raises(TypeError, match="questions of a fit"):
        scaler(1.0).fit(Parties(rows_of(parties_of(2))))


def test_rounds_of_trees_are_kept_by_parties():
    from skprivate.ensemble import DPHistGradientBoostingClassifier

    made, known = [], {"bounds": (0, 1), "classes": [0, 1], "epsilon": math.inf}
    model = DPHistGradientBoostingClassifier(max_iter=4, **known)
    parties = parties_of(2)
    rows = rows_of(parties)
    from skprivate.rows import _derived

    original = _derived.derived

    def counted(maps, columns):
        made.extend(maps)
        return original(maps, columns)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_derived, "derived", counted)
        model.fit(rows)
    # Each map of each party once: first the codes, then one tree after the other.
    assert len(made) == len({id(one) for one in made})
    assert not any(party._fits for party in parties.values())
