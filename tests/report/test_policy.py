"""Every rule of a policy passes and fails; what is not known fails."""

import json

import numpy as np
import pytest

from skprivate import check_policy, privacy_report
from skprivate.linear_model import DPLogisticRegression
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPStandardScaler
from skprivate.report import ModelPrivacyReport, PolicyError


def failed(model, **rules):
    """The reasons, checked to be sentences in a line that say what to do."""
    result = check_policy(model, {"max_epsilon": 1.0, **rules})
    assert bool(result) == result.passed == (not result.reasons)
    for reason in result.reasons:
        assert "\n" not in reason
        assert reason.endswith(".")
        assert reason in repr(result)
    return result.reasons


def test_a_budget_that_is_just_used_up_passes(model):
    assert failed(model) == ()
    assert failed(model, max_epsilon=0.999) != ()


def test_the_delta_of_the_policy_counts_not_that_of_the_fit(data):
    model = DPStandardScaler(delta=1e-3).fit(data[0])
    assert model.privacy_.epsilon() == pytest.approx(1.0)
    (reason,) = failed(model)
    assert "max_epsilon=1" in reason
    assert "delta=1e-06" in reason
    assert failed(model, max_delta=1e-3) == ()
    (reason,) = failed(model, max_delta=0)
    assert "infinite" in reason


def test_the_relation_counts(model):
    assert failed(model, relation="replace_one", max_epsilon=2.0) != ()
    assert failed(model, relation="replace_one", max_epsilon=2.2) == ()


def test_seeds(data):
    model = DPStandardScaler(random_state=0).fit(data[0])
    (reason,) = failed(model)
    assert "random_state=None" in reason
    assert failed(model, allow_seeded=True) == ()


def test_no_noise(data):
    with pytest.warns(UserWarning, match="not private"):
        model = DPStandardScaler(epsilon=np.inf).fit(data[0])
    (reason,) = failed(model, max_epsilon=1e9)
    assert "infinite" in reason


@pytest.fixture(scope="module")
def assuming(data):
    return DPGaussianNB(bounds=(-4, 4)).fit(*data)


def test_strict_refuses_assumptions(assuming, model):
    (reason,) = failed(assuming, strict=True)
    assert "class labels" in reason
    assert failed(model, strict=True) == ()


def test_assumptions_can_be_allowed(assuming):
    assert failed(assuming) == ()
    assert failed(assuming, allowed_assumptions=["the class labels*"]) == ()
    assert failed(assuming, allowed_assumptions=["the vocabulary*"]) != ()
    assert failed(assuming, allowed_assumptions=[]) != ()


def test_the_unit(data, model):
    groups = np.arange(300) // 2
    grouped = DPStandardScaler(max_rows_per_group=2).fit(data[0], groups=groups)
    assert failed(grouped, unit="group") == ()
    assert "Pass groups" in failed(model, unit="group")[0]
    assert failed(model, unit="row") == ()
    assert failed(grouped, unit="row") != ()


def test_all_reasons_are_given_at_once(data):
    model = DPLogisticRegression(epsilon=3.0, random_state=0).fit(*data)
    assert len(failed(model, strict=True, unit="group")) == 4


def test_an_error_instead_of_an_answer(model):
    passed = check_policy(model, {"max_epsilon": 1.0})
    assert passed.raise_if_failed() is passed
    with pytest.raises(PolicyError, match=r"does not satisfy.*\n- epsilon is 1 "):
        check_policy(model, {"max_epsilon": 0.1}).raise_if_failed()


def test_html_names_the_rules(model, page):
    found = page(check_policy(model, {"max_epsilon": 0.1})._repr_html_())
    for words in ("FAILED", "does not satisfy", "max_epsilon: 0.1", "relation"):
        assert words in found.text


def test_reports_are_checked_as_models_are(model):
    report = ModelPrivacyReport.from_json(privacy_report(model).to_json())
    assert failed(report) == ()
    assert failed(report, max_epsilon=0.5) != ()


def test_files(model, tmp_path):
    rules = {"max_epsilon": 1.0, "strict": True, "allowed_assumptions": []}
    (tmp_path / "p.json").write_text(json.dumps(rules))
    (tmp_path / "p.toml").write_text("max_epsilon = 0.5\nunit = 'row'\n")
    assert check_policy(model, tmp_path / "p.json").passed
    assert not check_policy(model, str(tmp_path / "p.toml")).passed


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({}, "no max_epsilon"),
        ({"strict": True}, "no max_epsilon"),
        ({"max_epsilom": 1.0}, "unknown rules: 'max_epsilom'"),
        ({"max_epsilon": 0}, "max_epsilon"),
        ({"max_epsilon": -1.0}, "max_epsilon"),
        ({"max_epsilon": np.nan}, "max_epsilon"),
        ({"max_epsilon": np.inf}, "max_epsilon"),
        ({"max_epsilon": "1"}, "max_epsilon"),
        ({"max_epsilon": True}, "max_epsilon"),
        ({"max_epsilon": None}, "max_epsilon"),
        ({"max_epsilon": 1, "max_delta": -1e-6}, "max_delta"),
        ({"max_epsilon": 1, "max_delta": np.nan}, "max_delta"),
        ({"max_epsilon": 1, "max_delta": 1.0}, "max_delta"),
        ({"max_epsilon": 1, "relation": "add"}, "relation"),
        ({"max_epsilon": 1, "relation": None}, "relation"),
        ({"max_epsilon": 1, "strict": "yes"}, "strict"),
        ({"max_epsilon": 1, "allow_seeded": 1}, "allow_seeded"),
        ({"max_epsilon": 1, "unit": "person"}, "unit"),
        ({"max_epsilon": 1, "unit": ["row"]}, "unit"),
        ({"max_epsilon": 1, "allowed_assumptions": "*"}, "allowed_assumptions"),
        ({"max_epsilon": 1, "allowed_assumptions": [1]}, "allowed_assumptions"),
        ({"max_epsilon": 1, "allowed_assumptions": 3}, "allowed_assumptions"),
        (
            {"max_epsilon": 1, "strict": True, "allowed_assumptions": ["*"]},
            "leave one of them out",
        ),
        ([("max_epsilon", 1)], "A policy is a dict"),
        (None, "A policy is a dict"),
    ],
)
def test_policies_that_make_no_sense(model, rules, message):
    with pytest.raises((TypeError, ValueError), match=message):
        check_policy(model, rules)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("p.toml", "max_epsilon = ", "cannot be read"),
        ("p.json", "{", "cannot be read"),
        ("p.json", "[1]", "A policy is a dict"),
        ("p.json", '{"max_epsilon": NaN}', "max_epsilon"),
        ("p.yaml", "max_epsilon: 1", "toml or .json"),
        ("p.toml", "[privacy]\nmax_epsilon = 1", "unknown rules: 'privacy'"),
    ],
)
def test_files_that_make_no_sense(model, tmp_path, name, text, message):
    (tmp_path / name).write_text(text)
    with pytest.raises((TypeError, ValueError), match=message):
        check_policy(model, tmp_path / name)


def test_a_missing_file_never_passes(model, tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing passes"):
        check_policy(model, tmp_path / "none.toml")
