"""What the owner of rows allows."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from skprivate.accounting._checks import check_delta, check_epsilon
from skprivate.rows import refused

# Who needs to be trusted, the most first.
MODES = ("server", "shares", "party")


@dataclass(frozen=True)
class Policy:
    """What a party answers, decided by whoever holds the rows, and by nobody else.

    Parameters
    ----------
    max_epsilon : float, default=1.0
        Cap of all fits together, at ``max_delta``; more is refused. Infinity counts,
        and refuses nothing: not even fits without noise.
    max_delta : float, default=1e-6
        As for `max_epsilon`.
    noise : {"party", "shares", "server"}, default="party"
        The weakest protection that will do. "party": every answer has all the noise it
        needs before it leaves. "shares": or a share of it, under masks, which is enough
        if as many parties as `honest` says play by the rules. "server": or none, since
        whoever asks is trusted to add it.
    estimators : sequence of str, default=None
        Names of the estimators that may be fitted; None: any.
    honest : int, default=None
        Needed for shares: how many parties of the roster, this one included, are
        trusted to add their noise and to keep it to themselves. All others may work
        together with whoever asks, who may even leave out honest ones: a share is as
        large as that takes.
    roster : dict of str to bytes, default=None
        Public keys of all parties that this one will mask its answers with, by name.
    ledger : str or path, default=None
        File of the ledger and of answers that were given; continued if it is there.
        None keeps them in a temporary file: for tests, as a restart forgets what was
        spent.

    Examples
    --------
    >>> from skprivate.federated import Policy
    >>> Policy(max_epsilon=2.0, estimators=["DPStandardScaler"]).noise
    'party'
    """

    max_epsilon: float = 1.0
    max_delta: float = 1e-6
    noise: str = "party"
    estimators: tuple | None = None
    honest: int | None = None
    roster: Mapping | None = None
    ledger: object = None

    def __post_init__(self):
        check_epsilon(self.max_epsilon)
        check_delta(self.max_delta)
        check_noise(self.noise)
        check_honest(self.honest)
        if self.roster is not None and not isinstance(self.roster, Mapping):
            raise refused(TypeError, "roster must be a dict of names to public keys.")
        if None not in (self.roster, self.honest) and self.honest > len(self.roster):
            raise refused(
                ValueError,
                "honest is more than there are in roster. Count the parties of the "
                "roster that are trusted.",
            )
        if self.estimators is not None:
            if isinstance(self.estimators, str):
                raise refused(TypeError, "estimators must be a list of names.")
            object.__setattr__(self, "estimators", tuple(self.estimators))

    @property
    def cap(self) -> tuple[Any, Any]:
        """Cap of the ledger: epsilon and delta, or None and None."""
        if self.max_epsilon == math.inf:
            return None, None
        return self.max_epsilon, self.max_delta

    def problem(self, opening: Any) -> str | None:
        """Why a fit is not allowed, in words for whoever asks; None if it is."""
        if MODES.index(opening.noise) < MODES.index(self.noise):
            return (
                f"it does not answer with noise={opening.noise!r}; its policy asks for "
                f"noise={self.noise!r}"
            )
        if self.estimators is not None and opening.name not in self.estimators:
            return "its policy does not name this estimator"
        if opening.noise == "shares" and not self._agrees(opening):
            return "its policy states another number of parties that are not honest"
        if opening.noise == "shares" and not {*opening.roster} <= {*self.roster}:
            return "some who are to be asked are not of its roster"
        if not opening.budget.private and self.max_epsilon < math.inf:
            return "it answers no fit without noise, which epsilon=inf asks for"
        return None

    def _agrees(self, opening):
        """Whether as many parties may be dishonest as whoever asks believes."""
        if None in (self.honest, self.roster, opening.honest):
            return False
        dishonest = len(self.roster) - self.honest
        return len(opening.roster) - opening.honest == dishonest


def check_noise(noise):
    """Refuse what is no way to add noise."""
    if noise not in MODES:
        raise refused(
            ValueError, "noise must be 'party', 'shares' or 'server'. Give one of them."
        )


def check_honest(honest):
    """Refuse what is no number of parties."""
    if honest is not None and (
        not isinstance(honest, Integral) or isinstance(honest, bool) or honest < 1
    ):
        raise refused(
            ValueError, "honest must be a whole number of parties from one on, or None."
        )
