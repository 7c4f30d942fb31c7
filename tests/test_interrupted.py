"""What is made of several fits, and is interrupted: debits stay, nothing else does."""

import os
import tempfile

import pytest
from joblib.externals.loky.process_executor import TerminatedWorkerError
from sklearn.base import clone

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.base._office import Office
from skprivate.compose import DPColumnTransformer
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPGridSearchCV
from skprivate.pipeline import DPFeatureUnion
from skprivate.testing._same import fitted_state
from tests.test_n_jobs import LABELS, MODELS, SCALE, SORT, X, two

COMPOUNDS = {model.__name__: given for model, given in MODELS.items()} | {
    "DPPipeline": (make_dp_pipeline(SCALE, SORT), LABELS),
    "DPFeatureUnion": (DPFeatureUnion(two(SCALE)), LABELS),
    "DPColumnTransformer": (
        DPColumnTransformer([(name, step, [0]) for name, step in two(SCALE)]),
        LABELS,
    ),
}
ERRORS = KeyboardInterrupt("planned"), OSError(28, "planned")
PARENT = "SKPRIVATE_TEST_PARENT"


class Dying(DPLogisticRegression):
    """Takes its worker along."""

    def _fit(self, curator):
        if os.environ.get(PARENT) != str(os.getpid()):  # older workers have none
            os._exit(1)
        super()._fit(curator)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("name", COMPOUNDS)
def test_an_interruption_leaves_a_debit_and_nothing_else(
    name, error, monkeypatch, tmp_path
):
    model, y = COMPOUNDS[name]
    model, ledger = clone(model), PrivacyLedger()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    original, answered = Office._noisy, []

    def noisy(curator, *asked):
        if ledger.records:  # before, there are rehearsals
            answered.append(asked)
            if len(answered) == 2:
                raise error
        return original(curator, *asked)

    monkeypatch.setattr(Office, "_noisy", noisy)
    before = dict(vars(model))
    with ledger, pytest.raises(type(error)):
        model.fit(X, y)
    assert len(ledger.records) == 1
    assert fitted_state(model) == {}
    assert vars(model) == before
    assert os.listdir(tmp_path) == []


@pytest.mark.slow
def test_a_worker_that_is_lost_leaves_a_debit_and_nothing_else(monkeypatch):
    monkeypatch.setenv(PARENT, str(os.getpid()))
    search = DPGridSearchCV(
        Dying(bounds=(-1, 1), classes=[0, 1]), {"C": [0.5, 1.0]}, n_jobs=2
    )
    with PrivacyLedger() as ledger, pytest.raises(TerminatedWorkerError):
        search.fit(X, LABELS)
    assert len(ledger.records) == 1
    assert fitted_state(search) == {}
