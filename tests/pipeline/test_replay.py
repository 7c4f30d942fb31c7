"""What compound objects learn: through answers alone, from neighbours at every step.

The whole is recorded and replayed on neighbouring rows, as estimators are: no question
may change, no exact total may move further than declared, at any step.
"""

from unittest.mock import patch

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.kernel_approximation import RBFSampler
from sklearn.preprocessing import Binarizer, Normalizer

from skprivate.accounting import Budget
from skprivate.base import Curator
from skprivate.cluster import DPKMeans
from skprivate.compose import DPColumnTransformer
from skprivate.decomposition import DPPCA
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.naive_bayes import DPGaussianNB
from skprivate.over_sampling import (
    DPSMOTE,
    DPRandomOverSampler,
    DPSyntheticOverSampler,
)
from skprivate.pipeline import make_dp_pipeline, make_dp_union
from skprivate.preprocessing import (
    DPMinMaxScaler,
    DPPowerTransformer,
    DPRobustScaler,
    DPStandardScaler,
    RowNormClipper,
)
from skprivate.rows import ArrayRows
from skprivate.testing import record, replay
from skprivate.testing._attack import _interval
from skprivate.testing._examples import example_for, quiet
from skprivate.testing._neighbours import neighbours_of
from skprivate.testing._replay import _Diverged, _Player
from skprivate.testing._tape import Recorder, listening
from skprivate.under_sampling import DPRandomUnderSampler

KNOWN = {"classes": [0, 1, 2]}
# By the first release, before it is answered; replay takes its question for a start.
REFUSED_WHILE_ADDED = ("add NaN", "add infinity")


class Whole(BaseEstimator):
    """Shows fitted steps as what was learned; replay leaves parameters aside."""

    def __init__(self, compound):
        self.compound = compound

    def fit(self, X, y=None, **params):
        self.fitted_ = clone(self.compound).fit(X, y, **params)
        return self


def columns(*parts, **params):
    named = [(f"part{i}", step, cols) for i, (step, cols) in enumerate(parts)]
    return DPColumnTransformer(named, **params)


CLASSIFIERS = {
    "searches": [DPStandardScaler(), DPPCA(3), DPGaussianNB(**KNOWN)],
    "logistic": [DPMinMaxScaler(), DPLogisticRegression(**KNOWN)],
    "waves": [
        DPStandardScaler(bounds=(-2, 2)),
        RBFSampler(n_components=4, random_state=0),
        DPGaussianNB(**KNOWN),
    ],
    "distances": [RowNormClipper(2.0), DPKMeans(3), DPGaussianNB(**KNOWN)],
    "nested": [
        make_dp_pipeline(Normalizer(), DPMinMaxScaler()),
        make_dp_union(DPPCA(2), "passthrough"),
        DPGaussianNB(**KNOWN),
    ],
    "gaps may pass": [DPRobustScaler(), DPPowerTransformer(), DPGaussianNB(**KNOWN)],
    "gaps may pass a part": [
        make_dp_pipeline(make_dp_union(DPRobustScaler(), DPPCA(2))),
        DPGaussianNB(**KNOWN),
    ],
    "columns": [
        columns((DPStandardScaler(), [0, 1]), (DPPCA(1), [2, 3]), remainder="drop"),
        DPGaussianNB(**KNOWN),
    ],
}


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_only_declared_moves_on_neighbours(name):
    pipe = Whole(make_dp_pipeline(*CLASSIFIERS[name], epsilon=2.0))
    rows = example_for(DPGaussianNB())
    recording, n_played = record(pipe, **rows.fit_args), 0
    for neighbour in neighbours_of(rows):
        if neighbour.name in REFUSED_WHILE_ADDED:
            continue
        playback = replay(recording, units=neighbour.units, **neighbour.rows.fit_args)
        assert playback.findings == [], neighbour.name
        n_played += not playback.refused
    assert n_played >= 17


@pytest.mark.parametrize("name", CLASSIFIERS)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_rows_that_are_not_finite_are_refused_before_anything_is_answered(name, value):
    rows = example_for(DPGaussianNB()).with_row([0, 0, value, 0, 0])
    recorder = Recorder()
    with listening(recorder), pytest.raises(ValueError, match=r"NaN|infinity"):
        make_dp_pipeline(*CLASSIFIERS[name]).fit(**rows.fit_args)
    assert recorder.tape.told == []


@pytest.mark.parametrize("mapping", [RowNormClipper(2.0), Normalizer(), Binarizer()])
def test_gaps_pass_no_scaler_before_a_mapping_that_refuses_them(mapping):
    rows, recorder = (
        example_for(DPGaussianNB()).with_row([0, 0, np.nan, 0, 0]),
        Recorder(),
    )
    pipe = make_dp_pipeline(DPStandardScaler(), mapping, DPGaussianNB(**KNOWN))
    with listening(recorder), pytest.raises(ValueError, match="NaN"):
        pipe.fit(**rows.fit_args)
    assert recorder.tape.told == []


def test_gaps_pass_no_sampler_before_a_model_that_refuses_them():
    rows, recorder = (
        example_for(DPGaussianNB()).with_row([0, 0, np.nan, 0, 0]),
        Recorder(),
    )
    pipe = make_dp_pipeline(DPRandomUnderSampler(**KNOWN), DPGaussianNB(**KNOWN))
    with listening(recorder), pytest.raises(ValueError, match="NaN"):
        pipe.fit(rows.fit_args["X"], rows.fit_args["y"])
    assert recorder.tape.told == []


@pytest.mark.parametrize("label", [7, -1])
def test_unknown_labels_are_refused_before_anything_is_answered(label):
    rows = example_for(DPGaussianNB()).with_row(0.0, label)
    recorder = Recorder()
    with listening(recorder), pytest.raises(ValueError, match="classes"):
        make_dp_pipeline(*CLASSIFIERS["nested"]).fit(**rows.fit_args)
    assert recorder.tape.told == []


def test_only_declared_moves_for_targets_that_are_numbers():
    pipe = Whole(make_dp_pipeline(DPStandardScaler(), DPPCA(3), DPRidge()))
    rows = example_for(DPRidge())
    recording = record(pipe, **rows.fit_args)
    for neighbour in neighbours_of(rows):
        if neighbour.name not in REFUSED_WHILE_ADDED:
            others = neighbour.rows.fit_args
            playback = replay(recording, units=neighbour.units, **others)
            assert playback.findings == [], neighbour.name


def test_a_group_moves_every_step_by_no_more_than_declared():
    steps = [
        DPStandardScaler(max_rows_per_group=3),
        DPPCA(2, max_rows_per_group=3),
        DPGaussianNB(max_rows_per_group=3, **KNOWN),
    ]
    pipe = Whole(make_dp_pipeline(*steps))
    rows = example_for(DPGaussianNB())
    groups = np.arange(len(rows)) // 3
    recording = record(pipe, groups=groups, **rows.fit_args)
    for asked, told in zip(recording.tape.asked, recording.tape.told, strict=True):
        assert told.levels >= 3 * asked.query.levels * (1 - 1e-12)
    # Each step draws which rows of a group count. Here all of them do, so any draw is
    # as good as another, and replay leaves all of them free.
    player = CoinPlayer(recording.tape, units=1)
    keep = groups != 0
    play(player, pipe, rows.rows(keep), groups=groups[keep])
    assert player.result().findings == []


class CoinPlayer(_Player):
    """A replay in which a row keeps its coins, whatever other rows there are."""

    def __init__(self, tape, units):
        super().__init__(tape, units, free_start=False)

    def words(self, draw, n):
        self._n_drawn += 1
        return np.resize(self._tape.drawn[self._n_drawn - 1], n)


def play(player, pipe, rows, **params):
    fitted = clone(pipe)
    with quiet(), listening(player):
        try:
            fitted.fit(**rows.fit_args, **params)
        except _Diverged:
            return
    player.compare(pipe, fitted) if hasattr(pipe, "fitted_") else None


SAMPLERS = {
    "under": [DPRandomUnderSampler(**KNOWN)],
    "over": [DPSyntheticOverSampler(bounds=(-2, 2), **KNOWN)],
    "copies": [DPRandomOverSampler(max_copies=3, **KNOWN)],
    "smote": [DPSMOTE(bounds=(-2, 2), **KNOWN)],
    "both": [
        DPSyntheticOverSampler(bounds=(-2, 2), **KNOWN),
        DPStandardScaler(),
        DPRandomUnderSampler(**KNOWN),
    ],
}


@pytest.mark.parametrize("name", SAMPLERS)
def test_only_declared_moves_after_samplers(name):
    """The last row is left out or another; the others keep their coins."""
    steps = [DPMinMaxScaler(), *SAMPLERS[name], DPGaussianNB(**KNOWN)]
    pipe = Whole(make_dp_pipeline(*steps, epsilon=8.0))
    rows = example_for(DPGaussianNB(), n_rows=80)
    recording = record(pipe, **rows.fit_args)
    for others, units in (
        (rows.rows(slice(79)), 1),
        (rows.rows(slice(79)).with_row(1e6, 0), 2),
        (rows.rows(slice(79)).with_row(0.0, 2), 2),
    ):
        if name not in ("under", "copies") and units == 1:
            continue  # synthetic rows come last, and would get other coins
        player = CoinPlayer(recording.tape, units)
        play(player, recording.estimator, others)
        assert player.result().findings == []


class Attacker(Recorder):
    """Scores how likely all answers are with and without the last row.

    That row is always there, with weight one or zero, so that it goes through the
    released maps of each step, as an attacker would take it.
    """

    def __init__(self, present):
        super().__init__()
        self._presence, self.score, self.power = float(present), 0.0, 0.0

    def mechanism(self, call, mechanism, total, levels, weights):
        answer = super().mechanism(call, mechanism, total, levels, weights)
        query = self.tape.asked[len(self.tape.told) - 1].query
        rows = self.curator._rows
        y = None if rows.y is None else rows.y[-1:]
        (move,) = ArrayRows(rows.X[-1:], y).total([query])
        deviation = levels * mechanism.event.noise_multiplier
        deviation = deviation * (1.0 if weights is None else weights)
        effect = move / deviation
        residual = (answer - total + self._presence * move) / deviation
        self.score += float(np.sum(effect * (residual - effect / 2)))
        self.power += float(np.sum(effect**2))
        return answer

    def attack(self, pipe, X, y):
        weight = np.append(np.ones(len(X) - 1), self._presence)
        given = {f"{name}__sample_weight": weight for name, _ in pipe.steps}
        original = Curator.__init__

        def remembered(curator, *args, **kwargs):
            self.curator = curator
            original(curator, *args, **kwargs)

        with quiet(), listening(self), patch.object(Curator, "__init__", remembered):
            clone(pipe).fit(X, y, **given)
        return self


def check_attack(n_fits):
    pipe = make_dp_pipeline(
        DPStandardScaler(bounds=(-2, 2)), DPGaussianNB(**KNOWN), epsilon=14.0
    )
    rows = example_for(DPGaussianNB(), n_rows=12).with_row(2.0, 0)
    attacks = [
        [Attacker(present).attack(pipe, rows.X, rows.y) for _ in range(n_fits)]
        for present in (True, False)
    ]
    hits = sum(a.score > 0 for a in attacks[0])
    passes = sum(a.score <= 0 for a in attacks[1])
    low, high = _interval(hits, passes, n_fits, alpha=1e-6)
    claim = Budget(14.0, 1e-6).mu
    assert low <= claim
    possible = min(np.sqrt(a.power) for a in attacks[0])
    assert possible <= claim * (1 + 1e-9)
    assert high >= 0.9 * possible


def test_the_best_attack_on_a_row_finds_no_more_than_claimed():
    check_attack(100)


@pytest.mark.slow
def test_attack_with_many_fits():
    check_attack(1000)
