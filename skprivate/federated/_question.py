"""A question of a fit, as it travels."""

from dataclasses import dataclass
from hashlib import blake2b
from math import inf

from skprivate.base import Query
from skprivate.base._words import Words
from skprivate.federated._codec import dumps
from skprivate.federated._opening import check_roster
from skprivate.rows import Column, Door
from skprivate.rows._rows import RowCount

_MOST_QUERIES = 2**12
_KINDS = {"number", "category", "boolean", "date"}


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of all parties of a fit, and about which form of their rows.

    Parameters
    ----------
    fit : bytes
    number : int
        Of the question, from one on.
    attempt : int
        How often it was asked before, in vain.
    roster : tuple of str
        Who is asked.
    door : Door
        How rows are validated.
    steps : tuple of tuple
        What becomes of them then: ``("coded", lists)``, ``("encoded", classes)``,
        ``("keeping",)``, ``("sampled", rate, often, context)``.
    asked : {"totals", "labels", "tally"}
    queries : list of Query
        For totals.
    mechanisms : list of Gaussian or Laplace, or None
        For each of them, the noise that it needs; None where no party adds any.
    tally : tuple
        Numbers of columns, whether to count what is missing, and a query of words.
    """

    fit: bytes
    number: int
    attempt: int
    roster: tuple
    door: object
    steps: tuple
    asked: str
    queries: list
    mechanisms: list | None
    tally: tuple

    def told(self):
        """The fields as a message has them."""
        return {"kind": "ask", **vars(self)}

    @classmethod
    def of(cls, told):
        """From a message, whoever has sent it; raises if it makes no sense."""
        fields = {key: value for key, value in told.items() if key != "kind"}
        question = cls(**fields)
        if not all(question._holds()):
            raise ValueError
        return question

    def _holds(self):
        """Whether each field is what it should be."""
        yield type(self.fit) is bytes and len(self.fit) == 16
        yield all(
            type(n) is int and 0 <= n < 2**31 for n in (self.number, self.attempt)
        )
        check_roster(self.roster)
        yield isinstance(self.door, Door) and _is_door(self.door)
        yield type(self.steps) is tuple and all(map(_is_step, self.steps))
        names = [name for name, *_ in self.steps]
        yield len({*names}) == len(names) <= 4 and "sampled" not in names[:-1]
        # Kernels count by codes: labels are none.
        labels = self.asked == "totals" and self.door.target == "class"
        yield not labels or "encoded" in names
        yield self.asked in ("totals", "labels", "tally")
        yield type(self.queries) is list and len(self.queries) <= _MOST_QUERIES
        yield all(isinstance(query, Query | RowCount) for query in self.queries)
        noise = self.mechanisms
        yield noise is None or (type(noise) is list and len(noise) == len(self.queries))
        tally = self.tally if self.asked == "tally" else ((), False, None)
        numbers, missing, words = tally
        yield type(numbers) is tuple and all(type(j) is int for j in numbers)
        yield type(missing) is bool and (words is None or isinstance(words, Words))

    @property
    def context(self):
        """What tells this question from all others, for masks: place and contents.

        Noise in shares is enough if all are asked for the same noise. So who asks
        parties different things in one place must get nothing out of their answers.
        """
        place = self.number.to_bytes(8, "little") + self.attempt.to_bytes(8, "little")
        asked = blake2b(dumps(self.told()), digest_size=32)
        return self.fit + place + asked.digest()

    @property
    def log(self):
        """What is asked, in words; public."""
        if self.asked != "totals":
            return self.asked
        named = ", ".join(
            f"{getattr(query, 'name', type(query).__name__)} ({query.n_totals})"
            for query in self.queries
        )
        noise = "" if self.mechanisms is None else f" with {self.mechanisms!r}"
        again = f", attempt {self.attempt + 1}" if self.attempt else ""
        return f"{named}{noise}{again}"

    def reply(self, value):
        """The message that answers it."""
        place = {"fit": self.fit, "number": self.number, "attempt": self.attempt}
        return {"kind": "answer", "value": value, **place}


def _is_door(door):
    """Whether the fields of a door are what they are declared as."""
    columns = door.columns
    return (
        door.target in ("none", "class", "number")
        and type(door.accept_sparse) is type(door.allow_nan) is bool
        and type(door.max_weight) in (int, float)
        and 0 < door.max_weight < inf
        and type(door.owner) is str
        and len(door.owner) <= 100
        and (columns is None or (type(columns) is tuple and all(map(_reads, columns))))
        and (door.n_targets is None or type(door.n_targets) is int)
    )


def _reads(column):
    return isinstance(column, Column) and column.kind in _KINDS


def _is_step(step):
    """Whether a step is one of those that parties know."""
    if type(step) is not tuple or not step or len(step) > 4:
        return False
    name, *rest = step
    if name == "keeping":
        return not rest
    if name in ("coded", "encoded"):
        return len(rest) == 1
    if name != "sampled" or len(rest) != 3:
        return False
    rate, often, context = rest
    return (
        type(rate) is float
        and 0 < rate <= 1
        and type(often) is bool
        and type(context) is bytes
        and len(context) <= 1000
    )
