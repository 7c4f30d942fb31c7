"""An eye on who asks a model: alarms for questions that honest people do not ask."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import TableLike
from skprivate.robustness._sketch import KINDS, Client, Counts, Usual, margins_of

_FIRST = 32  # questions before anything is said of a client
_HONEST = 5  # alarms among so many honest clients that the rate can be read off
_LEAST_SPREAD = 1e-3


@dataclass(frozen=True)
class Alarm:
    """A client whose questions are unlike those of honest ones.

    Parameters
    ----------
    client : object
        As it was named.
    kind : {"doubt", "outside", "repeated", "unusual", "answers"}
        What was farthest from usual.
    n_questions : int
        Of the client, until then.
    distance : float
        In standard deviations of honest clients.
    """

    client: object
    kind: str
    n_questions: int
    distance: float


class QueryMonitor:
    """Watch the questions that clients ask a model, and name those that are unusual.

    Who copies a model, walks along its boundary, or asks whether somebody was in its
    data, asks other questions than who uses it: many where the model is in doubt, many
    that nearly repeat each other, or rows that nobody has. Counts of these are kept for
    each client, by windows, and compared with those of honest clients, which are drawn
    from ``reference``.

    An alarm is a reason to look, and no bound: an adaptive attacker who knows the
    monitor asks slowly and under many names. A limit on questions bounds what can be
    learned, and the privacy of the model bounds what is in it.

    Of honest clients, whose questions are independent draws of rows like the reference,
    about a share ``false_alarms`` raises an alarm within a window: the limit is an
    order statistic of windows of honest questions, drawn from the half of the reference
    that was not used to learn what is usual, and widened for how much such windows have
    in common. The more windows the reference holds, the closer it is.

    Parameters
    ----------
    reference : array-like of shape (n_rows, n_features)
        Rows such as honest clients ask about: public or synthetic ones, at least four
        times ``window``. What private rows show here shows in alarms.
    scores : array-like of shape (n_rows,) or (n_rows, n_classes)
        What the model says of them: decision values or probabilities.
    window : int, default=1000
        Questions of a client after which counting begins anew.
    false_alarms : float, default=0.001
        Share of honest clients for which an alarm is raised in a window.
    max_clients : int, default=100_000
        Clients that are remembered; who asked least recently is forgotten first.
    random_state : int, default=None
        Of directions and honest windows. Whoever knows it can hide.

    Attributes
    ----------
    alarms_ : list of Alarm
        In the order in which they were raised; once for each window of a client.

    References
    ----------
    Juuti, Szyller, Marchal and Asokan (2019). PRADA: protecting against DNN model
    stealing attacks. EuroS&P. (Distances between questions, which it keeps; here
    counts take their place.)

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.robustness import QueryMonitor
    >>> rng = np.random.default_rng(0)
    >>> usual, near = rng.normal(size=(4000, 3)), 0.01 * rng.normal(size=(200, 3))
    >>> says = lambda rows: rows @ [1.0, -1.0, 0.5]
    >>> monitor = QueryMonitor(usual, says(usual), window=500, random_state=0)
    >>> honest = rng.normal(size=(200, 3))
    >>> monitor.partial_fit(honest, says(honest), "Ada").alarms_
    []
    >>> monitor.partial_fit(near, says(near), "Eve").alarms_[0].client
    'Eve'
    """

    def __init__(
        self,
        reference: ArrayLike,
        scores: ArrayLike,
        *,
        window: int = 1000,
        false_alarms: float = 0.001,
        max_clients: int = 100_000,
        random_state: int | None = None,
    ) -> None:
        _check_whole("window", window, 2 * _FIRST)
        _check_whole("max_clients", max_clients, 1)
        if not isinstance(false_alarms, Real) or not 1e-5 <= false_alarms < 1:
            raise ValueError("false_alarms must lie between 0.00001 and 1.")
        rows, scores = _checked(reference, scores, None)
        if len(rows) < 4 * window:
            raise ValueError(
                "reference has fewer than four times as many rows as a window. Give "
                "more, or a smaller window."
            )
        self.window, self.false_alarms = window, false_alarms
        self.max_clients = max_clients
        draw = np.random.default_rng(random_state)
        order = draw.permutation(len(rows))
        half = len(rows) // 2
        self._usual = Usual.of(rows[order[half:]], scores[order[half:]], draw)
        self._width = rows.shape[1], scores.shape[1:]
        self._checkpoints = _checkpoints(window)
        honest = self._usual.facts(rows[order[:half]], scores[order[:half]])
        self._learn_limits(honest, draw)
        self._clients, self.alarms_ = OrderedDict(), []

    def partial_fit(self, X: TableLike, scores: ArrayLike, client: Any) -> Self:
        """Count the questions of a client.

        Parameters
        ----------
        X : array-like of shape (n_questions, n_features)
            Rows that were asked about, in order.
        scores : array-like of shape (n_questions,) or (n_questions, n_classes)
            What the model said.
        client : hashable
            Who asked.

        Returns
        -------
        self : QueryMonitor
        """
        rows, scores = _checked(X, scores, self._width)
        if not isinstance(client, Hashable):
            raise TypeError("client must be hashable, such as a text. Give its name.")
        known = self._clients.pop(client, None) or Client()
        self._clients[client] = known  # the latest is last
        while len(self._clients) > self.max_clients:
            self._clients.popitem(last=False)
        facts = self._usual.facts(rows, scores)
        start = 0
        while start < len(facts):
            size = self._checkpoints[known.checked]
            part = facts.take(slice(start, start + size - known.counts.n))
            known.counts.add(part)
            known.n_questions += len(part)
            start += len(part)
            if known.counts.n == size:
                self._look_at(client, known)
        return self

    def _look_at(self, client, known):
        """Compare at a checkpoint; begin anew after the last."""
        measured = self._usual.measured(known.counts)
        far = (measured - self._means[known.checked]) / self._spreads[known.checked]
        known.checked += 1
        if far.max() > self._limit and not known.alarmed:
            kind = KINDS[int(far.argmax())]
            self.alarms_.append(
                Alarm(client, kind, known.n_questions, float(far.max()))
            )
            known.alarmed = True
        if known.checked == len(self._checkpoints):
            known.counts, known.checked, known.alarmed = Counts(), 0, False

    def _learn_limits(self, honest, draw):
        """Means and spreads of honest windows, and the limit of the farthest."""
        n_windows = int(np.ceil(_HONEST / self.false_alarms))
        found = np.empty((n_windows, len(self._checkpoints), len(KINDS)))
        for window in found:
            chosen = draw.choice(len(honest), self.window, replace=False)
            counts = Counts()
            for place, size in enumerate(self._checkpoints):
                counts.add(honest.take(chosen[counts.n : size]))
                window[place] = self._usual.measured(counts)
        self._means = found.mean(axis=0)
        # Windows drawn from few rows differ less from these than a new client does.
        part = self.window / len(honest)
        wider = np.sqrt((1 + part) / (1 - part)) if part < 1 else np.inf
        self._spreads = np.maximum(found.std(axis=0), _LEAST_SPREAD)
        far = ((found - self._means) / self._spreads).max(axis=(1, 2))
        # Of n + 1 windows alike, the last is beyond the k-th largest with k / (n + 1).
        k = int(self.false_alarms * (n_windows + 1))
        self._limit = float(np.sort(far)[-max(1, k)]) * wider

    def __repr__(self):
        return (
            f"QueryMonitor({len(self._clients)} clients, {len(self.alarms_)} alarms, "
            f"windows of {self.window} questions)"
        )


def _checkpoints(window):
    """Numbers of questions at which a client is looked at, doubling."""
    sizes = []
    while _FIRST * 2 ** len(sizes) < window:
        sizes.append(_FIRST * 2 ** len(sizes))
    return [*sizes, window]


def _checked(X, scores, width):
    """Rows and scores as arrays that fit together."""
    try:
        rows, scores = np.asarray(X, dtype=float), np.asarray(scores, dtype=float)
    except (TypeError, ValueError):  # its message may hold a value
        rows = scores = np.array(np.nan)
    if rows.ndim != 2 or not np.isfinite(rows).all() or not np.isfinite(scores).all():
        raise ValueError(
            "Rows and scores must be tables of finite numbers. Pass rows as the model "
            "sees them."
        )
    if width is not None and rows.shape[1] != width[0]:
        raise ValueError(
            f"X has {rows.shape[1]} columns, and reference had {width[0]}. Pass rows "
            "like those."
        )
    if width is not None and scores.shape[1:] != width[1]:
        raise ValueError(
            "scores has other columns than those of reference. Pass what the same "
            "method of the model says."
        )
    if scores.ndim not in (1, 2) or len(scores) != len(rows):
        raise ValueError("scores must hold one row or number for each row of X.")
    if scores.ndim == 2 and scores.shape[1] < 2:
        raise ValueError("scores has one column. Pass numbers, or all classes.")
    margins_of(scores)
    return rows, scores


def _check_whole(name, value, least):
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}.")
