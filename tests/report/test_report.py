"""What a report of one private fit says, in each of its forms."""

import json
import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from skprivate import check_policy, privacy_report
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.preprocessing import DPOneHotEncoder, DPStandardScaler
from skprivate.report import ModelPrivacyReport


@pytest.fixture(scope="module")
def report(model):
    return privacy_report(model)


def forms_of(report):
    return [
        repr(report),
        report._repr_html_(),
        report.to_json(),
        report.to_model_card(),
    ]


def test_the_price_is_that_of_the_fit(report, model):
    assert report.private
    assert report.n_fits == len(report.fits) == 1
    assert report.epsilon() == pytest.approx(model.privacy_.epsilon(), rel=1e-9)
    assert report.epsilon() == pytest.approx(1.0, rel=1e-9)
    assert report.epsilon(1e-9) > 1.2
    assert report.epsilon(relation="replace_one") > 2
    assert privacy_report(model, delta=1e-9).epsilon() == report.epsilon(1e-9)


def test_every_form_says_what_matters(report, model):
    expected = ["row", "epsilon=1", "bounds = (-4, 4)", "Not protected", "54.72%"]
    expected += [release.query for release in model.privacy_.releases]
    expected += ["Gaussian(mu=", "scikit-learn", "dp-accounting"]
    for form in (repr(report), report._repr_html_()):
        for words in expected:
            assert words in form
    for form in (report._repr_html_(), report.to_model_card(), report.to_json()):
        assert "GaussianDpEvent" in form
    for words in ("## Privacy\n", "### Releases", "SecondMoments", "| --- |"):
        assert words in report.to_model_card()


def test_releases_state_norm_share_and_event(report):
    (fit,) = report.fits
    assert sum(row.share * row.times for row in fit.releases) == pytest.approx(1.0)
    assert {row.norm for row in fit.releases} == {2}
    assert all(row.sensitivity > 0 and row.size > 0 for row in fit.releases)


def test_json_keeps_everything(report):
    again = ModelPrivacyReport.from_json(report.to_json())
    assert again == report
    assert again.versions == report.versions
    assert repr(again) == repr(report)
    assert again.to_json() == report.to_json()
    assert pickle.loads(pickle.dumps(report)) == report


def test_json_has_a_version_and_no_words_that_json_lacks(report):
    data = json.loads(report.to_json(), parse_constant=pytest.fail)
    assert data["schema"] == "skprivate.privacy_report"
    assert data["schema_version"] == 1
    assert data["epsilon"]["add_remove"] == pytest.approx(1.0)
    assert [0.000001, pytest.approx(1.0)] in data["curve"]


def test_prices_in_json_are_not_believed(report):
    data = report.to_dict()
    data["epsilon"] = {"add_remove": 0.001, "replace_one": 0.001}
    data["private"] = True
    assert ModelPrivacyReport.from_dict(data).epsilon() == report.epsilon()


@pytest.mark.parametrize(
    "damage",
    [
        lambda d: d.update(schema="something else"),
        lambda d: d.update(schema_version=2),
        lambda d: d.pop("ways"),
        lambda d: d.update(seeded=0),
        lambda d: d["ways"][0].append({"event": "nothing known"}),
        lambda d: d["fits"][0].pop("unit"),
        lambda d: d["fits"][0]["releases"][0].pop("norm"),
    ],
)
def test_damaged_json_is_refused(report, damage):
    data = report.to_dict()
    damage(data)
    with pytest.raises(ValueError, match=r"to_json|version"):
        ModelPrivacyReport.from_dict(data)


def test_infinite_epsilon_is_called_by_its_name(data):
    with pytest.warns(UserWarning, match="not private"):
        fitted = DPStandardScaler(epsilon=np.inf).fit(data[0])
    report = privacy_report(fitted)
    assert not report.private
    assert report.epsilon() == np.inf
    for form in forms_of(report):
        assert "NOT PRIVATE" in form or '"epsilon"' in form
    assert "Nothing is promised" in repr(report)
    assert json.loads(report.to_json())["epsilon"]["add_remove"] == "inf"
    assert ModelPrivacyReport.from_json(report.to_json()) == report
    with pytest.raises(ValueError, match="not private"):
        report.plot()


def test_seeds_are_reported(data):
    report = privacy_report(DPStandardScaler(random_state=0).fit(data[0]))
    assert not report.private
    assert report.seeded
    assert "SEEDED" in repr(report)
    assert "SEEDED" in report.to_model_card()
    assert report.epsilon() == pytest.approx(1.0)


def test_pure_budgets_have_a_price_without_delta(data):
    report = privacy_report(DPStandardScaler(bounds=(-4, 4), delta=0).fit(data[0]))
    assert report.delta == 0
    assert report.epsilon() == pytest.approx(1.0)
    assert report.private
    assert "Laplace" in repr(report)
    assert ModelPrivacyReport.from_json(report.to_json()) == report


def test_groups_are_the_unit(data):
    groups = np.arange(300) // 3
    model = DPStandardScaler(max_rows_per_group=3).fit(data[0], groups=groups)
    text = repr(privacy_report(model))
    assert "if one group (3 rows of it count) is added" in text
    assert "People with several rows" not in text


def test_assumptions_are_listed(data):
    report = privacy_report(DPLogisticRegression(bounds=(-4, 4)).fit(*data))
    assert any("class labels" in fact for _, fact in report.assumed)
    assert "  Assumed\n" in repr(report)


def test_long_parameters_stay_short(data):
    model = DPStandardScaler(bounds=(np.full(3, -4.0), np.full(3, 4.0))).fit(data[0])
    assert "bounds = ([-4, -4, -4], [4, 4, 4])" in repr(privacy_report(model))
    wide = DPStandardScaler(bounds=(np.zeros(99), np.ones(99))).fit(np.eye(99))
    assert "[0, 0, 0, 0, ... 95 more]" in repr(privacy_report(wide))


def test_no_value_of_the_rows_appears():
    """Labels that were read from y are assumed public; yet no report spreads them."""
    rng = np.random.default_rng(1)
    X = 76_543_210.0 + rng.uniform(size=(200, 2))
    y = np.where(X[:, 0] > 76_543_210.5, "zebra", "quagga")
    fitted = DPLogisticRegression().fit(X, y)
    regression = DPRidge().fit(X, X[:, 0])
    for report in map(privacy_report, [fitted, regression]):
        result = check_policy(report, {"max_epsilon": 0.1, "strict": True})
        for form in [*forms_of(report), repr(result), result._repr_html_()]:
            assert "zebra" not in form
            assert "quagga" not in form
            assert "7654321" not in form


def test_plot_draws_the_curve(report):
    pytest.importorskip("matplotlib").use("Agg")
    ax = report.plot()
    assert ax.get_xscale() == "log"
    assert [line.get_label() for line in ax.lines] == [
        "one added or removed",
        "one replaced by another",
    ]
    x, y = ax.lines[0].get_data()
    assert np.all(np.diff(y) < 0)
    np.testing.assert_allclose(y, [report.epsilon(d) for d in x])
    assert report.plot(ax) is ax


def test_what_is_not_fitted_has_no_report(model):
    for unfitted in (clone(model), LogisticRegression()):
        with pytest.raises(NotFittedError, match="Call fit first"):
            privacy_report(unfitted)
        with pytest.raises(NotFittedError):
            check_policy(unfitted, {"max_epsilon": 1.0})


@pytest.mark.parametrize("thing", [None, 3, "model", [1], DPRidge, np.zeros(3)])
def test_what_is_no_estimator_is_refused(thing):
    with pytest.raises(TypeError, match="Pass a fitted estimator"):
        privacy_report(thing)


@pytest.mark.parametrize("delta", [-1e-6, 1.0, np.nan, "1e-6", True])
def test_delta_is_checked(model, delta):
    with pytest.raises((TypeError, ValueError), match="delta"):
        privacy_report(model, delta=delta)


def test_a_report_of_a_plan_needs_no_rows():
    report = privacy_report(DPRidge(epsilon=0.5).plan(4))
    assert report.epsilon() == pytest.approx(0.5)


def test_a_fit_that_finds_categories_reads_well():
    towns = [["Ulm"], ["Kiel"]] * 200
    report = privacy_report(DPOneHotEncoder(epsilon=1.0).fit(towns))
    text = repr(report)
    assert "DPOneHotEncoder, epsilon=1, delta=1e-06" in text  # not of the noise alone
    assert "Where epsilon is infinite" in text
    assert "Where epsilon is infinite" in report._repr_html_()
    assert max(map(len, text.splitlines())) < 150
