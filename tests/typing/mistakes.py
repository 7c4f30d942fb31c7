"""Mistakes that mypy must see: an ignored error that is none is an error."""

import numpy as np

from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.metrics import dp_accuracy_score
from skprivate.preprocessing import DPQuantileTransformer, DPStandardScaler

X, y = np.zeros((9, 2)), np.zeros(9)

DPRidge(epsilon="a")  # type: ignore[arg-type]
DPRidge(epsilom=1.0)  # type: ignore[call-arg]
DPLogisticRegression(bounds="privat")  # type: ignore[arg-type]
DPLogisticRegression(fit_intercept="yes")  # type: ignore[arg-type]
DPLogisticRegression(random_state="0")  # type: ignore[arg-type]
DPStandardScaler(bounds=3)  # type: ignore[arg-type]
DPQuantileTransformer(output_distribution="flat")  # type: ignore[arg-type]
DPRidge().fit(X, y, sample_weight=1j, group=y)  # type: ignore[call-arg]
DPRidge().fit(X, y).predict()  # type: ignore[call-arg]
PrivacyLedger(1.0, 1e-6, path=3)  # type: ignore[arg-type]
PrivacyLedger().remaining_for("two")  # type: ignore[arg-type]
Budget(1.0, 1e-6).mechanism(share="half")  # type: ignore[arg-type]
dp_accuracy_score(y, y).plot()  # type: ignore[attr-defined]
