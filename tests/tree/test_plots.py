"""Drawings of trees: each node once, in the words of the text."""

import sys
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from skprivate.ensemble import DPHistGradientBoostingRegressor, DPRandomForestClassifier
from skprivate.tree import DPDecisionTreeClassifier, export_text, plot_tree

pyplot = pytest.importorskip("matplotlib.pyplot")
pyplot.switch_backend("Agg")


@pytest.fixture(scope="module")
def tree():
    rng = np.random.default_rng(0)
    n = 4000
    table = pd.DataFrame(
        {"$age$": rng.uniform(18, 90, n), "plan": rng.choice(["free", "firm"], n)}
    )
    y = np.where((table["plan"] == "firm") & (table["$age$"] > 50), "yes", "no")
    schema = {"$age$": (0, 100), "plan": ["free", "firm"]}
    model = DPDecisionTreeClassifier(
        max_depth=2, schema=schema, classes=["no", "yes"], epsilon=20.0, random_state=0
    )
    return model.fit(table, y)


@pytest.fixture(autouse=True)
def _closed():
    yield
    pyplot.close("all")


def test_nodes_are_drawn_in_the_words_of_the_text(tree):
    notes = plot_tree(tree)
    shown = [note.get_text() for note in notes]
    assert len(notes) == tree.tree_.n_nodes > 3
    text = export_text(tree)
    for node, words in enumerate(shown):
        if tree.tree_.is_leaf[node]:
            assert f"value: {words.split(chr(10))[0]}" in text
        else:
            rule, _ = words.replace("\n", " ").split("?")
            assert f"|--- {rule}\n" in text
        assert (
            words.split("\n")[-1]
            == f"class {tree.classes_[tree.tree_.value[node].argmax()]}"
        )
    axes = notes[0].axes
    answers = [text.get_text() for text in axes.texts if text not in notes]
    assert answers == ["yes", "no"] * (len(notes) // 2)
    axes.figure.canvas.draw()  # a name that looks like mathematics is drawn as it is


def test_places_do_not_meet_and_left_is_left(tree):
    places = [note.xy for note in plot_tree(tree)]
    assert len(set(places)) == len(places)
    structure = tree.tree_
    for node in np.flatnonzero(~structure.is_leaf):
        left, right = places[structure.left[node]], places[structure.right[node]]
        assert left[0] < places[node][0] < right[0]
        assert left[1] == right[1] == places[node][1] - 1


def test_what_is_too_deep_is_three_dots(tree):
    _, axes = pyplot.subplots()
    notes = plot_tree(tree, max_depth=1, ax=axes)
    assert {note.axes for note in notes} == {axes}
    assert len(notes) == 3
    dots = [note.get_text().endswith("...") for note in notes]
    assert dots == [not tree.tree_.is_leaf[node] and node > 0 for node in range(3)]
    assert any(dots)
    (root,) = plot_tree(tree, max_depth=0)
    assert root.get_text().endswith("...")
    with pytest.raises(ValueError, match="max_depth"):
        plot_tree(tree, max_depth=-1)


@pytest.mark.parametrize("boosting", [True, False])
def test_trees_of_several_are_drawn(boosting):
    X = np.random.default_rng(0).random((500, 2))
    box = {"bounds": (0, 1), "max_depth": 2, "random_state": 0}
    if boosting:
        model = DPHistGradientBoostingRegressor(target_bounds=(0, 1), **box)
    else:
        model = DPRandomForestClassifier(n_estimators=3, classes=[0, 1], **box)
    model.fit(X, X[:, 0] > 0.5)
    first, last = ([n.get_text() for n in plot_tree(model, number=i)] for i in (0, 2))
    assert first != last
    with pytest.raises(ValueError, match="number"):
        plot_tree(model, number=10_000)


def test_matplotlib_is_asked_for_by_name(tree):
    with (
        patch.dict(sys.modules, {"matplotlib": None, "matplotlib.pyplot": None}),
        pytest.raises(ImportError, match="viz"),
    ):
        plot_tree(tree)
