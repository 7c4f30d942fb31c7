"""Images: wavelets, patches and regions."""

import numpy as np
import pandas as pd
import pytest
from scipy import fft
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.compose import Augmented, join_modalities
from skprivate.feature_extraction.image import (
    Colour,
    Crop,
    Flip,
    RandomPatchFeatures,
    RegionSummary,
    Rotation,
    ScatteringTransform,
    Shift,
)
from skprivate.feature_extraction.image._pixels import pixels_of
from skprivate.feature_extraction.image._wavelets import pooling, scattered, wavelets
from skprivate.linear_model import DPLogisticRegression

DIGITS = load_digits()
IMAGES, Y = DIGITS.images, DIGITS.target
MAPS = [ScatteringTransform, RandomPatchFeatures, RegionSummary]


@pytest.mark.parametrize(
    ("public_map", "least"),
    [
        (ScatteringTransform((8, 8)), 0.9),
        (RandomPatchFeatures((8, 8), size=3), 0.88),
        (RegionSummary((8, 8)), 0.25),
    ],
)
def test_features_tell_digits_apart(public_map, least):
    rows = public_map.fit_transform(IMAGES[:900])
    model = LogisticRegression(C=10.0, max_iter=300).fit(rows[:600], Y[:600])
    assert model.score(rows[600:], Y[600:900]) > least


def test_scattering_is_what_its_formula_says():
    """Against sums in full resolution: folding loses what filters leave beyond it."""
    rng = np.random.default_rng(0)
    image = rng.normal(size=(1, 32, 32)).astype(np.float32)
    psi = wavelets(32, 2, 4)

    def pools(factor):
        return [pooling(32 // factor, 2, 28, factor, 3.2, 3)] * 2

    found = scattered(image, 2, 4, 2, pools)[0]

    def length(spectrum):
        return np.abs(fft.ifft2(spectrum))

    def pool(values):
        rows, columns = pools(1)
        return rows.astype(float) @ values @ columns.T.astype(float)

    first = [[length(fft.fft2(image[0]) * f) for f in bank] for bank in psi]
    second = [length(fft.fft2(u) * f) for u in first[0] for f in psi[1]]
    expected = [image[0], *first[0], *first[1], *second]
    expected = np.array([pool(values.astype(float)) for values in expected])
    np.testing.assert_allclose(found, expected, atol=0.02 * np.abs(expected).max())


def test_wavelets_have_no_mean_and_their_angles():
    for bank in wavelets(32, 2, 8):
        assert np.abs(bank[:, 0, 0]).max() < 1e-6
    first = wavelets(32, 2, 8)[0]
    assert np.unravel_index(first[0].argmax(), (32, 32)) == (0, 12)
    assert np.unravel_index(first[4].argmax(), (32, 32)) == (12, 0)


def test_shades_and_containers_do_not_matter():
    transform = ScatteringTransform((8, 8)).fit_transform
    rows = transform(IMAGES[:5])
    for same in (
        [*IMAGES[:5]],
        IMAGES[:5].reshape(5, -1),
        IMAGES[:5].astype(np.uint8),
        IMAGES[:5, :, :, np.newaxis],
        [image.tolist() for image in IMAGES[:5]],
    ):
        np.testing.assert_array_equal(transform(same), rows)
    np.testing.assert_allclose(transform(IMAGES[:5] / 4), rows, atol=1e-5)


def test_images_of_other_sizes_are_cut_and_placed():
    large = np.zeros((12, 8))
    large[2:10] = IMAGES[0]
    assert (pixels_of(large, (8, 8, 1)) == pixels_of(IMAGES[0], (8, 8, 1))).all()
    small = pixels_of(np.ones((2, 2)), (4, 4, 1))[:, :, 0]
    assert small.tolist() == [[0] * 4, [0, 1, 1, 0], [0, 1, 1, 0], [0] * 4]
    four = np.dstack([IMAGES[0]] * 3 + [np.full((8, 8), 16.0)])
    np.testing.assert_allclose(
        pixels_of(four, (8, 8, 1)), pixels_of(IMAGES[0], (8, 8, 1))
    )
    assert pixels_of(IMAGES[0], (8, 8, 3)).shape == (8, 8, 3)


def test_channels_are_scattered_one_by_one():
    rows = ScatteringTransform((8, 8, 3)).fit_transform([np.dstack([IMAGES[0]] * 3)])
    one = ScatteringTransform((8, 8)).fit_transform(IMAGES[:1])
    np.testing.assert_allclose(
        rows.reshape(3, -1), np.repeat(one, 3, axis=0), atol=1e-5
    )


def test_an_image_without_contrast_tells_nothing():
    rows = RandomPatchFeatures((8, 8), size=3).fit_transform([np.ones((8, 8))])
    assert not rows.any()
    assert not RegionSummary((8, 8)).fit_transform([np.full((8, 8), 7)]).any()


def test_a_region_is_described():
    image = np.zeros((10, 10))
    image[2:4, 5:9] = 1.0
    row = RegionSummary((10, 10), n_regions=1).fit_transform([image])[0]
    expected = [0.08, 0.01, 0.08, 0.2, 0.4, 0.3, 0.7, 1.0, 1.0]
    np.testing.assert_allclose(row, expected)


@pytest.mark.parametrize("shape", [(8,), 8, (8, 0), (8, 8, 3, 1), (8.5, 8), (5000, 8)])
def test_shapes_that_are_none_are_refused(shape):
    with pytest.raises(ValueError, match="image_shape must be"):
        ScatteringTransform(shape).fit(IMAGES)


FLAT = DIGITS.data[:40]


@pytest.mark.parametrize("kind", MAPS)
@pytest.mark.parametrize(
    "X", [FLAT, pd.DataFrame(FLAT), IMAGES[0]], ids=["rows", "frame", "one image"]
)
def test_rows_of_another_number_of_pixels_are_refused(kind, X):
    """They would all be rows of zeros, and the model behind would know nothing."""
    with pytest.raises(ValueError, match=r"image_shape .* pixels"):
        kind((28, 28)).fit(X)
    with pytest.raises(ValueError, match=r"image_shape .* pixels"):
        kind((28, 28)).transform(X)


@pytest.mark.parametrize(
    "step",
    [
        ScatteringTransform(),
        Augmented(ScatteringTransform(), [Shift(1, 0)]),
        join_modalities((ScatteringTransform(), list(range(64)))),
    ],
)
def test_a_wrong_shape_costs_nothing(step):
    head = DPLogisticRegression(classes=range(10))
    ledger = PrivacyLedger(epsilon=1.0, delta=1e-6)
    with pytest.raises(ValueError, match="image_shape"), ledger:
        make_dp_pipeline(step, head).fit(FLAT, Y[:40])
    assert ledger.to_frame().empty


def test_what_does_not_fit_is_refused_before_rows():
    with pytest.raises(ValueError, match="pool"):
        ScatteringTransform((2, 2)).fit([])
    with pytest.raises(ValueError, match="room for a patch"):
        RandomPatchFeatures((4, 4)).fit([])


def test_changes_of_images():
    image = np.arange(16.0).reshape(4, 4)
    assert (Flip()(image) == image[:, ::-1]).all()
    assert (Flip(0)(image, -1.0) == image).all()
    np.testing.assert_allclose(Shift(1, 0)(image)[1:], image[:-1])
    np.testing.assert_allclose(Rotation(90)(image), np.rot90(image), atol=1e-9)
    np.testing.assert_allclose(Crop(1.0)(image), image)
    assert Crop(0.5)(image).std() < image.std()
    coloured = Colour((2.0, 1.0))(np.ones((2, 2, 3)))
    assert coloured[0, 0].tolist() == [2.0, 1.0, 1.0]
