"""Messages as an analyst sends them, made by hand."""

import math

import numpy as np

from skprivate.accounting import Budget
from skprivate.base import Box
from skprivate.federated import Party, Policy, dumps, loads
from skprivate.federated._opening import Opening
from skprivate.federated._question import Question
from skprivate.mechanisms import Gaussian
from skprivate.queries import Moments
from skprivate.rows import Door

X = np.random.default_rng(0).random((40, 5))
Y = (X.sum(axis=1) > 2.5).astype(int)
BOX = Box.between(np.zeros(5), np.ones(5), 17)
BUDGET = Budget(1.0, 1e-6)


def trusting(**kwargs):
    """A policy that allows everything."""
    return Policy(max_epsilon=math.inf, noise="server", **kwargs)


def party(rows=slice(None), **kwargs):
    """A party of some of the rows."""
    return Party(X[rows], Y[rows], policy=kwargs.pop("policy", trusting()), **kwargs)


def opening(fit=b"f" * 16, noise="party", budget=BUDGET, roster=("a", "b")):
    return Opening(fit, "DPStandardScaler", budget, noise, None, tuple(roster))


def open_message(opening, **more):
    return dumps({"kind": "open", **opening.told(), **more})


def question(number=1, attempt=0, *, share=0.25, **fields):
    """A question for moments, with noise for a share of the budget."""
    queries = fields.pop("queries", [Moments(BOX, 0)])
    noise = [Gaussian(BUDGET.mechanism(share).mu) for _ in queries]
    whole = {
        "fit": b"f" * 16,
        "number": number,
        "attempt": attempt,
        "roster": ("a", "b"),
        "door": Door(),
        "steps": (),
        "asked": "totals",
        "queries": queries,
        "mechanisms": noise,
        "tally": (),
    }
    return Question(**(whole | fields))


def ask(number=1, attempt=0, **fields):
    return dumps(question(number, attempt, **fields).told())


def told(party, data):
    """What a party says, read."""
    return loads(party.answer(data))


def refusal(party, data):
    """The text of a refusal."""
    answer = told(party, data)
    assert answer["kind"] == "refusal", answer
    return answer["text"]
