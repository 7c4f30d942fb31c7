"""What is remembered of a client's questions: counts, and words that a seed makes.

No question is kept. Five numbers say how unlike honest ones they are: how many lie
where the model is in doubt, how many are outside of what is usual, how many nearly
repeat an earlier one, how far their directions are from those of usual rows, and how
far the answers are from usual ones.
"""

from array import array
from dataclasses import dataclass, field

import numpy as np

KINDS = ("doubt", "outside", "repeated", "unusual", "answers")
_LINES, _BINS = 24, 10
_CELL_LINES, _CELL = 6, 0.5  # of the grid in which two questions are nearly one
_DOUBT = 0.05  # share of usual rows whose answers count as doubtful
_EDGE = 0.001  # of usual values on either side
_FAR = 1e6  # beyond, rows are equally far


@dataclass(frozen=True, eq=False)
class Usual:
    """What usual rows are like; learned of the reference once.

    Attributes
    ----------
    center, scale : ndarray of shape (n_features,)
    low, high : ndarray of shape (n_features,)
        Ends of usual values.
    lines : ndarray of shape (n_features, _LINES)
        Directions at random.
    edges : ndarray of shape (_LINES, _BINS - 1)
        Of bins that hold as many usual rows each.
    shift : ndarray of shape (_CELL_LINES,)
    doubt : float
        Margin below which the model is in doubt.
    answers : ndarray of shape (n_classes,)
        Share of each answer.
    """

    center: np.ndarray
    scale: np.ndarray
    low: np.ndarray
    high: np.ndarray
    lines: np.ndarray
    edges: np.ndarray
    shift: np.ndarray
    doubt: float
    answers: np.ndarray

    @classmethod
    def of(cls, rows, scores, draw):
        """Learn it of rows and of what the model says about them."""
        low, center, high = np.quantile(rows, [_EDGE, 0.5, 1 - _EDGE], axis=0)
        scale = rows.std(axis=0)
        scale[scale == 0] = 1.0
        lines = draw.normal(size=(rows.shape[1], _LINES))
        lines /= np.linalg.norm(lines, axis=0)
        along = ((rows - center) / scale) @ lines
        edges = np.quantile(along, np.arange(1, _BINS) / _BINS, axis=0).T
        margins, said = margins_of(scores)
        width = max(2, scores.shape[1]) if scores.ndim == 2 else 2
        answers = np.bincount(said, minlength=width) + 1.0
        return cls(
            center,
            scale,
            low,
            high,
            lines,
            edges,
            draw.uniform(size=_CELL_LINES),
            float(np.quantile(margins, _DOUBT)),
            answers / answers.sum(),
        )

    def facts(self, rows, scores):
        """What is looked at of each question: flags, bins, cells and answers."""
        margins, said = margins_of(scores)
        with np.errstate(over="ignore"):
            apart = (rows - self.center) / self.scale
        along = np.clip(apart, -_FAR, _FAR) @ self.lines
        bins = np.column_stack(
            [
                number * _BINS + np.searchsorted(edges, line)
                for number, (edges, line) in enumerate(
                    zip(self.edges, along.T, strict=True)
                )
            ]
        )
        cells = np.floor(along[:, :_CELL_LINES] / _CELL + self.shift).astype(np.int64)
        words = np.zeros(len(rows), dtype=np.uint64)
        for line in cells.T:
            words = words * np.uint64(0x9E3779B97F4A7C15) + line.astype(np.uint64)
            words ^= words >> np.uint64(29)
        outside = ((rows < self.low) | (rows > self.high)).mean(axis=1)
        return Facts(margins <= self.doubt, outside, bins, words, said)

    def measured(self, counts):
        """The five numbers of some questions of one client, in the order of KINDS."""
        n = counts.n
        answers = np.bincount(np.frombuffer(counts.said, np.uint16))
        answers = np.pad(answers, (0, len(self.answers) - len(answers)))
        return np.array(
            [
                counts.doubt / n,
                counts.outside / n,
                1 - len(np.unique(np.frombuffer(counts.words, np.uint64))) / n,
                ((counts.bins - n / _BINS) ** 2).sum() / n,
                ((answers - n * self.answers) ** 2 / self.answers).sum() / n,
            ]
        )


@dataclass(eq=False)
class Facts:
    """What is looked at of questions, in the order in which they came."""

    doubt: np.ndarray
    outside: np.ndarray
    bins: np.ndarray
    words: np.ndarray
    said: np.ndarray

    def take(self, chosen):
        """Of some questions."""
        return Facts(
            self.doubt[chosen],
            self.outside[chosen],
            self.bins[chosen],
            self.words[chosen],
            self.said[chosen],
        )

    def __len__(self):
        return len(self.words)


@dataclass(eq=False)
class Counts:
    """What is remembered of questions: sums, and ten bytes of each."""

    n: int = 0
    doubt: int = 0
    outside: float = 0.0
    bins: np.ndarray = field(
        default_factory=lambda: np.zeros(_LINES * _BINS, dtype=np.int32)
    )
    words: array = field(default_factory=lambda: array("Q"))
    said: array = field(default_factory=lambda: array("H"))

    def add(self, facts):
        """Count further questions."""
        self.n += len(facts)
        self.doubt += int(facts.doubt.sum())
        self.outside += float(facts.outside.sum())
        self.bins += np.bincount(facts.bins.ravel(), minlength=len(self.bins)).astype(
            np.int32
        )
        self.words.frombytes(facts.words.tobytes())
        self.said.frombytes(facts.said.astype(np.uint16).tobytes())


@dataclass(eq=False)
class Client:
    """The window of a client that is not full yet, and whether it raised an alarm."""

    counts: Counts = field(default_factory=Counts)
    n_questions: int = 0
    checked: int = 0  # checkpoints of this window that were looked at
    alarmed: bool = False


def margins_of(scores):
    """Distance of the best score from the second, and which is best."""
    scores = np.asarray(scores, dtype=float)
    if scores.ndim == 1:
        return np.abs(scores), (scores > 0).astype(int)
    best = np.sort(scores, axis=1)
    return best[:, -1] - best[:, -2], scores.argmax(axis=1)
