"""Reports of all that a ledger has recorded."""

import numpy as np
import pytest

from skprivate import PrivacyLedger, check_policy, privacy_report
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPStandardScaler
from skprivate.report import ModelPrivacyReport

X = np.random.default_rng(0).normal(size=(200, 2))
Y = (X[:, 0] > 0).astype(int)


def scaler(epsilon=0.5, **parameters):
    return DPStandardScaler(bounds=(-4, 4), epsilon=epsilon, **parameters)


def test_everything_it_recorded_is_in_the_report(page):
    with PrivacyLedger(epsilon=3.0, delta=1e-5) as ledger:
        scaler().fit(X)
        scaler().fit(X)
        DPGaussianNB(bounds=(-4, 4)).fit(X, Y)
    report = privacy_report(ledger)
    assert report.private
    assert report.n_fits == len(report.fits) == 3
    assert report.delta == 1e-5
    assert report.epsilon() == pytest.approx(ledger.spent(), rel=1e-9)
    assert privacy_report(ledger, delta=1e-9).epsilon() > report.epsilon()
    text = repr(report)
    assert "DPStandardScaler (2 fits)" in text
    assert "class labels" in text
    assert "DPGaussianNB" in page(report._repr_html_()).text
    assert ModelPrivacyReport.from_json(report.to_json()) == report


def test_the_dearest_of_disjoint_parts_counts():
    with PrivacyLedger() as ledger, ledger.disjoint("site") as site:
        for name, epsilon in [("north", 0.5), ("south", 0.2)]:
            with site.part(name):
                scaler(epsilon).fit(X)
    report = privacy_report(ledger)
    assert report.epsilon() == pytest.approx(0.5)
    assert report.epsilon() == pytest.approx(ledger.spent(), rel=1e-9)
    assert "the parts of 'site' have no privacy unit in common" in repr(report)
    assert ModelPrivacyReport.from_json(report.to_json()) == report
    # A unit of the north that is replaced by one of the south pays for both.
    one = privacy_report(scaler(0.5).fit(X))
    replaced = report.epsilon(relation="replace_one")
    assert replaced > one.epsilon(relation="replace_one")


def test_seeds_and_failures_are_remembered():
    with PrivacyLedger() as ledger:
        scaler(random_state=0).fit(X)
        with pytest.raises(ValueError, match="infinity"):
            scaler().fit(np.full((9, 2), np.inf))
    report = privacy_report(ledger)
    assert report.seeded
    assert report.n_fits == 2
    assert len(report.fits) == 1
    assert "Fits that failed, or are not finished: 1" in repr(report)
    reasons = check_policy(ledger, {"max_epsilon": 1.0, "strict": True}).reasons
    assert any("random_state" in reason for reason in reasons)
    assert any("not known" in reason for reason in reasons)


def test_policies():
    with PrivacyLedger() as ledger:
        scaler().fit(X)
    assert check_policy(ledger, {"max_epsilon": 0.5, "strict": True})
    assert not check_policy(ledger, {"max_epsilon": 0.4})
    with ledger:
        scaler().fit(X)
    assert not check_policy(ledger, {"max_epsilon": 0.5})


def test_a_ledger_without_fits_is_nothing_to_approve():
    report = privacy_report(PrivacyLedger())
    assert report.epsilon() == 0
    assert report.n_fits == 0
    assert "0 private fits" in repr(report)
    (reason,) = check_policy(report, {"max_epsilon": 1.0}).reasons
    assert "nothing to approve" in reason


def test_different_units_do_not_add_up():
    with PrivacyLedger() as ledger:
        scaler().fit(X)
        scaler(max_rows_per_group=2).fit(X, groups=np.arange(200) // 2)
    assert privacy_report(ledger).epsilon() == np.inf


def test_no_noise_is_called_by_its_name():
    with PrivacyLedger() as ledger, pytest.warns(UserWarning, match="not private"):
        scaler(np.inf).fit(X)
    report = privacy_report(ledger)
    assert report.epsilon() == np.inf
    assert "NOT PRIVATE" in repr(report)
