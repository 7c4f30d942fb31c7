"""The back office of the curator: what is due, what is read, what is logged."""

from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np

from skprivate.base._categories import mechanism_of
from skprivate.base._report import Release
from skprivate.base._tape import answered
from skprivate.rows import UnitClip, check_size, refused
from skprivate.rows._derived import maps_of
from skprivate.rows._noise import Noise
from skprivate.rows._rows import RowCount
from skprivate.rows._sampled import sampled_rows
from skprivate.rows._units import clipped_totals, levels_of_unit

_NOTHING = 1e-9  # of the budget


class Office:
    """How a curator charges, reads rows and logs; see :class:`Curator`, its only use.

    Each step is a method of its own, since rehearsals and tapes take the place of some.
    """

    def _thresholded(self, query, share, failing):
        """The mechanism that finds keys, with a part of the reserve."""
        return mechanism_of(query, self.budget, share, failing, self._max_rows)

    def _sensitivity(self, query):
        """How far one unit moves the total, in grid steps, in the norm of the noise."""
        if query.norm != 2:
            raise TypeError(f"{query.name} holds scores: use choose, not release.")
        if query.scored:
            _refuse_clip(query, self._unit)
        if not self.budget.pure:
            return levels_of_unit(query.levels, self._unit)
        if query.l1_bound is None:
            raise ValueError(
                f"{query.name} has no bound in the 1-norm, so delta=0 cannot be had. "
                "Use delta > 0."
            )
        return levels_of_unit(query.l1_bound / query.step, self._unit)

    def _of_scores(self, query):
        """How far one unit moves a score, in grid steps."""
        _refuse_clip(query, self._unit)
        return levels_of_unit(query.levels, self._unit)

    def _charge(
        self, queries, sensitivities, shares, mechanisms, *, due=True, failing=0.0
    ):
        """Spend, unless that was done before, and log, before any row is read."""
        share = sum(map(Fraction, shares))
        self._spent += share if due else 0
        self._due = partial(self._price, share, failing)
        for query, levels, part, mechanism in zip(
            queries, sensitivities, shares, mechanisms, strict=True
        ):
            real = self._real(query, levels)
            if query.by_key:  # counts of rows, whatever their weights
                real = mechanism.sensitivity(levels) * query.step
            self.releases.append(
                Release(query.name, query.size, real, mechanism.norm, part, mechanism)
            )

    def _price(self, share, failing):
        """A share, what it takes of the reserve, and what both cost together."""
        return share, failing, self.budget.event_of(share, failing)

    def _told(self, question, n_releases, answer):
        """The answer to a question, of which the thread may keep a tape or journal."""
        if self._paid is not None and self._paid.page is not None:
            answer = partial(self._kept, question, n_releases, answer)
        return answered(question, n_releases, answer)

    def _kept(self, question, n_releases, answer):
        """The answer that a journal has, or that is made of rows, paid and kept."""

        def made():
            told = answer()
            return told, self.releases[-1].spread

        paid = self._paid
        told, spread = paid.page.told(paid, question, self._due, made)
        self._spread(n_releases, spread)
        return told

    def _spread(self, n_releases, spread):
        """Note noise that is more than was charged: that of one of several owners."""
        if spread != 1:
            last = self.releases[-n_releases:]
            self.releases[-n_releases:] = [replace(r, spread=spread) for r in last]

    def _noisy(self, queries, sensitivities, mechanisms, coins=None):
        """Totals with noise, in grid steps: the one place where sums are read."""
        noises = [
            Noise(mechanism, levels, self._entropy, self._context_of(f"{i} {q.name}"))
            for i, (q, levels, mechanism) in enumerate(
                zip(queries, sensitivities, mechanisms, strict=True)
            )
        ]
        if isinstance(self._unit, UnitClip):
            totals = self._totals(queries, sensitivities)
            asked = zip(noises, queries, totals, strict=True)
            return [noise.added(query, total) for noise, query, total in asked]
        rows = self._rows_asked(queries, coins)
        noisy, spread = rows.noisy_total(queries, noises)
        self._spread(len(queries), spread)
        return noisy

    def _rows_asked(self, queries, coins=None):
        """The rows, or a sample of them, once they are known to be fit for it."""
        if coins is None or coins.often:
            self._keep_derived(queries)
        if coins is not None and not self._read:
            # Rows that are not finite are refused before the first answer: in a sample,
            # coins would decide whether they are met, and after how many answers.
            self._rows.total([RowCount()])
        self._read = True
        if coins is not None:
            return sampled_rows(self._rows, coins)
        return self._rows.once() if self.remaining < _NOTHING else self._rows

    def _totals(self, queries, sensitivities):
        """Exact sums, refused unless there are as many as the queries state."""
        rows = self._rows_asked(queries)
        if isinstance(self._unit, UnitClip):
            norm = 1 if self.budget.pure else 2
            totals = clipped_totals(rows, queries, sensitivities, norm)
        else:
            totals = rows.total(queries)
        for query, total in zip(queries, totals, strict=True):
            check_size(total, query)
        return totals

    def _keep_derived(self, queries):
        """Let the rows keep derived columns, if that is what is asked about."""
        if not self._keeps and maps_of(queries) is not None:
            self._rows, self._keeps = self._rows.keeping(), True

    def _chosen(self, query, levels, mechanism):
        """Index of a large score: the one place where scores are read."""
        (total,) = self._totals([query], [levels])
        scores = query.scores(total) if hasattr(query, "scores") else total
        return mechanism(scores, levels, self._entropy, self._context_of(query.name))

    def _splits(self, query, levels, mechanism):
        """Nodes that are split: the one place where leaves are read."""
        (total,) = self._totals([query], [levels])
        context = self._context_of(query.name)
        return mechanism(total.ravel(), levels, self._entropy, context)

    def _keys(self, query, mechanism, numbers, missing):
        """Keys that are frequent: the one place where values are read."""
        tally = self._rows.tally(numbers, missing=missing)
        context = self._context_of(query.name)
        return mechanism(tally, self._max_rows, self._entropy, context)

    def _word_keys(self, query, levels, mechanism):
        """Weights of words: of those that are listed, or of those that are frequent."""
        numbers = [j for j, column in enumerate(self.columns) if _is_listed(column)]
        tally = self._rows.tally(numbers, words=query)
        context = self._context_of(query.name)
        if query.known is None:
            found = mechanism(tally, levels, self._entropy, context)
            return {word: count for (_, word), count in found.items()}
        counts = {word: count for (_, word), count in tally.items()}
        total = np.array([counts.get(word, 0) for word in query.known], np.int64)
        noisy = mechanism(total, levels, self._entropy, context)
        return dict(zip(query.known, noisy.tolist(), strict=True))

    def _real(self, query, steps):
        """Grid steps of a query in real units."""
        return steps * query.step * self.max_weight

    def _context_of(self, name):
        """What separates the noise of this release from others, if it is seeded.

        The mechanism adds the exact total to it: so two data sets, folds or clones with
        different totals never share noise, though they share a seed; and a total is the
        same wherever the rows live.
        """
        return self._context + f"{name} {len(self.releases)}".encode()

    def _tick(self, n_releases):
        """Report progress."""
        if self._progress is not None:
            for _ in range(n_releases):
                self._progress()


def _is_listed(column):
    return column.kind == "category"


def _refuse_clip(query, unit):
    """Scores are no sums over rows, so those of a group cannot be cut to a length."""
    if isinstance(unit, UnitClip):
        raise refused(
            ValueError,
            f"{query.name} holds scores, and scores of a group cannot be clipped "
            "together. Give max_rows_per_group as an integer.",
        )
