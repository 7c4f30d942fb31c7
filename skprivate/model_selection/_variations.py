"""How often the answers of a fit are varied, to have more models to choose from.

The rows that are scored pay for a choice, which costs the same among many models as
among few. So they may as well choose among models that differ by luck: the answers of a
fit are released, and may be given fresh noise as often as one likes, at no price. Some
of that noise happens to undo what the first did.

Several fits that share the budget would bring such luck, too, but at a price. Of ``k``
answers to one question with Gaussian noise, each for ``mu / sqrt(k)``, the mean is one
answer for ``mu``, and a sufficient statistic: given it, the others are a matter of
coins. So they can be had by variations of the one, which remains to be chosen itself.
"""

from numbers import Integral

_SIZES = 1.0, 2.0, 0.5, 4.0
_USUAL = 32
_MOST = 1000


def number_of_variations(given, plan, scorer):
    """How many there are; none where they cannot help.

    Parameters
    ----------
    given : int or None
        What the user said.
    plan : SearchPlan
    scorer : DPScorer or None
        None where models judge themselves.

    Returns
    -------
    int
    """
    reason = _reason_for_none(plan, scorer)
    if given is None:
        shared = len(plan.groups) < len(plan.candidates)
        number = _USUAL if shared and not reason else 0
    else:
        number = _checked(given)
        if number and reason:
            raise ValueError(f"n_variations is of no use: {reason} Use None, or 0.")
    return number if plan.whole.private else 0


def _checked(number):
    if isinstance(number, bool) or not isinstance(number, Integral):
        raise TypeError("n_variations must be a whole number. Use None, or 32.")
    if not 0 <= number <= _MOST:
        raise ValueError(
            f"n_variations must be from 0 to {_MOST}. Use None for the usual number."
        )
    return int(number)


def variations(tape, number, entropy, name):
    """Tapes with more noise in the last answer, by turns as much, twice, half, 4 times.

    How much luck is worth having depends on rows and estimator, so sizes differ.

    Parameters
    ----------
    tape : Tape
    number : int
    entropy : Entropy
    name : str
        Of the fit, to tell seeds apart.

    Yields
    ------
    Tape
        None at all where the last answer is no noisy sum.
    """
    for i in range(number):
        context = f"{name}, variation {i}".encode()
        varied = tape.varied(_SIZES[i % len(_SIZES)], entropy, context)
        if varied is not None:
            yield varied


def _reason_for_none(plan, scorer):
    """Why answers are not to be varied, or None."""
    if scorer is None:
        return "models judge themselves here, by answers that are not varied."
    if not scorer.adds_up:
        return "each model that is scored takes a part of the budget of this metric."
    if plan.law is not None:
        return "the number of runs is random, and each keeps one model only."
    return None
