"""Series: each by itself, with its gaps, its times and its length."""

import numpy as np
import pytest

from skprivate.feature_extraction.series import (
    CompetingKernels,
    EchoState,
    Jitter,
    LastValues,
    Resample,
    SeriesSummary,
    SymbolHistogram,
    Warp,
    cut_windows,
)
from skprivate.feature_extraction.series._reading import channels_of, filled

STEPS = np.arange(60)
WAVE, FAST = np.sin(STEPS / 5), np.sin(STEPS / 2)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("linear", [1.0, 1.0, 2.0, 3.0, 3.0]),
        ("last", [1.0, 1.0, 1.0, 3.0, 3.0]),
        ("zero", [0.0, 1.0, 0.0, 3.0, 0.0]),
    ],
)
def test_gaps_are_filled_from_the_same_series(how, expected):
    values = np.array([np.nan, 1.0, np.inf, 3.0, np.nan])
    assert filled(values, how).tolist() == expected


def test_channels_come_as_it_is_said_and_times_in_any_order():
    two = np.stack([WAVE, FAST])
    first, last = Resample(n_channels=2), Resample(n_channels=2, channels_first=False)
    assert (channels_of(two, first) == two).all()
    assert (channels_of(two.T, last) == two).all()
    assert channels_of(two.T, first) is None
    square = two[:, :2]
    assert (channels_of(square.T, last) == channels_of(square, first)).all()
    order = np.random.default_rng(0).permutation(60)
    mixed = STEPS[order].astype(float), two[:, order]
    assert (channels_of(mixed, first) == two).all()
    assert channels_of((STEPS[:3], WAVE), Resample()) is None


@pytest.mark.parametrize(
    "public_map", [CompetingKernels(), EchoState(), SymbolHistogram(window=8)]
)
def test_shapes_are_told_apart_whatever_the_scale(public_map):
    rng = np.random.default_rng(0)
    same = 5 * np.sin(STEPS / 5) + 0.01 * rng.normal(size=60)
    rows = public_map.fit_transform([WAVE, same, FAST])
    near = np.linalg.norm(rows[0] - rows[1]), np.linalg.norm(rows[0] - rows[2])
    assert near[0] < 0.5 * near[1]


def test_kernels_of_one_seed_are_the_same():
    one, same, other = (
        CompetingKernels(random_state=s).fit_transform([WAVE]) for s in (0, 0, 1)
    )
    assert (one == same).all()
    assert not (one == other).all()


def test_numbers_of_a_series():
    summary = SeriesSummary(bounds=(0, 4), n_lags=1)
    row = summary.fit_transform([[0.0, 1.0, 2.0, 3.0, 4.0]])[0]
    found = dict(zip(summary.get_feature_names_out(), row, strict=True))
    assert found["channel0_mean"] == 0.0
    assert found["channel0_low"] == found["channel0_first"] == -1.0
    assert found["channel0_high"] == found["channel0_last"] == 1.0
    assert found["channel0_slope"] == pytest.approx(0.5)
    assert found["channel0_lag1"] == pytest.approx(0.4)


def test_a_public_length_whatever_that_of_the_series():
    rows = Resample(5, bounds=(0, 60)).fit_transform([STEPS, STEPS[:2], [3.0]])
    assert rows[0].tolist() == [0.0, 14.75, 29.5, 44.25, 59.0]
    assert rows[1].tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert rows[2].tolist() == [3.0] * 5
    means = Resample(2, bounds=(0, 9), method="mean")
    assert means.fit_transform([[0.0, 2.0, 6.0, 8.0], [5.0]]).tolist() == [
        [1, 7],
        [5, 5],
    ]
    units = Resample(2, bounds=(0, 9), norm="l2").fit_transform([[3.0, 4.0], [0.0]])
    np.testing.assert_allclose(units, [[0.5, 0.5], [0.0, 0.0]])
    uneven = Resample(3, bounds=(0, 9)).fit_transform(
        [([0.0, 1.0, 4.0], [0.0, 1.0, 4.0])]
    )
    assert uneven.tolist() == [[0.0, 2.0, 4.0]]


def test_lags_look_at_one_series_only():
    lags = LastValues((0, 1, 3), bounds=(0, 9), difference=True)
    rows = lags.fit_transform([[1.0, 2.0, 4.0, 8.0], [5.0], [1.0, None, None]])
    assert rows.tolist() == [[8.0, 4.0, 7.0], [5.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    low, high = lags.output_bounds_
    assert (low.tolist(), high.tolist()) == ([0, -9, -9], [9, 9, 9])


@pytest.mark.parametrize(
    ("public_map", "word"),
    [
        (CompetingKernels(dilations=()), "dilations"),
        (CompetingKernels(dilations=(0,)), "dilations"),
        (LastValues(()), "lags"),
        (LastValues((-1,)), "lags"),
        (Resample(bounds=(1, 0)), "bounds"),
        (SeriesSummary(bounds="private"), "bounds"),
    ],
)
def test_parameters_that_make_no_sense_are_named(public_map, word):
    with pytest.raises(ValueError, match=word):
        public_map.fit([WAVE])


def test_a_single_line_of_numbers_is_one_series_and_no_list():
    with pytest.raises(TypeError, match="Give a list"):
        EchoState().fit_transform(WAVE)


MAPS = [CompetingKernels, EchoState, LastValues, Resample, SeriesSummary]


@pytest.mark.parametrize("kind", [*MAPS, SymbolHistogram])
@pytest.mark.parametrize(
    ("given", "shape"),
    [
        ({}, (4, 2, 60)),
        ({"n_channels": 2}, (4, 60)),
        ({"n_channels": 2}, (4, 60, 2)),
        ({"n_channels": 60, "channels_first": False}, (4, 60, 2)),
    ],
)
def test_arrays_of_other_channels_are_refused(kind, given, shape):
    """They would all be rows of zeros, and the model behind would know nothing."""
    X = np.random.default_rng(0).normal(size=shape)
    for method in ("fit", "transform"):
        with pytest.raises(ValueError, match="n_channels"):
            getattr(kind(**given), method)(X)
    right = kind(n_channels=2, channels_first=False).transform(X.reshape(4, -1, 2))
    assert np.asarray(abs(right)).any(axis=1).all()


def test_windows_stay_with_their_owners():
    X, y, users = cut_windows(
        [STEPS[:10], STEPS[:7]], ["run", "sit"], ["ann", "bob"], length=4, stride=3
    )
    assert X.shape == (5, 4)
    assert y.tolist() == ["run"] * 3 + ["sit"] * 2
    assert users.tolist() == ["ann"] * 3 + ["bob"] * 2
    X, y, _ = cut_windows([STEPS[:6]], "next", ["ann"], length=3, stride=1, horizon=2)
    assert (X[:, 0].tolist(), y.tolist()) == ([0, 1], [4, 5])
    X, y, _ = cut_windows([np.stack([WAVE, FAST])], None, [7], length=30)
    assert X.shape == (2, 2, 30)
    assert y is None


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"groups": None}, "needs groups"),
        ({"length": None}, "length"),
        ({"length": 0}, "length"),
        ({"stride": 0}, "stride"),
        ({"horizon": 1.5}, "horizon"),
        ({"y": "last"}, "y must be"),
        ({"y": [1]}, "one entry for each series"),
        ({"groups": ["a"]}, "one entry for each series"),
        ({"length": 100}, "No series is as long"),
    ],
)
def test_windows_that_nobody_owns_are_refused(given, word):
    params = {"y": None, "groups": ["a", "b"], "length": 5} | given
    with pytest.raises(ValueError, match=word):
        cut_windows([STEPS, STEPS[:50]], **params)


def test_changes_of_series():
    two = np.stack([WAVE, FAST])
    assert Warp(0.3)(two).shape == two.shape
    np.testing.assert_allclose(Warp(0.0)(WAVE), WAVE)
    noisy = Jitter(0.1)(two, coins=np.random.default_rng(0))
    assert 0.05 < np.std(noisy - two) < 0.1
