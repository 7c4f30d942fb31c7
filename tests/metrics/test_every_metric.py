"""What every metric must do; they are found, and none is named but in `questions`."""

import pickle
from unittest.mock import patch

import numpy as np
import pytest

from skprivate.accounting import BudgetExceededError
from skprivate.ledger import PrivacyLedger, StrictLedgerError
from skprivate.metrics import all_metrics
from skprivate.testing import dp_checks
from tests.metrics.questions import (
    BOUNDS,
    CASES,
    IDS,
    OF_NO_TARGET,
    PUBLIC,
    THREE,
    TWO,
    arrays_for,
    called,
    probe,
    sign_for_code,
)

every_case = pytest.mark.parametrize(("name", "public"), CASES, ids=IDS)
every_metric = pytest.mark.parametrize("name", list(PUBLIC))

FAST = (
    "check_budget_is_spent_exactly",
    "check_hostile_weights_stay_within_bounds",
    "check_rows_that_are_not_finite_contribute_nothing",
    "check_queries_add_up",
    "check_contributions_do_not_depend_on_company",
    "check_contributions_do_not_depend_on_the_table",
    "check_replay_as_given",
    "check_replay_pure",
    "check_replay_of_unrelated_rows",
    "check_replay_of_groups",
    "check_replay_of_clipped_groups",
    "check_replay_of_very_few_rows",
)
NOT_FOR_METRICS = {
    # How many cells there are is decided by earlier answers: no plan can list them.
    "check_plan_is_what_happens",
    # An interval of R squared may be endless: noise can drown the variance.
    "check_fitted_numbers_are_finite",
}


def of_first(name):
    return {**PUBLIC[name][0]}


def measured(name, **options):
    public = {**of_first(name), **options}
    return called(name)(*arrays_for(name), **public)


@pytest.fixture
def any_row_has_a_label():
    with patch("skprivate.metrics._tables.predicted_codes", sign_for_code):
        yield


def test_every_metric_is_here():
    assert set(PUBLIC) == set(all_metrics())


@pytest.mark.parametrize("check", FAST)
@every_case
def test_privacy(name, public, check, any_row_has_a_label):
    question = probe(name, public)
    checks = dp_checks(question)
    if check in checks:
        checks[check](question)


@pytest.mark.slow
@every_case
def test_privacy_by_every_check(name, public, any_row_has_a_label):
    question = probe(name, public)
    for check_name, check in dp_checks(question).items():
        if check_name not in NOT_FOR_METRICS:
            check(question)


@every_case
@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_what_is_asked_for_is_spent(name, public, delta):
    y_true, y_pred = arrays_for(name)
    if public.get("classes") == (0, 1, 2):
        y_true = y_true.copy()
        y_true[::5] = 2
        if y_pred.dtype.kind == "f":  # a score of each class
            y_pred = np.column_stack([1 - y_pred, y_pred / 2, y_pred / 2])
    found = called(name)(y_true, y_pred, epsilon=0.7, delta=delta, **public)
    assert found.privacy.epsilon() == pytest.approx(0.7, rel=1e-6)
    assert found.privacy.epsilon() <= 0.7 * (1 + 1e-9)
    assert found.privacy.estimator == name
    assert found.privacy.assumed == ()


@every_metric
def test_ledger_is_charged_once(name):
    with PrivacyLedger(epsilon=1.2, delta=1e-6) as ledger:
        measured(name, epsilon=1.0)
        assert len(ledger.records) == 1
        with pytest.raises(BudgetExceededError):
            measured(name, epsilon=1.0)
        assert len(ledger.records) == 1
        ledger.dismiss_refusals()


@every_metric
def test_lists_are_taken_where_a_ledger_listens(name):
    y_true, y_pred = arrays_for(name)
    with PrivacyLedger() as ledger:
        called(name)(y_true.tolist(), y_pred.tolist(), **of_first(name))
        assert len(ledger.records) == 1
        with pytest.raises((TypeError, ValueError)):
            called(name)(y_true.tolist(), None, **of_first(name))
        assert len(ledger.records) == 1


@every_metric
def test_strict_ledger_refuses_what_is_read_from_the_data(name):
    if "classes" not in PUBLIC[name][0]:
        pytest.skip("has no classes")
    y_true, y_pred = arrays_for(name)
    others = {
        key: v for key, v in of_first(name).items() if key in ("by", "categories")
    }
    with pytest.raises(StrictLedgerError), PrivacyLedger(strict=True):
        called(name)(y_true, y_pred, **others)
    with PrivacyLedger(strict=True):
        measured(name)
    found = called(name)(y_true, y_pred, **others)
    assert "class labels" in found.privacy.assumed[0]


@every_metric
def test_strict_ledger_refuses_seeds(name):
    with pytest.raises(StrictLedgerError), PrivacyLedger(strict=True):
        measured(name, random_state=0)


@every_metric
def test_seed_repeats(name):
    first, second = (measured(name, random_state=7) for _ in range(2))
    assert pickle.dumps(first) == pickle.dumps(second)
    assert first.privacy.seeded
    assert pickle.dumps(measured(name, random_state=8)) != pickle.dumps(first)


@every_metric
def test_pickle(name):
    found = measured(name)
    again = pickle.loads(pickle.dumps(found))
    assert repr(again) == repr(found)
    assert again.privacy == found.privacy


@every_metric
def test_repr_names_the_price(name):
    assert "epsilon=1" in repr(measured(name))
    with pytest.warns(UserWarning, match="not private"):
        assert "NOT PRIVATE" in repr(measured(name, epsilon=np.inf))
    assert "SEEDED" in repr(measured(name, random_state=0))


@every_metric
@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"epsilon": 0.0}, ValueError),
        ({"epsilon": np.nan}, ValueError),
        ({"epsilon": True}, TypeError),
        ({"delta": 1.0}, ValueError),
        ({"confidence": 1.0}, ValueError),
        ({"confidence": "high"}, ValueError),
        ({"max_weight": 0.0}, ValueError),
        ({"max_rows_per_group": 0}, ValueError),
        ({"epsylon": 1.0}, TypeError),
    ],
)
def test_nonsense_is_refused_before_it_costs_anything(name, options, error):
    with PrivacyLedger() as ledger:
        with pytest.raises(error):
            measured(name, **options)
        assert len(ledger.records) == 0


@every_metric
def test_bad_rows_are_refused_without_their_values(name):
    y_true, y_pred = arrays_for(name)
    metric, public = called(name), of_first(name)
    bad = np.array(y_pred, dtype=float)
    bad[3] = np.nan
    secret = np.array(y_true, dtype=float)
    secret[5] = 736251.0
    cases = [
        (y_true, bad),
        (y_true, y_pred[:-1]),
        (y_true, None),
        (None, y_pred),
        (y_true, np.tile(y_pred, (7, 1)).T),
        (y_true[:0], y_pred[:0]),
    ]
    if name in OF_NO_TARGET:  # and any number of centers
        cases = [(None, bad), (None, None), (None, y_pred[:0])]
    if "classes" in public:
        cases.append((secret, y_pred))
    for case in cases:
        with pytest.raises((ValueError, TypeError)) as caught:
            metric(*case, **public)
        assert "736251" not in str(caught.value)
        assert "500" not in str(caught.value), "the number of rows is private"


@every_metric
def test_weights_and_groups(name):
    y_true, y_pred = arrays_for(name)
    metric, public = called(name), of_first(name)
    rng = np.random.default_rng(0)
    weight, groups = rng.uniform(0, 5, len(y_true)), np.arange(len(y_true)) // 2
    options = {"sample_weight": weight, "max_weight": 2.0, **public}
    found = metric(y_true, y_pred, groups=groups, max_rows_per_group=2, **options)
    assert "group" in found.privacy.unit
    sensitivity = max(release.sensitivity for release in found.privacy.releases)
    assert sensitivity >= 4.0, "two rows of weight two"
    with pytest.raises(ValueError, match="sample_weight"):
        metric(y_true, y_pred, sample_weight=-weight, **public)


@every_metric
def test_signature_and_docstring_tell_all_parameters(name):
    import inspect

    metric = all_metrics()[name]
    for parameter in inspect.signature(metric).parameters:
        assert parameter in metric.__doc__
    assert metric.__module__.startswith("skprivate.metrics.")


def test_lists_and_frames_and_strings():
    pd = pytest.importorskip("pandas")
    y_true, y_pred = arrays_for("dp_accuracy_score")
    names = np.array(["no", "yes"])
    accuracy = all_metrics()["dp_accuracy_score"]
    kinds = [list, pd.Series, np.asarray, lambda y: pd.Series(y, dtype="category")]
    scores = [
        accuracy(
            kind(names[y_true]),
            kind(names[y_pred]),
            classes=["no", "yes"],
            random_state=0,
        )
        for kind in kinds
    ]
    assert len({float(score) for score in scores}) == 1


def test_types_of_labels_that_do_not_fit():
    accuracy = all_metrics()["dp_accuracy_score"]
    with pytest.raises(ValueError, match="different types"):
        accuracy(["a", "b"] * 50, [0, 1] * 50)
    with pytest.raises(ValueError, match="classes"):
        accuracy([0, 1] * 50, [0, 2] * 50, classes=[0, 1])


def test_more_than_two_classes():
    y = np.arange(300) % 3
    for name, metric in all_metrics().items():
        if PUBLIC[name][0] is TWO and "confusion" not in name and "acc" not in name:
            score = y / 3
            if len(PUBLIC[name]) > 1 and PUBLIC[name][1] is THREE:
                with pytest.raises(ValueError, match="one score of each class"):
                    metric(y, score, classes=[0, 1, 2])
            elif name != "dp_log_loss":
                with pytest.raises(ValueError, match="two classes"):
                    metric(y, y if "f1" in name else score, classes=[0, 1, 2])


def test_public_bounds_must_make_sense():
    for name in PUBLIC:
        if PUBLIC[name][0] is BOUNDS:
            for bounds in [(1, 0), (0, np.inf), "wide", 3]:
                with pytest.raises((ValueError, TypeError)):
                    measured(name, target_bounds=bounds)
            with pytest.raises(ValueError, match="max_error"):
                measured(name, max_error=0)


@pytest.mark.parametrize("shift", [1.5, -1.5])
@pytest.mark.parametrize(
    "name", ["dp_brier_score", "dp_calibration_curve", "dp_log_loss"]
)
def test_numbers_that_are_no_probabilities_are_refused(name, shift):
    y, scores = arrays_for(name)
    metric = all_metrics()[name]
    with pytest.raises(ValueError, match="between 0 and 1") as told:
        metric(y, scores + shift, classes=(0, 1))
    assert str(scores[0] + shift)[:5] not in str(told.value)
    metric(y, np.where(scores > 0.5, 1 + 1e-7, -1e-7), classes=(0, 1))  # but rounded
