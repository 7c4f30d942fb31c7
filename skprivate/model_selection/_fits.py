"""Fits of a search: one that asks rows, and others that are told the same."""

import warnings
from contextlib import contextmanager

from skprivate.base import OtherQuestionError, PrivacyWarning, Tape
from skprivate.base._utility import unsaid
from skprivate.ledger import prepaid
from skprivate.model_selection._candidates import funded, seeded_like
from skprivate.model_selection._variations import variations


def fitted_group(estimator, plan, group, leader, rows, entropy, name):
    """Models of the candidates of a group, for the price of one fit.

    **Guarantee.** All models together are within ``plan.each``. The leader's fit is.
    Every other model is a function of parameters, of the answers that the leader was
    given, and of fresh coins: while its fit runs, no curator reads a row (see
    :class:`~skprivate.base.Tape`), and an estimator learns about rows through its
    curator alone. Whether a candidate asked anything else, and is left out, is a
    function of the same.

    Parameters
    ----------
    estimator : estimator
    plan : SearchPlan
    group : tuple of int
        Candidates that are expected to ask the same.
    leader : int
        The one of them whose fit asks the rows.
    rows : LabelledRows
    entropy : Entropy
        Seeds the fits if it is seeded itself.
    name : str
        Of the run, to tell seeds apart.

    Returns
    -------
    list of (int, estimator)
        Indices of candidates and their models, the leader first; those that were told
        variations of the answers come last.
    """

    def fitted(index):
        model = funded(estimator, plan.candidates[index], plan.each)
        model = seeded_like(entropy, model, name)
        with prepaid(model), warned_before(plan.each), unsaid():
            return model.fit(**rows.fit_args)

    tape = Tape()
    with tape.recording():
        models = [(leader, fitted(leader))]
    if len(models[0][1].privacy_.releases) != tape.n_answers:
        return models  # parts of the fit ran where this thread does not hear them
    others = [index for index in group if index != leader]
    models += _told(fitted, others, tape)
    for varied in variations(tape, plan.n_variations, entropy, name):
        models += _told(fitted, group, varied)
    return models


def _told(fitted, indices, tape):
    """Models of those candidates that ask what the tape answers, and nothing else."""
    models = []
    for index in indices:
        try:
            with tape.replaying():
                model = fitted(index)
        except OtherQuestionError:
            continue
        if len(model.privacy_.releases) == tape.n_answers:
            models.append((index, model))
    return models


@contextmanager
def warned_before(budget):
    """No second warning about a budget that the search has warned of."""
    if budget.private:
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PrivacyWarning)
        yield
