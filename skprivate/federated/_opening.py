"""What a party is told of a fit before it agrees: public facts, all of them."""

import math
from dataclasses import dataclass
from fractions import Fraction

from skprivate.accounting import Budget
from skprivate.federated._policy import check_honest, check_noise
from skprivate.mechanisms import Gaussian, Laplace
from skprivate.rows import refused

_MOST_PARTIES = 2**12
_ROUNDING = Fraction(1, 10**9)  # as a ledger has it


@dataclass(frozen=True)
class Opening:
    """A fit that is to be: its price, and who is to be trusted with what.

    Parameters
    ----------
    fit : bytes
        16 random bytes: its name.
    name : str
        Of the estimator.
    budget : Budget
        All that it may spend.
    noise : {"server", "party", "shares"}
    honest : int or None
        Number of honest parties, for shares.
    roster : tuple of str
        Names of the parties that take part.
    """

    fit: bytes
    name: str
    budget: Budget
    noise: str
    honest: int | None
    roster: tuple

    def told(self):
        """The fields as a message has them."""
        budget = self.budget
        parts = budget.epsilon, budget.delta, budget.share, budget.reserve
        return {
            "fit": self.fit,
            "name": self.name,
            "budget": parts,
            "noise": self.noise,
            "honest": self.honest,
            "roster": self.roster,
        }

    @classmethod
    def of(cls, told):
        """From a message, whoever has sent it; raises if it makes no sense."""
        fit, name, roster = told["fit"], told["name"], told["roster"]
        if not (type(fit) is bytes and len(fit) == 16):
            raise ValueError
        if not (type(name) is str and len(name) <= 100 and name.isidentifier()):
            raise ValueError
        check_roster(roster)
        check_noise(told["noise"])
        check_honest(told["honest"])
        epsilon, delta, share, reserve = map(_number, told["budget"])
        budget = Budget(epsilon, delta, share, reserve)
        return cls(fit, name, budget, told["noise"], told["honest"], roster)

    def cost(self, mechanisms):
        """What releases take of the budget: of ``mu ** 2``, or of ``epsilon`` if pure.

        Exact, as fractions are added; zero where nothing is protected.
        """
        kind = Laplace if self.budget.pure else Gaussian
        if not all(type(mechanism) is kind for mechanism in mechanisms):
            raise refused(ValueError, "Noise of another kind was asked for.")
        if not self.budget.private:
            return Fraction(0)
        numbers = [m.epsilon if self.budget.pure else m.mu for m in mechanisms]
        if not all(number < math.inf for number in numbers):
            raise refused(ValueError, "No noise was asked for, and epsilon is finite.")
        power = 1 if self.budget.pure else 2
        return sum((Fraction(number) ** power for number in numbers), Fraction(0))

    def event_of(self, mechanisms):
        """What releases cost together, as a ledger counts it."""
        from dp_accounting.dp_event import ComposedDpEvent

        return ComposedDpEvent([mechanism.event for mechanism in mechanisms])

    def covers(self, spent):
        """Whether the budget covers so much, as :meth:`cost` counts it.

        **Guarantee.** Questions may be chosen in view of answers: what is compared is
        the sum over all of them, which makes this a filter (Smith and Thakurta 2022;
        Rogers, Roth, Ullman and Vadhan 2016 for epsilons).
        """
        if not self.budget.private:
            return True
        if self.budget.pure:
            whole = Fraction(self.budget._epsilon_of_share(1.0))
        else:
            whole = Fraction(self.budget.mu) ** 2
        return spent <= whole * (1 + _ROUNDING)


def check_roster(roster):
    """Refuse what are no names of parties, each of them once."""
    known = type(roster) is tuple and all(type(name) is str for name in roster)
    if not (known and 0 < len({*roster}) == len(roster) <= _MOST_PARTIES):
        raise ValueError


def _number(value):
    if type(value) not in (int, float):
        raise TypeError
    return float(value)
