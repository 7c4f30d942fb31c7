"""A journal: answers that were paid for, kept for a fit that is interrupted.

In a block of a journal a fit pays for each answer when it asks, and writes it down when
it is told. If the fit is interrupted and asked for again, it is told the same answers
up to where it ended, and pays for the rest.

*Why that costs nothing.* What a journal holds has been released: it is noisy, and each
ledger was debited for it before it was made. A fit that is told it once more computes
from what is released already (post-processing; Dwork and Roth 2014, Proposition 2.1),
whoever has given the journal to it, whatever it is about, and however old it is. An
answer that is not in the journal is made of rows: it is asked for in view of others, as
always, and debited by itself, beforehand, as a filter of adaptive releases admits it
(:class:`~skprivate.accounting.Filter`). So no noise is drawn twice for one debit:

* A copy of a journal, or an older state of it, goes on from what it holds. Each answer
  that one copy asks of rows is debited for that copy.
* What is killed between debit and page is lost, and debited once more: a journal never
  speaks of an answer that it does not hold.
* Whoever writes answers or prices into it changes a model. What is debited follows from
  the question, and never from the file.

*Other rows.* Nobody compares them with those before: whether they are the same is a
fact about rows, and a refusal would tell it to whoever tries rows one after another, at
no price. It is not needed either. Each debit holds for any rows that are given at that
time, so whoever gives X first and Z then has paid for answers about X, and pays for
answers about Z. What remains is that the model is made of both, and so its report says
where answers are from. What is public about a table is compared: a fit is refused whose
class, parameters, columns, version or ledgers are not those of the fit that was
interrupted, and at the first question that is another one.

*That rows were refused*, or were not, is a fact about them, too, for which a fit that
is paid at once has paid its whole budget. So a fit begins only if the ledgers have room
for what it still has to pay, of which a part of ``2 ** -20`` is left in any case; and
where it ends without having asked rows for anything, it pays that much.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from typing import Any

from sklearn.base import clone

from skprivate._typing import PathLike
from skprivate.accounting import Budget
from skprivate.base._journal_file import JournalError, JournalFile
from skprivate.base._journal_text import answer_of, digest_of, text_of
from skprivate.ledger._charge import admitted, charge
from skprivate.ledger._debit import try_debit
from skprivate.ledger._open_charge import OpenCharge
from skprivate.ledger._prepaid import is_covered, is_prepaid, journal_here, set_journal

_OWN = sys.modules[__package__.partition(".")[0]]
_LEAST = Fraction(1, 2**20)  # of a budget: what is still to be paid in any case
_NOTE = (
    "answers of an interrupted fit were told again from a journal: they are about the "
    "rows that were given then"
)


class Journal:
    """Keeps what an interrupted fit has paid for, in a file.

    In its ``with`` block, a private estimator or a pipeline of such pays for an answer
    when it asks, instead of for all when it starts, and the answer is kept. If the fit
    is ended by Ctrl-C, an error of a disk or a kill, call it again, as it was, in a
    block of the same journal: it is told what is kept, goes on from there, and pays for
    the rest. A fit that is done empties the journal.

    **Guarantee.** It holds noisy answers, digests of parameters and questions, and
    nothing else of the rows. What is kept is told to a fit of the same class,
    parameters and budget, on a table with the same columns, for the same ledgers, as
    the answer of the same number to a question that is the same to the last bit; what
    asks anything else is refused. The head of this module proves that it is private.

    What a journal cannot keep is refused in its block, before it costs anything:
    searches, cross-validation, ensembles and metrics, and fits with ``epsilon=inf``,
    whose exact answers are never written. Other threads and processes have no journal.

    Parameters
    ----------
    path : str or path-like
        The file. It is made if it is not there, for this user alone.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate import PrivacyLedger
    >>> from skprivate.base import Journal
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> X = np.random.default_rng(0).uniform(size=(100, 2))
    >>> scaler = DPStandardScaler(bounds=(0, 1))
    >>> with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
    ...     with Journal("scaler.journal"):
    ...         mean = scaler.fit(X).mean_
    >>> round(ledger.spent(), 3)
    1.0
    """

    def __init__(self, path: PathLike) -> None:
        self.path = os.fspath(path)
        self._file = self._before = self._pid = None
        self._part = self._whole = None  # number of the next part, and all it may cost
        self._busy = False

    def __enter__(self):
        if self._file is not None:
            raise JournalError("This journal is open already. Leave its block first.")
        self._file, self._pid = JournalFile(self.path), os.getpid()
        self._before = set_journal(self)
        return self

    def __exit__(self, *exception):
        set_journal(self._before)
        if os.getpid() == self._pid:  # else a fork has it, which leaves it alone
            self._file.close()
        self._file = None

    def __repr__(self):
        return f"Journal({self.path!r})"

    def __getstate__(self):
        raise TypeError("A journal is open in one process. Open it where fits run.")

    @property
    def listens(self) -> bool:
        """Whether it keeps the next fit: this process has opened it, and none runs."""
        return self._file is not None and os.getpid() == self._pid and not self._busy

    @contextmanager
    def parts(self, facts: Any, event: Any) -> Iterator[Any]:
        """A block of fits that are parts of one, told apart by their order.

        Yields what is to be paid, if that is known to be all of ``event``.
        """
        if self._part is not None:  # a part has parts
            yield None
            return
        self._part, self._whole = 0, event
        try:
            yield None if self._file.bind(facts()) else event
            self._file.clear()
        finally:
            self._part = self._whole = None

    @contextmanager
    def page(self, facts: Any, budget: Budget) -> Iterator[Any]:
        """Where the answers of one fit are, and will be; empty once it is done."""
        with self.parts(facts, budget.event):
            page, self._busy = Page(self._file, self._part, budget, self._whole), True
            self._part += 1
            try:
                yield page
            finally:
                self._busy = False


class Page:
    """The answers of one fit, in order.

    Parameters
    ----------
    file : JournalFile
    part : int
        Number of the fit among those that are one.
    budget : Budget
        Of the fit.
    whole : DpEvent
        Of all fits that are one.
    """

    def __init__(self, file, part, budget, whole):
        self._file, self._part, self._number = file, part, 0
        self._known, self.whole = file.read(part), whole
        shares = [Fraction(share) for _, share, _, _ in self._known.values()]
        lost = sum(failing for _, _, failing, _ in self._known.values())
        left, reserve = 1 - sum(shares), budget.reserve - lost
        self.rest = budget.event_of(max(_LEAST, left), max(0.0, reserve))

    @property
    def notes(self):
        """What the report of the fit says about it."""
        return [_NOTE] if self._known else []

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
        if number in self._known:
            before, _, _, told = self._known[number]
            if before != asked:
                raise self._file.refusal("asks another question than the fit")
            return answer_of(told)
        share, failing, event = due()
        if event is not None:
            paid.pay(event, f"answer {number + 1}")
        told = text_of(answer())
        self._file.write(self._part, number, asked, str(share), failing, told)
        return answer_of(told)  # as whoever is told it later


@contextmanager
def paid_for(estimator, given, budget, seeded):
    """The charge of a fit that is about to begin; with a journal, it starts from zero.

    Parameters
    ----------
    estimator : estimator
    given : callable
        Returns what is public about the arguments of ``fit``, a Given.
    budget : Budget
    seeded : bool
    """
    name = type(estimator).__name__
    if not keeps(estimator, budget):
        yield charge(name, budget, owner=estimator, seeded=seeded)
        return
    handles, _ = admitted(name, estimator, seeded)
    facts = partial(_facts_of, estimator, given, budget, handles)
    with journal_here().page(facts, budget) as page:
        yield OpenCharge(name, handles, page, seeded)


@contextmanager
def paid_by_parts(estimator, given, budget, seeded):
    """A block in which the parts of an estimator pay, each for itself."""
    name = type(estimator).__name__
    handles, _ = admitted(name, estimator, seeded)
    facts = partial(_facts_of, estimator, given, budget, handles)
    with journal_here().parts(facts, budget.event) as due:
        if due is not None:
            try_debit(handles, name, due, seeded, due)
        yield


def keeps(estimator, budget):
    """Whether there is a journal that keeps the next fit of an estimator."""
    if is_covered() or is_prepaid(estimator) or not budget.private:
        return False
    journal = journal_here()
    return journal is not None and journal.listens


def _facts_of(estimator, given, budget, handles):
    """Digests of all that has to be the same when a fit goes on."""
    params = clone(estimator).get_params(deep=False)
    facts = {
        "class": type(estimator),
        "budget": budget,
        "parameters": params,
        "columns": given().facts,
        "ledgers": sorted(handle.uid for handle in handles),
        "version of skprivate": _OWN.__version__,
    }
    return {name: digest_of(fact) for name, fact in facts.items()}
