"""Checks that no value of the data leaves by messages, texts or pickles."""

import pickle
import struct
import traceback
import warnings

import numpy as np
from sklearn.base import clone

from skprivate.testing._examples import (
    configured,
    example_for,
    target_kind,
    with_classes,
)

CANARY = 0.7362514379852146
DIGITS = "3625143798"
TEXT = "SECRET-NAME"


def check_no_value_escapes_from_a_fitted_estimator(estimator):
    """Pickles, texts and reports hold no value of the data."""
    for variant in (configured(estimator), with_classes(estimator)):
        rows = example_for(variant)
        rows.X[3, 1] = CANARY
        if target_kind(variant) == "number":
            rows.y[5] = CANARY
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fitted = clone(variant).fit(**rows.fit_args)
        stored = pickle.dumps(fitted)
        for name, pattern in _patterns(rows).items():
            assert pattern not in stored, (
                f"a pickle of the fitted estimator holds {name}. Keep releases only."
            )
        texts = [repr(fitted), fitted._repr_html_(), repr(fitted.privacy_)]
        texts += [fitted.privacy_._repr_html_(), repr(vars(fitted))]
        texts += [str(w.message) for w in caught]
        check_texts(texts)


def check_no_value_escapes_by_errors(estimator):
    """Messages of refused rows, and all they drag along, hold no value of the data."""
    estimator = configured(estimator)
    for name, given in _refused_inputs(estimator).items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                clone(estimator).fit(**given)
                texts = []
            except (ValueError, TypeError) as error:
                texts = texts_of(error)
            except Exception as error:
                raise AssertionError(
                    f"{name}: {type(error).__name__} is raised. Refuse bad rows by "
                    "ValueError or TypeError."
                ) from None
        check_texts(texts + [str(w.message) for w in caught])


def texts_of(error):
    """Every text that an exception carries, causes and contexts included.

    Parameters
    ----------
    error : BaseException

    Returns
    -------
    list of str
    """
    texts, seen, left = [], set(), [error]
    while left:
        one = left.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        texts += [str(one), repr(one), repr(one.args), repr(vars(one))]
        texts += getattr(one, "__notes__", [])
        texts += traceback.format_exception_only(one)
        left += [one.__cause__, one.__context__]
    return texts


def check_texts(texts):
    """Fail if one of some texts holds a canary."""
    for text in texts:
        assert DIGITS not in text, (
            "a message or text holds a number from the data. Name the parameter and "
            "the rule, not the value; raise outside of except blocks."
        )
        assert TEXT not in text, (
            "a message or text holds a string from the data. Name the parameter and "
            "the rule, not the value; raise outside of except blocks."
        )


def _patterns(rows):
    """Bytes that would give away rows."""
    patterns = {
        "a value": struct.pack("<d", CANARY),
        "a value, big-endian": struct.pack(">d", CANARY),
        "a value in single precision": struct.pack("<f", CANARY),
        "the digits of a value": DIGITS.encode(),
        "a row": rows.X[7].tobytes(),
        "a column": rows.X[:8, 2].tobytes(),
    }
    if rows.y is not None:
        patterns["the target"] = rows.y.tobytes()
        patterns["the labels"] = rows.y.astype(np.int32).tobytes()
    return patterns


def _refused_inputs(estimator):
    """Arguments of ``fit`` that are mostly refused, with canaries in them."""
    rows = example_for(estimator)
    X = rows.X
    X[3, 1] = CANARY
    text = X.astype(object)
    text[0, 0] = TEXT
    with_nan = X.copy()
    with_nan[0, 0] = np.nan
    weight = np.ones(len(X))
    weight[0] = -CANARY
    given = {
        "text in X": {"X": text},
        "NaN in X": {"X": with_nan},
        "negative weight": {"X": X, "sample_weight": weight},
        "text in sample_weight": {"X": X, "sample_weight": [TEXT] * len(X)},
        "weights too short": {"X": X, "sample_weight": weight[1:]},
        "groups too short": {"X": X, "groups": [TEXT] * 3},
        "groups of objects": {"X": X, "groups": [[TEXT]] * len(X)},
        "one dimension": {"X": X[:, 1]},
        "three dimensions": {"X": X[:, :, None]},
        "complex": {"X": X * 1j},
        "dates": {"X": np.array([[TEXT, "b"]] * len(X), dtype="U20")},
        "a dict": {"X": {TEXT: CANARY}},
        "a scalar": {"X": CANARY},
    }
    given = {name: {**rows.fit_args, **args} for name, args in given.items()}
    if rows.y is not None:
        strange = rows.y.astype(object)
        strange[0] = TEXT
        unseen = np.array([TEXT] * len(X))
        number = rows.y.astype(float)
        number[0] = CANARY
        bad = {"a text": strange, "texts": unseen, "two": np.c_[number, number]}
        bad |= {"short": number[1:], "dict": {TEXT: CANARY}, "scalar": CANARY}
        if target_kind(estimator) == "class":
            bad["a fraction"] = number
        given |= {f"y: {k}": {**rows.fit_args, "y": v} for k, v in bad.items()}
    return given
