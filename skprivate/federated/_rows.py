"""Rows of several parties, reached by messages."""

import math
import os
from copy import copy
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np

from skprivate.accounting import Budget
from skprivate.federated._channel import Channel
from skprivate.federated._codec import dumps
from skprivate.federated._fit import Fit, read_answer
from skprivate.federated._noise import mode_of_analyst
from skprivate.federated._opening import Opening
from skprivate.federated._policy import check_honest, check_noise
from skprivate.federated._schema import one_schema
from skprivate.rows import Rows, check_queries, refused
from skprivate.rows._answers import (
    are_possible,
    refuse_no_counts,
    shapes_of,
    united_labels,
)
from skprivate.rows._rows import RowCount, check_row_count
from skprivate.rows._sampled import refuse_units
from skprivate.rows._tallies import added_tallies

_NOT_IN_A_FIT = (
    "Rows of parties answer the questions of a fit, each of which is opened with them: "
    "sums as they are, or with the noise of parties. Pass them to fit of an estimator; "
    "fit the steps of a pipeline one by one."
)


class FederatedRows(Rows):
    """Rows of several parties, in the place of ``X`` in ``fit``.

    Each :class:`Party` debits its own ledger, and may refuse. Two of them must not
    hold the same rows.

    Parameters
    ----------
    channel : Channel
        How parties are reached: `InProcess`, or one that crosses a wire.
    n_features : int
        Number of features, the same for all.
    noise : {"party", "shares", "server"}, default="party"
        Who adds it. "party": each party, all of it, so that nobody needs to be
        trusted; with k parties the noise is the root of k times as large. "shares":
        each a share, under masks that cancel; the root of k / honest. "server":
        whoever fits, once, and is trusted with exact sums.
    honest : int, default=None
        With "shares", the number of these parties that are trusted to add their noise
        and to keep it to themselves, as their policies state it.
    timeout : float, default=60.0
        Seconds that parties have for an answer.
    lose : float, default=0.0
        The part of the parties, at most, that may be lost during a fit: who does not
        answer in time takes no further part. With zero, the fit fails.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.federated import FederatedRows, InProcess, Party
    >>> from skprivate.linear_model import DPRidge
    >>> def clinic(seed):
    ...     X = np.random.default_rng(seed).uniform(size=(500, 2))
    ...     return Party(X, X.sum(axis=1))
    >>> channel = InProcess({f"clinic {i}": clinic(i) for i in range(3)})
    >>> rows = FederatedRows(channel, n_features=2)
    >>> ridge = DPRidge(bounds=(0, 1), target_bounds=(0, 2)).fit(rows)
    >>> ridge.privacy_.unit
    'row (of one party; noise: party)'
    """

    def __init__(
        self,
        channel: Channel,
        n_features: int,
        *,
        noise: Literal["party", "shares", "server"] = "party",
        honest: int | None = None,
        timeout: float = 60.0,
        lose: float = 0.0,
    ) -> None:
        if not isinstance(channel, Channel):
            raise refused(
                TypeError, "channel has no names, or no ask(messages, timeout)."
            )
        if not _is(n_features, Integral) or n_features < 1:
            raise refused(ValueError, "n_features must be a whole number above zero.")
        if not _is(timeout, Real) or not 0 < timeout < math.inf:
            raise refused(
                ValueError, "timeout must be a finite number of seconds above zero."
            )
        if not _is(lose, Real) or not 0 <= lose < 1:
            raise refused(ValueError, "lose must be a part of the parties, below one.")
        check_noise(noise)
        check_honest(honest)
        self.channel, self.n_features = channel, int(n_features)
        self.noise, self.honest = noise, honest
        self.timeout, self.lose = timeout, lose
        self._mode = mode_of_analyst(noise, honest, len(self.names))
        self._schema = self._hello()
        self.feature_names = self._schema.names
        self._door = self._fit = None
        self._steps = ()

    @property
    def names(self) -> tuple[Any, ...]:
        """The parties."""
        return tuple(self.channel.names)

    @property
    def columns(self) -> Any:
        """What parties say of the columns, or how they are read."""
        door = self._door
        read = door is not None and door.columns is not None
        return door.columns if read else self._schema.columns

    @property
    def dtype(self) -> Any:
        """The type of the numbers, if it is that of all parties."""
        door = self._door
        read = door is not None and door.columns is not None
        return Rows.dtype if read else self._schema.dtype

    @property
    def n_targets(self) -> Any:
        """What was asked for."""
        return None if self._door is None else self._door.n_targets

    @property
    def spread(self) -> Any:
        """Deviation of the noise of all who are left, over that of a mechanism."""
        n_parties = len(self.names if self._fit is None else self._fit.left)
        return self._mode.spread(n_parties)

    def opened(self, name: str, budget: Budget) -> Rows:
        """These rows for one fit, to which all parties have agreed."""
        names = self.names
        least = max(self._mode.least, math.ceil((1 - self.lose) * len(names)))
        opening = Opening(os.urandom(16), name, budget, self.noise, self.honest, names)
        rows = copy(self)
        rows._fit = Fit(self.channel, opening, self._mode, self.timeout, least)
        try:
            rows._fit.open()
        except BaseException:
            rows.closed()  # where some have opened it
            raise
        return rows

    def closed(self) -> None:
        """The fit is over."""
        if self._fit is not None:
            self._fit.close()

    def reported(self, report: Any) -> Any:
        """The report, with what parties were trusted with."""
        return self._fit.in_report(report)

    def total(self, queries: Any) -> Any:
        """Exact sums, where whoever fits is trusted with these."""
        self._refuse_unless_exact(queries)
        counted = [*queries, RowCount()]
        found = self._ask("totals", queries=counted)
        shapes = {name: shapes_of(part) for name, part in found.items()}
        usual = max(shapes.values(), key=list(shapes.values()).count)
        for name, part in found.items():
            if not are_possible(part, counted) or shapes[name] != usual:
                raise _no_sum(name)
        parts = list(found.values())
        check_row_count(sum(int(part[-1][0]) for part in parts), queries)
        return self._mode.summed(queries, [part[:-1] for part in parts])

    def noisy_total(self, queries: Any, noises: Any) -> Any:
        """Sums with noise, which is added where the mode says."""
        if self._mode.exact:
            return super().noisy_total(queries, noises)
        private = all(math.isfinite(n.mechanism.deviation(1.0) or 0) for n in noises)
        if private and any(noise.entropy.seeded for noise in noises):
            raise refused(
                ValueError,
                "random_state cannot repeat noise that parties add. Leave it None.",
            )
        check_queries(queries, self.n_features)
        mechanisms = [noise.mechanism for noise in noises]
        found = self._ask("totals", queries=list(queries), mechanisms=mechanisms)
        form = None
        for name, part in found.items():
            good = self._mode.are_answers(part, queries)
            form = shapes_of(part) if form is None else form
            if not good or shapes_of(part) != form:
                raise _no_sum(name)
        totals = self._mode.summed(queries, list(found.values()))
        return totals, self._mode.spread(len(found))

    def labels(self) -> Any:
        """Labels that occur at any party."""
        self._refuse_unless_exact()
        found = self._ask("labels")
        if not all(isinstance(v, np.ndarray) and v.ndim == 1 for v in found.values()):
            raise _no_sum(next(iter(found)))
        return united_labels([*found.values()])

    def tally(self, numbers: Any, *, missing: bool = False, words: Any = None) -> Any:
        """Number of rows that hold each value; see :meth:`TableRows.tally`."""
        self._refuse_unless_exact()
        numbers = tuple(map(int, numbers))
        found = self._ask("tally", tally=(numbers, bool(missing), words))
        try:
            parts = [
                {(j, type(key), key): n for j, key, n in part}
                for part in found.values()
            ]
        except (TypeError, ValueError):
            raise _no_sum(next(iter(found))) from None
        for part in parts:
            refuse_no_counts([(j, n) for (j, *_), n in part.items()], numbers)
        return added_tallies(parts, numbers)

    def coded(self, categories: Any) -> Rows:
        """These rows, with public codes for categories at every party."""
        return self._with(("coded", [np.asarray(c) for c in categories]))

    def encoded(self, classes: Any) -> Rows:
        """These rows, with codes for labels at every party."""
        return self._with(("encoded", np.asarray(classes)))

    def keeping(self) -> Rows:
        """These rows, of which parties keep derived columns until the fit is over."""
        return self._with(("keeping",))

    def sampled(self, coins: Any) -> Any:
        """A fresh sample of these rows, drawn by each party with coins of its own."""
        refuse_units(coins)
        if coins.entropy.seeded:
            raise refused(
                ValueError,
                "With random_state only rows in memory can be sampled: coins of "
                "parties cannot be repeated. Pass random_state=None, or such rows.",
            )
        step = "sampled", float(coins.rate), bool(coins.often), bytes(coins.context)
        return self._with(step)

    def through(self, door: Any) -> Rows:
        """These rows, validated at every party."""
        rows = copy(self)
        rows._door = door
        return rows

    def _ask(self, asked, queries=(), mechanisms=None, tally=()):
        if self._fit is None:
            raise refused(TypeError, _NOT_IN_A_FIT)
        return self._fit.ask(
            door=self._door,
            steps=self._steps,
            asked=asked,
            queries=[*queries],
            mechanisms=mechanisms,
            tally=tally,
        )

    def _refuse_unless_exact(self, queries=()):
        check_queries(queries, self.n_features)
        if not self._mode.exact:
            raise refused(
                ValueError,
                f"With noise={self.noise!r} parties give sums with noise, and nothing "
                "else: no labels, categories, selections, samples of rows, nor steps "
                "of a pipeline. List classes=[...] and categories=[...], choose an "
                "estimator that asks for sums, or noise='server' where parties allow "
                "it.",
            )

    def _with(self, step):
        rows = copy(self)
        rows._steps = (*self._steps, step)
        return rows

    def _hello(self):
        """What all parties say of their columns."""
        names = self.names
        asked = dict.fromkeys(names, dumps({"kind": "hello"}))
        told = self.channel.ask(asked, self.timeout) if names else {}
        missing = [name for name in names if name not in told]
        if missing or not names:
            raise refused(
                TimeoutError,
                f"{len(missing)} of {len(names)} parties did not answer, such as "
                f"{missing[:1]}. Leave them out, or raise timeout.",
            )
        found = {}
        for name in names:
            found |= read_answer(name, told[name])
        return one_schema(found, self.n_features)

    def __repr__(self):
        return f"FederatedRows({len(self.names)} parties, noise={self.noise!r})"


def _is(value, kind):
    return isinstance(value, kind) and not isinstance(value, bool)


def _no_sum(name):
    return refused(
        ValueError,
        f"Party {name!r} gave an answer that is not the sum of its rows: of another "
        "number, form or type, or larger than any rows can make it. Leave it out, or "
        "ask its owner to mend it.",
    )
