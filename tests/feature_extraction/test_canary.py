"""One document with a word that nobody else uses: what a model of texts tells of it.

The strongest document that there can be: it is that word alone, so that all of it is in
one column. Whoever knows all other documents looks at the weight of that column.
"""

import numpy as np
import pytest

from skprivate.accounting import mu_of
from skprivate.feature_extraction.text import DPTfidfVectorizer, HashedText
from skprivate.linear_model import DPLogisticRegression
from skprivate.naive_bayes import DPMultinomialNB
from skprivate.pipeline import make_dp_pipeline
from skprivate.testing._attack import _interval
from skprivate.testing._examples import quiet

EPSILON, DELTA, ALPHA, N_FITS = 12.0, 1e-6, 1e-6, 40
CANARY, ITS_CLASS = "xyzzy", 1
HEADS = {
    "logistic": DPLogisticRegression(classes=[0, 1]),
    "bayes": DPMultinomialNB(classes=[0, 1]),
}


def documents(n=60):
    """Documents of other words, of which half are of the class of the canary."""
    rng, words = np.random.default_rng(0), [f"word{i}" for i in range(40)]
    texts = [" ".join(rng.choice(words, 8)) for _ in range(n)]
    return texts, [0, 1] * (n // 2)


def maps():
    """A map for each number of columns that changes what logistic regression asks."""
    return {"few columns": HashedText(2**9), "many columns": HashedText(2**11)}


def told(public_map, head, epsilon, present, n_fits):
    """What models say of the canary beyond what they say of an empty document."""
    texts, y = documents()
    alone = public_map.fit_transform([CANARY])
    others = public_map.transform(texts)
    assert not (abs(others) @ abs(alone).T).nnz  # a column of its own
    if present:
        texts, y = [*texts, CANARY], [*y, ITS_CLASS]
    scores = []
    for _ in range(n_fits):
        model = make_dp_pipeline(public_map, head, epsilon=epsilon, delta=DELTA)
        with quiet():
            model.fit(texts, y)
            logs = model.predict_log_proba([CANARY, ""])
        margins = logs[:, ITS_CLASS] - logs[:, 1 - ITS_CLASS]
        scores.append(margins[0] - margins[1])
    return np.array(scores)


def attack(public_map, head, epsilon=EPSILON, n_fits=N_FITS):
    """Bounds of mu by which models with the canary differ from models without it.

    The threshold is of fits of its own, so that those that are counted are fresh.
    """
    seen = [told(public_map, head, epsilon, there, 10) for there in (True, False)]
    threshold = np.mean([np.median(scores) for scores in seen])
    present = told(public_map, head, epsilon, True, n_fits)
    absent = told(public_map, head, epsilon, False, n_fits)
    hits, passes = np.sum(present > threshold), np.sum(absent <= threshold)
    return _interval(hits, passes, n_fits, alpha=ALPHA)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("columns", maps())
def test_a_canary_is_found_no_better_than_claimed(columns, head):
    low, high = attack(maps()[columns], HEADS[head])
    assert low <= mu_of(EPSILON, DELTA)
    assert high > 0  # an interval


@pytest.mark.slow
@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("columns", maps())
def test_a_canary_in_many_fits(columns, head):
    assert attack(maps()[columns], HEADS[head], n_fits=600)[0] <= mu_of(EPSILON, DELTA)


@pytest.mark.parametrize("columns", maps())
def test_the_attack_finds_a_claim_that_is_too_small(columns):
    """An attack that cannot succeed shows nothing."""
    low, _ = attack(maps()[columns], HEADS["logistic"], epsilon=10 * EPSILON)
    assert low > mu_of(EPSILON / 4, DELTA)


def test_a_word_of_one_document_is_no_word_of_a_vocabulary():
    """Of so many fits, delta lets none list it, but for a chance of one in 10,000."""
    texts, _ = documents()
    with quiet():
        for _ in range(20):
            found = DPTfidfVectorizer(epsilon=EPSILON, delta=DELTA)
            assert CANARY not in found.fit([*texts, CANARY]).vocabulary_
