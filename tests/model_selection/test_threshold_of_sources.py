"""A threshold is tuned on rows that are not in memory, too."""

import numpy as np
import pytest

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.compose import DPTableVectorizer
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPTunedThresholdClassifier
from skprivate.rows import ChunkRows, DaskRows

pd = pytest.importorskip("pandas")
dd = pytest.importorskip("dask.dataframe")

N = 1_500
rng = np.random.default_rng(0)
TABLE = pd.DataFrame({"age": rng.normal(50, 9, N), "sex": rng.choice(["f", "m"], N)})
y = (TABLE["age"] + 5 * rng.normal(size=N) > 58).astype(int).to_numpy()
WEIGHT = np.ones(N)


def chunks(order=slice(None), size=400):
    X, t = TABLE.iloc[order], y[order]
    cuts = range(0, len(X), size)
    return ChunkRows(lambda: ((X[i : i + size], t[i : i + size]) for i in cuts))


def in_dask():
    frame = dd.from_pandas(TABLE.assign(y=y), npartitions=2)
    return frame[["age", "sex"]], frame["y"]


SOURCES = {
    "chunks": lambda: (chunks(),),
    "dask": in_dask,
    "rows of dask": lambda: (DaskRows(*in_dask()),),
}


def tuned(**given):
    table = DPTableVectorizer(schema={"sex": ["f", "m"]}, find_categories=False)
    model = make_dp_pipeline(table, DPLogisticRegression(classes=[0, 1]))
    seeds = {n: 3 for n in model.get_params() if n.endswith("random_state")}
    model.set_params(**seeds)
    return DPTunedThresholdClassifier(
        model, scoring="f1", epsilon=10.0, random_state=5, **given
    )


@pytest.mark.parametrize("source", SOURCES)
def test_it_learns_and_is_paid_once(source):
    with PrivacyLedger() as ledger:
        found = tuned().fit(*SOURCES[source]())
    assert len(ledger.records) == 1
    assert round(found.privacy_.epsilon(), 3) == 10.0
    said = found.predict(TABLE)
    assert np.mean(said == y) > 0.7
    assert np.mean(said[y == 1]) > 0.5


def test_neither_cuts_nor_order_matter():
    orders = slice(None), rng.permutation(N)
    found = [tuned().fit(chunks(o, s)) for o in orders for s in (N, 333)]
    for other in found[1:]:
        assert other.best_threshold_ == found[0].best_threshold_
        a, b = other.estimator_[-1].coef_, found[0].estimator_[-1].coef_
        assert np.array_equal(a, b)


def test_one_row_more_leaves_all_others_where_they_are(monkeypatch):
    from skprivate.rows import _parted

    seen = []
    original = _parted.parted

    def noted(rows, within):
        seen.append(original(rows, within))
        return seen[-1]

    monkeypatch.setattr("skprivate.model_selection._parts.parted", noted)
    for order in (slice(1, None), slice(None)):
        tuned(validation_fraction=0.2).fit(chunks(order))
    parts = [[pd.concat([c[0] for c in side.open()]) for side in s] for s in seen]
    for less, more in zip(*parts, strict=True):
        more = more.drop(index=0, errors="ignore")
        pd.testing.assert_frame_equal(less, more)
    assert sum(map(len, parts[0])) == N - 1


def test_what_cannot_be_told_apart_is_refused_for_free():
    untold = DPTunedThresholdClassifier(DPLogisticRegression(bounds=(0, 1)))
    with PrivacyLedger() as ledger:
        with pytest.raises(ValueError, match=r"classes=\.\.\."):
            untold.fit(chunks())
        for more in ({"y": y}, {"groups": y}, {"sample_weight": WEIGHT}):
            with pytest.raises(ValueError, match="beside a source"):
                tuned().fit(chunks(), **more)
    assert not len(ledger.records)
