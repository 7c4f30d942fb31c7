"""Does a model tell what else somebody is, beyond what anybody could guess?"""

from dataclasses import dataclass

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.utils.validation import check_is_fitted

from skprivate._card import Card
from skprivate._typing import Estimator, TableLike
from skprivate.audit._detection import proportion
from skprivate.audit._scores import flat, row_scores

_ALARM = "NOT PRIVATE: made of the rows as they are. For their holder only."
_LEAST = 1e-12


@dataclass(frozen=True, repr=False)
class AttributeReport:
    """How often an attribute is guessed, with a model and without. Not private.

    Made by :func:`attribute_inference_report`.

    Parameters
    ----------
    model : str
        Class of the model.
    feature : object
        The attribute.
    n_rows : int
        People that were attacked.
    without, with_model : float
        Share of right guesses by an imputer that knows the other columns, and of the
        same imputer together with the model and the person's true target.
    gain : float
        The difference.
    interval : tuple (low, high)
        Of the gain.

    Examples
    --------
    See :func:`attribute_inference_report`.
    """

    model: str
    feature: object
    n_rows: int
    without: float
    with_model: float
    gain: float
    interval: tuple

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()

    def _card(self):
        low, high = self.interval
        verdict = "the model helps" if low > 0 else "no help is seen"
        said = (
            f"right without the model: {self.without:.3f} of {self.n_rows:,}",
            f"right with it: {self.with_model:.3f}",
            f"gain: {self.gain:.3f} ({low:.3f} to {high:.3f}): {verdict}",
        )
        title = f"What {self.model} tells about {self.feature!r}"
        return Card(title, (_ALARM,), said)


def attribute_inference_report(
    model: Estimator,
    X: TableLike,
    y: TableLike,
    *,
    feature: str,
    X_other: TableLike,
    y_other: TableLike,
    imputer: Estimator = None,
    confidence: float = 0.95,
) -> AttributeReport:
    """Guess an attribute of people, with a model and without. Not private.

    An attacker knows all columns of a person but one, and the target. What they can
    guess from the other columns is no leak of the model, but a fact about the world:
    so the same imputer guesses alone, and together with the model.

    Parameters
    ----------
    model : estimator
        A fitted classifier or regressor.
    X, y : frame, array-like
        People in its data. The attribute has few values.
    feature : str
        Name of the column to be guessed.
    X_other, y_other : frame, array-like
        Other people of the same kind, of whom the attacker knows all.
    imputer : estimator, default=None
        A classifier with ``predict_proba`` that learns the attribute of the other
        columns and the target; it has to read these as they are. None: boosted trees.
    confidence : float, default=0.95
        Of the interval.

    Returns
    -------
    AttributeReport

    Notes
    -----
    With the model each value of the attribute is tried: the guess is the value with the
    largest product of the imputer's probability and of the probability that the model
    gives to the person's target (Fredrikson et al. 2014).

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skprivate.audit import attribute_inference_report
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame(rng.integers(0, 2, (400, 6)), columns=[*"abcdef"])
    >>> y = rng.integers(0, 2, 400)
    >>> model = DecisionTreeClassifier().fit(X[:200], y[:200])
    >>> report = attribute_inference_report(
    ...     model, X[:200], y[:200], feature="a", X_other=X[200:], y_other=y[200:]
    ... )
    >>> report.n_rows
    200
    """
    check_is_fitted(model)
    _check(X, X_other, feature, confidence)
    y, y_other = flat(y), flat(y_other)
    true = np.asarray(X[feature])
    values = np.unique(np.concatenate([true, np.asarray(X_other[feature])]))
    if not 2 <= len(values) <= 50:
        raise ValueError(
            f"Column {feature!r} has one value, or more than 50. Choose another, or "
            "put its values into a few groups."
        )
    prior = _prior(imputer, X, y, X_other, y_other, feature, values, model)
    likely = np.column_stack([_likely(model, X, y, feature, v) for v in values])
    alone = values[prior.argmax(axis=1)] == true
    both = values[(np.log(prior + _LEAST) + likely).argmax(axis=1)] == true
    gained, lost = int((both & ~alone).sum()), int((alone & ~both).sum())
    return AttributeReport(
        model=type(model).__name__,
        feature=feature,
        n_rows=len(true),
        without=float(alone.mean()),
        with_model=float(both.mean()),
        gain=float(both.mean() - alone.mean()),
        interval=_interval(gained, lost, len(true), 1 - confidence),
    )


def _interval(gained, lost, n, miss):
    """Of a paired difference: how often guesses differ, and for whom, at half each."""
    differ = gained + lost
    few, many = proportion(differ, n, miss / 2)
    low, high = proportion(gained, differ, miss / 2) if differ else (0.0, 1.0)
    low, high = 2 * low - 1, 2 * high - 1
    return low * (few if low > 0 else many), high * (many if high > 0 else few)


def _prior(imputer, X, y, X_other, y_other, feature, values, model):
    """Probability of each value, by an imputer that has not seen the model."""
    if imputer is None:
        from sklearn.ensemble import HistGradientBoostingClassifier

        imputer = HistGradientBoostingClassifier(random_state=0)
        words = [name for name in X if X[name].dtype.kind not in "iufb"]
        X, X_other = (
            table.astype(dict.fromkeys(words, "category")) for table in (X, X_other)
        )
    rows, others = (
        _with_target(table.drop(columns=feature), target, model)
        for table, target in ((X, y), (X_other, y_other))
    )
    learned = clone(imputer).fit(others, np.asarray(X_other[feature]))
    prior = np.full((len(rows), len(values)), _LEAST)
    prior[:, np.searchsorted(values, learned.classes_)] += learned.predict_proba(rows)
    return prior


def _with_target(table, target, model):
    if is_classifier(model):
        target = np.searchsorted(model.classes_, target)
    return table.assign(**{"the target": target})


def _likely(model, X, y, feature, value):
    """Logarithm of the chance that the model gives to targets, were it this value."""
    import pandas as pd

    same = pd.Series([value] * len(X), index=X.index, dtype=X[feature].dtype)
    tried = X.assign(**{feature: same})
    if hasattr(model, "predict_proba"):
        odds, _ = row_scores(model, tried, y)
        return -np.logaddexp(0.0, -odds)
    wrong, _ = row_scores(model, tried, y)
    if is_classifier(model):
        return wrong
    own = -row_scores(model, X, y)[0]
    return wrong / (2 * max(float(own.mean()), _LEAST))


def _check(X, X_other, feature, confidence):
    for name, table in (("X", X), ("X_other", X_other)):
        if not hasattr(table, "assign"):
            raise TypeError(
                f"{name} must be a pandas data frame, for names of columns."
            )
        if list(table.columns).count(feature) != 1:
            raise ValueError(f"{name} has no column {feature!r}. Check feature.")
        if table[feature].isna().any():
            raise ValueError(
                f"Column {feature!r} of {name} has gaps. Leave out these rows."
            )
    if list(X.columns) != list(X_other.columns):
        raise ValueError("X and X_other have other columns. Pass the same ones.")
    if not 0 < confidence < 1:
        raise ValueError("confidence must lie between 0 and 1.")
