"""Explainers of shap and lime are private if their model and their rows are."""

import warnings
from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skprivate import check_private, privacy_cost, privacy_report
from skprivate.composition import NotPrivateError
from skprivate.composition._rules._explainers import _LIME, _SHAP
from skprivate.inspection import DPBackground, PublicBackground
from skprivate.linear_model import DPLogisticRegression
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import DPStandardScaler
from skprivate.synthesis import DPTabularSynthesizer
from tests.inspection.test_background import held_values


class Part:
    """An object of shap, as far as it matters here: it holds things."""

    __module__ = "shap.utils"

    def __init__(self, **held):
        vars(self).update(held)


class KernelExplainer(Part):
    """Made like that of shap: a function, and rows in an object of its own."""

    __module__ = "shap.explainers._kernel"

    @classmethod
    def of(cls, ask, rows):
        return cls(model=Part(f=ask), data=Part(data=rows, weights=np.ones(len(rows))))


class TreeExplainer(Part):
    __module__ = "shap.explainers._tree"


class LimeTabularExplainer:
    """Made like that of lime, where it divides no column into bins."""

    __module__ = "lime.lime_tabular"

    def __init__(self, rows, codes=()):
        mean = rows.mean(axis=0)
        mean[list(codes)] = 0.0
        self.scaler, self.discretizer = Part(mean_=mean), None
        counts = {j: np.unique(rows[:, j], return_counts=True) for j in codes}
        self.feature_values = {j: v.tolist() for j, (v, _) in counts.items()}
        self.feature_frequencies = {j: n / len(rows) for j, (_, n) in counts.items()}


def rows(n=900):
    X = np.random.default_rng(0).normal(size=(n, 3))
    return X, (X[:, 0] > 0).astype(int)


@pytest.fixture(scope="module")
def model():
    return make_dp_pipeline(
        DPStandardScaler(bounds=(-3, 3)), DPLogisticRegression(classes=[0, 1])
    ).fit(*rows())


@pytest.fixture(scope="module")
def background(model):
    return DPBackground.from_pipeline(model, n_samples=40)


def whys(explainer, background=None):
    """Leaks, which a report names as well, and a check raises."""
    cost = privacy_cost(explainer, background=background)
    report = privacy_report(explainer, background=background)
    assert report.private == cost.private
    if cost.leaks:
        assert report.epsilon() == np.inf
        with pytest.raises(NotPrivateError):
            check_private(explainer, background=background)
    return " | ".join(map(str, cost.leaks))


@pytest.mark.parametrize("through", [False, True])
def test_a_private_model_and_a_background_cost_nothing_more(model, background, through):
    ask = model.predict_proba
    ask = background.asked(ask) if through else ask
    explainer = KernelExplainer.of(ask, background.to_shap())
    assert whys(explainer, background) == ""
    report = privacy_report(explainer, background=background)
    assert report.n_fits == 1, "the background is of the scaler in the pipeline"
    assert report.epsilon() == pytest.approx(model.privacy_.epsilon(), rel=1e-6)
    assert check_private(explainer, background=background).fits == 0
    assert "KernelExplainer" in str(report)


def test_a_background_of_its_own_adds_its_price(model):
    X, _ = rows()
    made = DPTabularSynthesizer(method="independent", bounds=(-3, 3), epsilon=0.5)
    drawn = DPBackground(made, n_samples=30).fit(X)
    explainer = KernelExplainer.of(model.predict_proba, drawn.to_shap())
    report = privacy_report(explainer, background=drawn)
    assert report.private
    assert report.n_fits == 2
    assert report.epsilon() > model.privacy_.epsilon()
    public = PublicBackground(X[:30])
    explainer = KernelExplainer.of(model.predict_proba, public.to_shap())
    assert privacy_report(explainer, background=public).n_fits == 1


def test_private_rows_are_named(model, background):
    X, _ = rows()
    explainer = KernelExplainer.of(model.predict_proba, X[:20])
    assert "rows, and nobody says whose" in whys(explainer)
    assert "not those of the background" in whys(explainer, background)
    mixed = np.vstack([background.to_shap()[:5], X[7:8]])
    explainer = KernelExplainer.of(model.predict_proba, mixed)
    assert "not those of the background" in whys(explainer, background)
    images = KernelExplainer.of(model.predict_proba, X[:8].reshape(2, 4, 3))
    assert "not those of the background" in whys(images, background)
    other = PublicBackground(X[:30])  # whose rows come along with what it asks
    explainer = KernelExplainer.of(other.asked(model.predict), background.to_shap())
    assert "not those of the background" in whys(explainer, background)
    assert str(X[7, 0])[:7] not in whys(explainer, background)


def test_models_that_are_not_private_are_named(model, background):
    X, y = rows()
    shown = background.to_shap()
    raw = LogisticRegression().fit(X, y)
    mixed = make_pipeline(LogisticRegression()).fit(X, y)
    seeded = DPLogisticRegression(bounds=(-3, 3), classes=[0, 1], random_state=0)
    seeded.fit(X, y)
    for one, why in [
        (raw.predict_proba, "LogisticRegression is fitted on the rows"),
        (mixed.predict_proba, "LogisticRegression is fitted on the rows"),
        (seeded.predict_proba, "seeded"),
        (background.asked(raw.predict_proba), "LogisticRegression is fitted"),
        (lambda rows: model.predict_proba(rows), "function"),
        (partial(lambda ask, rows: ask(rows), raw.predict), "function"),
        (None, "not in it"),
    ]:
        assert why in whys(KernelExplainer.of(one, shown), background)
    assert "not in it" in whys(TreeExplainer(trees=[1, 2]), background)


def test_statistics_that_lime_keeps():
    X, _ = rows(60)
    X[:, 2] = np.arange(60) % 3
    shown = PublicBackground(X)
    assert whys(LimeTabularExplainer(X), shown) == ""
    assert "nobody says whose" in whys(LimeTabularExplainer(X))
    other = X.copy()
    other[0, 0] += 0.1
    assert "not those of the background" in whys(LimeTabularExplainer(other), shown)
    assert "not those" in whys(LimeTabularExplainer(X[:, :2]), shown)
    texts = [[a, b, "abc"[int(c)]] for a, b, c in X]
    texts = PublicBackground(np.array(texts, dtype=object))
    coded = LimeTabularExplainer(texts.numbers_, codes=[2])
    assert whys(coded, texts) == ""
    coded.feature_frequencies[2] = np.array([0.5, 0.25, 0.25])
    assert "not those" in whys(coded, texts)


def test_what_is_no_background(model):
    explainer = KernelExplainer.of(model.predict_proba, np.eye(3))
    for ask in (privacy_cost, check_private, privacy_report):
        with pytest.raises(TypeError, match="background"):
            ask(explainer, background=np.eye(3))


def test_rows_with_texts():
    frame = pd.DataFrame({"plan": ["a", "b", "a", "c"], "n": [1.5, 2.5, 3.5, 4.5]})
    shown = PublicBackground(frame[:3])
    assert shown.holds(frame[1:3])
    assert shown.holds(shown.to_shap())
    assert not shown.holds(frame)
    assert not shown.holds(frame[["plan"]])
    assert not shown.holds([["a", "b", "c"]])


def test_small_numbers_are_told_apart():
    X = np.random.default_rng(0).normal(size=(40, 2)) * 1e-12
    shown = PublicBackground(X[:20])
    assert shown.holds(X[3:5])
    assert not shown.holds(X[25:26])
    assert shown.holds(shown.covariance_)
    assert not shown.holds(2 * shown.covariance_)
    assert PublicBackground(X[:20, :1]).holds([[float(np.var(X[:20, 0]))]])


def stored(thing):
    """All that it holds, as bytes; views of memory as the numbers in them."""
    cloudpickle = pytest.importorskip("cloudpickle")
    for name, value in getattr(thing, "__dict__", {}).items():
        if "memoryview" in type(value).__name__:
            setattr(thing, name, np.asarray(value))
    return cloudpickle.dumps(thing)


def explainers_of_shap(model, linear, background):
    """One of each kind that takes any model, of rows of a background."""
    import shap

    shown, ask = background.to_shap(), model.predict_proba
    yield shap.KernelExplainer(ask, shown[:10])
    yield shap.KernelExplainer(background.asked(ask), shown[:10])
    yield shap.SamplingExplainer(ask, shown[:10])
    yield shap.Explainer(ask, shown)
    yield shap.explainers.Permutation(ask, shown)
    yield shap.LinearExplainer(linear, shown)
    yield shap.LinearExplainer(linear, (background.mean_, background.covariance_))


@pytest.mark.slow
def test_rules_are_about_explainers_that_exist():
    shap = pytest.importorskip("shap")
    pytest.importorskip("lime")
    from lime import lime_image, lime_tabular, lime_text

    homes = (shap, shap.explainers, lime_image, lime_tabular, lime_text)
    for name in (*_SHAP, *_LIME):
        assert any(hasattr(home, name) for home in homes), name


@pytest.mark.slow
def test_no_object_of_shap_holds_a_private_row(model, background):
    shap = pytest.importorskip("shap")
    X, y = rows()
    linear = DPLogisticRegression(bounds=(-3, 3), classes=[0, 1]).fit(X, y)
    asked = background.to_shap()[:4]
    for explainer in explainers_of_shap(model, linear, background):
        assert whys(explainer, background) == ""
        found = explainer(asked)
        for one in (explainer, found):
            assert not held_values(stored(one), X)
    explainer = shap.KernelExplainer(model.predict_proba, background.to_shap()[:10])
    explainer.shap_values(X[:1])
    assert held_values(stored(explainer), X[:1]), "it keeps a row that it explained"
    assert "not those of the background" in whys(explainer, background)
    raw = shap.KernelExplainer(model.predict_proba, X[:20])
    assert held_values(stored(raw), X), "so a row would be found"
    assert "not those of the background" in whys(raw, background)
    raw = shap.LinearExplainer(linear, X)
    assert held_values(stored(raw), X)
    assert "not those of the background" in whys(raw, background)


@pytest.mark.slow
@pytest.mark.parametrize(
    "options", [{}, {"discretize_continuous": False}, {"discretizer": "decile"}]
)
def test_no_object_of_lime_holds_a_private_row(model, background, options):
    lime = pytest.importorskip("lime.lime_tabular")
    X, _ = rows()
    explainer = lime.LimeTabularExplainer(**background.to_lime(), **options)
    found = explainer.explain_instance(
        background.to_shap()[0], model.predict_proba, num_samples=200
    )
    for one in (explainer, found):
        assert not held_values(stored(one), X)
    assert len(found.as_list()) == 3
    assert whys(explainer, background) == ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = lime.LimeTabularExplainer(X, **options)
    if options == {}:
        assert held_values(stored(raw), X), "so a row would be found"
    assert "not those of the background" in whys(raw, background)
