"""The mode in which only a sum is seen, and the noise is in that sum."""

import math

import numpy as np

from skprivate.federated._masks import Masks
from skprivate.federated._residues import integers, plus
from skprivate.federated._shares import GaussianShare
from skprivate.mechanisms import Entropy, Gaussian
from skprivate.rows import refused


class SharesNoise:
    """Each party adds a share of the noise, and masks that cancel in the sum.

    **Guarantee.** Of all answers whoever asks learns their sum (see
    :class:`~skprivate.federated._masks.Masks`), which is a release at the price that
    was asked for (see :class:`~skprivate.federated._shares.GaussianShare`), if at most
    ``dishonest`` parties leave out or tell their shares. Where m parties are asked, at
    least ``m - dishonest`` are honest, whoever chose the m: shares are as large as that
    needs. The keys and the number are the party's own, and that number, who is asked,
    and what, are part of the masks' context: so an analyst who names parties that do
    not exist, exchanges keys, or asks parties of one sum for different noise gets words
    that mean nothing.

    Parameters
    ----------
    dishonest : int
        Parties of the roster that need not play by the rules.
    masks : Masks or None, default=None
        Those of a party; the analyst has none.
    """

    name, exact, together = "shares", False, True

    def __init__(self, dishonest, masks=None):
        self.dishonest, self.masks = dishonest, masks

    @classmethod
    def of_party(cls, policy, key):
        """The mode of a party, refused if its owner has not prepared it."""
        if key is None or policy.roster is None or policy.honest is None:
            raise refused(
                ValueError,
                "it has no key, roster or number of honest parties. Ask its owner for "
                "these, or use noise='party'.",
            )
        return cls(len(policy.roster) - policy.honest, Masks(key, policy.roster))

    @classmethod
    def of_analyst(cls, honest, n_parties):
        """The mode of whoever asks so many parties."""
        if honest is None or not 1 <= honest <= n_parties:
            raise refused(
                ValueError,
                "honest must be the number of parties that are trusted to add their "
                "noise: from one to all of them. Ask their owners what they agreed on.",
            )
        return cls(n_parties - int(honest))

    @property
    def least(self):
        """Two, or one may be honest of these only."""
        return max(2, self.dishonest + 1)

    @property
    def trust(self):
        """Who is trusted with what, in words."""
        return (
            "noise='shares': nobody sees exact sums, nor noisy ones of single parties, "
            f"if all but {self.dishonest} of them are honest"
        )

    def check(self, roster, mechanisms):
        """Refuse a question, before it is booked, that shares cannot answer."""
        self.masks.digest(roster)
        if len(roster) <= self.dishonest:
            raise refused(
                ValueError,
                "of the parties that are asked none may be honest. Ask more of them.",
            )
        if not all(isinstance(mechanism, Gaussian) for mechanism in mechanisms):
            raise refused(
                ValueError,
                "noise of another kind than Gauss's has no shares. Use delta > 0, or "
                "noise='party'.",
            )

    def answered(self, queries, totals, mechanisms, roster, context):
        """Totals of a party as residues, with its share of the noise and its masks.

        Parameters
        ----------
        queries : list of Query
        totals : list of ndarray
            Exact sums over the rows of this party.
        mechanisms : list of Gaussian
            The noise of the sum.
        roster : tuple of str
            All who are asked the same.
        context : bytes
            Of this fit, question and attempt, and of no other.

        Returns
        -------
        list of ndarray of uint64
        """
        self.check(roster, mechanisms)
        honest, entropy = len(roster) - self.dishonest, Entropy()
        words = [
            GaussianShare(mechanism.mu, honest)(
                total, query.levels, entropy, weights=query.weights, wide=query.wide
            )
            for query, total, mechanism in zip(queries, totals, mechanisms, strict=True)
        ]
        # A party that trusts more of them adds less noise than the others count on.
        trusted = int(self.dishonest).to_bytes(8, "little")
        return self.masks.masked(words, roster, trusted + context)

    def are_answers(self, part, queries):
        """Whether what a party gives has the form of residues of noisy totals."""
        heads = [1 + query.wide for query in queries]
        sizes = [query.n_totals for query in queries]
        return type(part) is list and [
            (len(words), words.size)
            if isinstance(words, np.ndarray) and words.dtype == np.uint64 and words.ndim
            else None
            for words in part
        ] == [(n, n * size) for n, size in zip(heads, sizes, strict=True)]

    def summed(self, queries, parts):
        """Noisy sums, of the answers of all who were asked."""
        totals = list(parts[0])
        for part in parts[1:]:
            totals = [plus(a, b) for a, b in zip(totals, part, strict=True)]
        return [integers(words) for words in totals]

    def spread(self, n_parties):
        """All who answer add a share, though those of the honest ones are enough."""
        return math.sqrt(n_parties / max(1, n_parties - self.dishonest))
