"""Shapes of all columns: noisy gradients, of which all are kept in mind."""

from dataclasses import dataclass

import numpy as np

from skprivate.additive._curvature import normal_curvature
from skprivate.additive._look import alone, joint_of
from skprivate.additive._monotone import monotone
from skprivate.additive._posterior import Evidence, expected_relevance, most_likely
from skprivate.additive._priors import centred, of_categories, of_numbers
from skprivate.base import Count
from skprivate.queries import AddCellTerms, CellTotals, OfView

_MOMENTS_SHARE = 0.1
_N_STEPS = 6
_MEMORY = 0.85
_HARMLESS = 3.0  # see Steepness
_N_EXACT_STEPS = 20
_FEWEST_STEPS = 1
_ROWS_OF_STEP = 15.0  # times mu, which are worth a step
_LITTLE_NOISE = 1e-3  # relative to the chance of which rows there are
_FIRST_ROUNDS, _ROUNDS = 4, 1


@dataclass(frozen=True, eq=False)
class Shapes:
    """Shapes of the columns, their errors, and the view of rows that has them.

    Attributes
    ----------
    values, errors : ndarray of shape (size, n_margins)
    intercept : ndarray of shape (n_margins,)
    view : Derived
        With margins of these shapes.
    masses : ndarray of shape (size,)
        Rows in each cell.
    scores : ndarray of shape (size,)
        Of the codes of each column.
    moments : ndarray of shape (size, size + 1)
        Rows in two cells at once; the last column is of all.
    curvature : float
        Mean curvature of the loss.
    """

    values: np.ndarray
    errors: np.ndarray
    intercept: np.ndarray
    view: object
    masses: np.ndarray
    scores: np.ndarray
    moments: np.ndarray
    curvature: float


def learn_shapes(curator, view, bins, look, task, directions, *, share):
    """Shapes of all columns together, for a share of the budget.

    Parameters
    ----------
    curator : Curator
    view : Derived
        Of codes, with margins of zero.
    bins : Bins
    look : TargetLook
        Released before.
    task : Task
    directions : ndarray of {-1, 0, 1}
        Monotone columns.
    share : float

    Returns
    -------
    Shapes
    """
    tables, masses = look.tables, look.masses(task.weights)
    parts = np.split(masses, bins.offsets[1:])
    priors = [
        centred(of_categories(n) if categorical else of_numbers(n - 1), part)
        for n, categorical, part in zip(
            bins.n_codes, bins.categorical, parts, strict=True
        )
    ]
    gradients, noise = look.gradients(task)
    noise = np.maximum(noise, 1e-6)
    steep = [_flat_curvature(task, masses, k) for k in range(len(task.start))]
    effects = [
        alone(g, s, c, priors)
        for g, s, c in zip(gradients.T, noise, steep, strict=True)
    ]
    widest = max(effects, key=lambda effect: float(masses @ effect**2))
    part = _MOMENTS_SHARE * share
    numbers = ~bins.categorical
    joint = joint_of(curator, view, tables, masses, numbers, widest, share=part)
    walk = _Walk(task, tables, joint, priors, directions)
    n_steps = _number_of_steps(curator, joint.n_rows)
    walk.eager = n_steps > _FEWEST_STEPS
    walk.learn(gradients, noise)
    query = CellTotals(tables, task.steps())
    for left in reversed(range(n_steps)):
        view = view.then(walk.move())
        answer = curator.release(OfView(query, view), share=(share - part) / n_steps)
        gradients = answer.reshape(len(masses), -1)
        noise = np.full(len(task.start), curator.noise_of(query))
        walk.learn(gradients, noise, with_errors=not left)
    view = view.then(walk.move())
    return walk.result(view)


def _number_of_steps(curator, n_rows):
    """How many gradients to take: fewer where rows say little, by a noisy count."""
    if not curator.budget.private:
        return int(np.clip(n_rows / _ROWS_OF_STEP, _FEWEST_STEPS, _N_EXACT_STEPS))
    signal = n_rows / curator.noise_of(Count(), share=1.0)
    return int(np.clip(signal / _ROWS_OF_STEP, _FEWEST_STEPS, _N_STEPS))


def _flat_curvature(task, masses, k):
    """Curvature of margin k in each cell, where all rows have the start."""
    start = task.start if len(task.start) > 1 else task.start[0]
    curvature = np.ravel(task.loss.curvature(start, 0.0))
    n = len(task.start)
    return masses * curvature[k] * (n / (n - 1) if n > 1 else 1.0)


class _Walk:
    """From one gradient to the next point; where all of them say the best point is."""

    def __init__(self, task, tables, joint, priors, directions):
        self.task, self.tables, self.priors = task, tables, priors
        self.directions, self.masses = directions, joint.masses
        self.n_rows, self.moments = joint.n_rows, joint.moments()
        size, n_margins = len(joint.masses), len(task.start)
        self.values = np.zeros((size + 1, n_margins))
        self.values[-1] = task.start
        self.errors = np.zeros((size + 1, n_margins))
        self.there = np.zeros((size, n_margins))  # margins that the view has already
        # Curvature of several classes is that at the start, wherever the point is.
        harmless = _HARMLESS if n_margins > 1 else np.inf
        self.evidence = [Evidence(size, _MEMORY, harmless) for _ in range(n_margins)]
        self.scores, self.slopes = joint.scores, joint.slopes()
        n_scales = len(priors) + self.slopes.shape[1]
        self.relevance = np.full((n_margins, n_scales), expected_relevance(len(priors)))
        self.n_seen = 0
        self.eager = True  # to learn scales; rows that say little tell none

    def learn(self, gradients, noise, *, with_errors=False):
        """Take gradients at the present point into account, and move to the best."""
        task = self.task
        floor = _LITTLE_NOISE * np.sqrt(self.masses.mean())
        rounds = _ROUNDS if self.n_seen else _FIRST_ROUNDS
        if not self.eager:
            rounds = 1 - min(self.n_seen, 1)
        for k, deviation in enumerate(noise):
            point = self.values[:, k]
            deviation = max(float(deviation), floor)
            self.evidence[k].add(
                gradients[:, k], self._slope(k, point), point, deviation
            )
            found = most_likely(
                self.evidence[k],
                task.dispersion,
                self.priors,
                self.slopes,
                task.start[k],
                self.relevance[k],
                expected_relevance(len(self.priors)),
                rounds,
                with_errors,
            )
            self.relevance[k], self.values[:, k] = found.relevance, found.values
            if with_errors:
                self.errors[:, k] = found.errors
        self.n_seen += 1
        if self.directions.any():
            self.values[:-1, 0] = monotone(
                self.values[:-1, 0], self.masses, self.tables.sizes, self.directions
            )

    def _slope(self, k, point):
        """Derivative of the gradient of margin k in each cell."""
        n = len(self.task.start)
        if n == 1:
            args = self.moments, self.masses, point, self.n_rows
            curvature = normal_curvature(self.task.loss, *args)
        else:
            curvature = _flat_curvature(self.task, self.masses, k) / self.masses
        root = np.sqrt(curvature)
        together = root[:, None] * self.moments[:, :-1] * root
        return np.column_stack([together, curvature * self.masses])

    def move(self):
        """What the view lacks of the present point; the intercept is in column one."""
        values = self.values[:-1].copy()
        values[: self.tables.sizes[0]] += self.values[-1]
        missing, self.there = values - self.there, values
        return AddCellTerms(self.tables, missing)

    def result(self, view):
        """What was learned."""
        slope = self._slope(0, self.values[:, 0])[:, -1]
        return Shapes(
            self.values[:-1],
            self.errors[:-1],
            self.values[-1],
            view,
            self.masses,
            self.scores,
            self.moments,
            float(slope.sum() / self.masses.sum()),
        )
