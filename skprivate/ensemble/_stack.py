"""What models say about rows, side by side."""

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator

from skprivate.base import Geometry
from skprivate.base._tiles import responses
from skprivate.model_selection._groups import last_step
from skprivate.rows._arrow import framed
from skprivate.rows._features import checked_features
from skprivate.rows._labels import encode


class Stack(BaseEstimator):
    """What fitted models say about rows, as a table of numbers.

    **Guarantee.** A row of it is a function of that row and of the models.

    Parameters
    ----------
    models : list of estimator
    methods : list of str
        Which method of each is asked.
    classes : ndarray or None
        All labels; None: models predict numbers.
    passthrough : bool
        Whether the features follow.
    """

    def __init__(self, models, methods, classes, passthrough):
        self.models, self.methods = models, methods
        self.classes, self.passthrough = classes, passthrough

    def transform(self, X):
        """Rows of answers."""
        X = framed(X)
        both = zip(self.models, self.methods, strict=True)
        said = [self._columns(model, method, X) for model, method in both]
        if not self.passthrough:
            return np.hstack(said)
        features = checked_features(X, accept_sparse=True, allow_nan=True)
        if sparse.issparse(features):
            return sparse.hstack([*said, features], format="csr")
        return np.hstack([*said, features])

    def _columns(self, model, method, X):
        """Of two classes, one number says all."""
        answer = responses(model, method, X)
        if method == "predict" and self.classes is not None:
            answer = encode(answer, self.classes).astype(np.float64)
        if answer.ndim == 1:
            return answer.reshape(-1, 1)
        return answer[:, 1:] if self._are_two else answer

    @property
    def width(self):
        """Number of columns that the models make."""
        return sum(map(self.width_of, self.methods))

    def width_of(self, method):
        """Number of columns that a method of one model makes."""
        single = method == "predict" or self._are_two
        return 1 if single else len(self.classes)

    def geometry(self, features):
        """Where these rows lie, where ``features`` tells where those before lie."""
        both = zip(self.models, self.methods, strict=True)
        parts = [self._range(model, method) for model, method in both]
        return Geometry.side_by_side([*parts, features] if self.passthrough else parts)

    @property
    def _are_two(self):
        return self.classes is not None and len(self.classes) == 2

    def _range(self, model, method):
        """Probabilities are in [0, 1], codes of classes below their number.

        Numbers are where a model was told that targets are: the next query moves others
        there.
        """
        if self.classes is None:
            ends = declared_ends(model)
            if ends is None:
                return Geometry()
            return Geometry(tuple(np.array([end], dtype=np.float64) for end in ends))
        if method == "decision_function":
            return Geometry()
        width, most = self.width_of(method), len(self.classes) - 1.0
        high = np.full(width, most if method == "predict" else 1.0)
        return Geometry((np.zeros(width), high))


def declared_ends(model):
    """Bounds of the target that a regressor was told; None if it was told none."""
    found = getattr(last_step(model), "target_bounds", None)
    pair = isinstance(found, (tuple, list, np.ndarray)) and len(found) == 2
    return tuple(found) if pair and not any(map(np.ndim, found)) else None
