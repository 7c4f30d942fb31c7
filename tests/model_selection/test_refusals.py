"""Bad input: refused before anything is charged, and with what to do."""

import threading

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import make_scorer, recall_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skprivate.composition import NotPrivateError, privacy_cost
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.metrics import get_dp_scorer
from skprivate.model_selection import (
    DPGridSearchCV,
    DPRandomizedSearchCV,
    dp_cross_val_score,
)
from skprivate.naive_bayes import DPGaussianNB
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import DPStandardScaler

X = np.random.default_rng(0).uniform(-1, 1, (60, 2))
Y = (X[:, 0] > 0).astype(int)
GRID = {"var_smoothing": [1e-9, 0.1]}


def bayes(**params):
    return DPGaussianNB(bounds=(-1, 1), classes=[0, 1], **params)


def refused(search, error, match, rows=(X, Y), **fit_params):
    """It is refused, nothing is charged, and nothing of the rows is quoted."""
    with PrivacyLedger() as ledger, pytest.raises(error, match=match) as caught:
        search.fit(*rows, **fit_params)
    assert len(ledger.records) == 0
    assert str(X[0, 0])[:6] not in str(caught.value)
    assert not hasattr(search, "best_estimator_")


@pytest.mark.parametrize("name", ["epsilon", "delta", "random_state"])
def test_candidates_with_budgets_of_their_own(name):
    search = DPGridSearchCV(bayes(), {name: [0.5, 1]})
    refused(search, ValueError, f"param_grid holds {name}: .* Take it out")


def test_steps_with_budgets_of_their_own():
    pipe = make_dp_pipeline(DPStandardScaler(bounds=(-1, 1)), bayes())
    search = DPGridSearchCV(pipe, {"dpgaussiannb__epsilon": [0.1, 1.0]})
    refused(search, ValueError, "dpgaussiannb__epsilon: all candidates get the same")


@pytest.mark.parametrize("params", [{"epsilon": 0.5}, {"delta": 1e-5}])
def test_an_estimator_with_a_budget_of_its_own(params):
    refused(
        DPGridSearchCV(bayes(**params), GRID), ValueError, "Leave it at its default"
    )


def test_an_estimator_with_a_seed_of_its_own():
    search = DPGridSearchCV(bayes(random_state=0), GRID)
    refused(search, ValueError, "give random_state to the search")


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(),
        make_pipeline(DPStandardScaler(), DPGaussianNB()),
        make_pipeline(StandardScaler(), LogisticRegression()),
    ],
)
def test_estimators_without_a_budget(estimator):
    refused(DPGridSearchCV(estimator, {}), TypeError, "no epsilon and delta")


def test_classes_and_other_objects():
    for wrong in (DPGaussianNB, "bayes", None):
        search = DPGridSearchCV(wrong, GRID)
        refused(search, TypeError, "must be an instance")


def test_a_candidate_that_is_not_private():
    pipe = make_dp_pipeline(DPStandardScaler(bounds=(-1, 1)), bayes())
    grid = {"dpstandardscaler": [DPStandardScaler(bounds=(-1, 1)), StandardScaler()]}
    search = DPGridSearchCV(pipe, grid)
    refused(search, (NotPrivateError, TypeError), "StandardScaler")


ODD_GRIDS = [
    *({"var_smoothing": given} for given in ([], 1e-9, "a", np.ones((2, 2)))),
    *([], None, 5, [5]),
    {1: [1e-9]},
]


@pytest.mark.parametrize("grid", ODD_GRIDS, ids=str)
def test_odd_grids_are_told_what_to_give(grid):
    said = r"param_grid .*(Give a|Write 'C')"
    refused(DPGridSearchCV(bayes(), grid), (ValueError, TypeError), said)


@pytest.mark.filterwarnings("ignore:The total space of parameters 0")
@pytest.mark.parametrize("grid", [{"C": []}, {"C": 1.0}, [], None, 5], ids=str)
def test_odd_distributions_are_told_what_to_give(grid):
    search = DPRandomizedSearchCV(bayes(), grid, n_iter=2)
    refused(search, (ValueError, TypeError), "param_distributions .*Give a")


@pytest.mark.parametrize("n_iter", [0, -1, 1.5, "a"])
def test_numbers_of_candidates_that_there_cannot_be(n_iter):
    search = DPRandomizedSearchCV(bayes(), GRID, n_iter=n_iter)
    refused(search, ValueError, "n_iter must be a whole number")


def test_unknown_and_invalid_parameters():
    refused(
        DPGridSearchCV(bayes(), {"smoothing": [1]}), ValueError, "Invalid parameter"
    )
    refused(DPGridSearchCV(bayes(), {"var_smoothing": [-1]}), ValueError, "must be a")


@pytest.mark.parametrize(
    "scoring", [make_scorer(recall_score), lambda model, X, y: 1.0, ["accuracy"], 3]
)
def test_scores_that_are_exact(scoring):
    search = DPGridSearchCV(bayes(), GRID, scoring=scoring)
    refused(search, TypeError, "make_dp_scorer")


def test_unknown_scorers():
    search = DPGridSearchCV(bayes(), GRID, scoring="nonsense")
    refused(search, ValueError, "scoring names no private scorer")


def test_a_regressor_needs_a_range():
    class Silent(DPRidge):
        """A regressor that does not say how well it would do."""

        _estimates_its_error = False

    search = DPGridSearchCV(Silent(bounds=(-1, 1)), {"alpha": [1, 2]})
    refused(search, ValueError, "target_bounds", rows=(X, X[:, 0]))


def test_a_scorer_that_cannot_be_sent_to_workers():
    scorer = get_dp_scorer("accuracy")
    scorer.lock = threading.Lock()
    search = DPGridSearchCV(bayes(), GRID, scoring=scorer, n_jobs=2)
    refused(search, TypeError, "cannot be sent to other processes")


@pytest.mark.parametrize("fraction", [0.0, 1.0, -1, 2, float("nan")])
def test_fractions_outside(fraction):
    search = DPGridSearchCV(bayes(), GRID, validation_fraction=fraction)
    refused(search, ValueError, "validation_fraction is outside")


@pytest.mark.parametrize("mean", [1, 0, -3.0, float("nan"), float("inf"), 1e9])
def test_means_that_make_no_sense(mean):
    search = DPGridSearchCV(bayes(), GRID, mean_runs=mean)
    refused(search, ValueError, "mean_runs must be above 1")


@pytest.mark.parametrize("mean", ["5", True, [3]])
def test_means_that_are_no_numbers(mean):
    search = DPGridSearchCV(bayes(), GRID, mean_runs=mean)
    refused(search, TypeError, "mean_runs must be a number")


@pytest.mark.parametrize("stopping", ["normal", None, 1, ["geometric"]])
def test_unknown_laws(stopping):
    search = DPGridSearchCV(bayes(), GRID, stopping=stopping)
    refused(search, ValueError, "stopping must be one of: geometric, logarithmic, poi")


def test_poisson_has_no_pure_price():
    search = DPGridSearchCV(
        bayes(), {"bounds": [(-1, 1), (-2, 2)]}, delta=0.0, stopping="poisson"
    )
    refused(search, ValueError, "delta=0 cannot be had")


@pytest.mark.parametrize("option", ["cv", "error_score", "refit", "return_train_score"])
def test_options_that_only_the_namesake_has(option):
    for search in (DPGridSearchCV, DPRandomizedSearchCV):
        with pytest.raises(TypeError, match=option):
            search(bayes(), GRID, **{option: 3})


@pytest.mark.parametrize("budget", [{"epsilon": 0.0}, {"epsilon": -1}, {"delta": 1.0}])
def test_budgets_that_make_no_sense(budget):
    refused(DPGridSearchCV(bayes(), GRID, **budget), ValueError, "pass a")


def test_lengths_that_differ_are_private_so_they_are_charged():
    search = DPGridSearchCV(bayes(), GRID)
    match = "inconsistent.*has been charged"
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match=match):
        search.fit(X, Y[:9])
    assert len(ledger.records) == 1


def test_rows_that_are_not_in_memory():
    rows = (iter([X]), Y)
    refused(DPGridSearchCV(bayes(), GRID), TypeError, "in memory", rows=rows)


def test_weights_that_the_estimator_does_not_take(monkeypatch):
    takes = "skprivate.model_selection._routing.has_fit_parameter"
    monkeypatch.setattr(takes, lambda *_: False)  # all of ours take some
    search = DPGridSearchCV(bayes(), {"var_smoothing": [1e-9, 0.1]})
    refused(search, TypeError, "takes no sample_weight", sample_weight=np.ones(60))


def test_a_search_that_is_not_private_is_announced_as_such():
    pipe = make_dp_pipeline(DPStandardScaler(bounds=(-1, 1)), bayes())
    grid = {"dpgaussiannb": [bayes(), LogisticRegression()]}
    cost = privacy_cost(DPGridSearchCV(pipe, grid))
    assert not cost.private
    assert "LogisticRegression" in str(cost.leaks)


def test_failures_after_the_charge_leave_nothing_behind():
    model = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1])
    search = DPGridSearchCV(model, {"C": [0.1, 1.0]})
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="NaN"):
        search.fit(np.where(X > 0, X, np.nan), Y)
    assert len(ledger.records) == 1
    assert not hasattr(search, "best_estimator_")


@pytest.mark.parametrize("cv", ["5", 2.0, True, [1], None])
def test_other_splitters(cv):
    with pytest.raises(TypeError, match="cv must be a number of folds"):
        dp_cross_val_score(bayes(), X, Y, cv=cv)
