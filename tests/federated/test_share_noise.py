"""Fits with noise in shares: bits, law of the sum, lost parties, bad questions."""

import hashlib
import warnings

import numpy as np
import pytest
from scipy import stats

from skprivate.accounting import Budget
from skprivate.base._count import Count
from skprivate.federated import (
    FederatedRows,
    InProcess,
    Party,
    PartyKey,
    Policy,
    dumps,
    loads,
)
from skprivate.federated._opening import Opening
from skprivate.federated._question import Question
from skprivate.federated._residues import integers, minus, plus
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.mechanisms import Gaussian, Laplace
from skprivate.preprocessing import DPStandardScaler
from skprivate.rows import Door

NAMES = tuple("abcdefghij")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 4)).clip(-3, 3)
Y = (X[:, 0] > 0).astype(int)


class Clinics:
    """A channel to parties of this process, some of which are dead, or late."""

    def __init__(self, k, honest, y=None, empty=(), **policy):
        keys = {n: PartyKey(hashlib.sha256(n.encode()).digest()) for n in NAMES[:k]}
        self.roster = {name: key.public for name, key in keys.items()}
        policy = {"max_epsilon": np.inf, **policy}
        policy = Policy(noise="shares", honest=honest, roster=self.roster, **policy)
        self.parties, self.rows = {}, {}
        for i, (name, key) in enumerate(keys.items()):
            take = slice(0, 0) if name in empty else slice(i, None, k)
            self.rows[name] = X[take]
            target = None if y is None else y[take]
            self.parties[name] = Party(X[take], target, policy=policy, key=key)
        self._channel = InProcess(self.parties)
        self.dead, self.dies, self.asked, self.told = set(), {}, [], []

    @property
    def names(self):
        return self._channel.names

    def ask(self, messages, timeout):
        told = loads(next(iter(messages.values())))
        if told["kind"] == "ask":
            self.asked.append((told["number"], told["attempt"], told["roster"]))
            self.dead |= self.dies.get(told["number"], set())
        alive = {n: data for n, data in messages.items() if n not in self.dead}
        answers = self._channel.ask(alive, timeout) if alive else {}
        self.told.append(answers)
        return answers


def rows_of(channel, honest, **how):
    how = {"timeout": 0.1, **how} if channel.dies else how
    return FederatedRows(channel, n_features=4, noise="shares", honest=honest, **how)


ESTIMATORS = {
    "scaler": (lambda e: DPStandardScaler(epsilon=e, bounds=(-3, 3)), None, "mean_"),
    "ridge": (
        lambda e: DPRidge(epsilon=e, bounds=(-3, 3), target_bounds=(0, 1)),
        Y.astype(float),
        "coef_",
    ),
    "logistic": (
        lambda e: DPLogisticRegression(epsilon=e, bounds=(-3, 3), classes=[0, 1]),
        Y,
        "coef_",
    ),
}


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize(
    ("k", "honest", "empty"), [(2, 2, "b"), (3, 1, ""), (10, 7, "d")]
)
def test_without_noise_it_is_the_pooled_fit_to_the_bit(name, k, honest, empty):
    make, y, attribute = ESTIMATORS[name]
    channel = Clinics(k, honest, y, empty)
    take = np.concatenate(
        [np.arange(len(X))[i::k] for i in range(k) if NAMES[i] not in empty]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pooled = make(np.inf).fit(X[take], None if y is None else y[take])
        fitted = make(np.inf).fit(rows_of(channel, honest))
    found, expected = getattr(fitted, attribute), getattr(pooled, attribute)
    np.testing.assert_array_equal(found, expected)


def test_the_report_states_the_noise_of_the_sum_and_whom_is_trusted():
    scaler = DPStandardScaler(epsilon=1.0, bounds=(-3, 3)).fit(
        rows_of(Clinics(5, 4), 4)
    )
    for release in scaler.privacy_.releases:
        own = release.mechanism.deviation(release.sensitivity)
        assert release.deviation == pytest.approx(own * np.sqrt(5 / 4))
    assert "all but 1 of them are honest" in str(scaler.privacy_.notes)


def question_of(opening, roster, attempt=0, number=1, mu=1.0, mechanism=None, n=1):
    mechanism = Gaussian(mu) if mechanism is None else mechanism
    place = opening.fit, number, attempt, tuple(roster)
    asked = Door(), (), "totals", [Count()] * n, [mechanism] * n, ()
    return Question(*place, *asked)


def opened(channel, honest, budget=None, roster=None, fit=bytes(16)):
    """A fit that all parties have agreed to, as an analyst of any kind opens it."""
    roster = tuple(channel.names) if roster is None else roster
    budget = Budget(np.inf, 1e-6) if budget is None else budget
    name = "DPStandardScaler"
    opening = Opening(fit, name, budget, "shares", honest, roster)
    data = dumps({"kind": "open", **opening.told()})
    for party in channel.parties.values():
        told = loads(party.answer(data))
        if told["kind"] != "opened":
            return told["text"]
    return opening


def said(party, question):
    told = loads(party.answer(dumps(question.told())))
    return told["value"][0] if told["kind"] == "answer" else told["text"]


def noise_of_sums(channel, question):
    """Errors of sums, in deviations of the mechanism."""
    data = dumps(question.told())
    answers = [
        np.stack(loads(channel.parties[name].answer(data))["value"], axis=1)
        for name in question.roster
    ]
    totals = answers[0]
    for answer in answers[1:]:
        totals = plus(totals, answer)
    n_rows = sum(len(channel.rows[name]) for name in question.roster)
    levels = Count().levels
    return (integers(totals).ravel() - n_rows * levels) / (levels / 0.5)


@pytest.mark.parametrize("m", [5, 4, 3])
def test_shares_are_as_large_as_the_parties_asked_need(m):
    """Of five, two may be dishonest; who picks a few gets no less noise by that."""
    channel = Clinics(5, 3)
    n = 500
    question = question_of(opened(channel, 3), channel.names[:m], mu=0.5, n=n)
    noise = noise_of_sums(channel, question)
    law = stats.norm(scale=np.sqrt(m / (m - 2)))
    assert stats.kstest(noise, law.cdf).pvalue > 1e-6
    squares = np.sum(noise**2) / law.var()
    assert 1e-6 < stats.chi2(n).cdf(squares) < 1 - 1e-6
    assert stats.chi2(n).sf(squares / 0.8**2) < 1e-6  # which a smaller law would not


def test_a_third_of_the_parties_is_killed_in_a_round():
    """The fit ends; what is told of its noise is that of those who are left."""
    make, y, _ = ESTIMATORS["logistic"]
    channel = Clinics(10, 7, y)
    channel.dies = {3: {"b", "e", "h"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = make(1.0).fit(rows_of(channel, 7, lose=0.3, timeout=2.0))
    left = tuple(n for n in channel.names if n not in channel.dead)
    assert (3, 0, channel.names) in channel.asked
    assert (3, 1, left) in channel.asked
    assert channel.asked[-1][2] == left
    spreads = [release.spread for release in model.privacy_.releases]
    before, after = np.sqrt(10 / 7), np.sqrt(7 / 4)
    assert spreads[0] == pytest.approx(before)
    assert spreads[-1] == pytest.approx(after)
    assert "paid again" in str(model.privacy_.notes)
    # The round that was void was asked once more, of all who are left, and charged.
    for name in left:
        assert channel.parties[name].ledger.spent() > 1.0


def test_with_too_few_left_the_fit_fails():
    make, y, _ = ESTIMATORS["logistic"]
    channel = Clinics(5, 3, y)
    channel.dies = {2: {"a", "b", "c"}}
    with pytest.raises(TimeoutError, match="3 are needed"):
        make(1.0).fit(rows_of(channel, 3, lose=0.9, timeout=0.3))


def test_no_answer_tells_of_its_total():
    """Of two parties with masks, each answer is uniform; their sum is the count."""
    channel = Clinics(2, 2)
    question = question_of(opened(channel, 2), channel.names, mu=np.inf, n=1500)
    assert not np.any(noise_of_sums(channel, question))
    for party in channel.parties.values():
        words = loads(party.answer(dumps(question.told())))["value"]
        octets = np.concatenate(words, axis=None).view(np.uint8)
        assert stats.chisquare(np.bincount(octets, minlength=256)).pvalue > 1e-6


def fresh_masks(channel, opening):
    """Whether two attempts at one question, of equal totals, have unlike answers."""
    party = channel.parties["a"]
    answers = [
        said(party, question_of(opening, channel.names, attempt, mu=np.inf))
        for attempt in (0, 1)
    ]
    return integers(minus(*answers))[0] != 0


def test_an_attempt_never_uses_the_masks_of_another():
    channel = Clinics(3, 3)
    assert fresh_masks(channel, opened(channel, 3))
    # Planted: a context that does not tell attempts apart is caught.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Question, "context", property(lambda q: q.fit))
        channel = Clinics(3, 3)
        assert not fresh_masks(channel, opened(channel, 3))


def test_a_repeated_question_gets_the_same_bytes_and_another_in_its_place_none():
    channel = Clinics(3, 3)
    opening, party = opened(channel, 3), channel.parties["b"]
    question = question_of(opening, channel.names)
    data = dumps(question.told())
    assert party.answer(data) == party.answer(data)
    for other in (
        question_of(opening, channel.names, mu=0.9),
        question_of(opening, channel.names[:2]),
        question_of(opening, channel.names[::-1]),
    ):
        assert "another question was asked in its place" in said(party, other)


def test_who_is_asked_is_the_party_s_business():
    """No strangers, no party alone, none without itself, none that are too few."""
    channel = Clinics(5, 3)
    assert "another number of parties" in opened(channel, 4)
    for roster in ((*"abcde", "eve"), ("a", "b", "c", "eve", "mallory")):
        refusal = opened(channel, len(roster) - 2, roster=roster)
        assert "not of its roster" in refusal
    opening = opened(channel, 3)
    party = channel.parties["a"]
    for roster, text in (
        (("a", "eve", "b"), "not there before"),
        (("b", "c", "d"), "itself included"),
        (("a", "b"), "none may be honest"),
        (("a",), "one party alone"),
    ):
        assert text in said(party, question_of(opening, roster))
    assert isinstance(said(party, question_of(opening, tuple("abc"))), np.ndarray)


def test_what_has_no_shares_is_refused():
    channel = Clinics(3, 2)
    opening = opened(channel, 2, Budget(np.inf, 0))
    party = channel.parties["a"]
    answer = said(party, question_of(opening, channel.names, mechanism=Laplace(1.0)))
    assert "no shares" in answer
    with pytest.raises(ValueError, match="no shares"):
        DPStandardScaler(epsilon=1.0, delta=0, bounds=(-3, 3)).fit(rows_of(channel, 2))
    with pytest.raises(ValueError, match="no key, roster or number of honest"):
        Party(X, policy=Policy(noise="shares"))
    policy = Policy(noise="shares", honest=2, roster=channel.roster)
    with pytest.raises(ValueError, match="does not hold the public key"):
        Party(X, policy=policy, key=PartyKey.new())
    with pytest.raises(ValueError, match="more than there are in roster"):
        Policy(noise="shares", honest=4, roster=channel.roster)


@pytest.mark.parametrize("noise", ["shares", "server"])
def test_a_key_outlives_no_ledger(noise, tmp_path):
    """A party that forgets its answers would mask another one in the same way."""
    saved, fresh, other = PartyKey.new(), PartyKey.new(), PartyKey.new()
    saved.save(tmp_path / "key.pem", password="a long sentence")
    loaded = PartyKey.load(tmp_path / "key.pem", password="a long sentence")

    def party(key, **known):
        roster = {"a": key.public, "b": other.public}
        policy = Policy(noise=noise, honest=2, roster=roster, **known)
        return Party(X, policy=policy, key=key)

    for key in (saved, loaded):
        with pytest.raises(ValueError, match="ledger=path"):
            party(key)
    party(loaded, ledger=tmp_path / "ledger.sqlite")
    party(fresh)
    with pytest.raises(ValueError, match="has used this key"):
        fresh.save(tmp_path / "late.pem", password="a long sentence")
    assert not (tmp_path / "late.pem").exists()


@pytest.mark.parametrize("honest", [None, 0, 4, 1.5, True])
def test_the_number_of_honest_parties_is_checked(honest):
    with pytest.raises(ValueError, match="honest must be"):
        rows_of(Clinics(3, 3), honest)


def test_a_party_that_answers_in_another_form_is_named():
    channel = Clinics(3, 3)
    real = channel.ask

    def ask(messages, timeout):
        answers = real(messages, timeout)
        told = loads(answers["b"]) if "b" in answers else {}
        if told.get("kind") == "answer":
            told["value"] = [words[:, :1] for words in told["value"]]
            answers["b"] = dumps(told)
        return answers

    channel.ask = ask
    with pytest.raises(ValueError, match="Party 'b' gave an answer that is not"):
        DPStandardScaler(bounds=(-3, 3)).fit(rows_of(channel, 3))


def pooled_error(channel, questions):
    """Error of the sum of answers to questions that are not the same, in steps."""
    totals = None
    for name, question in questions.items():
        told = loads(channel.parties[name].answer(dumps(question.told())))["value"]
        totals = told if totals is None else [*map(plus, totals, told)]
    n_rows = sum(len(channel.rows[name]) for name in questions)
    return np.array([int(integers(t)[0]) - n_rows * Count().levels for t in totals])


def test_parties_that_are_asked_different_things_give_words_that_mean_nothing():
    """Else one would be asked for much noise, and all others for little."""
    channel = Clinics(3, 3)
    opening = opened(channel, 3, Budget(1.0, 1e-6))
    one, all_others = (question_of(opening, "abc", mu=mu) for mu in (0.02, 0.2))
    asked = {"a": one, "b": all_others, "c": all_others}
    deviation = one.mechanisms[0].deviation(Count().levels)
    assert abs(pooled_error(channel, asked)[0]) > 1000 * deviation
    # Planted: masks that are told nothing of what is asked.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Question, "context", property(lambda q: q.fit))
        channel = Clinics(3, 3)
        opened(channel, 3, Budget(1.0, 1e-6))
        assert abs(pooled_error(channel, asked)[0]) < 10 * deviation


def test_parties_that_trust_different_numbers_give_words_that_mean_nothing():
    """Else who trusts more parties would add less noise than the others count on."""
    channel = Clinics(3, 2)
    opening = opened(channel, 2)
    careless = Clinics(3, 3)
    opened(careless, 3)
    channel.parties["b"] = careless.parties["b"]
    question = question_of(opening, "abc")
    deviation = question.mechanisms[0].deviation(Count().levels)
    asked = dict.fromkeys("abc", question)
    assert abs(pooled_error(channel, asked)[0]) > 1000 * deviation
