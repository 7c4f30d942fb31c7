"""Scores of a benchmark, one a line, written as they come: it may stop at any time."""

import csv
from dataclasses import astuple, dataclass, fields


@dataclass(frozen=True)
class Record:
    """One fit and its score."""

    task: str
    contender: str
    epsilon: float
    split: int
    score: float
    seconds: float


class Records:
    """A file of records, to which a run adds what is missing.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path):
        self.path = path
        self.all = list(_read(path)) if path.is_file() else []
        self._known = {_key(record) for record in self.all}

    def __contains__(self, key):
        return key in self._known

    def add(self, record):
        """Keep ``record``, at once."""
        is_new = not self.path.is_file()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            if is_new:
                writer.writerow([part.name for part in fields(Record)])
            score, seconds = f"{record.score:.5g}", f"{record.seconds:.3g}"
            writer.writerow([*astuple(record)[:4], score, seconds])
        self.all.append(record)
        self._known.add(_key(record))

    def scores(self, task, contender, epsilon):
        """Scores by split."""
        wanted = task, contender, epsilon
        return {
            record.split: record.score
            for record in self.all
            if (record.task, record.contender, record.epsilon) == wanted
        }


def _key(record):
    return record.task, record.contender, record.epsilon, record.split


def _read(path):
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield Record(
                task=row["task"],
                contender=row["contender"],
                epsilon=float(row["epsilon"]),
                split=int(row["split"]),
                score=float(row["score"]),
                seconds=float(row["seconds"]),
            )
