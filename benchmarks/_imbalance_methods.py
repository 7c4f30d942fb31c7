"""Rare classes: tables of which one class is rare, and what can be done about it.

Everybody is logistic regression behind the vectorizer of raw tables, with default
parameters, but for boosting; so what differs is what is done about the imbalance.
"""

from functools import cache

import numpy as np
import pandas as pd

from benchmarks._data import LEFT_OUT, data_folder

# Table -> its target, and the value of it that is rare.
RARE = {
    "mammography": ("class", 1),
    "abalone": ("Rings", 19),
    "bank_marketing": ("y", "yes"),
    "fraud_simulated_30d": ("TX_FRAUD", 1),
    "kddcup99_10pct": ("label", "warezclient"),
    "diabetes130": ("readmitted", "<30"),
}
CLASSES = [0, 1]


@cache
def rare_table(name, most_rows):
    """Rows, and whether each is of the rare class; a random part of large tables."""
    target, positive = RARE[name]
    frame = pd.read_parquet(data_folder() / f"{name}.parquet")
    if len(frame) > most_rows:
        frame = frame.sample(most_rows, random_state=0)
    values = frame[target].to_numpy()
    told = {str(positive), f"{positive}."} if isinstance(positive, str) else {positive}
    y = np.isin(values.astype(str) if isinstance(positive, str) else values, [*told])
    return frame.drop(columns=[target, *LEFT_OUT.get(name, ())]), y.astype(int)


def _linear(**options):
    from skprivate.linear_model import DPLogisticRegression

    return DPLogisticRegression(classes=CLASSES, **options)


def _vectorizer():
    from skprivate.compose import DPTableVectorizer

    return DPTableVectorizer()


def _piped(budget, *steps):
    from skprivate import make_dp_pipeline

    return make_dp_pipeline(*steps, **budget)


def plain(budget):
    """Nothing is done."""
    return _piped(budget, _vectorizer(), _linear())


def weights(budget):
    """Balanced weights of classes."""
    return _piped(budget, _vectorizer(), _linear(class_weight="balanced"))


def _threshold(scoring):
    def make(budget):
        from skprivate.model_selection import DPTunedThresholdClassifier

        model = _piped({}, _vectorizer(), _linear())
        return DPTunedThresholdClassifier(model, scoring=scoring, **budget)

    return make


def under(budget):
    """Coins leave out rows of the large class."""
    from skprivate.under_sampling import DPRandomUnderSampler

    sampler = DPRandomUnderSampler(classes=CLASSES)
    return _piped(budget, sampler, _vectorizer(), _linear())


def over(budget):
    """Copies, up to three of a row."""
    from skprivate.over_sampling import DPRandomOverSampler

    sampler = DPRandomOverSampler(classes=CLASSES)
    return _piped(budget, sampler, _vectorizer(), _linear())


def _drawn(make_sampler, *, raw):
    """A sampler of raw tables, or of what the vectorizer makes of them."""

    def make(budget):
        steps = [_vectorizer(), make_sampler()]
        return _piped(budget, *(steps[::-1] if raw else steps), _linear())

    return make


def _synthetic(method):
    from skprivate.over_sampling import DPSyntheticOverSampler

    return DPSyntheticOverSampler(method=method, classes=CLASSES)


def _smote():
    from skprivate.over_sampling import DPSMOTE

    return DPSMOTE(classes=CLASSES)


def _smotenc():
    from skprivate.over_sampling import DPSMOTENC

    return DPSMOTENC(classes=CLASSES)


def _combine():
    from skprivate.combine import DPCombine

    return DPCombine(classes=CLASSES)


def bagging(budget):
    """Balanced parts, drawn by coins."""
    from skprivate.ensemble import DPBalancedBaggingClassifier

    model = _piped({}, _vectorizer(), _linear())
    return DPBalancedBaggingClassifier(model, classes=CLASSES, **budget)


def _boosting(**options):
    def make(budget):
        from skprivate.ensemble import DPHistGradientBoostingClassifier

        return DPHistGradientBoostingClassifier(classes=CLASSES, **options, **budget)

    return make


def twin_with_smote(budget):
    """Without privacy: scikit-learn's model behind imbalanced-learn's SMOTE."""
    from imblearn.over_sampling import SMOTE
    from imblearn.pipeline import make_pipeline
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline as plain_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    encoder = OneHotEncoder(
        handle_unknown="infrequent_if_exist", min_frequency=50, sparse_output=False
    )
    columns = make_column_transformer(
        (encoder, make_column_selector(dtype_exclude=np.number)),
        remainder=plain_pipeline(SimpleImputer(), StandardScaler()),
    )
    smote = SMOTE(k_neighbors=3, random_state=0)
    return make_pipeline(columns, smote, LogisticRegression(max_iter=1000))


NOT_PRIVATE = "not private, SMOTE"
METHODS = {
    "plain": plain,
    "class weights": weights,
    "threshold": _threshold("balanced_accuracy"),
    "threshold for F1": _threshold("f1"),
    "under-sampling": under,
    "copies": over,
    "Gaussian": _drawn(lambda: _synthetic("gaussian"), raw=False),
    "mixture": _drawn(lambda: _synthetic("mixture"), raw=False),
    "marginals": _drawn(lambda: _synthetic("marginals"), raw=True),
    "SMOTE": _drawn(_smote, raw=False),
    "SMOTENC": _drawn(_smotenc, raw=True),
    "combine": _drawn(_combine, raw=False),
    "bagging": bagging,
    "boosting": _boosting(),
    "boosting, weights": _boosting(class_weight="balanced"),
    "boosting, focal": _boosting(loss="focal"),
    NOT_PRIVATE: twin_with_smote,
}
