"""Clips: how a sound's colour moves, whatever its loudness, type and silence."""

import numpy as np
import pytest

from skprivate.feature_extraction.audio import Hiss, MelCepstrum, Stretch
from skprivate.feature_extraction.audio._cepstrum import mel_filters

AT = np.arange(8000) / 8000
TONE, HIGH = (np.sin(2 * np.pi * f * AT) for f in (440, 1760))
MEL = MelCepstrum(rate=8000)


def near(a, b):
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_loudness_types_and_silence_do_not_matter():
    quiet_ends = np.concatenate([np.zeros(800), TONE, np.zeros(400)])
    rows = MEL.fit_transform(
        [TONE, 0.01 * TONE, (30_000 * TONE).astype(np.int16), quiet_ends, HIGH]
    )
    assert all(near(rows[0], row) > 0.98 for row in rows[1:4])
    assert near(rows[0], rows[4]) < 0.9


def test_another_rate_is_the_same_sound():
    fine = np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    rows = MEL.fit_transform([TONE, (16_000, fine), np.stack([TONE, TONE])])
    assert near(rows[0], rows[1]) > 0.95
    np.testing.assert_allclose(rows[0], rows[2], atol=1e-9)


def test_silence_and_single_samples_are_nothing():
    clips = [np.zeros(900), [0.5], [], np.full(99, np.nan), (0, TONE), (8000,), "x"]
    assert not MEL.fit_transform(clips).any()
    assert MEL.missing(clips).all()


def test_gaps_and_infinities_are_silence():
    broken = TONE.copy()
    broken[100:103] = np.nan, np.inf, -np.inf
    rows = MEL.fit_transform([TONE, broken])
    assert near(*rows) > 0.9


def test_every_band_hears_something():
    filters = mel_filters(8000, 256, 32)
    assert (filters.sum(axis=0) > 0).all()
    assert (filters >= 0).all()


def test_more_coefficients_than_bands_are_refused():
    with pytest.raises(ValueError, match="n_coef must be below n_mels"):
        MelCepstrum(n_mels=8, n_coef=8).fit([])


def test_changes_of_clips():
    assert len(Stretch(1.5)(TONE)) == 12_000
    np.testing.assert_array_equal(Stretch(1.0)(TONE), TONE)
    noisy = Hiss(0.1)(TONE, coins=np.random.default_rng(0))
    assert np.std(noisy - TONE) == pytest.approx(0.1 * TONE.std(), rel=0.1)
