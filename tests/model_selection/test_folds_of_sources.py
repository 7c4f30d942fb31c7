"""Cross-validation and learning curves on rows that are not in memory."""

import numpy as np
import pytest

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.compose import DPTableVectorizer
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.metrics import get_dp_scorer
from skprivate.model_selection import dp_cross_val_score, dp_learning_curve
from skprivate.rows import ChunkRows, DaskRows

pd = pytest.importorskip("pandas")
dd = pytest.importorskip("dask.dataframe")

N = 1_200
rng = np.random.default_rng(0)
TABLE = pd.DataFrame({"age": rng.normal(50, 9, N), "sex": rng.choice(["f", "m"], N)})
y = (TABLE["age"] > 50).astype(int).to_numpy()


def chunks(size=400, target=y):
    cuts = range(0, N, size)
    return ChunkRows(
        lambda: ((TABLE[i : i + size], target[i : i + size]) for i in cuts)
    )


def in_dask():
    frame = dd.from_pandas(TABLE.assign(y=y), npartitions=2)
    return frame[["age", "sex"]], frame["y"]


SOURCES = {
    "chunks": lambda: (chunks(),),
    "dask": in_dask,
    "rows of dask": lambda: (DaskRows(*in_dask()),),
}


def model(last=None):
    table = DPTableVectorizer(schema={"sex": ["f", "m"]}, find_categories=False)
    return make_dp_pipeline(table, last or DPLogisticRegression(classes=[0, 1]))


@pytest.mark.parametrize("source", SOURCES)
def test_scores_by_folds(source):
    with PrivacyLedger() as ledger:
        scores = dp_cross_val_score(
            model(), *SOURCES[source](), cv=2, epsilon=20.0, random_state=1
        )
    assert len(ledger.records) == 1
    assert round(scores.privacy.epsilon(), 3) == 20.0
    assert min(scores) > 0.7


@pytest.mark.parametrize(
    "scoring", ["roc_auc", "neg_log_loss", "f1", "balanced_accuracy"]
)
def test_every_kind_of_score(scoring):
    scores = dp_cross_val_score(
        model(), chunks(), cv=2, scoring=scoring, epsilon=20.0, random_state=1
    )
    assert np.mean(scores) > (-1.0 if scoring.startswith("neg") else 0.6)


def test_several_classes_and_numbers():
    three = np.digitize(TABLE["age"], [45, 55])
    many = model(DPLogisticRegression(classes=[0, 1, 2]))
    scores = dp_cross_val_score(
        many, chunks(target=three), cv=2, scoring="roc_auc_ovr", epsilon=20.0,
        random_state=1,
    )  # fmt: skip
    assert min(scores) > 0.6
    line = model(DPRidge(target_bounds=(0, 100)))
    age = TABLE["age"].to_numpy()
    scores = dp_cross_val_score(
        line, chunks(target=age), cv=2, scoring="r2", epsilon=20.0, random_state=1
    )
    assert min(scores) > 0.5


def test_cuts_of_chunks_do_not_matter():
    found = [
        dp_cross_val_score(model(), chunks(n), cv=2, epsilon=20.0, random_state=1)
        for n in (N, 130)
    ]
    assert [*map(float, found[0])] == [*map(float, found[1])]


def test_a_learning_curve():
    sizes, scores = dp_learning_curve(
        model(), chunks(), train_sizes=[0.2, 1.0], epsilon=20.0, random_state=1
    )
    assert len(sizes) == len(scores) == 2
    assert scores[-1] > 0.7


def test_a_scorer_alone():
    fitted = make_dp_pipeline(
        DPTableVectorizer(schema={"sex": ["f", "m"]}, find_categories=False),
        DPLogisticRegression(classes=[0, 1]),
        epsilon=20.0,
    ).fit(chunks())
    with PrivacyLedger() as ledger:
        for rows in chunks(), DaskRows(*in_dask()):
            assert get_dp_scorer("accuracy")(fitted, rows, None) > 0.7
    assert len(ledger.records) == 2


def test_labels_must_be_listed():
    untold = model(DPLogisticRegression())
    with PrivacyLedger() as ledger:
        with pytest.raises(ValueError, match=r"classes=\.\.\."):
            dp_cross_val_score(untold, chunks())
        with pytest.raises(ValueError, match="beside a source"):
            dp_cross_val_score(model(), chunks(), groups=y)
    assert not len(ledger.records)
