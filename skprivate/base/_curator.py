"""The curator: the one door between rows and models."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.accounting import Budget
from skprivate.base._count import Count
from skprivate.base._found_categories import told_categories
from skprivate.base._office import Office
from skprivate.base._query import Query
from skprivate.base._range import bounds_of, target_bounds_of
from skprivate.base._rounds import Rounds, opened_rounds
from skprivate.base._shares import affordable, remaining_share, shares_of
from skprivate.base._splits import found_splits
from skprivate.base._words import Words, told_words
from skprivate.mechanisms import Entropy
from skprivate.rows import UnitClip
from skprivate.rows._labels import sorted_classes
from skprivate.rows._units import rows_of_unit


class Curator(Office):
    """The only object that touches rows; everything it returns is private.

    **Guarantee.** What it returns, all together, is within ``budget``, even if queries
    and shares are chosen by what was returned before: shares never add up to more than
    one, in exact arithmetic, which makes the curator a filter (Smith and Thakurta 2022,
    for ``mu ** 2``; Rogers, Roth, Ullman and Vadhan 2016, for ``epsilon`` if
    ``delta=0``). Categories that are found, and rounds on samples, take parts of
    ``delta`` on top, from a reserve that is set aside beforehand, and of which no more
    is taken than there is: shares are shares of what the rest of ``delta`` allows.

    Parameters
    ----------
    rows : Rows
        Where the rows are.
    budget : Budget
        What may be spent.
    entropy : Entropy
        Where noise comes from.
    context : bytes, default=b""
        Public description of the fit; keys the noise of a seeded fit.
    max_weight : float, default=1.0
        Largest weight of a row; the weights of ``rows`` are relative to it.
    max_rows : int or UnitClip, default=1
        Largest number of rows of one privacy unit, and how much they add together.
    progress : callable, default=None
        Called without arguments after each release.
    paid : Charge, default=None
        The debit of this fit; a strict ledger refuses what is assumed public.

    Attributes
    ----------
    max_weight : float
        As given.
    n_features : int
        Number of features; public. The number of rows is private.
    reserve : float
        The part of delta for categories that are to be found and for rounds on samples,
        not spent yet.
    found : dict of int to dict
        Noisy numbers of rows of the categories that were found, by column.
    remaining : float
        Share of the budget not spent yet.
    feature_names : sequence of str or None
        Names of the columns, where an estimator knows them.
    notes : list of str
        Facts that were declared public and that a report should list.
    doubts : list of str
        What was released that gives little hope; see `UtilityWarning`.
    """

    def __init__(
        self,
        rows: TableLike,
        budget: Budget,
        entropy: Entropy,
        *,
        context: bytes = b"",
        max_weight: float = 1.0,
        max_rows: int | UnitClip = 1,
        progress: Callable[..., Any] | None = None,
        paid: Any = None,
    ) -> None:
        self._rows, self._entropy, self._context = rows, entropy, context
        self.max_weight, self._unit = max_weight, max_rows
        self._max_rows = rows_of_unit(max_rows)[0]
        self._progress, self._paid = progress, paid
        self._keeps = self._read = False
        self._spent = Fraction(0)  # never rounded
        self.budget = budget
        self.reserve = budget.reserve
        self.n_features = rows.n_features
        self.releases = []
        self.assumed = []
        self.notes = []
        self.doubts = []
        self.feature_names = None
        self.found = {}

    @property
    def columns(self) -> Any:
        """What is public about the columns: names, kinds and declared categories."""
        return self._rows.columns

    @property
    def n_targets(self) -> Any:
        """Number of columns of the target; public. None: one value for each row."""
        return self._rows.n_targets

    @property
    def weighted(self) -> bool:
        """Whether rows in memory have weights, of their own or of groups; public."""
        return len(getattr(self._rows, "weight", ())) > 0

    @property
    def clips_units(self) -> bool:
        """Whether what a unit adds is clipped as a whole: scores cannot be chosen."""
        return isinstance(self._unit, UnitClip)

    @property
    def remaining(self) -> Any:
        """Share of the budget not spent yet."""
        return remaining_share(self._spent)

    def release(
        self, *queries: Query, share: float | Sequence[float]
    ) -> np.ndarray | tuple[np.ndarray, ...]:
        """Noisy values of ``queries``, all added up in one pass over the rows.

        Parameters
        ----------
        *queries : Query
            What to add.
        share : float or sequence of float
            Fraction of the budget: one number for the whole, divided equally, or one
            for each query.

        Returns
        -------
        ndarray, or tuple of ndarray if there are several queries
            In real units.
        """
        for query in queries:
            query.check(self.n_features)
        shares = shares_of(queries, share)
        shares = affordable(queries[0].name, shares, self._spent)
        sensitivities = [self._sensitivity(query) for query in queries]
        norm = 1 if self.budget.pure else 2
        mechanisms = [self.budget.mechanism(part, norm) for part in shares]
        self._charge(queries, sensitivities, shares, mechanisms)
        totals = self._told(
            (queries, sensitivities, mechanisms),
            len(queries),
            lambda: self._noisy(queries, sensitivities, mechanisms),
        )
        self._tick(len(queries))
        pairs = zip(queries, totals, strict=True)
        values = [self._real(query, total.astype(float)) for query, total in pairs]
        return tuple(values) if len(values) > 1 else values[0]

    def rounds(
        self, n_rounds: int, rate: float, *, share: float, reserve: float = 1.0
    ) -> Rounds:
        """Releases on fresh Poisson samples, paid for at once; see :class:`Rounds`.

        Parameters
        ----------
        n_rounds : int
            Public, as is all that is given here.
        rate : float in (0, 1]
            Probability that a unit is in the sample of a round.
        share : float
            Fraction of the budget, for all of them together.
        reserve : float in (0, 1], default=1.0
            Part of :attr:`reserve`, of what is left of it, that they also take; none at
            a rate of one.

        Returns
        -------
        Rounds
        """
        return opened_rounds(self, n_rounds, rate, share, reserve)

    def choose(self, query: Query, *, share: float) -> int:
        """Index of a large score.

        Parameters
        ----------
        query : Query
            Scores, or counts that ``query.scores(total)`` turns into scores; its
            ``norm`` is infinity: ``bound`` is how far one row can move a score.
        share : float
            Fraction of the budget.

        Returns
        -------
        int
        """
        if query.norm != np.inf:
            raise TypeError(
                f"{query.name} is not a query of scores. Use release, or state the "
                "largest change of one score with norm = inf."
            )
        query.check(self.n_features)
        (share,) = affordable(query.name, [float(share)], self._spent)
        levels = self._of_scores(query)
        mechanism = self.budget.selection(share)
        self._charge([query], [levels], [share], [mechanism])
        index = self._told(
            (query, levels, mechanism),
            1,
            lambda: self._chosen(query, levels, mechanism),
        )
        self._tick(1)
        return index

    def splits(self, query: Query, *, share: float) -> np.ndarray:
        """Which nodes of binary trees hold so many rows that they are split.

        Parameters
        ----------
        query : Query
            Counts of the leaves of ``query.n_trees`` complete trees; its ``norm`` is
            infinity, and a row adds at most ``bound`` to the leaves of each tree.
        share : float
            Fraction of the budget.

        Returns
        -------
        ndarray of bool of shape (n_trees, n_leaves - 1)
            The root of each tree, then level by level.
        """
        return found_splits(self, query, share)

    def classes(self, classes: Any, *, least: Any = 1) -> Any:
        """Class labels: those given, or those of the rows, noted as assumed public.

        Fewer than ``least`` are refused. After this call queries receive codes (indices
        of the result) as their ``y``.
        """
        if classes is None:
            # Noted first: a strict ledger refuses before labels are read.
            self.assume("the class labels, read from y (give classes=... to avoid it)")
            classes = self._rows.labels()
        classes = sorted_classes(classes)
        if len(classes) < least:
            raise ValueError(
                "There is only one class. Give rows of at least two classes, or list "
                "them in classes=..."
            )
        self._rows = self._rows.encoded(classes)
        return classes

    def categories(
        self,
        given: Any = "private",
        *,
        share: float,
        max_categories: int | None = None,
        min_frequency: float | None = None,
        missing: bool = False,
        reserve: float = 1.0,
    ) -> list[np.ndarray]:
        """Categories: those given, else those declared by types, else found.

        After this call queries receive a float64 ``X`` in which a category is a code:
        its index in the list, or the length of the list for any other value, and NaN
        where a value is missing (or the index of NaN, if that is in the list). Nothing
        is paid if nothing is to be found.

        Parameters
        ----------
        given : "private", or list with one entry for each column of categories
            An entry is an array of categories, or ``"private"``: declared or found.
        share : float
            Fraction of the budget for one joint release over all columns where
            something is to be found.
        max_categories : int, default=None
            Keep only so many of those found in a column, the most frequent.
        min_frequency : float, default=None
            Keep only those found that seem to have at least so many rows; a number
            below one is a fraction of the rows of all those found in the column.
        missing : bool, default=False
            Whether to look for missing values, too: NaN is then listed last.
        reserve : float in (0, 1], default=1.0
            Part of :attr:`reserve`, of what is left of it, that finding also takes. A
            fit that opens rounds on samples later on leaves some for these.

        Returns
        -------
        list of ndarray
            One for each column of categories.
        """
        limits = max_categories, min_frequency
        return told_categories(self, given, share, limits, missing, reserve)

    def words(
        self, query: Words, *, share: float, reserve: float = 1.0
    ) -> dict[str, float]:
        """Noisy weights of words: of those that are listed, or of frequent ones.

        Parameters
        ----------
        query : Words
            Which words of a row count, and which are listed, if any.
        share : float
            Fraction of the budget.
        reserve : float in (0, 1], default=1.0
            Part of :attr:`reserve`, of what is left of it, that finding also takes.

        Returns
        -------
        dict of str to float
            About the number of rows that hold a word, each divided by the root of the
            number of its words.
        """
        return told_words(self, query, share, reserve)

    def bounds(self, bounds: Any, *, share: float, norm: float | None = None) -> Any:
        """Bounds of the features: given, told by a norm, or found for a share."""
        return bounds_of(self, bounds, share, norm)

    def target_bounds(self, bounds: Any, *, share: float) -> Any:
        """Bounds of the target: those given, or found for ``share`` of the budget.

        Two numbers, or two arrays where there are several targets.
        """
        return target_bounds_of(self, bounds, share)

    def count(self, *, share: float) -> Any:
        """Noisy number of rows (of their weights, if there are any), at least one."""
        return max(1.0, float(self.release(Count(), share=share)[0]))

    def noise_of(self, query: Query, *, share: float | None = None) -> float:
        """Standard deviation of the noise of ``query``, in real units; a public number.

        With a share, it is that of a release to come; without, of the last release of
        such a query. ``query.weights`` multiply it. Where several owners add noise, it
        is that of the sum, with those who still take part.
        """
        if share is None:
            return next(
                release.deviation
                for release in reversed(self.releases)
                if release.query == query.name
            )
        mechanism = self.budget.mechanism(share, 1 if self.budget.pure else 2)
        steps = self._real(query, self._sensitivity(query))
        return mechanism.deviation(steps) * self._rows.spread

    def forget(self) -> None:
        """Have the rows remove all columns that they keep for this fit."""
        if self._keeps or self._rows.stores:
            self._rows.forget()

    def assume(self, fact: str, *, instead: str = "Declare it as a parameter.") -> None:
        """Note a fact that is taken as public; a strict ledger refuses it.

        Parameters
        ----------
        fact : str
            What is taken as public.
        instead : str
            What to do where that is refused.
        """
        if self._paid is not None and self._paid.strict:
            self._paid.refuse(f"it assumes public {fact}. {instead}")
        if fact not in self.assumed:
            self.assumed.append(fact)

    def declare(self, fact: Any) -> None:
        """Note a fact that a parameter declares public, for the report."""
        if fact not in self.notes:
            self.notes.append(fact)

    def name_of(self, column: Any) -> str:
        """What a person calls a column, by its number."""
        names = self.feature_names
        name = self.columns[column].name if names is None else names[column]
        return f"x{column}" if name is None else str(name)

    def doubt(self, text: str) -> None:
        """Note what a warning is to say of what was released; see `UtilityWarning`."""
        if text not in self.doubts:
            self.doubts.append(text)
