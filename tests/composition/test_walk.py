"""The walk: missing facts, strange trees, rules of others, and what is said."""

import pickle
from html.parser import HTMLParser

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import BaggingClassifier, VotingClassifier
from sklearn.feature_selection import RFE
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    PolynomialFeatures,
    StandardScaler,
)

from skprivate import check_private, privacy_cost, register_privacy_rule
from skprivate.accounting import Budget
from skprivate.composition import PrivacyCost, _registry
from skprivate.composition._rules._worst import worst_of
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import DPStandardScaler

SECRET = 271828.18


@pytest.fixture
def rules(monkeypatch):
    """Rules that are registered in a test are forgotten after it."""
    monkeypatch.setattr(_registry, "_RULES", dict(_registry._RULES))


@pytest.mark.parametrize(
    ("estimator", "fact"),
    [
        (OneVsRestClassifier(DPLogisticRegression()), "n_classes"),
        (make_pipeline(OneVsOneClassifier(DPLogisticRegression())), "n_classes"),
        (MultiOutputRegressor(DPRidge()), "n_outputs"),
        (RFE(DPRidge()), "n_features"),
        (GridSearchCV(RFE(DPRidge()), {"step": [1, 2]}), "n_features"),
    ],
)
def test_a_missing_fact_is_asked_for(estimator, fact):
    with pytest.raises(ValueError, match=f"Pass {fact}=... to privacy_cost"):
        privacy_cost(estimator)
    with pytest.raises(ValueError, match=fact):
        check_private(estimator)
    assert privacy_cost(estimator, **{fact: 4}).fits >= 3


@pytest.mark.parametrize("value", [0, -1, 2.5, True, "3", np.nan])
@pytest.mark.parametrize("fact", ["n_classes", "n_outputs", "n_features"])
def test_facts_are_numbers_of_things(fact, value):
    with pytest.raises(ValueError, match=fact):
        privacy_cost(DPRidge(), **{fact: value})


def test_the_width_is_not_guessed_behind_a_step_that_may_change_it():
    wide = make_pipeline(PolynomialFeatures(), RFE(DPRidge()))
    with pytest.raises(ValueError, match="changed on the way"):
        privacy_cost(wide, n_features=4)
    same = make_pipeline(DPStandardScaler(), "passthrough", RFE(DPRidge()))
    assert privacy_cost(same, n_features=4).fits == 1 + 3


@pytest.mark.parametrize("thing", [DPRidge, 3, "ridge", None, [DPRidge()], object()])
def test_what_is_no_estimator_is_refused(thing):
    with pytest.raises(TypeError, match=r"pass an instance|is no estimator"):
        privacy_cost(thing)


@pytest.mark.parametrize("step", [DPRidge, 3, "ridge", [DPRidge()], object()])
def test_a_part_that_is_no_estimator_leaks(step):
    assert not privacy_cost(Pipeline([("first", step)])).private


class Bare:
    """An estimator without get_params."""

    def fit(self, X, y=None):
        return self


class Angry(BaseEstimator):
    """An estimator that cannot list its parameters."""

    def fit(self, X, y=None):
        return self

    def get_params(self, deep=True):
        raise RuntimeError("no")


@pytest.mark.parametrize("estimator", [Bare(), Angry()])
def test_estimators_without_parameters_leak(estimator):
    assert not privacy_cost(estimator).private
    assert not privacy_cost(BaggingClassifier(Bare(), bootstrap=False)).private
    assert not privacy_cost(VotingClassifier([("a", estimator)])).private


def test_a_cycle_leaks():
    loop = Pipeline([("first", DPStandardScaler()), ("second", None)])
    loop.steps[1] = ("second", loop)
    cost = privacy_cost(loop)
    assert cost.leaks[0].where == "second"
    assert "contains itself" in cost.leaks[0].what


def test_the_same_part_twice_is_fitted_twice():
    scaler = DPStandardScaler()
    assert privacy_cost(make_pipeline(scaler, scaler)).fits == 2


def test_very_deep_trees_are_refused_and_deep_ones_are_not():
    tree = DPRidge()
    for _ in range(30):
        tree = make_pipeline(tree)
    assert privacy_cost(tree).private
    for _ in range(5000):
        tree = Pipeline([("inner", tree)])
    assert not privacy_cost(tree).private


@pytest.mark.parametrize(
    "estimator",
    [
        Pipeline("abc"),
        Pipeline([DPRidge()]),
        Pipeline(None),
        VotingClassifier([("a", DPRidge(), 3)]),
        BaggingClassifier(DPRidge(), n_estimators="many"),
        RFE(DPRidge(), step=0),
        RFE(DPRidge(), n_features_to_select="some"),
        GridSearchCV(DPRidge(), None),
        GridSearchCV(DPRidge(), {"alpha": "abc"}),
        GridSearchCV(DPRidge(), {"alpha": 3}),
        GridSearchCV(make_pipeline(DPRidge()), {"dpridge__epsilom": [1.0]}),
        GridSearchCV(make_pipeline(DPRidge()), {"lost__epsilon": [1.0]}),
        DPRidge(epsilon=-1),
        DPRidge(delta=2),
        make_pipeline(DPRidge(epsilon="one")),
    ],
)
def test_parameters_that_make_no_sense_are_value_errors(estimator):
    with pytest.raises(ValueError, match=r"[.]$"):
        privacy_cost(estimator, n_features=4)


def test_no_parameter_value_is_shown():
    data = np.full(3, SECRET)
    holder = FunctionTransformer(np.add, kw_args={"x2": data})
    leaky = make_pipeline(
        holder, FunctionTransformer(kw_args={"a": data}), Ridge(SECRET)
    )
    wrong = GridSearchCV(leaky, {"nothing": [data]})
    cost = privacy_cost(leaky)
    said = [repr(cost), cost._repr_html_()]
    for bad in (leaky, wrong):
        with pytest.raises(ValueError) as raised:
            check_private(bad)
        said += [str(raised.value), repr(raised.value)]
    assert not any("271828" in text for text in said)


def test_a_grid_may_replace_steps_and_change_what_is_inside():
    pipe = make_pipeline(DPStandardScaler(), DPRidge())
    grid = {
        "dpstandardscaler": ["passthrough", StandardScaler(), DPStandardScaler()],
        "dpridge__epsilon": [0.5, 1.0],
    }
    cost = privacy_cost(GridSearchCV(pipe, grid, cv=2, refit=False))
    assert cost.fits == 2 * (2 * 1 + 2 * 1 + 2 * 2)
    assert sum("StandardScaler" in leak.what for leak in cost.leaks) == 1


def test_a_parameter_counts_if_the_step_that_has_it_is_replaced(rules):
    class Often(BaseEstimator):
        def __init__(self, alpha=1):
            self.alpha = alpha

        def fit(self, X, y=None):
            return self

    @register_privacy_rule(Often)
    def often(estimator, walk):
        model = walk(DPRidge(), "model").times(estimator.alpha)
        return PrivacyCost.sum_of("Often", [("model", model)])

    grid = {"dpridge": [DPRidge(), Often()], "dpridge__alpha": [2, 7]}
    search = GridSearchCV(make_pipeline(DPRidge()), grid, cv=2, refit=False)
    assert privacy_cost(search).fits == 2 * (1 + 1 + 2 + 7)


def test_large_grids_over_free_parameters_are_cheap():
    grid = {"alpha": np.linspace(0, 1, 3000), "fit_intercept": [True, False]}
    assert privacy_cost(GridSearchCV(DPRidge(), grid, cv=5)).fits == 6000 * 5 + 1


def test_too_many_different_prices_are_a_leak():
    grid = {"epsilon": np.linspace(1, 2, 3000)}
    cost = privacy_cost(GridSearchCV(DPRidge(), grid, cv=5))
    assert any("different prices" in leak.what for leak in cost.leaks)


def test_a_compound_object_pays_once():
    pipe = make_dp_pipeline(DPStandardScaler(), DPRidge(), epsilon=1.0, delta=1e-6)
    cost = check_private(pipe)
    assert cost.fits == 1
    assert cost.epsilon(1e-6) == pytest.approx(1.0)
    assert [label for label, _ in cost.children] == [name for name, _ in pipe.steps]


def test_rules_hold_for_subclasses_and_the_nearest_wins(rules):
    class Mine(Bare):
        pass

    class Yours(Mine):
        pass

    @register_privacy_rule(Bare)
    def free(estimator, walk):
        return PrivacyCost("Bare", note="reads nothing")

    assert privacy_cost(Yours()).private

    @register_privacy_rule(Mine)
    def leaky(estimator, walk):
        return PrivacyCost("Mine", leaks=(walk.leak("it reads", "Do not use it."),))

    assert not privacy_cost(Yours()).private
    assert privacy_cost(Bare()).private


def test_a_method_is_a_rule_too():
    class Compound(Bare):
        def _privacy_cost(self, walk):
            parts = [("inner", walk(DPRidge(), "inner"))]
            return PrivacyCost.of_budget("Compound", Budget(0.5, 1e-6), parts)

    assert privacy_cost(Compound()).epsilon() == pytest.approx(0.5)


def test_a_rule_must_return_a_price(rules):
    register_privacy_rule(Bare)(lambda estimator, walk: 1.0)
    with pytest.raises(ValueError, match="return a PrivacyCost"):
        privacy_cost(Bare())


@pytest.mark.parametrize("classes", [(), ("Bare",), (Bare(),)])
def test_rules_are_about_classes(classes):
    with pytest.raises(TypeError, match="register_privacy_rule needs classes"):
        register_privacy_rule(*classes)


def test_a_private_estimator_that_overrides_fit_is_not_trusted():
    class Sly(DPRidge):
        def fit(self, X, y=None):
            self.mean_ = X.mean()
            return super().fit(X, y)

    assert "overrides fit" in privacy_cost(Sly()).leaks[0].what


def costs(*budgets):
    return [PrivacyCost.of_budget("fit", Budget(*budget)) for budget in budgets]


@pytest.mark.parametrize(
    "options",
    [
        costs((1.0, 1e-6), (2.0, 1e-6)),
        costs((1.0, 1e-6), (1.0, 1e-9), (0.5, 1e-3)),
        costs((1.0, 0), (2.0, 0)),
        costs((1.0, 0), (0.3, 1e-6)),
        costs((0.1, 0), (2.0, 1e-6)),
        [*costs((1.0, 0)), costs((0.6, 0))[0].times(2)],
        [*costs((1.0, 1e-6)), PrivacyCost("nothing")],
        [*costs((1.0, 1e-6)), costs((1.0, 1e-6))[0].times(None)],
    ],
)
def test_the_worst_is_no_better_than_any(options):
    worst = worst_of(options)
    for delta in (0.0, 1e-9, 1e-6, 1e-3):
        for option in options:
            assert worst.spent(delta) >= option.spent(delta) * (1 - 1e-9)


def test_the_worst_of_equals_is_one_of_them():
    same = costs((1.0, 1e-6)) * 3
    assert worst_of(same).events == same[0].events


def test_text_is_a_tree_with_remedies():
    tree = make_pipeline(StandardScaler(), OneVsRestClassifier(DPLogisticRegression()))
    text = repr(privacy_cost(tree, n_classes=3)).splitlines()
    assert text[0] == "Privacy of Pipeline: NOT PRIVATE, 1 leak (and 3 private fits)"
    assert text[2].strip() == "standardscaler: StandardScaler"
    assert text[3].strip().startswith("! ")
    assert "DPStandardScaler" in text[4]
    leaf = "      estimator: DPLogisticRegression × 3  (epsilon=1, delta=1e-06)"
    assert leaf in text


class Balanced(HTMLParser):
    """Checks that tags close in order."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_html_is_well_formed_and_escaped():
    tree = Pipeline([("<b>", StandardScaler()), ("x & y", DPRidge())])
    html = privacy_cost(tree)._repr_html_()
    parser = Balanced()
    parser.feed(html)
    assert parser.open == []
    assert "<code>&lt;b&gt;</code>" in html
    assert "x &amp; y" in html


def test_prices_pickle_and_compare():
    cost = privacy_cost(make_pipeline(StandardScaler(), DPRidge()))
    assert pickle.loads(pickle.dumps(cost)) == cost
