"""Ids, labels and rows in lists: each is itself, whatever the others are."""

import numpy as np
import pytest

from skprivate.base import Count, DPEstimator
from skprivate.metrics import dp_accuracy_score
from skprivate.model_selection import IndependentFolds, dp_train_test_split
from skprivate.over_sampling import DPSyntheticOverSampler
from skprivate.under_sampling import DPRandomUnderSampler, RowFilter

BIG = 2**53 + 1
IDS = {
    "beside a fraction": ([2**60 + i for i in range(100)], 0.5),
    "beside a text": ([2**60 + i for i in range(100)], "id"),
    "beside a negative": ([2**63 + i for i in range(100)], -1),
    "beside a larger one": ([2**63 + i for i in range(100)], 2**64),
}


class NumberOfUnits(DPEstimator):
    """How many units there are."""

    def _fit(self, curator):
        self.n_units_ = curator.release(Count(), share=1.0)[0]


@pytest.mark.parametrize("name", IDS)
def test_all_units_count(name):
    ids, other = IDS[name]
    for groups in (ids, [*ids, other], tuple(ids)):
        rows = [[0.0]] * len(groups)
        found = NumberOfUnits(epsilon=20.0).fit(rows, groups=groups).n_units_
        assert abs(found - len(groups)) < 5


@pytest.mark.parametrize("name", IDS)
def test_splits_and_folds_move_no_other(name):
    ids, other = IDS[name]
    rows = [*range(len(ids) + 1)]
    split = dp_train_test_split(rows[:-1], groups=ids, random_state=0)
    again = dp_train_test_split(rows, groups=[*ids, other], random_state=0)
    assert [set(a) - {rows[-1]} for a in again] == [set(part) for part in split]
    folds = IndependentFolds(5, random_state=0)
    fold = folds.fold_of_rows(rows[:-1], ids)
    assert len(set(fold)) == 5
    assert fold.tolist() == folds.fold_of_rows(rows, [*ids, other])[:-1].tolist()


@pytest.mark.parametrize("other", [0, 0.0, float(BIG - 1), True])
def test_samplers_count_labels_as_they_are(other):
    classes = [0, 1, BIG - 1, BIG]
    X, y = [[0.5]] * 101, [BIG] * 100 + [other]
    for sampler in (DPRandomUnderSampler, DPSyntheticOverSampler):
        options = {"bounds": (0, 1)} if sampler is DPSyntheticOverSampler else {}
        sampler = sampler(classes=classes, epsilon=20.0, **options)
        kept, labels = sampler.fit_resample(X, y)
        assert sampler.classes_.tolist() == classes
        assert abs(sampler.counts_[3] - 100) < 5
        assert type(kept) is list
        assert set(labels) <= {*classes, other}


def test_metrics_compare_labels_as_they_are():
    classes = [0, BIG - 1, BIG]
    for other in ([], [0.0]):
        truth = [BIG, 0] * 500 + other
        wrong = [BIG - 1, 0] * 500 + other
        score = dp_accuracy_score(truth, wrong, classes=classes, epsilon=20.0)
        assert abs(float(score) - 0.5) < 0.05
        score = dp_accuracy_score(truth, wrong, epsilon=20.0)
        assert abs(float(score) - 0.5) < 0.05


FILTERS = {
    "gaps": RowFilter(missing="drop"),
    "type": RowFilter(lambda row: row.dtype == float),
    "value": RowFilter(lambda row: row[0] == 1),
    "schema": RowFilter(schema={"x0": (0, 1)}),
    "categories": RowFilter(schema={"x0": [1, BIG]}),
    "bounds": RowFilter(bounds=(0, 1)),
}


@pytest.mark.parametrize("name", FILTERS)
def test_filters_judge_a_row_of_a_list_on_its_own(name):
    rows = [[1, 2], [BIG, 1], [BIG - 1, 1], [None, 0], [0.5, 0.5], [2**64, 1]]
    if name in ("gaps", "type"):
        rows += [["a", 1], [1, "a"]]
    alone = [FILTERS[name].fit_resample([row])[0] for row in rows]
    kept, _ = FILTERS[name].fit_resample(rows, [*range(len(rows))])
    assert kept == [row for row, found in zip(rows, alone, strict=True) if found]
    assert 0 < len(kept) < len(rows)


def test_a_filter_shows_the_same_category_beside_a_gap():
    pd = pytest.importorskip("pandas")
    dtype = pd.CategoricalDtype([BIG, BIG - 1])
    keep = RowFilter(lambda row: row["a"] == BIG and type(row["a"]) is int)
    for values in ([BIG, BIG - 1], [BIG, BIG - 1, None]):
        X = pd.DataFrame({"a": pd.Categorical(values, dtype=dtype)})
        assert len(keep.fit_resample(X)[0]) == 1


def test_a_list_of_one_hot_labels_is_one():
    y = np.eye(3, dtype=int)[[0, 1, 2] * 50].tolist()
    sampler = DPRandomUnderSampler(classes=[0, 1, 2], epsilon=20.0)
    assert len(sampler.fit_resample([[0.0]] * 150, y)[0]) > 90
