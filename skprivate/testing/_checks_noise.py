"""Checks of the noise: there, fresh, and of the size that was paid for."""

import copy
import pickle

import numpy as np
from scipy import stats
from sklearn.base import clone

from skprivate.mechanisms import Entropy, SampledLaplace
from skprivate.testing._examples import configured, example_for, with_classes
from skprivate.testing._replay import record
from skprivate.testing._same import bits_of, differences, fitted_state
from skprivate.testing._shared import recording_of
from skprivate.testing._thrift import fewer

_ALPHA = 1e-6
_ENOUGH_NOISE = 1000, 3000  # 12 or 7 percent more or less than paid are noticed
_MOST_FITS = 100


def check_noise_is_fresh(estimator):
    """No two fits share noise: not of clones, copies, pickles or refits."""
    estimator = configured(estimator, random_state=None)
    rows = example_for(estimator)
    first = recording_of(estimator)
    again = [
        first.estimator,
        estimator,
        clone(estimator),
        copy.deepcopy(first.estimator),
        pickle.loads(pickle.dumps(first.estimator)),
    ]
    tapes = [first.tape] + [record(other, **rows.fit_args).tape for other in again]
    for i, tape in enumerate(tapes):
        for other in tapes[:i]:
            assert not _shares_noise(tape, other, anywhere=True), (
                "two fits drew the same noise, so their difference is exact. Take "
                "noise from the curator's entropy at each release."
            )


def check_releases_of_one_fit_share_no_noise(estimator):
    """Every release has noise of its own, seeded or not."""
    for seed in (None, 0):
        variant = configured(estimator, random_state=seed)
        tape = recording_of(variant).tape
        scaled = [_scaled(told) for told in tape.told]
        for i, one in enumerate(scaled):
            for other in scaled[:i]:
                assert not _alike(one, other), (
                    "two releases of one fit share their noise. Draw noise anew for "
                    "every release."
                )


def check_seeded_noise_depends_on_the_rows(estimator):
    """Equal seeds on different rows give different noise; else noise cancels."""
    estimator = configured(estimator, random_state=0)
    rows, first = example_for(estimator), recording_of(estimator).tape
    everyone = np.arange(len(rows))
    for others in (rows.rows(everyone != 0), rows.rows(everyone < len(rows) // 2)):
        second = record(estimator, **others.fit_args).tape
        assert not _shares_noise(first, second), (
            "with equal random_state the noise is the same on other rows, so the "
            "difference of two models is exact. Let entropy digest the exact total."
        )


def check_seeded_fit_is_repeatable(estimator):
    """An integer ``random_state`` makes a fit repeatable, and marks it as seeded."""
    for variant in (with_classes(estimator), configured(estimator)):
        variant.set_params(random_state=0)
        rows = example_for(variant)
        recorded = recording_of(variant)
        first, second = recorded.estimator, record(variant, **rows.fit_args).estimator
        different = differences(fitted_state(first), fitted_state(second))
        assert not different, (
            f"{different} differ between two fits with the same seed. Draw only from "
            "the curator's entropy."
        )
        called_private = first.privacy_.private or not first.privacy_.seeded
        assert not called_private, (
            "a seeded fit is reported as private, though whoever knows the seed can "
            "remove the noise. Let the report say seeded, and not private."
        )
        other = record(variant.set_params(random_state=1), **rows.fit_args).tape
        assert not _shares_noise(recorded.tape, other, anywhere=True), (
            "different seeds give the same noise. Seed the entropy with random_state."
        )


def check_infinite_epsilon_adds_no_noise(estimator):
    """``epsilon=inf`` answers exactly, and says that it is not private."""
    for variant in (with_classes(estimator), configured(estimator)):
        variant.set_params(epsilon=np.inf)
        recording = recording_of(variant)
        for told in recording.tape.told:
            noise = told.noise
            assert noise is None or not np.any(noise), (
                "epsilon=inf adds noise. Take every mechanism from the budget."
            )
        assert not recording.estimator.privacy_.private, (
            "epsilon=inf is reported as private."
        )


def check_choices_are_random(estimator):
    """Where scores are equal, a selection chooses now this and now that index."""
    estimator = configured(estimator, random_state=None)
    for told in recording_of(estimator).tape.told:
        if told.mechanism.norm == np.inf and np.ndim(told.answer) == 0:
            equal = np.zeros_like(told.total)
            chosen = [told.mechanism(equal, told.levels, Entropy()) for _ in range(64)]
            assert len(set(chosen)) > 1 or len(equal) == 1, (
                "a selection chooses the same of equal scores every time: it is not "
                "random. Choose by a mechanism of the budget."
            )


def check_noise_has_the_size_that_was_paid(estimator):
    """The spread of the noise is what the DpEvent says, from below and from above.

    The number of fits is fixed by the plan, so that this is one test at level 1e-6.
    """
    estimator = configured(estimator, random_state=None, epsilon=1.0)
    rows, first = example_for(estimator), recording_of(estimator).tape
    size = sum(told.noise.size for told in first.told if told.noise is not None)
    n_fits = min(_MOST_FITS, int(np.ceil(fewer(*_ENOUGH_NOISE) / max(1, size))))
    tapes = [record(estimator, **rows.fit_args).tape for _ in range(n_fits)]
    scaled = [_scaled(told) for tape in tapes for told in tape.told]
    for name, spread in _SPREAD.items():
        parts = [z for kind, z in scaled if kind == name]
        if parts:
            _check_spread(name, *spread(np.concatenate(parts)))


def _check_spread(name, statistic, low, high):
    """Fail if the spread of the noise is improbable."""
    assert statistic >= low, (
        f"{name} noise is {statistic / low:.3g} times the least that its price allows: "
        "the model is less private than reported. Scale noise by levels / mu."
    )
    assert statistic <= high, (
        f"{name} noise is {statistic / high:.3g} times the most that its price "
        "explains: the model is less accurate than it could be. Scale noise by "
        "levels / mu."
    )


def _gaussian_spread(z):
    """Sum of squares, which is chi-square."""
    return np.sum(z**2), *stats.chi2.ppf([_ALPHA / 2, 1 - _ALPHA / 2], z.size)


def _laplace_spread(z):
    """Sum of sizes, which has a gamma distribution."""
    return np.sum(np.abs(z)), *stats.gamma.ppf([_ALPHA / 2, 1 - _ALPHA / 2], z.size)


_SPREAD = {
    "Gaussian": _gaussian_spread,
    "SampledGaussian": _gaussian_spread,
    "Laplace": _laplace_spread,
    "SampledLaplace": _laplace_spread,
}


def _scaled(told):
    """Kind of the noise, and the noise in units of the scale that its event implies.

    Noise of less than a few grid steps is left out: its rounding would show.
    """
    event = told.mechanism.event
    event = getattr(event, "event", event)  # of a sample
    multiplier = getattr(event, "noise_multiplier", None)
    if isinstance(told.mechanism, SampledLaplace) and told.mechanism.rate < 1:
        cost, rate = event.noise_parameter, told.mechanism.rate
        multiplier = 1 / np.log1p(np.expm1(cost) / rate)
    if told.noise is None or multiplier is None:
        return "none", np.empty(0)
    weights = 1.0 if told.weights is None else np.ravel(told.weights)
    scale = np.broadcast_to(told.levels * multiplier * weights, told.noise.shape)
    visible = scale > 32
    return type(told.mechanism).__name__, told.noise[visible] / scale[visible]


def _alike(one, other):
    """Whether two releases have the same noise, up to scale."""
    (kind, first), (other_kind, second) = one, other
    size = min(first.size, second.size)
    if kind != other_kind or size == 0:
        return False
    return np.allclose(first[:size], second[:size], rtol=1e-4, atol=1e-7)


def _shares_noise(first, second, *, anywhere=False):
    """Whether two tapes share the noise of some release with different totals.

    ``anywhere``: also of releases with equal totals.
    """
    for one, other in zip(first.told, second.told, strict=False):
        if np.shape(one.total) != np.shape(other.total):
            return False
        comparable = anywhere or bits_of(one.total) != bits_of(other.total)
        if comparable and _alike(_scaled(one), _scaled(other)):
            return True
    return False
