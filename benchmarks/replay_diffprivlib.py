"""Replay the models of diffprivlib with frozen answers: what do they leak?

The idea of ``skprivate.testing``, pointed at another library: a model is fitted while
every answer of every mechanism is recorded; then it is fitted on neighbouring rows
while the mechanisms repeat the recorded answers. Whatever still differs did not pass
through a mechanism, and an exact value that moves by more than the declared sensitivity
got too little noise.

Run ``python -m benchmarks.replay_diffprivlib`` in an environment with diffprivlib,
which needs scikit-learn < 1.8. Not every finding is a defect, and a note in brackets
says so. diffprivlib does not promise to hide the exact number of rows, the labels that
occur, or that a row was refused. Its logistic regression protects coefficients by noise
in the objective, which this method takes for a leak. Its trees choose labels of leaves
without rows at random, and not by a mechanism: the odds are the same, so no harm is
done, though the number of releases changes.
"""

import inspect
import warnings
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np

_PRIVATE_STATE = {
    "_rng", "random_state", "_scale", "_probabilities", "_utility_values",
    "_cached_value", "candidates", "utility", "measure", "function",
}  # fmt: skip
N_ROWS, N_FEATURES = 60, 3


class Left(BaseException):
    """The replay has left the tape."""


class Tape:
    """Records the answers of mechanisms, and later repeats them."""

    def __init__(self):
        self.calls, self.findings, self.position = [], [], None
        self.inside = False

    def rewind(self):
        """From now on repeat what was recorded."""
        self.findings, self.position = [], 0

    def find(self, text):
        """Note a leak, once."""
        if text not in self.findings:
            self.findings.append(text)

    def answer(self, draw, mechanism, value):
        """Answer of a mechanism: a new one that is recorded, or that of the tape."""
        if self.inside:  # some mechanisms are made of others
            return draw()
        # Drawn in a replay as well: trees share a random state with their mechanisms.
        self.inside = True
        try:
            answer = draw()
        finally:
            self.inside = False
        if self.position is None:
            return self._record(mechanism, value, answer)
        return self._repeat(mechanism, value)

    def _record(self, mechanism, value, answer):
        self.calls.append((type(mechanism).__name__, _public(mechanism), value, answer))
        return answer

    def _repeat(self, mechanism, value):
        if self.position >= len(self.calls):
            self.find("more releases than before")
            raise Left
        name, parameters, before, answer = self.calls[self.position]
        self.position += 1
        if name != type(mechanism).__name__:
            self.find(f"another release: {type(mechanism).__name__} instead of {name}")
            raise Left
        now = _public(mechanism)
        for key in parameters:
            if parameters[key] != now.get(key):
                self.find(f"{key} of {name} depends on the rows")
        moved, sensitivity = _distance(value, before), _sensitivity(mechanism)
        if moved is not None and moved > sensitivity * (1 + 1e-9) + 1e-12:
            self.find(f"{name}: moved by {moved:.4g}, declared are {sensitivity:.4g}")
        return answer


def _public(mechanism):
    """Parameters of a mechanism, as text."""
    held = vars(mechanism).items()
    return {key: str(value) for key, value in held if key not in _PRIVATE_STATE}


def _sensitivity(mechanism):
    """The declared sensitivity."""
    try:
        return float(mechanism.sensitivity)
    except (AttributeError, TypeError, ValueError):
        return np.inf


def _distance(value, before):
    """How far an exact value has moved; None if it is no number."""
    try:
        return float(np.max(np.abs(np.subtract(value, before, dtype=float))))
    except (TypeError, ValueError):
        return None


@contextmanager
def listening(tape):
    """Let all mechanisms answer through ``tape``."""
    from diffprivlib import mechanisms

    replaced = []
    for _, cls in inspect.getmembers(mechanisms, inspect.isclass):
        if "randomise" in vars(cls):
            patched = patch.object(cls, "randomise", _through(tape, cls.randomise))
            patched.start()
            replaced.append(patched)
    try:
        yield
    finally:
        for patched in replaced:
            patched.stop()


def _through(tape, original):
    def randomise(self, *args, **kwargs):
        value = args[0] if args else kwargs.get("value")
        return tape.answer(lambda: original(self, *args, **kwargs), self, value)

    return randomise


def replay(make, X, y, neighbour):
    """Findings of a model on one neighbour of the rows."""
    tape = Tape()
    with listening(tape):
        first, second = make(), make()
        first.fit(X.copy(), y.copy())
        tape.rewind()
        try:
            second.fit(*neighbour)
        except Left:
            return tape.findings
        except Exception as error:
            tape.find(f"{type(error).__name__} on these rows only")
            return tape.findings
    if tape.position < len(tape.calls):
        tape.find("fewer releases than before")
    for name in sorted(_learned(first) | _learned(second)):
        if not _same(getattr(first, name, None), getattr(second, name, None)):
            tape.find(f"{name} is no function of answers")
    return tape.findings


def _learned(model):
    return {name for name in vars(model) if name.endswith("_")}


def _same(first, second):
    """Whether two attributes are equal; objects are taken to be."""
    first, second = np.asarray(first), np.asarray(second)
    if first.dtype == object or second.dtype == object:
        return True
    equal_nan = first.dtype.kind == second.dtype.kind == "f"
    return first.shape == second.shape and np.array_equal(first, second, equal_nan)


def neighbours(X, y):
    """Pairs of a name, whether a finding is a matter of policy, and the rows."""

    def with_first(values, label):
        rows, labels = X.copy(), y.copy()
        rows[0], labels[0] = values, label
        return rows, labels

    yield "row becomes ones", "", with_first(1.0, 1)
    yield "row becomes zeros", "", with_first(0.0, 0)
    yield "row out of bounds, 1e6", "", with_first(1e6, 1)
    yield "row removed", "number of rows", (X[1:].copy(), y[1:].copy())
    yield "new label", "labels", with_first(0.5, 7)
    yield "row becomes NaN", "not finite", with_first(np.nan, y[0])


def models():
    """Makers of the models, by name; a note says what this method cannot judge."""
    from diffprivlib import models as m

    low, high = np.zeros(N_FEATURES), np.ones(N_FEATURES)
    both, seed = {"bounds": (low, high)}, {"random_state": 1}
    tree = {**both, "classes": [0, 1], **seed}
    return {
        "GaussianNB": lambda: m.GaussianNB(**both, **seed),
        "LogisticRegression [noise in the objective]": lambda: m.LogisticRegression(
            data_norm=2, **seed
        ),
        "LinearRegression": lambda: m.LinearRegression(
            bounds_X=(low, high), bounds_y=(0, 1), **seed
        ),
        "KMeans": lambda: m.KMeans(n_clusters=2, **both, **seed),
        "PCA": lambda: m.PCA(n_components=2, data_norm=2, **both, **seed),
        "StandardScaler": lambda: m.StandardScaler(**both, **seed),
        "DecisionTreeClassifier [empty leaves]": lambda: m.DecisionTreeClassifier(
            **tree
        ),
        "RandomForestClassifier [empty leaves]": lambda: m.RandomForestClassifier(
            5, **tree
        ),
    }


def main():
    """Print the findings as a table."""
    rng = np.random.default_rng(0)
    X = rng.uniform(0, 1, (N_ROWS, N_FEATURES))
    y = (X[:, 0] > 0.5).astype(int)
    n_pairs = n_found = n_policy = 0
    for name, make in models().items():
        print(f"\n{name}")
        for title, policy, rows in neighbours(X, y):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = replay(make, X, y, rows)
            n_pairs += 1
            n_found += bool(found)
            n_policy += bool(found) and bool(policy or "[" in name)
            text = "; ".join(found[:3]) or "nothing"
            print(f"  {title:<24} {text}" + (f"   [{policy}]" * bool(found and policy)))
    print(
        f"\n{n_pairs} pairs of data sets: {n_found} with findings, of which {n_policy} "
        "carry a note in brackets."
    )


if __name__ == "__main__":
    main()
