"""Who adds noise: what a party makes of its totals, and what an analyst makes of these.

A mode is a small object with ``answered``, at a party, and ``summed`` and ``spread``,
at the analyst; that of shares is in a file of its own. ``exact`` says that exact totals
leave parties; ``together``, that the answers of all who were asked are needed to make
sense of any; ``least`` is how many that must be.
"""

import math

from skprivate.federated._share_noise import SharesNoise
from skprivate.mechanisms import Entropy, exact_sum, is_exact
from skprivate.rows._noise import Noise
from skprivate.rows._units import levels_of_unit


class ServerNoise:
    """The analyst adds the noise, and is trusted with exact totals of each party."""

    name, exact, together, least = "server", True, False, 1
    trust = (
        "noise='server': whoever fits sees exact sums of each party, and is trusted "
        "with them; parties have booked the price as a promise"
    )

    def answered(self, queries, totals, mechanisms, roster, context):
        """Totals as they are."""
        return totals

    def summed(self, queries, parts):
        """Exact sums."""
        return [exact_sum(totals) for totals in zip(*parts, strict=True)]

    def spread(self, n_parties):
        """The noise is added once."""
        return 1.0


class PartyNoise:
    """Each party adds all of the noise to its own totals: nobody needs to be trusted.

    **Guarantee.** What a party returns is a release of its own, at the price that it
    was asked for, whatever others do. The sum of answers is post-processing. A row
    lies with one party, so prices do not add up over parties.
    """

    name, exact, together, least = "party", False, False, 1
    trust = (
        "noise='party': nobody sees exact sums; each party has added all of the noise "
        "that its own rows need"
    )

    def answered(self, queries, totals, mechanisms, roster, context):
        """Totals with noise from the system of the party."""
        asked = zip(queries, totals, mechanisms, strict=True)
        return [
            Noise(mechanism, levels_of(query, mechanism), Entropy(), context).added(
                query, total
            )
            for query, total, mechanism in asked
        ]

    def are_answers(self, part, queries):
        """Whether what a party gives has the form of noisy totals."""
        return type(part) is list and [
            total.size if is_exact(total) else None for total in part
        ] == [query.n_totals for query in queries]

    def summed(self, queries, parts):
        """Sums of noisy totals."""
        return [exact_sum(totals) for totals in zip(*parts, strict=True)]

    def spread(self, n_parties):
        """Variances add up."""
        return math.sqrt(n_parties)


def levels_of(query, mechanism):
    """How far a row moves a total, in grid steps: computed here, and never sent."""
    levels = query.levels if mechanism.norm == 2 else query.l1_bound / query.step
    return levels_of_unit(levels, 1)


def mode_of_party(noise, policy, key):
    """The mode of a party, by its name in an opening."""
    if noise == "shares":
        return SharesNoise.of_party(policy, key)
    return {"server": ServerNoise, "party": PartyNoise}[noise]()


def mode_of_analyst(noise, honest, n_parties):
    """The mode of the analyst, by its name."""
    if noise == "shares":
        return SharesNoise.of_analyst(honest, n_parties)
    return {"server": ServerNoise, "party": PartyNoise}[noise]()
