"""A curator of units that are clipped: noise for the norm, refusals, and reports."""

import numpy as np
import pytest
from sklearn.base import clone

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.accounting import Budget
from skprivate.base import Count, Curator, DPEstimator
from skprivate.linear_model import DPLogisticRegression
from skprivate.mechanisms import Entropy
from skprivate.metrics import dp_accuracy_score
from skprivate.preprocessing import DPOneHotEncoder, DPStandardScaler
from skprivate.rows import ArrayRows, NoRows, UnitClip
from tests.base.test_curator import Scores

rng = np.random.default_rng(0)
X = rng.uniform(0, 1, (600, 3))
y = (X[:, 0] > 0.5).astype(int)
GROUPS = np.repeat(np.arange(30), 20)
not_private = pytest.mark.filterwarnings("ignore:epsilon=inf")


class Counted(DPEstimator):
    """An estimator that keeps a count as it was released."""

    def _fit(self, curator):
        self.n_ = curator.release(Count(), share=1.0)[0]


class Chosen(DPEstimator):
    """An estimator that chooses, after a count."""

    def _fit(self, curator):
        self.n_ = curator.count(share=0.5)
        self.index_ = curator.choose(Scores(), share=curator.remaining)


def curator_of(rows, **options):
    return Curator(rows, Budget(1.0, 1e-6), Entropy(0), **options)


def test_noise_is_for_the_norm():
    clipped = Counted(max_rows_per_group=UnitClip(20, 2.5)).fit(X, groups=GROUPS)
    assert clipped.privacy_.releases[0].sensitivity == 2.5
    plain = Counted(max_rows_per_group=20).fit(X, groups=GROUPS)
    assert plain.privacy_.releases[0].sensitivity == 20
    assert clipped.privacy_.epsilon() == plain.privacy_.epsilon()
    unit = "group (20 rows of it count, clipped to the norm of 2.5)"
    assert clipped.privacy_.unit == unit
    assert f"if one {unit} is added or removed" in repr(clipped.privacy_)


@not_private
def test_groups_count_for_the_norm_at_most():
    model = Counted(epsilon=np.inf, max_rows_per_group=UnitClip(20, 2.5))
    counted = model.fit(X, groups=GROUPS).n_
    alone = model.fit(X[:30], groups=[*range(28), 7, 7]).n_
    assert counted == pytest.approx(30 * 2.5)
    assert alone == pytest.approx(27 + 2.5)


@not_private
def test_without_noise_a_wide_norm_is_no_clip():
    options = {"bounds": (0, 1), "classes": [0, 1], "epsilon": np.inf}
    plain = DPLogisticRegression(**options, max_rows_per_group=20)
    plain.fit(X, y, groups=GROUPS)
    wide = DPLogisticRegression(**options, max_rows_per_group=UnitClip(20, 20))
    wide.fit(X, y, groups=GROUPS)
    np.testing.assert_array_equal(plain.coef_, wide.coef_)


def test_without_groups_there_is_nothing_to_clip():
    report = Counted(max_rows_per_group=UnitClip(20)).fit(X).privacy_
    assert report.unit == "row"
    assert report.releases[0].sensitivity == 1.0
    planned = Counted(max_rows_per_group=UnitClip(20)).plan(3)
    assert planned.releases == report.releases


def test_selections_are_refused():
    model = Chosen(max_rows_per_group=UnitClip(20))
    with pytest.raises(ValueError, match="Give max_rows_per_group as an integer"):
        model.fit(X, groups=GROUPS)
    assert model.fit(X).index_ in range(3)


def test_selections_are_refused_before_the_debit():
    model = Chosen(max_rows_per_group=UnitClip(20))
    refusal = pytest.raises(ValueError, match="Give max_rows_per_group as an integer")
    with PrivacyLedger(epsilon=4.0, delta=1e-6) as ledger, refusal:
        model.fit(X, groups=GROUPS)
    assert len(ledger.records) == 0


def test_units_must_be_known():
    curator = curator_of(ArrayRows(X), max_rows=UnitClip(5))
    with pytest.raises(TypeError, match="UnitClip needs to know the unit"):
        curator.release(Count(), share=1.0)
    assert len(curator.releases) == 1
    curator = curator_of(NoRows(2), max_rows=UnitClip(5))
    with pytest.raises(ValueError, match="max_rows_per_group"):
        curator.choose(Scores(), share=1.0)
    assert curator.remaining == 1


def test_categories_are_found_for_all_rows_that_count():
    towns = np.array(["Ulm", "Bonn"], object)[y].reshape(-1, 1)
    plain = DPOneHotEncoder(max_rows_per_group=3).fit(towns, groups=GROUPS)
    clipped = DPOneHotEncoder(max_rows_per_group=UnitClip(3)).fit(towns, groups=GROUPS)
    mechanisms = [model.privacy_.releases[0].mechanism for model in (plain, clipped)]
    assert mechanisms[0] == mechanisms[1]


def test_pipelines_and_scores_take_a_clip():
    clip = UnitClip(20)
    model = make_dp_pipeline(
        DPStandardScaler(bounds=(0, 1), max_rows_per_group=clip),
        DPLogisticRegression(classes=[0, 1], max_rows_per_group=clip),
    ).fit(X, y, groups=GROUPS)
    units = {step.privacy_.unit for step in model}
    assert units == {"group (20 rows of it count, clipped to the norm of 4.472)"}
    score = dp_accuracy_score(
        y, y, classes=[0, 1], groups=GROUPS, max_rows_per_group=clip, epsilon=10.0
    )
    assert 0.5 < float(score) <= 1


def test_a_clip_is_a_parameter_like_others():
    model = clone(Counted(max_rows_per_group=UnitClip(20), random_state=0))
    first, again = (model.fit(X, groups=GROUPS).n_ for _ in range(2))
    assert first == again
    assert model.max_rows_per_group == UnitClip(20)
    assert "UnitClip(rows=20" in repr(model)
