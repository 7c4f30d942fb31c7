"""Channels: how questions get to parties, and answers back."""

from threading import TIMEOUT_MAX, Thread
from time import monotonic
from typing import Any, Protocol, runtime_checkable

import numpy as np

from skprivate.rows import refused
from skprivate.rows._same import refuse_shared


@runtime_checkable
class Channel(Protocol):
    """What carries bytes between an analyst and parties; it reads none of them.

    Attributes
    ----------
    names : tuple of str
        The parties that can be asked.

    Examples
    --------
    >>> from skprivate.federated import Channel, dumps
    >>> class Echo:
    ...     names = ("a",)
    ...
    ...     def ask(self, messages, timeout):
    ...         return dict(messages)
    >>> isinstance(Echo(), Channel)
    True
    """

    def __init__(self) -> None:
        """Nothing is needed."""

    @property
    def names(self) -> tuple[str, ...]:
        """The parties that can be asked."""

    def ask(self, messages: dict[str, bytes], timeout: float) -> dict[str, bytes]:
        """Send a message to each of some parties, and wait for their answers.

        Parameters
        ----------
        messages : dict of str to bytes
            By party.
        timeout : float
            Seconds until all must have answered; infinity waits.

        Returns
        -------
        dict of str to bytes
            Who is missing has not answered in time. An answer that comes later must be
            destroyed unread.
        """


class InProcess:
    """Parties in this process, each of which is asked in a thread of its own.

    For tests, and where one machine reaches all rows.

    Parameters
    ----------
    parties : dict of str to Party
        Or to whatever has ``answer(bytes) -> bytes``.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.federated import FederatedRows, InProcess, Party
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> parties = {name: Party(np.ones((4, 2))) for name in ("a", "b")}
    >>> rows = FederatedRows(InProcess(parties), n_features=2)
    >>> DPStandardScaler(bounds=(0, 2)).fit(rows).n_features_in_
    2
    """

    def __init__(self, parties: dict[str, Any]) -> None:
        if not isinstance(parties, dict) or not parties:
            raise refused(
                TypeError,
                "parties must be a dict of names to parties: {'a': Party(X)}.",
            )
        held = [p.held() for p in parties.values() if hasattr(p, "held")]
        refuse_shared(held)
        self._parties = dict(parties)

    @property
    def names(self) -> tuple[Any, ...]:
        """The parties."""
        return tuple(self._parties)

    def ask(self, messages: Any, timeout: Any) -> dict[Any, Any]:
        """Answers of those parties that gave one in time."""
        from joblib import effective_n_jobs  # not needed before parties are asked

        answers, n_jobs = {}, max(1, effective_n_jobs(None) // len(messages))

        def ask(name):
            answer = _answer(self._parties[name], messages[name], n_jobs)
            if answer is not None:
                answers[name] = answer

        # Daemons, since nothing can stop a thread: one that hangs must not outlive us.
        threads = [Thread(target=ask, args=(n,), daemon=True) for n in messages]
        for thread in threads:
            thread.start()
        end = monotonic() + min(timeout, TIMEOUT_MAX / 2)
        for thread in threads:
            thread.join(max(0.0, end - monotonic()))
        return dict(answers)  # what comes later goes into the other one


def _answer(party, message, n_jobs):
    """What a party says; None if it fails, whose error may hold data."""
    from joblib import parallel_config

    try:
        # What joblib was told is known to the thread of the user only.
        with parallel_config("threading", n_jobs=n_jobs), np.errstate(all="ignore"):
            return party.answer(message)
    except BaseException:  # in this thread nobody else would seal it
        return None
