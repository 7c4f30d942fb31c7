"""Teachers on disjoint parts of the rows: what they say about other rows.

What is in here sees rows as they are. Of all that it makes only votes leave it, and
those go into a noisy sum, or nowhere.
"""

import random
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock

import numpy as np
from joblib import Parallel, delayed, parallel_config
from sklearn.base import clone

from skprivate.base._coins import coins
from skprivate.base._tables import take
from skprivate.base._tape import off_the_record
from skprivate.ensemble._vote_rows import joined
from skprivate.ledger._prepaid import covered
from skprivate.rows._kinds import is_pandas

_FOLDS = 2  # of public rows with labels
_ALONE = RLock()  # a process has one generator of NumPy's, and one list of warnings


def parts_of_units(n_rows, groups, n_parts, entropy):
    """Number of the part of each row, by a secret coin of its unit.

    **Guarantee.** That of :func:`coins`: with the coins of all other units held fixed,
    one unit more or less changes the rows of one part, and of no other.

    Parameters
    ----------
    n_rows : int
    groups : array-like of shape (n_rows,) or None
        Rows with equal values are one unit.
    n_parts : int
        Public.
    entropy : Entropy

    Returns
    -------
    ndarray of int of shape (n_rows,)
    """
    words = coins(n_rows, groups, entropy, b"parts of teachers")
    return (words % np.uint64(n_parts)).astype(np.intp)


class Teacher:
    """A model of one part of the rows: it votes, or abstains.

    **Guarantee.** Its vote is a function of the rows of its part, of parameters, of
    what is asked, and of a seed of its own. Where a part is empty, or the model fails,
    there is no vote; an error or a warning of the model goes nowhere, nor does a debit
    or an answer, if it is private itself.

    The seed is for its ``random_state``, and for the global generators of NumPy and
    Python while it works: how many numbers other teachers have drawn from these would
    tell it how many rows they have. So where workers are threads, one teacher works at
    a time.

    Parameters
    ----------
    estimator : estimator
        A clone of it is fitted.
    rows : table or None
        The part; None if it is empty.
    values : ndarray of shape (n_rows,)
        Their target.
    target : TargetShares or TargetScale
        How to read it.
    seed : int
        Of what is random in the model.
    """

    def __init__(self, estimator, rows, values, target, seed):
        self._target, self._model, self._only = target, None, None
        self._seed = seed
        if rows is None:
            return
        self._only = target.only(values)
        if self._only is None:
            with _unheard(seed):
                model = _seeded(clone(estimator), seed)
                self._model = model.fit(rows, target.taught(values))

    def vote(self, asked, n_asked):
        """Values in [0, 1] for all rows that are asked about, in one; None: none."""
        if self._only is not None:
            return np.tile(self._only, n_asked)
        said = None
        if self._model is not None:
            with _unheard(self._seed):
                said = self._target.said(self._model, asked)
        usable = np.shape(said) == (n_asked, self._target.width)
        if not usable or not np.isfinite(said).all():
            return None
        return np.clip(said, 0.0, 1.0).ravel()


@dataclass(frozen=True, eq=False)
class Questions:
    """What teachers are asked, and what is public about the answers.

    Where labels of the rows that are asked about are public, teachers learn them, too.
    To be asked about rows of which it has not seen the label, a teacher is fitted once
    for each fold of them, on the rows of its part and on the other folds.

    Parameters
    ----------
    estimator : estimator
        Each teacher is a clone.
    target : TargetShares or TargetScale
    rows : table
    n_rows : int
    values : ndarray or None, default=None
        Targets of the rows, as ``target.read`` returns them.
    """

    estimator: object
    target: object
    rows: object
    n_rows: int
    values: object = None

    def said(self, part, values, seed):
        """The vote of a teacher of a part, which is then forgotten; None: none."""
        if self.values is None:
            teacher = Teacher(self.estimator, part, values, self.target, seed)
            return teacher.vote(self.rows, self.n_rows)
        votes = np.empty((self.n_rows, self.target.width))
        folds = np.arange(self.n_rows) % _FOLDS
        for fold in range(min(_FOLDS, self.n_rows)):
            asked, known = map(np.flatnonzero, (folds == fold, folds != fold))
            rows, learned = part, values
            if len(known):
                shown = take(self.rows, known)
                rows = shown if part is None else joined(part, shown)
                learned = np.concatenate([values, self.values[known]])
            teacher = Teacher(self.estimator, rows, learned, self.target, seed)
            vote = teacher.vote(take(self.rows, asked), len(asked))
            if vote is None:
                return None
            votes[asked] = vote.reshape(len(asked), -1)
        return votes.ravel()

    def prior(self):
        """What teachers are expected to say: what they would without private rows."""
        nothing = self.target.prior_
        if self.values is not None:
            said = self.said(None, self.values[:0], 0)
            if said is not None:
                return said
        return np.tile(nothing, self.n_rows)


def for_each_part(work, X, values, parts, n_parts, seeds, n_jobs):
    """``work(rows, values, seed)`` of every part, in order; rows of an empty one: None.

    Parameters
    ----------
    work : callable
        It can be sent to a worker.
    X : table
    values : ndarray of shape (n_rows,)
    parts : ndarray of int of shape (n_rows,)
    n_parts : int
    seeds : sequence of int
        One for each part.
    n_jobs : int or None

    Returns
    -------
    list
    """
    order = np.argsort(parts, kind="stable")
    ends = np.searchsorted(parts[order], np.arange(n_parts + 1))

    def tasks():
        for number in range(n_parts):
            places = order[ends[number] : ends[number + 1]]
            rows = _rows_of(X, places) if len(places) else None
            yield delayed(work)(rows, values[places], seeds[number])

    return Parallel(n_jobs=n_jobs)(tasks())


def _rows_of(X, places):
    """Rows of a table, numbered anew: a place would tell how many others there are."""
    rows = take(X, places)
    return rows.reset_index(drop=True) if is_pandas(rows) else rows


def seeds_of(n_parts, entropy):
    """A seed for each teacher, of 32 bits."""
    words = entropy.words(n_parts, b"seeds of teachers")
    return (words >> np.uint64(33)).tolist()


def _seeded(model, seed):
    """A model whose randomness is its own, where it was not told which."""
    unset = {
        name: seed
        for name, value in model.get_params().items()
        if name.rpartition("__")[2] == "random_state" and value is None
    }
    return model.set_params(**unset)


@contextmanager
def _unheard(seed):
    """What fails in here fails silently: that it did is nobody's business."""
    # A teacher that is a vote itself has no threads of its own, which would wait here.
    # One that is private itself is known to no ledger or tape: of a part with one class
    # there is none, so their number would tell of rows.
    with _ALONE, parallel_config("sequential"), covered(), off_the_record():
        # The old generator is that which models without a seed draw from.
        before = np.random.get_state(), random.getstate()  # noqa: NPY002
        np.random.seed(seed)  # noqa: NPY002
        random.seed(seed)
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                yield
        except KeyboardInterrupt:
            raise
        except BaseException:  # of any model, on rows that nobody may hear of; or a
            return  # panic of compiled code, as of polars, which is no Exception
        finally:
            np.random.set_state(before[0])  # noqa: NPY002
            random.setstate(before[1])
