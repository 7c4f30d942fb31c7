"""Fixed transformers, changed copies, and several kinds of data in one row."""

from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer

from skprivate import PrivacyLedger, check_private, make_dp_pipeline
from skprivate.compose import (
    Augmented,
    DPColumnTransformer,
    DPTableVectorizer,
    PublicMap,
    WithIndicator,
    join_modalities,
)
from skprivate.feature_extraction.audio import MelCepstrum
from skprivate.feature_extraction.image import Flip, RandomPatchFeatures, Shift
from skprivate.feature_extraction.series import CompetingKernels, Jitter, LastValues
from skprivate.feature_extraction.text import HashedText
from skprivate.linear_model import DPLogisticRegression
from skprivate.preprocessing import DPStandardScaler

rng = np.random.default_rng(0)
PUBLIC = rng.normal(size=(300, 6))
IMAGES = rng.random((9, 8, 8))
PATCHES = RandomPatchFeatures((8, 8), size=3, n_filters=8)


@pytest.mark.parametrize("counted", [False, True], ids=["alone", "with a ledger"])
def test_a_column_that_there_is_not_is_named(counted):
    """Public maps side by side are no private estimator: their errors are sealed."""
    joined = join_modalities((HashedText(8), "notes"))
    model = make_dp_pipeline(joined, DPLogisticRegression(classes=[0, 1]))
    table = pd.DataFrame({"note": ["a", "b"] * 5, "more": ["c", "d"] * 5})
    for rows, told in ((table, "of the dataframe"), (table.to_numpy(), "dataframes")):
        with (
            pytest.raises(ValueError, match=told),
            PrivacyLedger() if counted else nullcontext(),
        ):
            model.fit(rows, [0, 1] * 5)


def test_what_was_fitted_before_stays_so_in_clones():
    axes = PCA(2).fit(PUBLIC)
    public_map = clone(PublicMap(axes, output_norm=2.0)).fit(PUBLIC[:3])
    assert public_map.transformer is axes
    rows = public_map.transform(PUBLIC)
    assert np.linalg.norm(rows, axis=1).max() <= 2.0
    short = np.linalg.norm(axes.transform(PUBLIC), axis=1) < 1.9
    np.testing.assert_allclose(rows[short], axes.transform(PUBLIC)[short])
    for i in (0, 7, 299):
        np.testing.assert_array_equal(public_map.transform(PUBLIC[[i]])[0], rows[i])


def test_a_row_that_cannot_be_read_does_not_show_in_others():
    public_map = PublicMap(PCA(2).fit(PUBLIC)).fit()
    broken = PUBLIC.copy()
    broken[4] = np.nan
    rows = public_map.transform(broken)
    assert not rows[4].any()
    np.testing.assert_array_equal(
        np.delete(rows, 4, 0), np.delete(public_map.transform(PUBLIC), 4, 0)
    )


def test_public_words_give_sparse_rows():
    words = TfidfVectorizer().fit(["public text", "other public words"])
    rows = PublicMap(words).fit().transform(["public words", "unknown"])
    assert rows.shape == (2, 4)
    assert check_private(PublicMap(words)).private


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"transformer": PCA(2)}, "not fitted"),
        ({"transformer": PCA}, "instance"),
        ({"transformer": 3}, "must be a transformer"),
        ({"transformer": len}, "n_features"),
        ({"transformer": len, "n_features": 1, "output_norm": 0.0}, "output_norm"),
    ],
)
def test_what_is_not_fixed_is_refused(given, word):
    with pytest.raises((TypeError, ValueError), match=word):
        PublicMap(**given).fit(PUBLIC)


def test_copies_are_averaged_or_put_side_by_side():
    flipped = IMAGES[:, :, ::-1]
    one, other = PATCHES.fit_transform(IMAGES), PATCHES.fit_transform(flipped)
    mean = Augmented(PATCHES, [Flip()]).fit(IMAGES)
    np.testing.assert_allclose(mean.transform(IMAGES), (one + other) / 2)
    both = Augmented(PATCHES, [Flip()], combine="concatenate").fit(IMAGES)
    np.testing.assert_allclose(both.transform(IMAGES), np.hstack([one, other]))
    assert mean.output_norm_ == pytest.approx(1.0)
    assert both.output_norm_ == pytest.approx(np.sqrt(2))


def test_coins_are_those_of_an_item():
    series = [rng.normal(size=30) for _ in range(6)]
    noisy = Augmented(CompetingKernels(), [Jitter(0.5)], n_copies=3).fit(series)
    rows = noisy.transform(series)
    np.testing.assert_array_equal(noisy.transform(series[::-1])[::-1], rows)
    np.testing.assert_array_equal(noisy.transform([series[2], series[2]]), rows[[2, 2]])
    other = clone(noisy).set_params(key=1).fit(series)
    assert not (other.transform(series) == rows).all()


def test_a_function_that_fails_leaves_the_item():
    def fails(item):
        raise ValueError(str(item))

    rows = Augmented(PATCHES, [fails, Shift(0, 0)]).fit_transform(IMAGES)
    np.testing.assert_allclose(rows, PATCHES.fit_transform(IMAGES))


@pytest.mark.parametrize(
    "public_map",
    [
        Augmented(DPStandardScaler(), [Flip()]),
        Augmented(PATCHES, []),
        Augmented(PATCHES, "flip"),
        WithIndicator(DPStandardScaler()),
    ],
)
def test_parts_that_are_none_are_refused(public_map):
    with pytest.raises(TypeError, match=r"public_map must|transforms must"):
        public_map.fit(IMAGES)


def people(n, missing=0.3):
    """A text, an image, a clip and a series of each; some lack one."""
    y = rng.integers(0, 2, n)
    at = np.arange(400)
    table = {
        "text": [f"{'good' if v else 'bad'} w{rng.integers(9)}" for v in y],
        "image": [rng.random((8, 8)) + v * np.eye(8) for v in y],
        "clip": [np.sin(at / (2 + v)) + 0.1 * rng.normal(size=400) for v in y],
        "pulse": [rng.normal(size=rng.integers(5, 30)) + v for v in y],
    }
    for column in table.values():
        for place in np.flatnonzero(rng.random(n) < missing):
            column[place] = None
    return pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in table.items()}), y


BLOCKS = (
    (HashedText(64), "text"),
    (PATCHES, "image"),
    (MelCepstrum(rate=8000), "clip"),
    (CompetingKernels(n_groups=4), "pulse"),
)


def test_four_kinds_of_data_in_one_private_model():
    X, y = people(800)
    joined = join_modalities(*BLOCKS)
    model = DPLogisticRegression(classes=[0, 1], random_state=0)
    pipe = make_dp_pipeline(joined, model, epsilon=3.0).fit(X, y)
    assert pipe.score(X, y) > 0.9
    assert pipe[0].output_norm_ == pytest.approx(1.0)
    rows = pipe[0].transform(X)
    rows = rows.toarray() if hasattr(rows, "toarray") else rows
    assert np.linalg.norm(rows, axis=1).max() <= 1.0
    one = pipe[0].transform(X[5:6])
    one = one.toarray() if hasattr(one, "toarray") else one
    np.testing.assert_array_equal(one[0], rows[5])


def test_a_block_that_is_missing_everywhere_is_zeros():
    X, _ = people(6, missing=0.0)
    X["image"] = pd.Series([None] * 6, dtype=object)
    joined = join_modalities(*BLOCKS, sparse_threshold=0).fit(X)
    rows = joined.transform(X)
    block = rows[:, joined.output_indices_["withindicator-2"]]
    assert not block[:, :-1].any()
    np.testing.assert_allclose(block[:, -1], 0.05)


def test_weights_are_shares_of_one():
    X, _ = people(5, missing=0.0)
    joined = join_modalities(*BLOCKS[:2], weights=[3, 4], indicator=None).fit(X)
    assert [*joined.transformer_weights.values()] == pytest.approx([0.6, 0.8])
    assert joined.output_norm_ == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("blocks", "options", "word"),
    [
        ((), {}, "weights"),
        (BLOCKS[:2], {"weights": [1]}, "weights"),
        (BLOCKS[:2], {"weights": [1, 0]}, "weights"),
        (((DPStandardScaler(), ["a"]),), {}, "public map"),
        (((LastValues(bounds=(0, 0)), "pulse"),), {}, "finite norm"),
    ],
)
def test_blocks_that_cannot_be_joined_are_refused(blocks, options, word):
    with pytest.raises((TypeError, ValueError), match=word):
        join_modalities(*blocks, **options)


def test_a_table_beside_maps():
    X, y = people(600)
    X["age"] = rng.normal(40, 9, 600)
    columns = join_modalities(*BLOCKS[:2]).transformers
    beside = DPColumnTransformer([*columns, ("table", DPTableVectorizer(), ["age"])])
    model = DPLogisticRegression(classes=[0, 1], random_state=0)
    pipe = make_dp_pipeline(beside, model, epsilon=3.0).fit(X, y)
    assert pipe.score(X, y) > 0.8


def test_changes_of_images_need_images():
    flat = IMAGES.reshape(len(IMAGES), -1)
    with (
        PrivacyLedger() as ledger,
        pytest.raises(TypeError, match="changes need images"),
    ):
        make_dp_pipeline(
            Augmented(PATCHES, [Flip()]), DPLogisticRegression(classes=[0, 1])
        ).fit(flat, np.arange(len(flat)) % 2)
    assert not ledger.records


def test_a_column_of_image_objects_may_be_changed():
    column = np.empty((len(IMAGES), 1), object)
    column[:, 0] = list(IMAGES)
    step = Augmented(PATCHES, [Flip()])
    np.testing.assert_array_equal(
        step.fit_transform(column), step.fit_transform(list(IMAGES))
    )


@pytest.mark.parametrize(
    ("function", "n_features", "found"),
    [
        (lambda text: [text.count("a"), text.count("b")], 3, 2),
        (lambda series: np.interp([3, 4.5], np.arange(len(series)), series), 1, 2),
        (lambda image: [image[:9, :9, 0].mean(), image.std()], 1, 2),
    ],
    ids=["texts", "series", "images"],
)
def test_functions_of_another_length_are_refused(function, n_features, found):
    with pytest.raises(ValueError, match=f"Set n_features={found}"):
        PublicMap(function, n_features=n_features).fit()
    PublicMap(function, n_features=found).fit()


@pytest.mark.parametrize(
    "function",
    [
        lambda series: series,
        lambda image: np.mean(image, axis=(0, 1)),
        lambda series: np.mean(series, axis=0),
        lambda text: [ord(letter) for letter in text],
        lambda item: item["size"],
    ],
)
def test_functions_of_which_items_decide_the_length_are_not(function):
    PublicMap(function, n_features=7).fit()
