"""How far synthetic rows are from real ones: for the eyes of who holds these."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skprivate._card import Card, Section, Table
from skprivate._typing import Estimator, TableLike
from skprivate.audit._distances import codes_of_both, correlations, variations
from skprivate.audit._membership import membership
from skprivate.audit._singling_out import singling_out
from skprivate.base._confidence import check_confidence
from skprivate.rows._arrow import framed
from skprivate.synthesis._distance_parts import drawn_distances, mean_of, worst

_FEWEST = 20
_NOTE = (
    "what an attack gains on rows that the synthesizer has seen, over rows that it has "
    "not; that these attacks gain nothing does not prove that others would not"
)
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
    attacks : tuple of Attack, default=()
        Of membership and of singling out, if rows were held back for them.

    See Also
    --------
    skprivate.synthesis.DPTabularSynthesizer : Makes synthetic rows.
    skprivate.synthesis.dp_marginal_distances : Distances that may be published.

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
    attacks: tuple = ()

    @classmethod
    def of(
        cls,
        real: TableLike,
        synthetic: TableLike,
        *,
        n_bins: int = 10,
        estimator: Estimator = None,
        target: str | None = None,
        test: TableLike = None,
        control: TableLike = None,
        n_attacks: int = 500,
        confidence: float = 0.95,
        random_state: int = 0,
    ) -> Self:
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
        control : data frame or array, default=None
            Real rows that were held back, too: attacks on them show what success means
            nothing. None: there are no attacks.
        n_attacks : int, default=500
            Most predicates of an attack that singles out rows.
        confidence : float, default=0.95
            Of the interval of each rate.
        random_state : int, default=0
            Of what the attacks choose: they add no noise.

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
        attacks = ()
        if control is not None:
            control = framed(control)
            _check_control(real, control, n_attacks, confidence)
            rng = np.random.default_rng(random_state)
            attacks = (
                membership(real, control, synthetic, confidence, rng),
                *singling_out(real, control, synthetic, n_attacks, confidence, rng),
            )
        return cls(single, pairs, correlations(real, synthetic), utility, attacks)

    @property
    def mean_of_singles(self) -> float:
        """Mean distance of columns."""
        return mean_of(self.single)

    @property
    def mean_of_pairs(self) -> float:
        """Mean distance of pairs; that of columns if there is only one."""
        return mean_of(self.pairs or self.single)

    def plot(self, ax: Any = None) -> Any:
        """Draw the distances of columns, and of the pairs that each is in.

        Parameters
        ----------
        ax : matplotlib Axes, default=None

        Returns
        -------
        matplotlib Axes
        """
        title = "not private: for the holder of the rows"
        return drawn_distances(self.single, self.pairs, ax, title)

    def plot_attacks(self, ax: Any = None) -> Any:
        """Draw how often each attack succeeds, on rows that were seen and on others.

        Parameters
        ----------
        ax : matplotlib Axes, default=None

        Returns
        -------
        matplotlib Axes
        """
        if not self.attacks:
            raise ValueError(
                "There are no attacks. Give control, rows that were held back, to "
                "SyntheticReport.of."
            )
        if ax is None:
            from matplotlib import pyplot as plt

            _, ax = plt.subplots(layout="constrained")
        places = np.arange(len(self.attacks))
        for side, label in ((0.1, "seen"), (-0.1, "unseen")):
            rates = [getattr(attack, label) for attack in self.attacks]
            values = np.array([rate.value for rate in rates])
            reach = [
                values - [rate.low for rate in rates],
                [rate.high for rate in rates] - values,
            ]
            ax.errorbar(values, places + side, xerr=reach, fmt="o", label=label)
        names = [attack.name for attack in self.attacks]
        ax.set(xlabel="rate of success", yticks=places, yticklabels=names, xlim=(0, 1))
        ax.set_title("not private: for the holder of the rows", fontsize="medium")
        ax.legend(title="rows that were")
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
        for attack in self.attacks:
            said.append(f"{attack.name}: {attack.verdict}")
        sections = [
            Section("columns", (worst(self.single, "column"),)),
            Section("pairs", (worst(self.pairs, "pair"),)),
        ]
        if self.attacks:
            sections.append(Section("attacks", (_NOTE, _attacks(self.attacks))))
        return Card(
            "Synthetic rows beside real ones", (_ALARM,), tuple(said), tuple(sections)
        )


def _attacks(attacks):
    """What attacks have achieved, as a table."""
    head = "attack", "rows that were seen", "rows that were not", "gain"
    rows = []
    for attack in attacks:
        value, low, high = attack.gain
        gain = f"{value:.3f} ({low:.3f} to {high:.3f})"
        rows.append((attack.name, str(attack.seen), str(attack.unseen), gain))
    return Table(head, tuple(rows), numbers=head[1:])


def _check_control(real, control, n_attacks, confidence):
    """Refuse rows that attacks cannot be compared on."""
    names = [[*getattr(table, "columns", [])] for table in (real, control)]
    width = [np.shape(table)[1:] for table in (real, control)]
    if names[0] != names[1] or width[0] != width[1]:
        raise ValueError(
            "control has other columns than real. Give rows of the same table that "
            "were held back."
        )
    if len(control) < _FEWEST:
        raise ValueError(
            f"control has fewer than {_FEWEST} rows, of which attacks tell nothing. "
            "Hold back more of them."
        )
    whole = isinstance(n_attacks, int) and not isinstance(n_attacks, bool)
    if not whole or n_attacks < 1:
        raise ValueError("n_attacks must be a whole number from 1. Use 500.")
    check_confidence(confidence)


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
