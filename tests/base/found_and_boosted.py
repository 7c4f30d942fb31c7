"""Trees in rounds on a table of which categories and ranges are found before."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skprivate.base import DPEstimator, Geometry, Query
from skprivate.binning import BinCodes, Bins
from skprivate.queries import Derived, OfView
from skprivate.rows import Column, coded_input
from skprivate.tables._categories import as_categories
from skprivate.trees import AddTree, random_tree

N_CODES = 12


@dataclass(frozen=True)
class Residuals(Query):
    """For each code of the first column the sum of residuals, cut to [-1, 1]."""

    bound = 1.0
    l1_bound = 1.0
    size = N_CODES

    def __call__(self, X, y, weight):
        value = np.clip(y, -1.0, 1.0) - np.clip(X.margins[:, 0], -1.0, 1.0)
        value = np.clip(np.nan_to_num(value), -1.0, 1.0)
        value = np.trunc(value * (weight if len(weight) else 1.0) * self.levels)
        codes = np.minimum(X.codes[:, 0], N_CODES - 1)
        return np.bincount(codes, weights=value, minlength=N_CODES)


class FoundAndBoosted(RegressorMixin, DPEstimator):
    """First categories, then ranges, then rounds of trees on derived columns."""

    _takes_tables = True

    def __init__(self, *, categories="private", bounds="private", rate=0.5, n_rounds=3,
                 epsilon=1.0, delta=1e-6, max_weight=1.0, max_rows_per_group=1,
                 random_state=None):  # fmt: skip
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.categories = categories
        self.bounds = bounds
        self.rate = rate
        self.n_rounds = n_rounds

    def _read_as(self, columns):
        return (*as_categories(columns[:1]), *columns[1:])

    def _target_kind(self):
        return "number"

    def _discovers(self):
        return isinstance(self.categories, str) or self.rate < 1

    def _fit(self, curator):
        given = self.categories
        given = given if isinstance(given, str) else given[:1]  # of the first column
        self.categories_ = curator.categories(given, share=0.2, reserve=0.5)
        low, high = curator.bounds(self.bounds, share=0.1)
        codes = np.zeros(len(low), int)
        codes[0] = len(self.categories_[0]) + 1
        low[0], high[0] = 0, codes[0] - 1
        geometry = Geometry((low, high), codes=codes)
        bins = Bins.within(geometry, 8)
        n_rows = curator.count(share=0.1)
        rounds = curator.rounds(self.n_rounds, self.rate, share=curator.remaining)
        self.view_ = Derived((BinCodes(bins, np.zeros(1)),))
        for i in range(self.n_rounds):
            told = rounds.release(OfView(Residuals(), self.view_))
            tree = random_tree(bins, 2, i)
            value = np.resize(told / (self.rate * n_rows), tree.n_nodes)
            value = np.clip(value, -1, 1)[:, np.newaxis]
            self.view_ = self.view_.then(AddTree(tree.with_value(value)))

    def predict(self, X):
        check_is_fitted(self)
        kinds = ["category"] + ["number"] * (self.n_features_in_ - 1)
        columns = tuple(Column(None, kind) for kind in kinds)
        X = coded_input(self, X, columns, self.categories_)
        return self.view_(X).margins[:, 0]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.categorical = True
        return tags
