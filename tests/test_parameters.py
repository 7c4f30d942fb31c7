"""Parameters that every constructor repeats are the same everywhere."""

import inspect

import pytest
from sklearn.utils import all_estimators as sklearn_estimators

from skprivate.base import DPEstimator
from skprivate.testing import all_estimators

ClassDoc = pytest.importorskip("numpydoc.docscrape").ClassDoc

# scikit-learn reads parameters off each signature, so each class has to repeat them.
# What they mean is said in full at DPEstimator, and there only.
SHARED = {
    "epsilon": "Budget of a fit; see :class:`~skprivate.base.DPEstimator`.",
    "delta": "Budget of a fit; zero asks for pure differential privacy.",
    "max_weight": "Larger sample weights are cut to this.",
    "max_rows_per_group": "Rows of one group that count.",
    "random_state": "A seed makes the fit repeatable, and not private.",
}
# Options that belong together (solver, schedule, initialisation) are one value.
MOST_OPTIONS = 10

PRIVATE = [cls for _, cls in all_estimators()]
OTHERS = [cls for _, cls in all_estimators("other")]
every_class = pytest.mark.parametrize("cls", PRIVATE, ids=lambda cls: cls.__name__)


def described(cls):
    """Parameter -> its type as documented, and the text."""
    entries = ClassDoc(cls)["Parameters"]
    return {entry.name: (entry.type, " ".join(entry.desc)) for entry in entries}


def parameters_of(cls):
    return inspect.signature(cls).parameters


def test_the_base_class_has_these_and_no_others():
    assert [*parameters_of(DPEstimator)] == [*SHARED]


@every_class
def test_shared_parameters_come_last_and_have_the_same_defaults(cls):
    own = parameters_of(cls)
    assert [*own][-len(SHARED) :] == [*SHARED], "in this order, after all others"
    for name, parameter in parameters_of(DPEstimator).items():
        assert own[name] == parameter, name


@every_class
def test_shared_parameters_have_the_same_constraints(cls):
    for name, constraint in DPEstimator._parameter_constraints.items():
        assert cls._parameter_constraints[name] is constraint, name


@every_class
def test_shared_parameters_have_the_same_texts(cls):
    found, base = described(cls), described(DPEstimator)
    for name, text in SHARED.items():
        assert found[name] == (base[name][0], text), (
            f"{name}: what is special about this class belongs into its notes, or to "
            "the parameter that makes it so."
        )


@pytest.mark.parametrize("cls", OTHERS, ids=lambda cls: cls.__name__)
def test_what_is_made_of_estimators_has_the_same_defaults(cls):
    """Its texts may tell what the budget is of: a whole, a search."""
    own, base = parameters_of(cls), parameters_of(DPEstimator)
    for name in base.keys() & own.keys():
        assert own[name].default == base[name].default, name
        assert described(cls)[name][0] == described(DPEstimator)[name][0], name


@every_class
def test_options_that_belong_together_are_one_value(cls):
    """Those of scikit-learn's namesake are not counted: a drop-in has them."""
    namesake = dict(sklearn_estimators()).get(cls.__name__.removeprefix("DP"))
    known = {*SHARED, *(parameters_of(namesake) if namesake else ())}
    own = [name for name in parameters_of(cls) if name not in known]
    assert len(own) <= MOST_OPTIONS, own
