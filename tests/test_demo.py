"""The demo and the docs generator run, on bundled data and on a user's table."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import demo
from benchmarks._data import load_table
from docs import generate_api, render


@pytest.fixture
def shop(tmp_path, rng):
    """A CSV file with numbers, text, and holes in both."""
    spent = rng.normal(50, 10, size=120)
    frame = pd.DataFrame(
        {
            "spent": np.where(rng.random(120) < 0.1, np.nan, spent),
            "town": rng.choice(["north", "south", None], size=120),
            "id": [f"customer {i}" for i in range(120)],
            "back": np.where(spent > 50, "yes", "no"),
        }
    )
    path = tmp_path / "shop.csv"
    frame.to_csv(path, index=False)
    return str(path)


def test_a_table_has_a_schema(shop):
    table = load_table(shop, "back")
    assert table.numbers == ["spent"]
    assert table.categories == {"town": ["missing", "north", "south"]}
    assert list(table.classes) == ["no", "yes"]


def test_a_wrong_target_is_explained(shop):
    with pytest.raises(SystemExit, match="spent, town, id, back"):
        load_table(shop)


@pytest.mark.parametrize("data", ["breast_cancer", "diabetes", "shop"])
def test_demo_prints_scores_and_report_and_draws(
    data, shop, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(demo, "REPEATS", 1)
    monkeypatch.setattr(demo, "EPSILONS", (1.0, 10.0))
    monkeypatch.setattr(demo, "RESULTS", tmp_path)
    source = (
        ["--data", shop, "--target", "back"] if data == "shop" else ["--data", data]
    )
    demo.main(source)
    out = capsys.readouterr().out
    assert "epsilon=1, delta=1e-06 if one row is added" in out
    assert "PrivacyLedger" in out
    assert (tmp_path / f"demo_{data}.png").stat().st_size > 10_000


def test_every_estimator_has_a_page(tmp_path):
    generate_api.main(tmp_path)
    names = {name for name, _ in generate_api.all_estimators(None)}
    assert {page.stem for page in tmp_path.glob("*.md")} == names | {"index"}


def test_pages_become_html_and_links_follow(tmp_path, monkeypatch):
    monkeypatch.setattr(render, "SITE", tmp_path)
    render.main()
    start = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'href="how_it_works.html"' in start
