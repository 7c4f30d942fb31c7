"""A small tree that says what a model says, as rules in words."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import is_classifier
from sklearn.metrics import r2_score
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skprivate._card import Card, Section
from skprivate._typing import Estimator, TableLike
from skprivate.base._tiles import responses
from skprivate.inspection._background import (
    DPBackground,
    PublicBackground,
    background_of,
)
from skprivate.inspection._measured import check_model
from skprivate.inspection._numbers import Coding, dates_of
from skprivate.inspection._rules import rules_of
from skprivate.linear_model import PublicRows

_HELD = 4  # of so many background rows one tells how faithful the tree is


@dataclass(frozen=True, eq=False, repr=False)
class SurrogateTree:
    """A tree that was fitted to what a model says of background rows.

    **Guarantee.** A function of the model and of the background, so it tells nothing
    more about private rows than these do.

    Parameters
    ----------
    tree_ : DecisionTreeClassifier or DecisionTreeRegressor
        Of scikit-learn, on :meth:`features` of rows.
    fidelity_ : float
        How well it agrees with the model on background rows that it was not fitted to:
        the share of equal answers, or R squared of numbers. It is about the background;
        that on private rows is a private score, such as ``dp_accuracy_score``.
    coding : Coding
        How rows are read.
    names : tuple of str
        Of the columns.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.inspection import PublicBackground, surrogate_tree
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (4000, 2))
    >>> y = (X[:, 0] > 0).astype(int)
    >>> model = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1]).fit(X, y)
    >>> tree = surrogate_tree(model, PublicBackground(X[:500]), max_depth=2)
    >>> bool(tree.fidelity_ > 0.8)
    True
    >>> tree.rules[0].startswith("if x0 <=")
    True
    """

    tree_: object
    fidelity_: float
    coding: Coding
    names: tuple

    def features(self, X: TableLike) -> np.ndarray:
        """Rows as the tree reads them: numbers, and a column for each text.

        Parameters
        ----------
        X : table
            Of the columns of the background.

        Returns
        -------
        ndarray of shape (n_rows, n_columns)
        """
        return one_hot(self.coding, X)

    def predict(self, X: TableLike) -> np.ndarray:
        """What the tree says of rows, each by itself.

        Parameters
        ----------
        X : table
            Of the columns of the background.

        Returns
        -------
        ndarray of shape (n_rows,)
        """
        return self.tree_.predict(self.features(X))

    @property
    def rules(self) -> tuple[str, ...]:
        """A sentence for each leaf.

        Returns
        -------
        tuple of str
        """
        return tuple(rules_of(self.tree_, columns_of(self.coding, self.names)))

    def export_text(self) -> str:
        """All rules, one a line.

        Returns
        -------
        str
        """
        return "\n".join(self.rules)

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()

    def _card(self):
        measure = "answers" if hasattr(self.tree_, "classes_") else "variance"
        said = f"agrees on {100 * self.fidelity_:.1f} % of the {measure}"
        return Card("Surrogate tree", (), (said,), (Section("", self.rules),))


def surrogate_tree(
    model: Estimator,
    background: DPBackground | PublicBackground | PublicRows,
    *,
    max_depth: int = 3,
) -> SurrogateTree:
    """Rules that say roughly what a model says, for nothing.

    The model is asked about background rows, and a tree is fitted to its answers; no
    private row is needed. How good the rules are, ``fidelity_`` tells.

    Parameters
    ----------
    model : estimator
        Fitted classifier or regressor.
    background : DPBackground, PublicBackground or PublicRows
        Better of some thousand rows than of a hundred.
    max_depth : int, default=3
        Conditions of a rule.

    Returns
    -------
    SurrogateTree

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> from skprivate.inspection import PublicBackground, surrogate_tree
    >>> X = np.arange(40.0).reshape(-1, 1)
    >>> model = LinearRegression().fit(X, X[:, 0])
    >>> print(surrogate_tree(model, PublicBackground(X), max_depth=1).export_text())
    if x0 <= 19: 9 (50 % of the background)
    if x0 > 19: 29 (50 % of the background)
    """
    shown = background_of(background)
    check_model(model)
    if not isinstance(max_depth, (int, np.integer)) or not 1 <= max_depth <= 10:
        raise ValueError("max_depth must be a whole number from 1 to 10. Give 3.")
    coding = shown.coding_
    said = np.ravel(np.asarray(responses(model, "predict", shown.rows_)))
    table = one_hot(coding, shown.rows_)
    kind = DecisionTreeClassifier if is_classifier(model) else DecisionTreeRegressor
    held = np.arange(len(said)) % _HELD == _HELD - 1
    if held.sum() < 2:
        raise ValueError(
            "The background has too few rows for a tree. Give DPBackground a larger "
            "n_samples, such as 2000."
        )
    tree = kind(max_depth=int(max_depth), random_state=0).fit(table[~held], said[~held])
    told = tree.predict(table[held])
    same = is_classifier(model) or np.ptp(said[held].astype(float)) == 0
    fidelity = np.mean(told == said[held]) if same else r2_score(said[held], told)
    names = tuple(
        f"x{name}" if isinstance(name, int) else str(name) for name in shown.names_
    )
    return SurrogateTree(tree, float(fidelity), coding, names)


def columns_of(coding, names):
    """For each column of :func:`one_hot` its name, a text or None, and its words."""
    found = []
    for j, name in enumerate(names):
        number = _date if j in coding.dates else "{:.4g}".format
        found += [(name, text, number) for text in coding.texts.get(j, [None])]
    return found


def _date(days):
    """A threshold among dates, to the minute."""
    return str(dates_of(np.array([days]))[0])[:16].replace("T", " ")


def one_hot(coding, X):
    """Numbers of rows, with a column of zeros and ones for each text."""
    numbers, columns = coding.numbers(X), []
    for j, column in enumerate(numbers.T):
        texts = coding.texts.get(j)
        if texts is None:
            columns.append(column[:, None])
        else:
            columns.append(np.equal.outer(column, np.arange(len(texts))) * 1.0)
    return np.hstack(columns)
