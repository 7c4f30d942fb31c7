"""A party: rows that stay where they are, and answers to questions about them."""

import sqlite3
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import TableLike
from skprivate.accounting import BudgetExceededError
from skprivate.federated._book import Book
from skprivate.federated._codec import LIMIT, QUESTION, dumps, loads
from skprivate.federated._noise import mode_of_party
from skprivate.federated._opening import Opening
from skprivate.federated._policy import Policy
from skprivate.federated._question import Question
from skprivate.federated._session import Session
from skprivate.ledger import LedgerUnavailableError
from skprivate.rows import ArrayRows, Rows, refused

_MOST_FITS = 4  # whose rows are kept in memory, validated
_FAILED = "failed. Its owner can see the error by fitting on its rows alone"
_TOLD = (TypeError, ValueError, MemoryError, BudgetExceededError)


class Party:
    """Rows of one owner, who decides what is answered about them.

    All that leaves it is what :meth:`answer` returns. Engines and servers wrap that.

    **Guarantee.** Whatever bytes arrive, in whatever order and however often: answers
    to all of them together cost the rows no more than what the ledger has debited,
    which is no more than the cap of the policy; with ``noise="party"`` in the policy
    that needs nobody's good will. A question is checked against the columns that are
    here; how far a row moves its answer is computed here; a price is debited before a
    row is read; and an answer is written before it leaves, and given again if the same
    is asked again. Refusals hold no value of a row. One thing no price covers: that
    rows do not fit a question, as those with a label that was not listed. A party that
    adds noise says so once, and answers nothing more before its owner has called
    :meth:`resume`: so nobody finds out about rows by asking what does not fit them.

    Parameters
    ----------
    X : array-like, data frame, sparse matrix or Rows
        As in ``fit``.
    y : array-like, default=None
        The target, if there is one.
    sample_weight : array-like, default=None
    policy : Policy, default=None
        What is allowed; None: noise of its own in each answer, and an epsilon of one
        for all fits together, which is forgotten at a restart.
    key : PartyKey, default=None
        Its secret, for masks.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.federated import FederatedRows, InProcess, Party, Policy
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> policy = Policy(max_epsilon=1.0)
    >>> clinics = {name: Party(np.eye(3), policy=policy) for name in ("a", "b", "c")}
    >>> rows = FederatedRows(InProcess(clinics), n_features=3)
    >>> scaler = DPStandardScaler(epsilon=0.5, bounds=(0, 1)).fit(rows)
    >>> round(clinics["a"].ledger.spent(), 3)
    0.5
    """

    def __init__(
        self,
        X: TableLike,
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        *,
        policy: Policy | None = None,
        key: Any = None,
    ) -> None:
        if isinstance(X, Rows):
            if y is not None or sample_weight is not None:
                raise refused(
                    ValueError,
                    "y and sample_weight cannot be given beside a source of rows. Give "
                    "them to the source.",
                )
            if any(getattr(part, "has_groups", False) for part in (X, *X.held())):
                raise refused(
                    TypeError,
                    "Parties protect each row, and this source has groups. Give it "
                    "without them, with one row for each unit.",
                )
            self._rows = X
        else:
            self._rows = ArrayRows(X, y, sample_weight)
        self.policy = Policy() if policy is None else policy
        self.key = key
        if self.policy.noise == "shares":  # what is missing is told now, not in a fit
            mode_of_party("shares", self.policy, key)
        if key is not None and self.policy.noise != "party":
            key.used(self.policy.ledger)
        self._book = Book(self.policy)
        self._fits, self._lock = {}, RLock()

    @property
    def ledger(self) -> Any:
        """What was spent on its rows."""
        return self._book.ledger

    @property
    def stopped(self) -> bool:
        """Whether it waits for its owner, since rows did not fit a question."""
        return self._book.stopped

    def resume(self) -> None:
        """Answer again, once the owner has seen to it that rows fit what is asked."""
        self._book.resume()

    def held(self) -> list[Any]:
        """What holds the rows; no two parties may have one of these in common."""
        return list(self._rows.held())

    def answer(self, data: bytes) -> bytes:
        """The answer to a message.

        Parameters
        ----------
        data : bytes
            From anybody.

        Returns
        -------
        bytes
            An answer, or a refusal that says what to do.
        """
        with self._lock, np.errstate(all="ignore"):
            try:
                return self._answer(loads(data, QUESTION), bytes(data))
            except Exception as error:
                reply = _refusal(error)
        return dumps(reply)

    def _answer(self, message, data):
        kind = message.get("kind")
        if kind == "hello":
            return dumps({"kind": "hello", "schema": self._schema()})
        if kind == "open":
            return self._open(_read(Opening.of, message), message, data)
        if kind == "ask":
            return self._ask(_read(Question.of, message), data)
        if kind == "close":
            self._close(message.get("fit"))
            return dumps({"kind": "closed"})
        raise refused(ValueError, "such a message is not known here.")

    def _schema(self):
        """What is public of the columns, and of the party."""
        rows = self._rows
        return {
            "n_features": int(rows.n_features),
            "names": None if rows.feature_names is None else [*rows.feature_names],
            "columns": tuple(rows.columns),
            "dtype": np.dtype(rows.dtype).str,
            "public": None if self.key is None else self.key.public,
        }

    def _open(self, opening, message, data):
        """Agree to a fit, or refuse: nothing is debited if it is only asked about."""
        known = self._book.opened(opening, data)
        if known is not None:
            return known
        problem = self.policy.problem(opening)
        if problem is not None:
            raise refused(
                ValueError, f"{problem}. Ask its owner, or ask for what it allows."
            )
        session = Session(opening, self._rows, self._mode(opening))
        self._refuse_if_stopped(session)
        answer = dumps({"kind": "opened", "fit": opening.fit})
        if message.get("only_asked") is True:
            self._book.would_open(opening)
            return answer
        self._book.open(opening, data, answer)
        self._keep(opening.fit, session)
        return answer

    def _ask(self, question, data):
        """Answer a question, or give the answer that was given to it before."""
        session = self._session_of(question.fit)
        opening, place = session.opening, (question.number, question.attempt)
        known = self._book.booked(opening, *place, data)
        if known is not None and known.answer is not None:
            return known.answer
        self._refuse_if_stopped(session)
        session.check(question)
        if known is None:
            cost, event = session.price(question)
            self._book.book(opening, *place, data, cost, event, question.log)
        found = None
        try:
            found = session.found(question)
            reply = question.reply(session.value(question, found))
        except Exception as error:
            # It may depend on rows: so it is the answer, and stays it.
            reply = _refusal(error)
        answer = dumps(reply, LIMIT)
        if session.exact:
            return self._book.answered(opening, *place, answer)
        instead = dumps(_refusal(_stopped()))
        return self._book.answered(
            opening, *place, answer, stops=found is None, instead=instead
        )

    def _refuse_if_stopped(self, session):
        if not session.exact and self._book.stopped:
            raise _stopped()

    def _close(self, fit):
        if type(fit) is bytes:
            self._fits.pop(fit, None)
            self._book.close(fit)

    def _session_of(self, fit):
        """The rows of a fit that is open, validated anew after a restart."""
        if fit not in self._fits:
            data = self._book.opening_of(fit)
            if data is None:
                raise refused(ValueError, "this fit is not open here. Open it first.")
            opening = Opening.of(loads(data, QUESTION))
            self._keep(fit, Session(opening, self._rows, self._mode(opening)))
        return self._fits[fit]

    def _keep(self, fit, session):
        while len(self._fits) >= _MOST_FITS:  # the oldest can be opened again
            self._fits.pop(next(iter(self._fits)))
        self._fits[fit] = session

    def _mode(self, opening):
        return mode_of_party(opening.noise, self.policy, self.key)

    def __repr__(self):
        return f"Party(n_features={self._rows.n_features}, policy={self.policy!r})"


def _read(make, message):
    """What a message says, refused whatever is wrong with it."""
    try:
        return make(message)
    except Exception:
        raise refused(
            ValueError,
            "the message makes no sense. Use the same version of skprivate everywhere.",
        ) from None


def _stopped():
    return refused(
        ValueError,
        "it has stopped, since rows did not fit an earlier question. Ask its owner to "
        "look at them, and to resume.",
    )


def _refusal(error):
    """What is told of an error: nothing that could hold data."""
    told = getattr(error, "holds_no_data", False) is True
    kind = next((kind for kind in _TOLD if isinstance(error, kind)), ValueError)
    text = str(error) if told else f"{_FAILED}."
    if isinstance(error, (LedgerUnavailableError, sqlite3.Error)):
        kind, text = ValueError, "its ledger cannot be used. Ask its owner to mend it."
    return {"kind": "refusal", "error": kind.__name__, "text": text}
