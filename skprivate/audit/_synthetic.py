"""How far synthetic rows are from real ones: for the eyes of who holds these."""

from dataclasses import dataclass

import numpy as np

from skprivate._card import Card, Section, Table
from skprivate.audit._distances import codes_of_both, correlations, variations
from skprivate.rows._arrow import framed

_MOST_SHOWN = 10
_ALARM = "NOT PRIVATE: made of the real rows, with no noise. For their holder only."


@dataclass(frozen=True, eq=False)
class SyntheticReport:
    """Distances of a synthetic table from the real one. Not private.

    Each number is a function of the real rows as they are. So the report is for the
    eyes of who holds these: what is published of it, or chosen by it, is not covered
    by the budget of the synthesizer.

    Parameters
    ----------
    single : dict of str to float
        Total variation distance of each column: the part of the rows that would have
        to change. Numbers are compared in bins that hold as many real rows each.
    pairs : dict of tuple of str to float
        The same of each pair of columns.
    correlation : tuple (largest, mean) or None
        Difference of the correlations of numbers.
    utility : dict of str to float
        Score of a model on rows that were held back, by what it was trained on.

    See Also
    --------
    skprivate.synthesis.DPTabularSynthesizer : Makes synthetic rows.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.audit import SyntheticReport
    >>> real = np.random.default_rng(0).normal(size=(1000, 2))
    >>> report = SyntheticReport.of(real, real[:, ::-1])
    >>> report.mean_of_singles < 0.1 < report.mean_of_pairs < 0.3
    True
    """

    single: dict
    pairs: dict
    correlation: tuple | None
    utility: dict

    @classmethod
    def of(cls, real, synthetic, *, n_bins=10, estimator=None, target=None, test=None):
        """Compare two tables with the same columns.

        Parameters
        ----------
        real, synthetic : data frame or array of shape (n_rows, n_columns)
        n_bins : int, default=10
            Of numbers.
        estimator : estimator, default=None
            Trained on each of the two tables, to predict ``target``; it has to read
            the other columns as they are.
        target : str, default=None
            Name of a column of the frames.
        test : data frame, default=None
            Real rows that were held back, on which both models are scored.

        Returns
        -------
        SyntheticReport
        """
        real, synthetic = framed(real), framed(synthetic)
        _check(real, synthetic, n_bins)
        codes = codes_of_both(real, synthetic, n_bins)
        single, pairs = variations(codes)
        utility = {}
        if estimator is not None:
            utility = _utility(estimator, target, test, real, synthetic)
        return cls(single, pairs, correlations(real, synthetic), utility)

    @property
    def mean_of_singles(self):
        """Mean distance of columns."""
        return float(np.mean([*self.single.values()]))

    @property
    def mean_of_pairs(self):
        """Mean distance of pairs; that of columns if there is only one."""
        found = [*self.pairs.values()]
        return float(np.mean(found)) if found else self.mean_of_singles

    def plot(self, ax=None):
        """Draw the distances of columns, and of the pairs that each is in.

        Parameters
        ----------
        ax : matplotlib Axes, default=None

        Returns
        -------
        matplotlib Axes
        """
        if ax is None:
            from matplotlib import pyplot as plt

            _, ax = plt.subplots(layout="constrained")
        names = sorted(self.single, key=self.single.get)
        places = np.arange(len(names))
        means = [
            np.mean([v for pair, v in self.pairs.items() if name in pair] or [np.nan])
            for name in names
        ]
        ax.barh(places, [self.single[name] for name in names], label="alone")
        ax.plot(means, places, "o", color="black", label="with others, on average")
        ax.set(xlabel="total variation distance", yticks=places, yticklabels=names)
        ax.set_title("not private: for the holder of the rows", fontsize="medium")
        ax.legend()
        return ax

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()

    def _card(self):
        """What is shown."""
        said = [
            f"columns: {self.mean_of_singles:.3f} of the rows are out of place",
            f"pairs of columns: {self.mean_of_pairs:.3f}",
        ]
        if self.correlation is not None:
            largest, mean = self.correlation
            said.append(f"correlations are off by {mean:.3f}, at most {largest:.3f}")
        for name, score in self.utility.items():
            said.append(f"score of a model trained on {name} rows: {score:.3f}")
        return Card(
            "Synthetic rows beside real ones",
            (_ALARM,),
            tuple(said),
            (
                Section("columns", (_worst(self.single, "column"),)),
                Section("pairs", (_worst(self.pairs, "pair"),)),
            ),
        )


def _worst(found, title):
    """The largest distances, as a table."""
    worst = sorted(found.items(), key=lambda item: -item[1])[:_MOST_SHOWN]
    rows = [
        (" x ".join(name) if isinstance(name, tuple) else name, f"{value:.3f}")
        for name, value in worst
    ]
    return Table((title, "distance"), tuple(rows), numbers=("distance",))


def _check(real, synthetic, n_bins):
    """Refuse tables that cannot be compared."""
    shapes = [np.shape(table) for table in (real, synthetic)]
    if any(len(shape) != 2 for shape in shapes) or shapes[0][1] != shapes[1][1]:
        raise ValueError(
            "real and synthetic are no two tables with the same columns. Give both "
            "with the columns that the synthesizer was fitted on."
        )
    if 0 in (*shapes[0], *shapes[1]):
        raise ValueError("A table has no rows or no columns. Give two that have some.")
    names = [[*getattr(table, "columns", [])] for table in (real, synthetic)]
    if names[0] != names[1]:
        raise ValueError(
            "real and synthetic have columns of other names, or in another order. Put "
            "those of one into the order of the other."
        )
    if isinstance(n_bins, bool) or not isinstance(n_bins, int) or n_bins < 2:
        raise ValueError("n_bins must be a whole number from 2. Use 10, for example.")


def _utility(estimator, target, test, real, synthetic):
    """Scores of two models on rows that were held back."""
    from sklearn.base import clone

    if target is None or test is None or target not in [*getattr(real, "columns", [])]:
        raise ValueError(
            "estimator needs target, the name of a column of the frames, and test, "
            "real rows that were held back. Give both."
        )
    held = test.drop(columns=target), test[target]
    found = {}
    for name, table in (("real", real), ("synthetic", synthetic)):
        model = clone(estimator).fit(table.drop(columns=target), table[target])
        found[name] = float(model.score(*held))
    return found
