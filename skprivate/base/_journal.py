"""A journal: answers that were paid for, kept for a fit that is interrupted.

In a block of a journal a fit pays for each answer when it asks, and writes it down when
it is told. A fit that is asked for again is told the same answers, for nothing, up to
where the first one ended, and pays for the rest.

*Why that is private.* What a journal holds has been released: it is noisy, and each
ledger was debited for it before it was made. A fit that is told it once more computes
from what is released already (post-processing; Dwork and Roth 2014, Proposition 2.1),
whoever has given the journal to it, whatever it is about, and however old it is. An
answer that is not in the journal is made of rows: it is asked for in view of others, as
always, and debited by itself, beforehand, as a filter of adaptive releases admits it
(:class:`~skprivate.accounting.Filter`). So no copy of a journal, no older state of it
and no other one brings an answer of rows that is not paid for; the worst that a wrong
journal does is a wrong model. What is killed between debit and page is lost, and paid
again: the journal never speaks of an answer that it does not hold.
"""

import os
import sys
from contextlib import contextmanager
from fractions import Fraction
from threading import local

from sklearn.base import clone

from skprivate.base._journal_file import JournalError, JournalFile
from skprivate.base._journal_text import answer_of, digest_of, text_of
from skprivate.ledger._prepaid import is_covered, is_prepaid

_HERE = local()  # a thread fits one estimator at a time
_DONE = object()
_OWN = sys.modules[__package__.partition(".")[0]]


class Journal:
    """Keeps what interrupted fits have paid for, in a file.

    In its ``with`` block, each fit of a private estimator of this thread pays for an
    answer when it asks, instead of for all when it starts, and the answer is kept. A
    fit that was ended by an interruption, an error of a disk or a kill, and is called
    again with the same parameters, is told what is kept and goes on from there: in the
    same block, if it is given the same object as ``X``; in another, if it is the
    first, or the same in number, of its kind there. So a script that is started again
    does its fits in the same order, and pays for what it had not got yet. To have a
    fit with fresh noise, delete the file.

    **Guarantee.** It holds noisy answers, digests of parameters and questions, and
    nothing else of the rows. An answer is told again to the same class with the same
    parameters, for the same name of the data, as the answer of the same number, to the
    question that is the same to the last bit; every other question is asked of the
    rows, and paid. The module tells why that is private.

    The steps of a :class:`~skprivate.pipeline.DPPipeline` pay as they ask, too. All
    else pays as always and is not kept: what draws the number of its fits or divides
    rows among them (searches, cross-validation), measurements, fits in other threads
    and processes; and fits with ``epsilon=inf``, as exact answers are never written.

    Parameters
    ----------
    path : str or path-like
        The file. It is made if it is not there, for this user alone.
    data : str
        Your name for the rows, such as ``"claims of 2026, as of June"``. Rows are not
        looked at: where they change, change the name.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from skprivate import PrivacyLedger
    >>> from skprivate.base import Journal
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> X = np.random.default_rng(0).uniform(size=(100, 2))
    >>> scaler, folder = DPStandardScaler(bounds=(0, 1)), tempfile.TemporaryDirectory()
    >>> with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
    ...     for start in range(2):
    ...         with Journal(f"{folder.name}/fits.journal", data="uniform"):
    ...             mean = scaler.fit(X).mean_
    >>> round(ledger.spent(), 3)
    1.0
    """

    def __init__(self, path, *, data):
        if not isinstance(data, str) or not data.strip():
            raise TypeError(
                "data must be a text that names the rows, such as 'claims of 2026': "
                "answers about other rows are kept apart by it."
            )
        self.path, self.data = os.fspath(path), data
        self._file = self._before = None
        self._starts, self._inside, self.whole = {}, None, None

    def __enter__(self):
        if self._file is not None:
            raise JournalError("This journal is open already. Leave its block first.")
        self._file, self._starts = JournalFile(self.path), {}
        self._pid = os.getpid()
        self._before = getattr(_HERE, "journal", None)
        _HERE.journal = self
        return self

    def __exit__(self, *exception):
        _HERE.journal = self._before
        if os.getpid() == self._pid:  # else a fork has it, which leaves it alone
            self._file.close()
        self._file = None

    def __repr__(self):
        return f"Journal({self.path!r}, data={self.data!r})"

    def __getstate__(self):
        raise TypeError("A journal is open in one process. Open it where fits run.")

    @property
    def is_here(self):
        """Whether this process has opened it."""
        return self._file is not None and os.getpid() == self._pid

    def page(self, estimator, X, budget):
        """Where the answers of one fit are, and will be."""
        return Page(self, *self._place(estimator, X, budget), budget)

    @contextmanager
    def parts(self, estimator, X, budget):
        """A block of fits that are parts of one: they are told apart by their order."""
        name, end = self._place(estimator, X, budget)
        before = self._inside, self.whole
        self._inside, self.whole = [name, 0], self.whole or budget.event
        try:
            yield
            end()
        finally:
            self._inside, self.whole = before

    def _place(self, estimator, X, budget):
        """The name of a fit in the file, and what to call when it is done."""
        # Of parts, what they were fitted to before is no parameter.
        asked = clone(estimator) if hasattr(estimator, "steps") else estimator
        params = asked.get_params(deep=False)
        facts = _OWN.__version__, self.data, type(estimator), params, budget
        name = digest_of(facts)
        if self._inside is not None:
            self._inside[1] += 1
            return f"{self._inside[0]} {self._inside[1]} {name}", lambda: None
        starts = self._starts.setdefault(name, [])
        again = [i for i, held in enumerate(starts) if held is X]
        number = again[0] if again else len(starts)
        starts[number:] = [X, *starts[number + 1 :]]

        def end():  # one that is asked for in this block from now on is another
            starts[number] = _DONE

        return f"{name} {number}", end


class Page:
    """The answers of one fit, in order.

    Parameters
    ----------
    journal : Journal
    fit : str
        Its name in the file.
    end : callable
        To be called when the fit is done.
    budget : Budget
        Of the fit.
    """

    def __init__(self, journal, fit, end, budget):
        self._journal, self._fit, self.end = journal, fit, end
        self._budget, self._number = budget, 0
        self.whole = journal.whole or budget.event
        self._known = journal._file.read(fit)

    def rest(self):
        """What is still to be paid, if what is kept is asked for; None: nothing."""
        share = 1 - sum(Fraction(share) for _, share, _, _ in self._known.values())
        if share <= Fraction(1, 2**40):  # left over by rounding
            return None
        lost = sum(failing for _, _, failing, _ in self._known.values())
        return self._budget.event_of(share, max(0.0, self._budget.reserve - lost))

    def told(self, paid, question, due, answer):
        """The answer that is kept; or one of rows, which is paid, made and kept.

        Parameters
        ----------
        paid : OpenCharge
        question : object
            As for :class:`Tape`.
        due : callable
            Returns the share, the part of the reserve and the event of what is to be
            paid if rows are to answer.
        answer : callable
        """
        number, asked = self._number, digest_of(question)
        self._number += 1
        known = self._known.get(number)
        if known is not None and known[0] == asked:
            return answer_of(known[3])
        if known is not None:  # what was told after that is about another fit
            self._journal._file.forget(self._fit, number)
            self._known = {}
        share, failing, event = due()
        if event is not None:
            paid.pay(event, f"answer {number + 1}")
        told = text_of(answer())
        self._journal._file.write(self._fit, number, asked, str(share), failing, told)
        return answer_of(told)  # as whoever is told it later


def page_of(estimator, X, budget):
    """The page of a fit that is about to begin, and to pay; None without a journal."""
    journal = _journal_for(estimator, budget)
    return None if journal is None else journal.page(estimator, X, budget)


def parts_of(estimator, X, budget):
    """A block in which parts pay as they ask, and not their whole; None without one."""
    journal = _journal_for(estimator, budget)
    return None if journal is None else journal.parts(estimator, X, budget)


def _journal_for(estimator, budget):
    journal = getattr(_HERE, "journal", None)
    if journal is None or not journal.is_here or not budget.private:
        return None
    return None if is_covered() or is_prepaid(estimator) else journal
