"""A privacy budget, and how it is shared out."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal, Self

from skprivate.accounting._checks import (
    check_delta,
    check_epsilon,
    check_real,
    check_reserve,
    check_share,
)
from skprivate.accounting._events import failure_event
from skprivate.accounting._gdp import epsilon_of, mu_of
from skprivate.accounting._pure import bounded_range_of_mu, pure_of_mu
from skprivate.accounting._sampled import (
    check_rate,
    check_rounds,
    sampled_mu,
    sampled_multiplier,
)
from skprivate.mechanisms import (
    Exponential,
    Gaussian,
    Laplace,
    PermuteAndFlip,
    SampledGaussian,
    SampledLaplace,
    Splits,
    below,
    root_below,
)

ROUND_DOWN = 1 - 2.0**-48  # shares of a split never add up to more than the whole
RESERVED = 0.1  # of delta, where keys are to be found


@dataclass(frozen=True, repr=False)
class Budget:
    """(epsilon, delta)-differential privacy, under add or remove one unit.

    The budget is spent in shares. With delta > 0 a share is a fraction of mu^2,
    where mu is the largest Gaussian-DP parameter the budget allows: mu-GDP releases
    compose into sqrt(sum mu_i^2)-GDP (Dong, Roth and Su 2022, Corollary 3.3), so
    shares that add up to 1 spend exactly the budget. With delta = 0 a share is a
    fraction of epsilon, by basic composition.

    Parameters
    ----------
    epsilon : float in [2^-40, inf]
        inf means no privacy and no noise: `private` is then False.
    delta : float in [0, 1)
        0 means pure differential privacy.
    share : float in (0, 1], default=1.0
        The part of (epsilon, delta) this object may spend; see `split`.
    reserve : float in [0, delta), default=0.0
        The part of delta that pays for a release of keys which may fail: it is added to
        the delta of all other releases, which therefore have ``delta - reserve``.

    Examples
    --------
    >>> from skprivate.accounting import Budget
    >>> budget = Budget(epsilon=1.0, delta=1e-6)
    >>> round(budget.mu, 4)
    0.2367
    >>> budget.split(1, 3)[0]
    Budget(epsilon=1, delta=1e-06, share=0.25)
    >>> round(budget.split(1, 3)[0].mu, 4)
    0.1184
    """

    epsilon: float
    delta: float
    share: float = 1.0
    reserve: float = 0.0

    def __post_init__(self):
        object.__setattr__(self, "epsilon", check_epsilon(self.epsilon))
        object.__setattr__(self, "delta", check_delta(self.delta))
        object.__setattr__(self, "share", check_share(self.share))
        reserve = check_reserve(self.reserve, self.delta)
        object.__setattr__(self, "reserve", reserve)

    def __repr__(self):
        part = "" if self.share == 1 else f", share={self.share:.6g}"
        part += "" if self.reserve == 0 else f", reserve={self.reserve:g}"
        return f"Budget(epsilon={self.epsilon:g}, delta={self.delta:g}{part})"

    @property
    def private(self) -> bool:
        """False if epsilon is infinite: nothing is protected."""
        return self.epsilon < math.inf

    @property
    def pure(self) -> bool:
        """True if delta is 0: only Laplace noise and pure selection fit."""
        return self.delta == 0

    @property
    def mu(self) -> float:
        """Largest mu such that mu-GDP stays within this budget.

        inf if epsilon is inf; 0 if the budget is pure, where no Gaussian noise fits.
        """
        return self._mu_of_share(1.0)

    @property
    def event(self) -> Any:
        """What spending all of this budget costs, as a DpEvent of dp_accounting.

        The curator is a filter on mu^2 (on epsilon, if pure), so this one event stands
        for everything a fit may release, whatever it asks and in whatever order.
        """
        from dp_accounting import dp_event as dp

        if not self.private:
            return dp.NonPrivateDpEvent()
        if self.pure:
            return dp.DiscreteLaplaceDpEvent(self._epsilon_of_share(1.0), 1)
        noise = dp.GaussianDpEvent(1 / self.mu)
        if not self.reserve:
            return noise
        return dp.ComposedDpEvent([noise, failure_event(self.reserve)])

    def event_of(self, share: Fraction | float, failing: float = 0.0) -> Any:
        """What spending a share costs, and a part of the reserve, as a DpEvent.

        **Guarantee.** At least as much as releases whose shares add up to ``share``:
        it is rounded up. Those of all shares add up to :attr:`event`, up to rounding.

        Parameters
        ----------
        share : Fraction or float in [0, 1]
        failing : float, default=0.0
            The part of :attr:`reserve` that is taken, too.
        """
        from dp_accounting import dp_event as dp

        if not self.private:
            return dp.NonPrivateDpEvent()
        if self.pure:
            epsilon = math.nextafter(self._epsilon_of_share(share), math.inf)
            return dp.DiscreteLaplaceDpEvent(epsilon, 1)
        return _event_of_mu(math.nextafter(self._mu_of_share(share), math.inf), failing)

    def event_of_rounds(
        self,
        mechanism: SampledGaussian | SampledLaplace,
        n_rounds: int,
        share: float,
        failing: float,
    ) -> Any:
        """What some of the rounds cost for which :meth:`sampled` has chosen noise.

        Parameters
        ----------
        mechanism : SampledGaussian or SampledLaplace
        n_rounds : int
            How many are left of them.
        share, failing : float
            What was given to :meth:`sampled`.
        """
        if n_rounds == mechanism.n_rounds or not self.private:
            return self.event_of(share, failing)
        if self.pure:
            return self.event_of(Fraction(share) * n_rounds / mechanism.n_rounds)
        noise, most = (mechanism.multiplier, failing), self._mu_of_share(share)
        return _event_of_mu(sampled_mu(*noise, mechanism.rate, n_rounds, most), failing)

    def _mu_of_share(self, share):
        """Rounded down, so that the squares of shares add up to that of the whole."""
        whole = mu_of(self.epsilon, self.delta - self.reserve)
        if whole == math.inf:
            return whole
        part = Fraction(self.share) * Fraction(share)
        return root_below(Fraction(whole) ** 2 * part)

    def _epsilon_of_share(self, share):
        """Rounded down, so that shares add up to the whole."""
        if not self.private:
            return self.epsilon
        return below(Fraction(self.epsilon) * Fraction(self.share) * Fraction(share))

    def mechanism(
        self, share: float = 1.0, norm: Literal[1, 2] = 2
    ) -> Gaussian | Laplace:
        """Noise for a sum whose rows are bounded in the given norm.

        Parameters
        ----------
        share : float in (0, 1]
            Fraction of this budget to spend.
        norm : 1 or 2
            Norm in which one row's contribution is bounded. Gaussian noise accepts
            both, as the L2 norm of a vector is at most its L1 norm.

        Returns
        -------
        Gaussian or Laplace
            Laplace if, and only if, the budget is pure.
        """
        share = check_share(share)
        if norm not in (1, 2):
            raise ValueError("norm is neither 1 nor 2; use selection for scores.")
        from skprivate.mechanisms import Gaussian, Laplace

        if not self.pure:
            return Gaussian(self._mu_of_share(share))
        if norm != 1:
            raise ValueError(
                "delta=0 allows only Laplace noise, which needs a bound on the L1 "
                "norm, and this query has none; pass a delta above 0, such as 1e-6."
            )
        return Laplace(self._epsilon_of_share(share))

    def selection(
        self, share: float = 1.0, monotone: bool = False
    ) -> Exponential | PermuteAndFlip:
        """Private choice of the index of a large score.

        Parameters
        ----------
        share : float in (0, 1]
            Fraction of this budget to spend.
        monotone : bool, default=False
            True if a unit moves all scores in the same direction, as counts do.

        Returns
        -------
        Exponential or PermuteAndFlip
            Permute-and-flip if the budget is pure. Else the exponential mechanism:
            its bounded range makes it cost, in mu, half of what its epsilon says
            (see `skprivate.accounting.mu_of_bounded_range`), which is more than
            permute-and-flip gains at equal epsilon.
        """
        share = check_share(share)
        from skprivate.mechanisms import Exponential, PermuteAndFlip

        if self.pure:
            return PermuteAndFlip(self._epsilon_of_share(share), monotone=monotone)
        epsilon = bounded_range_of_mu(self._mu_of_share(share))
        return Exponential(epsilon, monotone=monotone)

    def splits(self, n_trees: int, share: float = 1.0) -> Splits:
        """Private choice of the nodes of trees that are split.

        Parameters
        ----------
        n_trees : int
            Which all of the share is for.
        share : float in (0, 1]
            Fraction of this budget to spend.

        Returns
        -------
        Splits
        """
        share = check_share(share)
        from skprivate.mechanisms import Splits

        if not self.private:
            return Splits(self.epsilon, n_trees)
        if self.pure:
            whole = Fraction(self._epsilon_of_share(share))
            return Splits(below(whole / n_trees), n_trees)
        mu = root_below(Fraction(self._mu_of_share(share)) ** 2 / n_trees)
        return Splits(pure_of_mu(mu), n_trees)

    def sampled(
        self, share: float, rate: float, n_rounds: int, failing: float
    ) -> SampledGaussian | SampledLaplace:
        """Noise for rounds on Poisson samples, which cost a share of this budget.

        Parameters
        ----------
        share : float in (0, 1]
            Fraction of this budget for all rounds together.
        rate : float in (0, 1]
            Probability that a unit is in the sample of a round.
        n_rounds : int
        failing : float
            The part of delta that they take, too: of the `reserve`.

        Returns
        -------
        SampledGaussian or SampledLaplace
            The latter if, and only if, the budget is pure: ``epsilon`` of the share is
            then divided equally, and nothing fails.
        """
        share = check_share(share)
        from skprivate.mechanisms import SampledGaussian, SampledLaplace

        if self.pure:
            rate, n_rounds = check_rate(rate), check_rounds(n_rounds)
            whole = self._epsilon_of_share(share)
            each = below(Fraction(whole) / n_rounds) if self.private else whole
            return SampledLaplace.of_cost(each, rate, n_rounds)
        mu = self._mu_of_share(share)
        if mu == math.inf:
            return SampledGaussian(0.0, rate, n_rounds)
        multiplier = sampled_multiplier(mu, failing, rate, n_rounds)
        return SampledGaussian(multiplier, rate, n_rounds)

    def split(self, *weights: Any) -> "tuple[Budget, ...]":
        """Parts of this budget, in proportion to positive weights.

        The parts compose into this budget, not more: each keeps (epsilon, delta) of
        the whole and its own `share`, so that delta is spent jointly and mu^2 (or
        epsilon, if pure) is divided exactly. A reserve stays with the whole: parts know
        of it, and who shares them out decides which part may spend it.

        Returns
        -------
        tuple of Budget
        """
        if not weights:
            raise ValueError("split got no weights; pass one positive number per part.")
        weights = [check_real("a weight", weight) for weight in weights]
        if not all(0 < weight < math.inf for weight in weights):
            raise ValueError("a weight is not positive and finite; pass such numbers.")
        whole = math.fsum(weights)
        if not whole < math.inf:
            raise ValueError("the weights add up to infinity; pass smaller numbers.")
        rounding = 1.0 if len(weights) == 1 else ROUND_DOWN
        return tuple(
            replace(self, share=self.share * (weight / whole) * rounding)
            for weight in weights
        )

    def reserving(self) -> Self:
        """Return this budget, with a tenth of delta kept for keys to be found.

        That costs the noise of all other releases less than one percent, for a delta
        below 1e-3. Nothing changes if there is no delta, or no privacy.
        """
        if self.pure or not self.private:
            return self
        return replace(self, reserve=RESERVED * self.delta)

    def alone(self) -> "Budget":
        """The (epsilon, delta) that the noise of this part would cost alone."""
        if not self.private or (self.share == 1 and not self.reserve):
            return Budget(self.epsilon, self.delta)
        if self.pure:
            return Budget(self._epsilon_of_share(1.0), 0.0)
        return Budget(epsilon_of(self.mu, self.delta), self.delta)


def _event_of_mu(mu, failing):
    """A Gaussian release of at least this mu, beside what fails so often."""
    from dp_accounting import dp_event as dp

    noise = dp.GaussianDpEvent(math.nextafter(1 / mu, 0))
    return dp.ComposedDpEvent([noise, failure_event(failing)]) if failing else noise
