"""Samplers of imbalanced-learn in front of a private model: refused, and why."""

import warnings
from importlib import import_module

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from imblearn.utils.testing import all_estimators
from scipy.stats import beta

from skprivate import check_private, make_dp_pipeline
from skprivate.composition import NotPrivateError
from skprivate.naive_bayes import DPGaussianNB
from skprivate.over_sampling import DPSMOTE, DPRandomOverSampler

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    OTHERS = dict(all_estimators(type_filter="sampler"))
BAYES = DPGaussianNB(classes=[0, 1])


def made(cls):
    """A sampler of others, with what has no default."""
    return cls([0]) if cls.__name__ == "SMOTENC" else cls()


def test_there_are_many():
    assert {"SMOTE", "ADASYN", "TomekLinks", "EditedNearestNeighbours"} <= {*OTHERS}
    assert {"NearMiss", "RandomOverSampler", "RandomUnderSampler"} <= {*OTHERS}
    assert len(OTHERS) >= 20


@pytest.mark.parametrize("name", OTHERS)
def test_each_is_refused_with_a_reason_and_a_replacement(name):
    with pytest.raises(NotPrivateError) as caught:
        check_private(make_pipeline(made(OTHERS[name]), BAYES))
    (leak,) = [leak for leak in caught.value.leaks if name in leak.what]
    assert leak.what != f"{name} is fitted on the rows, without noise"
    assert leak.remedy.startswith("Use skprivate.")
    home, _, replacement = leak.remedy[4:-1].rpartition(".")
    sampler = getattr(import_module(home), replacement)()
    assert hasattr(sampler, "fit_resample")
    assert sampler.stability >= 1
    with pytest.raises(TypeError, match=f"{name}.*not private"):
        make_dp_pipeline(made(OTHERS[name]), DPGaussianNB(classes=[0, 1])).fit(
            np.zeros((4, 1)), [0, 1, 0, 1]
        )


# The attack: all rows but one are known, and the one is in the rare class, far away.
RNG = np.random.default_rng(0)
FAR = np.ones((1, 4))
X = np.r_[RNG.uniform(-1, 0, (2000, 4)), -np.ones((7, 4)), FAR]
Y = np.repeat([0, 1], [2000, 8])
EPSILON, N_PILOTS, N_FITS, ALPHA = 1.0, 10, 70, 1e-6
OPTIONS = {"bounds": (-1, 1), "classes": [0, 1], "epsilon": EPSILON, "delta": 1e-6}


def told(fit, rows, n_fits):
    """What an attacker sees: how large the noisy mean of the rare class is."""
    return np.array([fit(X[rows], Y[rows]).theta_[1].mean() for _ in range(n_fits)])


def least_epsilon(fit):
    """What a threshold proves, with a probability of at least 1 - ALPHA.

    It is half the way between what a few fits tell with the row and without it, and is
    judged on other fits, whose number is fixed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a class of few rows
        worlds = slice(None), slice(0, -1)
        cut = np.mean([np.median(told(fit, rows, N_PILOTS)) for rows in worlds])
        hits, alarms = (int(np.sum(told(fit, w, N_FITS) > cut)) for w in worlds)
    low = beta.ppf(ALPHA / 2, hits, N_FITS - hits + 1) if hits else 0.0
    all_alarms = alarms == N_FITS
    high = 1.0 if all_alarms else beta.ppf(1 - ALPHA / 2, alarms + 1, N_FITS - alarms)
    return np.log(max(low - OPTIONS["delta"], 1e-9) / high)


def after_smote(X, y):
    rows = SMOTE(k_neighbors=5, random_state=0).fit_resample(X, y)
    return DPGaussianNB(**OPTIONS).fit(*rows)


def test_smote_in_front_breaks_the_claim():
    assert least_epsilon(after_smote) > EPSILON


# Each sampler is attacked in the way that is best for it in the common tests.
@pytest.mark.parametrize("sampler", [DPSMOTE(), DPRandomOverSampler(max_copies=250)])
def test_ours_in_front_do_not(sampler):
    def fit(X, y):
        steps = sampler.set_params(classes=[0, 1]), DPGaussianNB(classes=[0, 1])
        pipe = make_dp_pipeline(
            *steps, epsilon=EPSILON, delta=OPTIONS["delta"], bounds=(-1, 1)
        )
        return pipe.fit(X, y)[-1]

    assert least_epsilon(fit) <= EPSILON
