"""Every script of the gallery runs, and shows something."""

import runpy
from pathlib import Path

import pytest

plt = pytest.importorskip("matplotlib.pyplot")

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*/plot_*.py"))


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda script: script.stem)
def test_example(script, monkeypatch):
    shown = []

    def keep():
        shown.extend(map(plt.figure, plt.get_fignums()))

    monkeypatch.setattr(plt, "show", keep)
    plt.switch_backend("Agg")
    try:
        runpy.run_path(str(script))
        assert shown
        assert any(axes.has_data() for figure in shown for axes in figure.axes)
    finally:
        plt.close("all")
