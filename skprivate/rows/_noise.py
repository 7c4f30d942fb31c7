"""The noise that is added to a total before anybody looks, wherever that is done."""

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Noise:
    """What makes an exact total an answer.

    Parameters
    ----------
    mechanism : Mechanism
    levels : float
        How far one unit moves the total, in grid steps.
    entropy : Entropy
    context : bytes
        Separates the noise of this answer from others, if it is seeded.
    """

    mechanism: object
    levels: float
    entropy: object
    context: bytes

    def added(self, query, total):
        """The answer to a query, in grid steps."""
        if query.scored:
            total = query.scores(total)
        return self.mechanism(
            query.widened(total),
            self.levels,
            self.entropy,
            self.context,
            weights=query.weights,
        )
