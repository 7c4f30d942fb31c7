"""Methods that take rows: whatever is wrong with them, no message holds a value."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import FunctionTransformer, Normalizer

from skprivate import check_private, make_dp_pipeline
from skprivate.anonymity import MondrianAnonymizer
from skprivate.calibration import DPCalibratedClassifier
from skprivate.compose import make_dp_column_transformer
from skprivate.decomposition import DPPCA
from skprivate.ensemble import (
    DPHistGradientBoostingRegressor,
    DPStackingClassifier,
    DPVotingClassifier,
)
from skprivate.linear_model import DPLogisticRegression
from skprivate.metrics import make_dp_scorer
from skprivate.mixture import DPGaussianMixture
from skprivate.model_selection import (
    DPEarlyStopping,
    DPGridSearchCV,
    DPNoveltyThreshold,
    DPTunedThresholdClassifier,
)
from skprivate.multiclass import DPOneVsRestClassifier
from skprivate.pipeline import DPFeatureUnion, make_dp_union
from skprivate.preprocessing import DPMinMaxScaler, DPOneHotEncoder, DPStandardScaler
from skprivate.testing import all_estimators
from skprivate.testing._checks_leaks import texts_of
from skprivate.testing._examples import configured, example_for, quiet

TEXT, NUMBER = "SECRET77", 12345.678901
BOX = {"bounds": (-1, 1)}
METHODS = (
    "transform",
    "inverse_transform",
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
    "score_samples",
    "mahalanobis",
    "score",
)
X = np.random.default_rng(0).uniform(-1, 1, (200, 5))
Y = (X[:, 0] > 0).astype(int)


def bad_rows(width):
    """Rows that are refused, or not, with marks in them, by name."""
    plain, names = np.zeros((6, width)), [f"c{j}" for j in range(width)]
    numbers = np.full((6, width), NUMBER)
    found = {}
    for name, value in {
        "text": TEXT,
        "bytes": TEXT.encode(),
        "a list": [TEXT, NUMBER],
        "a dict": {TEXT: NUMBER},
        "missing": None,
    }.items():
        found[name] = plain.astype(object)
        found[name][1, 0] = value
        found[name][2, :] = NUMBER
    found["NaN"] = np.where(plain + np.arange(6)[:, None] == 2, np.nan, numbers)
    found["infinity"] = np.where(plain + np.arange(6)[:, None] == 2, np.inf, numbers)
    found["frame"] = pd.DataFrame(found["text"], columns=names)
    labelled = {name: pd.Categorical([TEXT] * 6) for name in names}
    found["categories"] = pd.DataFrame(labelled)
    found["strings"] = pd.DataFrame(labelled).astype("string")
    return found | {
        "wide": np.full((6, width + 1), NUMBER),
        "narrow": numbers[:, 1:],
        "one dimension": numbers[0],
        "three dimensions": np.full((2, width, 2), NUMBER),
        "array of text": np.full((6, width), TEXT),
        "array of bytes": np.full((6, width), TEXT.encode()),
        "ragged": [[TEXT] * width, [NUMBER] * (width + 1)],
        "ragged numbers": [[NUMBER] * width, [NUMBER] * (width + 1)],
        "list of text": [[TEXT] * width] * 6,
        "flat list": [NUMBER] * width,
        "flat text": [TEXT] * width,
        "dict": {TEXT: [NUMBER]},
        "set": {TEXT},
        "string": TEXT,
        "number": NUMBER,
        "series": pd.Series([TEXT] * width),
        "complex": numbers + 1j,
        "sparse": sparse.csr_matrix(numbers),
        "wide sparse": sparse.csr_matrix(np.full((6, width + 1), NUMBER)),
        "masked": np.ma.masked_greater(numbers, 0),
        "no rows": numbers[:0],
    }


def of_package():
    """Every estimator, as its parameters let it be fitted."""
    for kind in ("private", "stateless"):
        for name, cls in all_estimators(kind):
            yield pytest.param(cls, id=name)


def texts_from(call, *args):
    """All that an error says, and all warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            call(*args)
            texts = []
        except Exception as error:
            texts = texts_of(error)
    return [*texts, *(str(w.message) for w in caught)]


def check_methods(fitted, rows):
    """No method that takes rows quotes them."""
    asked = 0
    for method in METHODS:
        if not hasattr(fitted, method):
            continue
        asked += 1
        backwards = method == "inverse_transform"
        width = fitted.transform(rows).shape[1] if backwards else rows.shape[1]
        for name, bad in bad_rows(width).items():
            args = (bad, [0, 1] * 3) if method == "score" else (bad,)
            for text in texts_from(getattr(fitted, method), *args):
                assert TEXT not in text, (method, name)
                assert "345.678" not in text, (method, name)
    return asked


@pytest.mark.parametrize("cls", list(of_package()))
def test_methods_of_estimators(cls):
    estimator = cls()
    if hasattr(estimator, "_target_kind"):
        estimator = configured(estimator)
        rows = example_for(estimator, n_rows=200)
        with quiet():
            estimator.fit(**rows.fit_args)
        check_methods(estimator, rows.X)
    else:
        check_methods(estimator.fit(X, Y), X)


def logistic():
    return DPLogisticRegression(**BOX, classes=[0, 1])


WHOLE = {
    "pipeline": lambda: make_dp_pipeline(DPStandardScaler(**BOX), logistic()),
    "transformer": lambda: make_dp_pipeline(DPStandardScaler(**BOX), DPPCA(2)),
    "foreign step": lambda: make_dp_pipeline(Normalizer(), logistic()),
    "foreign steps": lambda: make_dp_pipeline(Normalizer(), DPStandardScaler()),
    "passthrough": lambda: make_dp_pipeline("passthrough", DPStandardScaler()),
    "union": lambda: make_dp_union(DPStandardScaler(**BOX), DPPCA(2)),
    "foreign union": lambda: make_dp_union(Normalizer(), DPPCA(2)),
    "union that passes": lambda: DPFeatureUnion(
        [("a", "passthrough"), ("b", DPMinMaxScaler())]
    ),
    "columns": lambda: make_dp_column_transformer(
        (DPStandardScaler(), [0, 1]), (DPPCA(1), [2, 3]), remainder="passthrough"
    ),
    "foreign columns": lambda: make_dp_column_transformer(
        (Normalizer(), [0, 1]), (DPMinMaxScaler(), [2])
    ),
    "search": lambda: DPGridSearchCV(logistic(), {"C": [1.0, 2.0]}),
    "search of pipelines": lambda: DPGridSearchCV(
        make_dp_pipeline(Normalizer(), logistic()), {"dplogisticregression__C": [1, 2]}
    ),
    "threshold": lambda: DPTunedThresholdClassifier(logistic()),
    "novelty": lambda: DPNoveltyThreshold(DPGaussianMixture(**BOX)),
    "one vs rest": lambda: DPOneVsRestClassifier(DPLogisticRegression(**BOX)),
    "calibrated": lambda: DPCalibratedClassifier(logistic()),
    "votes": lambda: DPVotingClassifier([("a", logistic())], voting="soft"),
    "stack": lambda: DPStackingClassifier([("a", logistic())], passthrough=True),
    "stack of foreign steps": lambda: DPStackingClassifier(
        [("a", make_dp_pipeline(Normalizer(), logistic()))]
    ),
}


@pytest.mark.parametrize("name", WHOLE)
def test_methods_of_compound_objects(name):
    with quiet():
        fitted = WHOLE[name]().fit(X, Y)
    assert check_methods(fitted, X) > 0


def quotes(X):
    """A function of a user that shows what it does not like."""
    if np.max(X) > 1:
        raise ValueError(f"What is {X}?")
    return X


def test_fits_of_column_transformers():
    part = FunctionTransformer(quotes), [0]
    for fit in ("fit", "fit_transform"):
        columns = make_dp_column_transformer(part, (DPStandardScaler(**BOX), [1]))
        with pytest.raises(ValueError) as caught:
            getattr(columns, fit)(np.full((6, 2), NUMBER))
        assert str(NUMBER) not in " ".join(texts_of(caught.value))


ASKS = {
    "scorer": lambda model, X: make_dp_scorer("accuracy")(model, X, Y[:6]),
    "probabilities": lambda model, X: make_dp_scorer("roc_auc")(model, X, Y[:6]),
    "stopping": lambda model, X: DPEarlyStopping(X, Y[:6]).should_stop(model),
}


@pytest.mark.parametrize("name", ASKS)
def test_whatever_asks_models_of_others(name):
    model = LogisticRegression().fit(X, Y)
    with pytest.raises(ValueError) as caught:
        ASKS[name](model, bad_rows(5)["text"])
    assert TEXT not in " ".join(texts_of(caught.value))


def test_that_a_model_is_not_fitted_is_said():
    with pytest.raises(NotFittedError, match="not fitted yet"):
        make_dp_scorer("accuracy", classes=[0, 1])(LogisticRegression(), X, Y)


def test_text_in_place_of_zeros_and_ones():
    fitted = DPOneHotEncoder(categories=[["a", "b"]]).fit([["a"]] * 9)
    with pytest.raises(ValueError, match="X holds text where numbers are needed"):
        fitted.inverse_transform([[TEXT, TEXT]])


def test_columns_are_named():
    frame = pd.DataFrame({"age": X[:, 0], "sex": pd.Categorical(["f", "m"] * 100)})
    with pytest.raises(ValueError, match="Column 'sex' of X holds text"):
        DPStandardScaler().fit(frame)
    with pytest.raises(TypeError, match="Column 'on' of X holds dates"):
        DPStandardScaler().fit(frame[["age"]].assign(on=np.datetime64("2020-01-01")))
    with pytest.raises(ValueError, match="columns have the same name, 'age'"):
        DPStandardScaler().fit(frame[["age", "age"]])


def fits(estimator, X=X, y=Y, **params):
    return lambda: estimator.fit(X, y, **params)


def mondrian(public, **params):
    return MondrianAnonymizer(quasi_identifiers=public, **params)


FRAME = pd.DataFrame({"age": [1, 2] * 9, "sex": ["f", "m"] * 9})
TO_DO = {
    "weights of texts": (
        fits(logistic(), sample_weight=["a"] * 200), "real numbers. Give one number"
    ),
    "complex targets": (fits(logistic(), y=Y + 1j), "real numbers. Give its real part"),
    "no quantile": (
        fits(DPHistGradientBoostingRegressor(loss="quantile")), "Give both, such as"
    ),
    "sensitive, and public": (
        lambda: mondrian(["age"], sensitive=["age"]).fit_transform(FRAME),
        "Take it out",
    ),
    "a hierarchy too many": (
        lambda: mondrian(["age"], hierarchies={"sex": {}}).fit_transform(FRAME),
        "or leave its hierarchy out",
    ),
    "a column that is not there": (
        lambda: mondrian(["size"]).fit_transform(FRAME), "Give names that the table"
    ),
    "a space that is none": (
        lambda: check_private(GridSearchCV(logistic(), 5)), "Give one, such as"
    ),
    "values that are no list": (
        lambda: check_private(GridSearchCV(logistic(), {"C": 5})), "List what to try"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TO_DO)
def test_messages_say_what_to_do(name):
    call, to_do = TO_DO[name]
    assert any(to_do in text for text in texts_from(call)), texts_from(call)
