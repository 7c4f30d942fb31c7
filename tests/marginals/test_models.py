"""Models of marginals: exact on a small table, close to what was measured."""

from itertools import combinations, product

import numpy as np
import pytest

from skprivate.marginals import (
    Descent,
    GraphicalModel,
    JunctionTree,
    Measured,
    drawn_codes,
    drawn_given,
    fitted_model,
    pair_tables,
)

SIZES = 3, 2, 4, 2, 3
TABLES = (0, 1), (1, 2), (2, 3), (1, 3), (4,)


def joint_and_model(seed=0):
    """A distribution by the product of all factors, and the model of it."""
    rng = np.random.default_rng(seed)
    tree = JunctionTree.around(SIZES, TABLES)
    logs = [rng.normal(size=shape) for shape in tree.shapes]
    joint = np.zeros(SIZES)
    for cell in product(*map(range, SIZES)):
        for clique, log in zip(tree.cliques, logs, strict=True):
            joint[cell] += log[tuple(cell[j] for j in clique)]
    joint = np.exp(joint)
    return joint / joint.sum(), GraphicalModel.of_factors(tree, logs)


def of(joint, variables):
    return joint.sum(axis=tuple(j for j in range(joint.ndim) if j not in variables))


@pytest.mark.parametrize("seed", range(5))
def test_marginals_are_those_of_the_product(seed):
    joint, model = joint_and_model(seed)
    for variables in [*TABLES, (0,), (1,), (1, 2, 3)]:
        np.testing.assert_allclose(model.marginal(variables), of(joint, variables))


@pytest.mark.parametrize("seed", range(5))
def test_conditions_are_those_of_the_product(seed):
    joint, model = joint_and_model(seed)
    likelihood = np.array([0.0, 1.0, 0.5, 0.0])
    weighted = joint * likelihood[:, None, None]
    found, mass = model.given([((2,), likelihood)])
    assert mass == pytest.approx(weighted.sum())
    for variables in TABLES:
        wanted = of(weighted, variables) / weighted.sum()
        np.testing.assert_allclose(found.marginal(variables), wanted, atol=1e-12)


def test_a_condition_that_cannot_be_has_no_mass():
    _, model = joint_and_model()
    found, mass = model.given([((2,), np.zeros(4))])
    assert mass == 0
    assert all((belief == 0).all() for belief in found.beliefs)


@pytest.mark.parametrize("seed", range(10))
def test_trees_hold_all_tables_and_intersect_as_they_should(seed):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 5, 8)
    tables = [tuple(sorted(rng.choice(8, 2, replace=False))) for _ in range(7)]
    tree = JunctionTree.around(sizes, tables)  # which checks itself
    assert not list(tree.problems())
    for table in tables:
        assert {*table} <= {*tree.cliques[tree.holding(table)]}
    with pytest.raises(ValueError, match="No clique"):
        tree.holding(range(8))


def test_a_tree_that_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="shares something"):
        JunctionTree((2, 2, 2), ((0, 1), (1, 2), (0, 2)), (-1, 0, 1))
    with pytest.raises(ValueError, match="do not hold all"):
        JunctionTree((2, 2), ((0,),), (-1,))


def test_a_fit_finds_what_was_measured_exactly():
    joint, model = joint_and_model()
    seen = [Measured(t, 1e5 * of(joint, t), 1.0) for t in TABLES]
    found = fitted_model(model.tree, seen, 1e5, n_steps=3000)
    for table in TABLES:
        np.testing.assert_allclose(found.marginal(table), of(joint, table), atol=2e-3)


def test_a_fit_is_closer_to_the_truth_than_what_was_measured():
    rng = np.random.default_rng(0)
    joint, model = joint_and_model()
    seen = [
        Measured(t, 1000 * of(joint, t) + rng.normal(0, 30, of(joint, t).shape), 30.0)
        for t in TABLES
    ]
    found = fitted_model(model.tree, seen, 1000.0)
    off = [np.abs(found.marginal(m.variables) - of(joint, m.variables)) for m in seen]
    raw = [np.abs(m.counts / 1000 - of(joint, m.variables)) for m in seen]
    assert sum(map(np.sum, off)) < 0.8 * sum(map(np.sum, raw))


def test_what_is_as_noise_explains_it_is_left_even():
    tree = JunctionTree.around((2, 2), [(0, 1)])
    seen = [Measured((0, 1), np.array([[26.0, 24.0], [25.0, 25.0]]), 10.0)]
    assert np.ptp(fitted_model(tree, seen, 100.0).beliefs[0]) == 0


def test_rows_follow_the_law_of_the_model():
    # Systematic draws: each cell of a clique is off by less than one row a line, and
    # lines are as many as cells of what is drawn before.
    joint, model = joint_and_model()
    n = 200_000
    codes = drawn_codes(model, n, np.random.default_rng(1))
    found = np.zeros(SIZES)
    np.add.at(found, tuple(codes), 1 / n)
    np.testing.assert_allclose(of(found, (0, 1)), of(joint, (0, 1)), atol=1e-4)
    # Columns that share no clique are independent given what lies between them. A cell
    # has a deviation below 0.5 / sqrt(n): six of them are a level below 1e-6 for all.
    np.testing.assert_allclose(found, joint, atol=6 * 0.5 / np.sqrt(n))


def test_each_row_has_the_odds_of_the_model():
    # One row a line: no evenness among rows can hide wrong odds. N is fixed, and six
    # deviations are a level below 1e-6.
    odds = np.array([[0.2, 0.0, 0.8]])
    rng = np.random.default_rng(2)
    n = 20_000
    drawn = [drawn_given(odds, np.zeros(1, np.int64), rng)[0] for _ in range(n)]
    shares = np.bincount(drawn, minlength=3) / n
    assert shares[1] == 0
    assert abs(shares[0] - 0.2) < 6 * np.sqrt(0.2 * 0.8 / n)


def test_a_line_of_zeros_is_drawn_evenly():
    drawn = drawn_given(np.zeros((1, 4)), np.zeros(8, int), np.random.default_rng(0))
    assert np.bincount(drawn).tolist() == [2, 2, 2, 2]


@pytest.mark.parametrize("seed", range(3))
def test_tables_of_pairs_are_those_of_the_product(seed):
    # Variable 4 is in no clique with others, 0 and 2 and 3 only by way of others.
    joint, model = joint_and_model(seed)
    pairs = [*combinations(range(5), 2)]
    for pair, table in zip(pairs, pair_tables(model, pairs), strict=True):
        np.testing.assert_allclose(table, of(joint, pair), atol=1e-12)


def test_tables_of_pairs_by_a_label_that_is_in_all_cliques():
    rng = np.random.default_rng(0)
    tree = JunctionTree.around((3, 2, 2, 4), [(0, 1, 2), (1, 2, 3)])
    model = GraphicalModel.of_factors(tree, [rng.normal(size=s) for s in tree.shapes])
    first, second = (model.marginal(v) for v in [(0, 1, 2), (1, 2, 3)])
    joint = first[..., None] * (second / second.sum(axis=2, keepdims=True))
    pairs = [(0, 1), (0, 3), (1, 3)]
    for (a, b), table in zip(pairs, pair_tables(model, pairs, (2,)), strict=True):
        wanted = np.einsum(joint, [0, 1, 2, 3], [a, b, 2])
        np.testing.assert_allclose(table, wanted, atol=1e-12)


def test_many_variables_have_tables_of_pairs():
    chain = [(j, j + 1) for j in range(59)]
    tree = JunctionTree.around((2,) * 60, chain)
    same = np.log([[0.5, 1e-12], [1e-12, 0.5]])
    model = GraphicalModel.of_factors(tree, [same] * 59)
    (table,) = pair_tables(model, [(0, 59)])
    np.testing.assert_allclose(table, np.eye(2) / 2, atol=1e-9)


def test_a_fit_that_goes_on_ends_where_one_does_that_knew_all():
    joint, model = joint_and_model()
    seen = [Measured(t, 1e5 * of(joint, t), 1.0) for t in TABLES]
    descent = Descent(1e5)
    few = JunctionTree.around(SIZES, TABLES[:2])
    descent.model(few, seen[:2])
    found = descent.model(model.tree, seen, n_steps=3000)
    for table in TABLES:
        np.testing.assert_allclose(found.marginal(table), of(joint, table), atol=2e-3)
    assert Descent(1e5).model(few, seen[:2], n_steps=0).marginal((0,)) == pytest.approx(
        1 / 3
    )


def test_factors_of_any_size_are_no_overflow():
    """A factor that is common to all cells says nothing, however large it is."""
    tree = JunctionTree.around(SIZES, TABLES)
    rng = np.random.default_rng(0)
    logs = [rng.normal(size=shape) for shape in tree.shapes]
    large = [logs[0] + 2000.0, *logs[1:]]
    models = [GraphicalModel.of_factors(tree, factors) for factors in (logs, large)]
    for belief, same in zip(*(model.beliefs for model in models), strict=True):
        np.testing.assert_allclose(belief, same, rtol=1e-9)
