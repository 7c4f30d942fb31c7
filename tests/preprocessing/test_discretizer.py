"""Private bins: by quantiles, of equal widths, and by what they tell of the class."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.feature_selection import mutual_info_classif
from sklearn.metrics import mutual_info_score
from sklearn.preprocessing import KBinsDiscretizer

from skprivate.preprocessing import DPKBinsDiscretizer
from skprivate.preprocessing._informative_bins import informative_bins
from skprivate.preprocessing._tree_edges import _joined_rows
from skprivate.rows import ArrayRows, ChunkRows, Parties, UnitClip
from skprivate.testing._examples import configured, example_for
from skprivate.testing._replay import record, replay

rng = np.random.default_rng(0)
X = np.column_stack(
    [rng.normal(size=20_000), rng.lognormal(size=20_000), rng.integers(0, 9, 20_000)]
)
Y = (abs(X[:, 0]) > 1.5).astype(int) ^ (rng.random(len(X)) < 0.05)


def test_bins_have_about_equally_many_rows():
    bins = DPKBinsDiscretizer(8, encode="ordinal", random_state=0).fit_transform(X)
    for column in bins[:, :2].T:
        assert abs(np.bincount(column.astype(int)) - 2500).max() < 250


def test_uniform_bins_lie_between_the_private_ends():
    bins = DPKBinsDiscretizer(4, strategy="uniform", random_state=0).fit(X)
    assert -5 < bins.bin_edges_[0][0] < -2.5
    for edges in bins.bin_edges_:
        np.testing.assert_allclose(np.diff(edges, 2), 0, atol=1e-9)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("strategy", ["quantile", "uniform"])
@pytest.mark.parametrize("encode", ["onehot", "onehot-dense", "ordinal"])
def test_without_noise_it_is_scikit_learns(strategy, encode):
    options = {"n_bins": [4, 5, 3], "strategy": strategy, "encode": encode}
    bounds = X.min(axis=0), X.max(axis=0)
    private = DPKBinsDiscretizer(bounds=bounds, epsilon=np.inf, **options).fit(X)
    public = KBinsDiscretizer(**options, subsample=None)
    if "quantile_method" in public.get_params() and strategy == "quantile":
        public.set_params(quantile_method="linear")
    public.fit(X)
    np.testing.assert_array_equal(private.n_bins_, public.n_bins_)
    np.testing.assert_array_equal(
        private.get_feature_names_out(), public.get_feature_names_out()
    )
    mine, theirs = private.transform(X), public.transform(X)
    assert sparse.issparse(mine) == sparse.issparse(theirs)
    assert mine.dtype == theirs.dtype
    assert mine.shape == theirs.shape
    if sparse.issparse(mine):
        mine, theirs = mine.toarray(), theirs.toarray()
    assert np.mean(mine != theirs) < 1e-3


@pytest.mark.parametrize("encode", ["onehot", "onehot-dense", "ordinal"])
def test_inverse_gives_the_middle_of_bins(encode):
    bins = DPKBinsDiscretizer(6, encode=encode, random_state=0).fit(X)
    back = bins.inverse_transform(bins.transform(X))
    again = bins.inverse_transform(bins.transform(back))
    np.testing.assert_array_equal(back, again)
    assert abs(back[:, 0] - X[:, 0]).mean() < 0.4


def test_repeated_edges_are_joined():
    Z = np.where(rng.random((20_000, 1)) < 0.8, 0.0, 5.0)
    bins = DPKBinsDiscretizer(10, random_state=0).fit(Z)
    assert bins.n_bins_[0] < 4
    assert (np.diff(bins.bin_edges_[0]) > 0).all()


def test_a_constant_feature_has_one_bin():
    bins = DPKBinsDiscretizer(5, bounds=(2, 2)).fit(np.full((50, 1), 2.0))
    assert bins.n_bins_.tolist() == [1]
    assert bins.transform([[2.0], [7.0]]).toarray().tolist() == [[1.0], [1.0]]


SPIKE = np.where(rng.random((20_000, 1)) < 0.5, 7.0, rng.uniform(0, 1000, (20_000, 1)))


def trees(n_bins=12, **options):
    return DPKBinsDiscretizer(
        n_bins, strategy="privtree", encode="ordinal", random_state=0, **options
    )


def test_bins_of_trees_are_narrow_where_rows_are():
    bins = trees(bounds=(0, 1000)).fit(SPIKE)
    (edges,) = bins.bin_edges_
    k = int(bins.transform([[7.0]])[0, 0])
    assert edges[k + 1] - edges[k] < 10  # half of the rows are at one value
    assert bins.n_bins_[0] <= 12
    rows = np.bincount(bins.transform(SPIKE)[:, 0].astype(int), minlength=12)
    assert np.delete(rows, k).max() < 4000


def test_bins_of_trees_on_a_range_that_is_found():
    bins = trees().fit(X)
    assert (bins.n_bins_ <= 12).all()
    assert (bins.n_bins_[:2] > 6).all()
    for edges in bins.bin_edges_:
        assert (np.diff(edges) > 0).all()


def test_hardly_any_rows_make_a_single_bin():
    assert trees(bounds=(0, 1)).fit(rng.random((5, 2))).n_bins_.tolist() == [1, 1]


@pytest.mark.parametrize("delta", [0.0, 1e-6])
def test_trees_are_within_the_budget(delta):
    bins = trees(bounds=(0, 1000), delta=delta).fit(SPIKE)
    splits, counts = bins.privacy_.releases
    assert (splits.query, counts.query) == ("EqualCells", "CellTotals")
    assert bins.privacy_.epsilon() <= 1.0 + 1e-9
    assert bins.n_bins_[0] > 3


def test_trees_without_noise_are_as_many_bins_as_wanted():
    with pytest.warns(UserWarning, match="no noise"):
        bins = trees(16, bounds=(0, 1000), epsilon=np.inf).fit(SPIKE)
    assert bins.n_bins_.tolist() == [16]


def test_rows_of_a_group_make_coarser_trees():
    groups = np.arange(len(SPIKE)) // 4
    bins = trees(bounds=(0, 1000), max_rows_per_group=4).fit(SPIKE, groups=groups)
    assert bins.privacy_.releases[0].sensitivity == 4
    clip = trees(bounds=(0, 1000), max_rows_per_group=UnitClip(4, 2.0))
    with pytest.raises(ValueError, match="clipped"):
        clip.fit(SPIKE, groups=groups)


@pytest.mark.parametrize("source", ["chunks", "parties"])
def test_trees_are_the_same_wherever_rows_live(source):
    parts = [SPIKE[:7000], SPIKE[7000:]]
    rows = {
        "chunks": lambda: ChunkRows(lambda: iter(parts)),
        "parties": lambda: Parties(*map(ArrayRows, parts)),
    }[source]()
    wanted = trees(bounds=(0, 1000)).fit(SPIKE).bin_edges_[0]
    found = trees(bounds=(0, 1000)).fit(rows).bin_edges_[0]
    np.testing.assert_array_equal(found, wanted)


def test_bins_that_hold_fewest_rows_are_joined():
    rows = np.array([9.0, 1.0, 2.0, 8.0, -1.0])
    assert _joined_rows(rows, 5, -5.0) == [0, 1, 2, 3]
    assert _joined_rows(rows, 4, -5.0) == [0, 1, 2]
    assert _joined_rows(rows, 5, 2.5) == [0, 2]
    assert _joined_rows(rows, 1, 0.0) == []
    assert _joined_rows(np.array([0.0]), 1, 5.0) == []


def test_replays_of_trees_find_no_leak():
    estimator = configured(trees(3))
    rows = example_for(estimator, n_rows=30)
    found = replay(
        record(estimator, **rows.fit_args),
        **rows.with_row(np.full(rows.width, 0.9), None).fit_args,
    )
    assert found.findings == []
    assert found.largest_move > 0


def test_supervised_bins_tell_more_about_the_class():
    def told(strategy):
        bins = DPKBinsDiscretizer(3, strategy=strategy, encode="ordinal")
        bins.set_params(random_state=0, bounds=(-50, 50))
        return mutual_info_score(bins.fit(X, Y).transform(X)[:, 0], Y)

    most = mutual_info_classif(X[:2000, :1], Y[:2000], random_state=0)[0]
    assert told("supervised") > max(2 * told("quantile"), 0.8 * most)


def test_supervised_bins_need_a_class():
    with pytest.raises(ValueError, match="requires y"):
        DPKBinsDiscretizer(strategy="supervised").fit(X)


def test_labels_are_assumed_public_unless_given():
    bins = DPKBinsDiscretizer(strategy="supervised", bounds=(-50, 50))
    assert bins.fit(X, Y).privacy_.assumed
    assert not bins.set_params(classes=[0, 1]).fit(X, Y).privacy_.assumed


def test_classes_are_refused_where_they_do_nothing():
    with pytest.raises(ValueError, match="supervised"):
        DPKBinsDiscretizer(classes=[0, 1]).fit(X)


def test_informative_bins_are_the_best_there_are():
    counts = rng.integers(0, 50, (3, 7)).astype(float)
    cuts = informative_bins(counts, 3, 0.0)

    def told(first, second):
        parts = np.split(counts, [first, second], axis=1)
        return mutual_info_score(
            None, None, contingency=np.stack([part.sum(axis=1) for part in parts])
        )

    best = max(told(i, j) for i in range(1, 6) for j in range(i + 1, 7))
    assert told(*cuts) == pytest.approx(best)


@pytest.mark.parametrize(
    ("n_bins", "text"),
    [(1.5, "n_bins"), ([3, 4], "one number per"), ([2, 1, 2], "at least 2")],
)
def test_wrong_numbers_of_bins_are_refused(n_bins, text):
    with pytest.raises(ValueError, match=text):
        DPKBinsDiscretizer(n_bins).fit(X)


def test_wrong_types_and_widths_are_refused():
    with pytest.raises(ValueError, match="dtype"):
        DPKBinsDiscretizer(dtype=int).fit(X)
    with pytest.raises(ValueError, match="Incorrect number"):
        DPKBinsDiscretizer().fit(X).inverse_transform(X)


@pytest.mark.parametrize("encode", ["onehot", "onehot-dense", "ordinal"])
def test_the_output_has_the_type_that_was_asked_for(encode):
    bins = DPKBinsDiscretizer(encode=encode, dtype=np.float32).fit(X)
    assert bins.transform(X).dtype == np.float32
    low, high = bins.output_bounds_
    output = bins.transform(1e9 * X)
    output = output.toarray() if sparse.issparse(output) else output
    assert output.shape[1] == len(low) == len(bins.get_feature_names_out())
    assert ((low <= output) & (output <= high)).all()


def bins_of(n_rows, epsilon=1.0, **params):
    bins = DPKBinsDiscretizer(8, bounds=(-50, 50), epsilon=epsilon, random_state=0)
    return bins.set_params(**params).fit(X[:n_rows, :2]).n_bins_.max()


def test_few_rows_for_the_noise_make_fewer_columns():
    assert bins_of(50) == 2
    assert 2 < bins_of(120) < 8
    assert bins_of(120, epsilon=3.0) == 8
    assert bins_of(20_000) == 8
    some = DPKBinsDiscretizer([2, 3], bounds=(-50, 50), random_state=0)
    assert some.fit(X[:, :2]).n_bins_.tolist() == [2, 3]


def test_bins_that_are_numbers_are_as_many_as_were_asked_for():
    assert bins_of(120, encode="ordinal") == 8
    assert "Count" not in str(DPKBinsDiscretizer(2, bounds=(-50, 50)).fit(X).privacy_)


def test_pure_privacy_limits_the_number_of_bins_too():
    assert bins_of(50, epsilon=0.1, delta=0.0) == 2
    assert bins_of(20_000, delta=0.0) == 8
