"""What additive models of classes and of numbers share."""

from numbers import Integral

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import TableLike
from skprivate.additive._monotone import checked_directions
from skprivate.additive._pairs import affordable_pairs, checked_pairs, learn_pairs
from skprivate.additive._steps import learn_shapes
from skprivate.base import Count
from skprivate.base._tiles import _one_thread
from skprivate.queries import AddCellTerms
from skprivate.rows._columns import names_of
from skprivate.tables import BinsTables

LOOK_SHARE = 0.2
_PAIRS_SHARE = 0.25  # of what is left after the look
_MOST_LISTED = 8000  # categories: a matrix of all pairs is solved, which takes minutes


class AdditiveModel(BinsTables):
    """Mixin of additive models: how terms are learned, and what can be read off them.

    Examples
    --------
    >>> from skprivate.additive._model import AdditiveModel
    >>> AdditiveModel._plan_varies
    True
    """

    # How many pairs there are follows from a noisy count.
    _plan_varies = True

    _additive_constraints = {
        **BinsTables._bins_constraints,
        "interactions": [
            Interval(Integral, 0, None, closed="left"),
            StrOptions({"auto"}),
            list,
            tuple,
        ],
        "monotonic_cst": ["array-like", dict, None],
    }

    def _asked(self, curator):
        """Directions of columns and pairs, checked by public facts alone."""
        self._check_bins(curator)
        if sum(len(c.declared or ()) for c in curator.columns) > _MOST_LISTED:
            raise ValueError(
                f"More than {_MOST_LISTED} categories are listed, of which additive "
                "models look at each pair. List fewer, as all others of a column are "
                "one category, or take boosting."
            )
        if curator.budget.pure:
            raise ValueError(
                "delta=0 is not supported: many small gradients need Gaussian noise. "
                "Use delta > 0."
            )
        names = names_of(curator.columns)
        categorical = np.array([c.kind == "category" for c in curator.columns])
        directions = checked_directions(self.monotonic_cst, names, categorical)
        return directions, checked_pairs(self.interactions, names, directions)

    def _learn_terms(self, curator, bins, view, look, task, asked):
        """Learn all terms with what is left of the budget."""
        directions, wanted = asked
        free = np.flatnonzero(directions == 0)
        if wanted is None and curator.clips_units:
            wanted = 0  # pairs cannot be chosen
        elif wanted is None:
            rows = look.in_all().sum()
            wanted = affordable_pairs(rows, 1 / self._noise_of_one(curator), len(free))
        with _one_thread:  # matrices are small: threads would wait for each other
            self._spend(curator, bins, view, look, task, directions, wanted, free)

    def _spend(self, curator, bins, view, look, task, directions, wanted, free):
        """Learn shapes of columns, and of pairs if any are wanted."""
        for_pairs = _PAIRS_SHARE * curator.remaining if wanted else 0.0
        shapes = learn_shapes(
            curator, view, bins, look, task, directions,
            share=curator.remaining - for_pairs,
        )  # fmt: skip
        pairs = learn_pairs(
            curator, shapes, bins, task, wanted, free,
            share=curator.remaining,
        )  # fmt: skip
        self._keep(look.tables, shapes, pairs, task.unit)

    def _noise_of_one(self, curator):
        """Noise of a count that has the whole budget: one over mu."""
        return max(curator.noise_of(Count(), share=1.0), 1e-9)

    def _keep(self, tables, shapes, pairs, unit):
        """Terms in units of the target, each of mean zero over the noisy counts."""
        center, half = unit
        terms = [*tables.terms, *(pairs.tables.terms if pairs.tables else ())]
        self.term_features_ = tuple(tuple(int(j) for j in term) for term in terms)
        cuts = np.cumsum(tables.sizes)[:-1]
        values = np.split(half * shapes.values, cuts)
        errors, masses = (
            np.split(half * shapes.errors, cuts),
            np.split(shapes.masses, cuts),
        )
        if pairs.tables:
            cuts = np.cumsum(pairs.tables.sizes)[:-1]
            values += np.split(half * pairs.values, cuts)
            errors += np.split(half * pairs.errors, cuts)
            masses += np.split(pairs.masses, cuts)
        shares = [mass / mass.sum() for mass in masses]
        means = [share @ value for share, value in zip(shares, values, strict=True)]
        self.intercept_ = center + half * shapes.intercept + np.sum(means, axis=0)
        values = [value - mean for value, mean in zip(values, means, strict=True)]
        n = len(tables.terms)
        self._shapes_ = AddCellTerms(tables, np.concatenate(values[:n]))
        self._pairs_ = None
        if pairs.tables:
            self._pairs_ = AddCellTerms(pairs.tables, np.concatenate(values[n:]))
        self.pair_groups_ = pairs.tables.groups if pairs.tables else ()
        self.term_values_, self.term_errors_ = values, errors
        self.term_importances_ = np.array(
            [
                float(np.mean(share @ np.abs(value)))
                for share, value in zip(shares, values, strict=True)
            ]
        )
        names = self.table_bins_.names
        self.term_names_ = [
            " x ".join(names[j] for j in term) for term in self.term_features_
        ]

    def _contributions(self, X):
        """What each term adds to the margins of each row, one after another."""
        check_is_fitted(self)
        codes = self._codes(X)
        yield np.broadcast_to(self.intercept_, (len(codes), len(self.intercept_)))
        yield from self._shapes_.terms(codes)
        if self._pairs_ is not None:
            yield from self._pairs_.terms(codes)

    def _margins(self, X):
        """Margins of rows: terms are added one after another."""
        total = 0.0
        for term in self._contributions(X):
            total = total + term
        return total

    def explain(self, X: TableLike) -> np.ndarray:
        """What each term adds to the margin of each row.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows with the columns of ``fit``.

        Returns
        -------
        ndarray of shape (n_samples, n_terms) or (n_samples, n_terms, n_classes)
            In the order of ``term_names_``. With ``intercept_`` they add up to the
            margin: ``decision_function`` of a classifier, ``predict`` of a regressor
            (before it is moved into ``target_bounds_``).
        """
        _, *terms = self._contributions(X)
        contributions = np.stack(terms, axis=1)
        return contributions[:, :, 0] if contributions.shape[2] == 1 else contributions
