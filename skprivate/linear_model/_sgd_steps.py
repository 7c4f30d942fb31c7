"""Plain gradient steps: as many, as long and on as large samples as somebody says."""

from dataclasses import dataclass

import numpy as np

from skprivate.base._shares import equal_share
from skprivate.linear_model._descents import clip_of, gradient_query, start_of
from skprivate.linear_model._proximal import stiffness_of
from skprivate.linear_model._steps import (
    enough_accelerated,
    mean_of_last,
    number_of_steps,
    times,
)
from skprivate.losses import Logistic


@dataclass(frozen=True)
class Schedule:
    """Steps as somebody wants them; all of it is public.

    Attributes
    ----------
    n_steps : int or None
        None: by the rule of accelerated descents, in the noisy number of rows.
    rate : float
        Probability that a unit is in the sample of a step.
    first : float
        Length of the first step; one is the longest that cannot diverge.
    power : float
        Step number t is ``t ** power`` times shorter.
    averages : bool
        Whether the result is the mean of the last three tenths of the points.
    """

    n_steps: int | None = None
    rate: float = 1.0
    first: float = 1.0
    power: float = 0.0
    averages: bool = True

    def lengths(self, n_steps):
        """Of so many steps."""
        return self.first * np.arange(1.0, n_steps + 1) ** -self.power


def plain_descent(schedule, curator, rows, moments, task, penalty, known, corners):
    """Coefficients in standard units by noisy steps, a row for each margin.

    **Guarantee.** Each gradient is a release: cut to a norm that follows from public
    facts and from what was released, and paid for by its share, or, on samples, by the
    rounds together. No step is longer than the coefficients before it, or than a
    constant, so these stay finite whatever the rows and the noise are.

    Steps are in the metric of an upper bound of the Hessian: with exact gradients a
    length of one cannot overshoot.

    Parameters
    ----------
    schedule : Schedule
    curator, rows, moments, task, penalty, known, corners
        As for `descend`.
    """
    start = start_of(rows, task, known)
    clip, longest = clip_of(rows, task)
    clip = clip if curator.budget.private else longest
    n_steps = schedule.n_steps or _enough_steps(rows, moments, task, clip)
    metric = moments.metric(task.curvature, penalty)
    ask = _asking(curator, schedule.rate, n_steps)
    here, path = start, []
    for length in schedule.lengths(n_steps):
        total = ask(gradient_query(rows, task, here, clip)).reshape(here.shape)
        if isinstance(task.loss, Logistic) and here.ndim == 2:
            total = total - total.mean(axis=0)  # slopes add up to zero, but for noise
        slopes = total / (schedule.rate * rows.n_rows) + penalty * here
        here = _moved(here, slopes, length * metric, corners, task.farthest)
        path.append(here)
    return np.atleast_2d(_result(path, corners, schedule.averages))


def _asking(curator, rate, n_steps):
    """What answers a query for an equal part of what is left of the budget."""
    if rate < 1:
        return curator.rounds(n_steps, rate, share=curator.remaining).release
    share = equal_share(curator.remaining, n_steps)
    return lambda query: curator.release(query, share=share)


def _enough_steps(rows, moments, task, clip):
    noise = max(rows.noise_of_margins(clip), 1e-9)
    enough = enough_accelerated(noise, moments.edge)
    return number_of_steps(noise, task.eagerness, enough, rows.pure)


def _moved(here, slopes, metric, corners, farthest):
    """A step on; noise makes it at most as long as coefficients are, or `farthest`."""
    if corners is None:
        ahead = here - times(slopes, metric)
    else:
        ahead = corners.ahead(here, slopes, stiffness_of(metric))
    far, most = np.linalg.norm(ahead - here), np.linalg.norm(here[..., :-1])
    most = max(farthest, float(most))
    return ahead if far <= most else here + most / far * (ahead - here)


def _result(path, corners, averages):
    if not averages:
        return path[-1]
    return mean_of_last(path) if corners is None else corners.mean(path)
