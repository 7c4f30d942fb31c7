"""One fit over parties, as the analyst sees it: who takes part, and what they say."""

import math
from dataclasses import replace
from time import monotonic, sleep

from skprivate.accounting import Budget, BudgetExceededError, epsilon_of_events
from skprivate.federated._codec import QUESTION, dumps, loads
from skprivate.federated._question import Question
from skprivate.ledger import charge
from skprivate.rows import refused

_KINDS = {
    kind.__name__: kind
    for kind in (TypeError, ValueError, MemoryError, BudgetExceededError)
}
_PAUSES = 0.02, 1.0  # seconds before parties that failed are asked again
_FAREWELL = 5.0  # seconds that parties have to hear that a fit is over


class Fit:
    """Asks parties, one question after another, and keeps count of who is left.

    Who does not answer in time takes no further part: what it says later is destroyed
    unread. Where the mode needs answers of all who were asked, the others are asked
    again, without it: with fresh noise, and for another charge.

    Parameters
    ----------
    channel : Channel
    opening : Opening
    mode : ServerNoise, PartyNoise or another
    timeout : float
        Seconds that parties have for an answer.
    least : int
        Fewer parties end the fit.
    """

    def __init__(self, channel, opening, mode, timeout, least):
        self._channel, self.mode = channel, mode
        self._timeout, self._least = timeout, least
        self.opening, self.left, self.number = opening, opening.roster, 0
        self.n_parties = len(opening.roster)
        self.paid_again = ()

    @property
    def lost(self):
        """Number of parties that were lost on the way."""
        return self.n_parties - len(self.left)

    def open(self):
        """Have all parties agree to the price; none is charged unless all would be."""
        self._each({"kind": "open", "only_asked": True, **self.opening.told()})
        honest = self.opening.honest
        honest = None if honest is None else honest - self.lost  # those may have been
        self.opening = replace(self.opening, roster=self.left, honest=honest)
        self._each({"kind": "open", **self.opening.told()})

    def close(self):
        """Tell all that it is over; who does not hear of it keeps some answers."""
        if not self.left:
            return
        data = dumps({"kind": "close", "fit": self.opening.fit})
        asked = dict.fromkeys(self.left, data)
        self._channel.ask(asked, min(self._timeout, _FAREWELL))

    def ask(self, **what):
        """What each of those who are left says, by name.

        Parameters
        ----------
        **what
            Fields of a `Question`, but for its place.
        """
        self.number += 1
        attempt = 0
        while True:
            asked = self.left
            place = self.opening.fit, self.number, attempt, asked
            question = Question(*place, **what)
            values = self._each(question.told(), question)
            if len(self.left) == len(asked) or not self.mode.together:
                return values
            attempt += 1
            self._pay_again(question.mechanisms)

    def _each(self, message, question=None):
        """Answers of all who give one in time; the others are lost."""
        data = dumps(message, QUESTION)
        found = self._answers(data, question)
        self.left = tuple(name for name in self.left if name in found)
        if len(self.left) < self._least:
            raise refused(
                TimeoutError,
                f"{len(self.left)} parties have answered within {self._timeout:g} "
                f"seconds, and {self._least} are needed. Raise timeout or lose, or "
                "leave parties out that cannot be reached. What was charged stays "
                "charged.",
            )
        return found

    def _answers(self, data, question):
        """What parties answer; those who fail are asked again while there is time.

        The bytes are the same, so who has answered before repeats its answer.
        """
        found, end, pause = {}, monotonic() + self._timeout, _PAUSES[0]
        while True:
            left = [name for name in self.left if name not in found]
            time = max(0.0, end - monotonic())
            told = self._channel.ask(dict.fromkeys(left, data), time)
            for name in left:
                if name in told:
                    found |= read_answer(name, told[name], question)
            late = monotonic() + pause >= end
            if late or all(name in found for name in self.left):
                return found
            sleep(pause)
            pause = min(2 * pause, _PAUSES[1])

    def _pay_again(self, mechanisms):
        """Charge a question that is asked once more; parties do the same."""
        event = self.opening.event_of(mechanisms)
        charge(f"{self.opening.name}, asked again", event)
        self.paid_again += (event,)

    def in_report(self, report):
        """The report of the fit: who was trusted, who was lost, what it took."""
        notes = [
            *report.notes,
            f"{len(self.opening.roster)} parties; {self.mode.trust}",
        ]
        if self.lost:
            notes.append(
                f"{self.lost} of these parties were lost on the way: the fit does not "
                "tell of all rows"
            )
        report = replace(
            report,
            notes=tuple(notes),
            unit=f"{report.unit} (of one party; noise: {self.mode.name})",
        )
        if not self.paid_again:
            return report
        paid = (*report.whole, *self.paid_again)
        notes.append(
            f"{len(self.paid_again)} questions were asked again when parties were "
            "lost, and paid again"
        )
        delta = report.budget.delta
        epsilon = epsilon_of_events(paid, delta) if report.private else math.inf
        return replace(
            report, budget=Budget(epsilon, delta), paid=paid, notes=tuple(notes)
        )


def read_answer(name, data, question=None):
    """``{name: value}`` of an answer; nothing if it is one to another question.

    Refusals are raised, and what is no answer is refused.
    """
    try:
        told = loads(data)
        kind = told["kind"]
        if kind == "refusal":
            error, text = _KINDS[told["error"]], str(told["text"])[:500]
    except Exception:
        raise _no_answer(name) from None
    if kind == "refusal":
        text = "".join(c if c.isprintable() else " " for c in text)
        raise refused(error, f"Party {name!r}: {text}")
    if question is None:
        return {name: told}
    if kind != "answer" or "value" not in told:
        raise _no_answer(name)
    place = told.get("fit"), told.get("number"), told.get("attempt")
    if place != (question.fit, question.number, question.attempt):
        return {}  # late, or repeated: nobody looks at it
    return {name: told["value"]}


def _no_answer(name):
    return refused(
        ValueError,
        f"Party {name!r} gave an answer that is none, or comes from another version of "
        "skprivate. Leave it out, or ask its owner to mend it.",
    )
