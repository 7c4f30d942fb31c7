"""Whatever fits others, and wherever it does: the ledger holds every single fit."""

import pytest
import sklearn
from joblib import parallel_config

from skprivate import PrivacyLedger
from tests.ledger.constructs import CONSTRUCTS
from tests.ledger.spies import fits_of, quiet

# scikit-learn 1.8 and 1.9 send a module to their workers there, which only loky can.
UNPICKLED = {("Calibrated", "multiprocessing"), ("Calibrated, one", "multiprocessing")}


# With processes of their own, the others run only on `make audit`.
QUICK = {"GridSearch", "Stacking"}


def cases():
    for name in CONSTRUCTS:
        for backend in ("sequential", "threading", "loky", "multiprocessing"):
            heavy = backend in ("loky", "multiprocessing") and name not in QUICK
            marks = [pytest.mark.slow] if heavy else []
            yield pytest.param(name, backend, marks=marks, id=f"{name}-{backend}")


@pytest.mark.parametrize(("name", "backend"), list(cases()))
def test_the_ledger_holds_every_fit(name, backend, tmp_path):
    if (name, backend) in UNPICKLED and sklearn.__version__ >= "1.8":
        pytest.skip("scikit-learn cannot do this itself")
    work, expected = CONSTRUCTS[name]
    tally = str(tmp_path / "tally")
    n_jobs = 1 if backend == "sequential" else 2
    ledger = PrivacyLedger()
    with quiet(), parallel_config(backend, n_jobs=n_jobs), ledger:
        work(tally)
    done = fits_of(tally)
    assert len(ledger.records) == done > 0
    assert expected in (None, done)
    assert all(record.unit == "row" for record in ledger.records)
