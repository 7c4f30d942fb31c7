"""Events as JSON, and back."""

import json
import math

import numpy as np
import pytest
from dp_accounting import dp_event as dp

from skprivate.ledger._codec import event_of, text_of

EVENTS = [
    dp.NoOpDpEvent(),
    dp.NonPrivateDpEvent(),
    dp.GaussianDpEvent(4.224678889327592),
    dp.GaussianDpEvent(math.inf),
    dp.LaplaceDpEvent(np.float32(0.5)),
    dp.DiscreteLaplaceDpEvent(0.3, 1),
    dp.ZCDpEvent(0.02, 0.01),
    dp.RandomizedResponseDpEvent(0.5, 4),
    dp.PoissonSampledDpEvent(0.01, dp.GaussianDpEvent(1.5)),
    dp.SampledWithoutReplacementDpEvent(100, 10, dp.GaussianDpEvent(1.0)),
    dp.RepeatAndSelectDpEvent(
        dp.ComposedDpEvent([dp.GaussianDpEvent(8.0), dp.LaplaceDpEvent(9.0)]), 20.0, 1.0
    ),
    dp.ComposedDpEvent(
        [
            dp.SelfComposedDpEvent(dp.GaussianDpEvent(9.0), np.int64(7)),
            dp.ComposedDpEvent([]),
        ]
    ),
    dp.MixtureOfGaussiansDpEvent(1.0, [0.0, 1.0], [0.5, 0.5]),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: type(e).__name__)
def test_every_event_comes_back_to_the_last_bit(event):
    text = text_of(event)
    assert event_of(text) == event
    assert text_of(event_of(text)) == text


class Mine(dp.DpEvent):
    """An event that no reader of the file would know."""


@pytest.mark.parametrize(
    "event",
    [
        Mine(),
        dp.ComposedDpEvent([Mine()]),
        dp.GaussianDpEvent("1"),
        None,
        "x",
        object(),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_is_no_event_of_dp_accounting_is_refused(event):
    with pytest.raises(TypeError, match="dp_accounting"):
        text_of(event)


@pytest.mark.parametrize("name", ["os", "DpEvent_", "__builtins__", "math", "attr"])
def test_a_damaged_name_runs_nothing(name):
    with pytest.raises(ValueError, match="damaged"):
        event_of(json.dumps({"event": name}))
