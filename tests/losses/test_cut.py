"""Shares that margins stand for where gradients of classes are cut."""

import numpy as np
import pytest

from skprivate.losses import Logistic, Multinomial, logs_of_cut, margins_of_cut


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("weights", [None, [1.0, 5.0, 0.2, 2.0]])
@pytest.mark.parametrize("largest", [None, 0.1, 0.5, 1.0])
def test_gradients_that_are_cut_are_zero_on_average(n_classes, weights, largest, rng):
    by_class = np.array([1.0] * 4 if weights is None else weights)[:n_classes]
    likely = rng.dirichlet(np.full(n_classes, 0.5))
    shares = likely * by_class / (likely @ by_class)
    given = None if weights is None else by_class
    margins = margins_of_cut(shares, largest, given)
    assert np.exp(logs_of_cut(margins[None], largest, given))[0] == pytest.approx(
        shares
    )
    if n_classes == 2:
        gradients = Logistic().gradient(margins, np.arange(2.0))[:, None]
    else:
        gradients = Multinomial(n_classes).gradient(margins, np.arange(n_classes))
    gradients = by_class[:, None] * gradients
    lengths = np.linalg.norm(gradients, axis=1, keepdims=True)
    if largest is not None:
        gradients *= np.minimum(1.0, largest / np.maximum(lengths, 1e-300))
    assert likely @ gradients == pytest.approx(0.0, abs=1e-12)


def test_what_is_likely_stays_so_and_far_margins_do_no_harm():
    margins = np.linspace(-800, 800, 4001)[:, None]
    logs = logs_of_cut(margins, 0.4)
    assert np.isfinite(logs).all()
    assert (np.diff(logs[:, 1] - logs[:, 0]) > 0).all()
    assert np.isfinite(logs_of_cut(np.eye(3) * 1e300, 0.4)).all()
