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
    was asked for if at least ``honest`` of those asked add their shares and keep them
    to themselves (see :class:`~skprivate.federated._shares.GaussianShare`). Both the
    number and the keys are those of the party, and who is asked is part of the masks'
    context: so an analyst who names parties that do not exist, exchanges keys or tells
    parties of different rosters gets words that mean nothing.

    Parameters
    ----------
    honest : int
        Parties among those asked that play by the rules.
    masks : Masks or None, default=None
        Those of a party; the analyst has none.
    """

    name, exact, together = "shares", False, True
    trust = (
        "noise='shares': nobody sees sums of single parties, nor exact sums, if as "
        "many parties are honest as stated"
    )

    def __init__(self, honest, masks=None):
        self.honest, self.masks = honest, masks

    @classmethod
    def of_party(cls, policy, key):
        """The mode of a party, refused if its owner has not prepared it."""
        if key is None or policy.roster is None or policy.honest is None:
            raise refused(
                ValueError,
                "it has no key, roster or number of honest parties. Ask its owner for "
                "these, or use noise='party'.",
            )
        return cls(policy.honest, Masks(key, policy.roster))

    def check(self, roster, mechanisms):
        """Refuse a question, before it is booked, that shares cannot answer."""
        self.masks.digest(roster)
        if len(roster) < self.honest:
            raise refused(
                ValueError,
                "fewer parties are asked than must be honest. Ask all of them, or use "
                "noise='party'.",
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
        entropy = Entropy()
        words = [
            GaussianShare(mechanism.mu, self.honest)(
                total, query.levels, entropy, weights=query.weights, wide=query.wide
            )
            for query, total, mechanism in zip(queries, totals, mechanisms, strict=True)
        ]
        return self.masks.masked(words, roster, context)

    def summed(self, queries, parts):
        """Noisy sums, of the answers of all who were asked."""
        forms = {_forms(part) for part in parts}
        (form, *others) = forms
        heads = [1 + query.wide for query in queries]
        if others or [shape[:1] for shape in form] != [(head,) for head in heads]:
            raise refused(
                ValueError,
                "A party has answered in another form than asked. Leave it out, or ask "
                "its owner to mend it.",
            )
        totals = list(parts[0])
        for part in parts[1:]:
            totals = [plus(a, b) for a, b in zip(totals, part, strict=True)]
        return [integers(words) for words in totals]

    def spread(self, n_parties):
        """All who answer add a share, though the honest ones' are enough."""
        return math.sqrt(n_parties / self.honest)


def _forms(part):
    """Shapes of residues; of what is none, one that no query has."""
    return tuple(
        words.shape
        if isinstance(words, np.ndarray) and words.dtype == np.uint64
        else ()
        for words in (part if isinstance(part, list) else ())
    )
