"""What a process or a table may set makes no difference: no estimator is named here."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone, is_classifier
from sklearn.utils import get_tags

from skprivate.queries._ranks import rank_steps
from skprivate.testing import all_estimators
from skprivate.testing._examples import configured, example_for, quiet
from tests.metrics.questions import CASES, IDS, arrays_of_case, called

ROOT = Path(__file__).parents[1]
PRIVATE = [configured(cls()) for _, cls in all_estimators("private")]
CLASSIFIERS = [e for e in PRIVATE if is_classifier(e)]
KEEPS = [e for e in PRIVATE if "copy" in e.get_params()]
ANSWERS = (
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
    "transform",
    "inverse_transform",
)


def name_of(estimator):
    return type(estimator).__name__


@pytest.mark.parametrize("flag", ["-O", "-OO"])
def test_everything_is_imported_without_docstrings(flag):
    code = (
        "import importlib, pkgutil, skprivate\n"
        "for m in pkgutil.walk_packages(skprivate.__path__, 'skprivate.'):\n"
        "    if not m.name.endswith('__main__'): importlib.import_module(m.name)\n"
    )
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, flag, "-c", code]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=environment
    )
    assert done.returncode == 0, done.stderr


def odd_example(estimator, scale):
    """Rows with a column of zeros, and one that is very small, or very large."""
    example = example_for(estimator)
    if not get_tags(estimator).input_tags.categorical:
        example.X[:, 0] = 0.0
        example.X[:, 1] *= scale
    return example


@pytest.mark.parametrize("scale", [1.0, 1e-310, 1e200])
@pytest.mark.parametrize("estimator", PRIVATE, ids=name_of)
def test_numpy_may_be_told_to_raise(estimator, scale):
    example = odd_example(estimator, scale)
    with quiet(), np.errstate(all="raise"):
        estimator = clone(estimator).fit(**example.fit_args)
        for method in ANSWERS:
            if hasattr(estimator, method) and method != "inverse_transform":
                getattr(estimator, method)(example.X)
        repr(estimator.privacy_)


@pytest.mark.parametrize("estimator", PRIVATE, ids=name_of)
def test_what_can_be_undone_is_undone_under_any_setting(estimator):
    if not hasattr(estimator, "inverse_transform"):
        return
    example = odd_example(estimator, 1.0)
    with quiet(), np.errstate(all="raise"):
        fitted = clone(estimator).fit(**example.fit_args)
        output = fitted.transform(example.X)
        assert fitted.inverse_transform(output).shape == example.X.shape


@pytest.mark.parametrize("estimator", CLASSIFIERS, ids=name_of)
def test_numpy_may_raise_where_rows_are_far_from_those_of_fit(estimator):
    example = odd_example(estimator, 1.0)
    fitted = clone(estimator).fit(**example.fit_args)
    if not get_tags(estimator).input_tags.categorical:
        example.X[:] *= 1e6
    with np.errstate(all="raise"):
        for method in ANSWERS[1:4]:
            if hasattr(fitted, method):
                assert not np.isnan(getattr(fitted, method)(example.X)).any()


def test_ranks_beside_zero_are_smaller_than_numpy_likes():
    with np.errstate(all="raise"):
        rank_steps(np.array([0.0, 0.0, 1.0]), np.linspace(0, 1, 3))


@pytest.mark.parametrize(("name", "public"), CASES, ids=IDS)
def test_numpy_may_raise_while_a_model_is_measured(name, public):
    with np.errstate(all="raise"):
        answer = called(name)(*arrays_of_case(name, public), **public)
        repr(answer)


@pytest.mark.parametrize("estimator", PRIVATE, ids=name_of)
def test_what_can_be_undone_has_no_names_to_complain_of(estimator):
    if not hasattr(estimator, "inverse_transform"):
        return
    example = example_for(estimator)
    X = pd.DataFrame(example.X, columns=[*"abcde"])
    fitted = clone(estimator).fit(X, example.y)
    output = fitted.transform(X)
    output = output.toarray() if sparse.issparse(output) else output
    assert fitted.inverse_transform(output).shape == X.shape
    with pytest.raises(ValueError, match=r"features|columns|shape"):
        fitted.inverse_transform(output[:, 1:])


@pytest.mark.parametrize("framed", [False, True], ids=["array", "frame"])
@pytest.mark.parametrize("estimator", KEEPS, ids=name_of)
def test_rows_that_cannot_be_written_are_copied(estimator, framed):
    """As a memory map, what joblib hands to a worker, and every frame of pandas."""
    example = example_for(estimator)
    before = example.X.copy()
    example.X.flags.writeable = False
    X = pd.DataFrame(example.X) if framed else example.X
    estimator = clone(estimator).set_params(copy=False).fit(X, example.y)
    output = estimator.transform(X)
    if hasattr(estimator, "inverse_transform"):
        output = np.asarray(output)
        output.flags.writeable = False
        estimator.inverse_transform(output)
    assert np.array_equal(example.X, before)


@pytest.mark.parametrize("estimator", KEEPS, ids=name_of)
def test_sparse_rows_that_cannot_be_written_are_copied(estimator):
    estimator = clone(estimator).set_params(copy=False)
    if not get_tags(estimator).input_tags.sparse:
        return
    example = example_for(estimator)
    X = sparse.csr_array(np.abs(example.X))
    X.data.flags.writeable = False
    before = X.data.copy()
    estimator.set_params(bounds=(0.0, 2.0)).fit(X, example.y).transform(X)
    assert np.array_equal(X.data, before)


@pytest.mark.parametrize("kind", [int, bool, float, np.int8])
@pytest.mark.parametrize("estimator", CLASSIFIERS, ids=name_of)
def test_labels_in_a_column_of_objects_are_those_of_the_fit(estimator, kind):
    """What `fit` takes, `score` takes, too."""
    example = example_for(estimator, n_rows=200)
    labels = np.array([kind(label > 0) for label in example.y], dtype=object)
    params = {"classes": [kind(0), kind(1)], "epsilon": 20.0}
    estimator = clone(estimator).set_params(**params).fit(example.X, labels)
    exact = np.mean(estimator.predict(example.X) == labels)
    for y in (labels, labels.tolist(), pd.Series(labels), labels[:, None]):
        with quiet():
            assert estimator.score(example.X, y) == exact
