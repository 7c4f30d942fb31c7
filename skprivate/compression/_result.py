"""What a model has become: the smaller one, its size, and what it says otherwise."""

import pickle
from contextlib import suppress
from typing import Any

import numpy as np
from sklearn.base import is_classifier

from skprivate._card import Card, Section, Table
from skprivate._typing import Estimator
from skprivate.base._report import price_of
from skprivate.compression._packing import packed, unpacked
from skprivate.compression._weights import Changes, changed, last_of, n_weights


class CompressedModel:
    """A smaller model, and how it compares with the one it was made of.

    It is stored in few bytes: a pickle of this object, as :meth:`to_bytes`, holds whole
    numbers of few bits where the model has floats. In memory the model is one like any
    other, of the same class, with the same report.

    **Guarantee.** A function of a model that was released, and of rows that whoever
    calls says are no secret. So it costs nothing, and ``privacy_`` is that of the
    model.

    Parameters
    ----------
    model : estimator
        Fitted, and made smaller.
    done : tuple of str
        What was done, in order.
    facts : dict of str to number
        Sizes and losses; see the attributes.

    Attributes
    ----------
    model : estimator
        The smaller one, which predicts as ever.
    done : tuple of str
        What was done.
    bytes_before : int
        Size of a pickle of the first model.
    bytes_after : int
        Size of what is stored now.
    ratio : float
        How many times smaller that is.
    weights_before, weights_after : int or None
        Numbers of weights that are not zero.
    largest_change, mean_change : float or None
        Of a probability, a margin or a number that is predicted for the background
        rows; None without these.
    score_before, score_after : float or None
        Of ``model.score`` on background rows with a target; exact, so for rows that
        are no secret.

    Examples
    --------
    >>> import numpy as np
    >>> import pickle
    >>> from skprivate.compression import quantize
    >>> from skprivate.ensemble import DPRandomForestClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (3000, 4))
    >>> y = (X[:, 0] > 0).astype(int)
    >>> model = DPRandomForestClassifier(bounds=(-1, 1), classes=[0, 1]).fit(X, y)
    >>> small = quantize(model, bits=6)
    >>> small.ratio > 8, len(pickle.dumps(small)) < small.bytes_before / 8
    (True, True)
    >>> small.privacy_.epsilon() == model.privacy_.epsilon()
    True
    """

    def __init__(
        self, model: Estimator, done: tuple[str, ...], facts: dict[str, Any]
    ) -> None:
        self.model, self.done = model, tuple(done)
        self._facts = dict(facts)

    def __getattr__(self, name):
        facts = vars(self).get("_facts", {})
        if name in facts:
            return facts[name]
        raise AttributeError(f"CompressedModel has no {name}. Ask its model.")

    @property
    def privacy_(self) -> Any:
        """The report of the model."""
        return self.model.privacy_

    @property
    def ratio(self) -> Any:
        """How many times smaller it has become."""
        return self.bytes_before / self.bytes_after

    def to_bytes(self) -> bytes:
        """The smaller model alone, in few bytes; :meth:`from_bytes` reads them.

        Returns
        -------
        bytes
        """
        return packed(self.model)

    @staticmethod
    def from_bytes(stored: bytes) -> Estimator:
        """The model that was stored. Like a pickle, to be read from trusted places.

        Parameters
        ----------
        stored : bytes
            Of :meth:`to_bytes`.

        Returns
        -------
        estimator
        """
        return unpacked(stored)

    def __getstate__(self):
        return {"stored": self.to_bytes(), "done": self.done, "facts": self._facts}

    def __setstate__(self, state):
        self.__init__(unpacked(state["stored"]), state["done"], state["facts"])

    def _card(self):
        rows = [
            ("bytes", f"{self.bytes_before:,}", f"{self.bytes_after:,}"),
        ]
        if None not in (self.weights_before, self.weights_after):
            rows.append(
                ("weights", f"{self.weights_before:,}", f"{self.weights_after:,}")
            )
        if self.score_before is not None:
            rows.append(
                ("score", f"{self.score_before:.4f}", f"{self.score_after:.4f}")
            )
        said = [f"{self.ratio:.1f} times smaller: {', then '.join(self.done)}"]
        if self.largest_change is not None:
            said.append(
                f"predictions of background rows change by {self.mean_change:.2g} on "
                f"average, {self.largest_change:.2g} at most"
            )
        price = price_of(getattr(self.model, "privacy_", None))
        if price:
            said.append(f"privacy as before: {price}")
        table = Table(("", "before", "after"), tuple(rows), ("before", "after"))
        name = f"Compressed {type(last_of(self.model)).__name__}"
        return Card(name, (), tuple(said), (Section("", (table,)),))

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()


def compared(before, model, what, background=None, target=None):
    """The result of one more step.

    Parameters
    ----------
    before : estimator or CompressedModel
    model : estimator
        What it has become.
    what : str
        What was done.
    background : table or None
        Rows that are no secret.
    target : array-like or None
        Their targets.
    """
    done, first, facts = (what,), before, {}
    if isinstance(before, CompressedModel):
        done, first, facts = (*before.done, what), before.model, before._facts
    found = {
        "bytes_before": facts.get("bytes_before", size_of(first)),
        "bytes_after": len(packed(model)),
        "weights_before": facts.get("weights_before", _n_weights(first)),
        "weights_after": _n_weights(model),
        **_changes(first, model, background, target, facts),
    }
    return CompressedModel(model, done, found)


def size_of(model):
    """Bytes of a pickle, without what models only remember to be faster."""
    with suppress(TypeError):  # of no known weights: as it is
        model = changed(model, Changes())
    return len(pickle.dumps(model, protocol=5))


def _n_weights(model):
    try:
        return n_weights(model)
    except TypeError:
        return None


def _changes(first, model, background, target, facts):
    """What the models say about background rows, and how well."""
    names = "largest_change", "mean_change", "score_before", "score_after"
    found = dict.fromkeys(names)
    if background is None:
        return found
    change = np.abs(said(first, background) - said(model, background))
    found["largest_change"] = float(change.max())
    found["mean_change"] = float(change.mean())
    if target is not None:
        known = facts.get("score_before")
        found["score_before"] = known or float(first.score(background, target))
        found["score_after"] = float(model.score(background, target))
    return found


def said(model, rows):
    """What a model says about rows: probabilities, margins or predictions."""
    if hasattr(model, "predict_proba"):
        return np.asarray(model.predict_proba(rows))
    if hasattr(model, "decision_function"):
        return np.asarray(model.decision_function(rows))
    found = model.predict(rows)
    if is_classifier(model):
        return np.equal.outer(found, model.classes_).astype(float)
    return np.asarray(found, dtype=float)
