"""What selection by scores has in common, whatever number of features is wanted."""

from types import FunctionType

import numpy as np
from sklearn import feature_selection
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Options, StrOptions
from skprivate.base import DPTransformerMixin, Geometry, check_bounds
from skprivate.feature_selection._classes import Classes
from skprivate.feature_selection._numbers import Numbers
from skprivate.feature_selection._sealed import SealedSelectorMixin
from skprivate.feature_selection._table import released_scores
from skprivate.feature_selection._top_k import choosing_is_better, chosen_features

_BOUNDS_SHARE = 0.1
_OF_CLASSES = ("f_classif", "chi2")
_OF_NUMBERS = ("f_regression", "r_regression")
_NAMES = {getattr(feature_selection, n): n for n in (*_OF_CLASSES, *_OF_NUMBERS)}


class ScoredSelection(SealedSelectorMixin, DPTransformerMixin):
    """Mixin of selectors that score features one by one.

    A class with it says how many features it wants, in ``_n_wanted(n_features)``.
    """

    _scored_constraints = {
        "score_func": [
            StrOptions({*_OF_CLASSES, *_OF_NUMBERS}),
            Options(FunctionType, set(_NAMES)),
        ],
        "method": [StrOptions({"auto", "table", "top_k"})],
        "bounds": "no_validation",  # the curator checks them
        "target_bounds": "no_validation",
        "classes": ["array-like", None],
    }

    @property
    def _score_name(self):
        """Name of the score function, which may be given as scikit-learn's."""
        if isinstance(self.score_func, str):
            return self.score_func
        return _NAMES.get(self.score_func, "f_classif")

    def _target_kind(self):
        """Numbers, where scores are about regression."""
        return "number" if self._score_name in _OF_NUMBERS else "class"

    def _fit(self, curator):
        k = min(self._n_wanted(curator.n_features), curator.n_features)
        target, low, high = self._look(curator)
        self.method_ = self._chosen_method(curator, k)
        chosen = None
        if self.method_ == "top_k":
            chosen = chosen_features(curator, target, k, low, high)
        found = released_scores(curator, target, low, high, chosen)
        self.scores_, self.pvalues_ = found.scores, found.pvalues
        if curator.budget.pure and curator.budget.private:
            self.pvalues_ = None  # Laplace noise is large more often than they allow
        if chosen is None:
            # As scikit-learn: of equal scores the last.
            chosen = np.argsort(self.scores_, kind="stable")[len(self.scores_) - k :]
        self.support_ = np.isin(np.arange(curator.n_features), chosen)
        if self.method_ == "top_k":
            self.scores_[~self.support_] = np.nan
            if self.pvalues_ is not None:
                self.pvalues_[~self.support_] = np.nan
        self.output_geometry_ = Geometry((low[self.support_], high[self.support_]))

    def _look(self, curator):
        """Target and bounds of the features, as far as they are released."""
        numbers = self._score_name in _OF_NUMBERS
        if not numbers:
            self.classes_ = curator.classes(self.classes)
            if len(self.classes_) < 2:
                raise ValueError(
                    "There is only one class, so that no feature tells classes apart. "
                    "Give rows of at least two, or list them in classes=..."
                )
        elif self.classes is not None:
            raise ValueError("classes are for a target of classes. Leave them out.")
        if not numbers and repr(self.target_bounds) != repr("private"):
            check_bounds(self.target_bounds, 1, "target_bounds")  # though not needed
        low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
        name = self._score_name
        if name == "chi2":
            if not isinstance(self.bounds, str) and np.any(low < 0):
                raise ValueError(
                    "chi2 is about features that are not negative. Give bounds with "
                    "low >= 0, or use score_func='f_classif'."
                )
            low, high = np.maximum(low, 0.0), np.maximum(high, 0.0)
        if numbers:
            released = Numbers.released(curator, name, low, high, self.target_bounds)
        else:
            released = Classes.released(curator, name, low, high, len(self.classes_))
        return released, low, high

    def _chosen_method(self, curator, k):
        """How features are found; which is decided by public numbers."""
        if self.method != "auto":
            return self.method if 0 < k < curator.n_features else "table"
        residual = 2.0 if self._score_name in _OF_NUMBERS else 1.0
        better = choosing_is_better(curator.budget, curator.n_features, k, residual)
        return "top_k" if better else "table"

    def _get_support_mask(self):
        check_is_fitted(self)
        return self.support_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = self._score_name == "chi2"
        return tags
