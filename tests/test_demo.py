"""The demo runs, on bundled data and on a user's table."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import demo
from benchmarks._data import load_table


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


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_dates_are_kept(suffix, tmp_path, rng, monkeypatch, capsys):
    since = pd.Series(pd.date_range("2001-01-01", periods=120, tz="Asia/Tokyo"))
    frame = pd.DataFrame({"since": since.mask(since.index % 9 == 8)})
    frame["day"] = ["2020-02-29", "2021-12-31", "1999-01-01"] * 40
    frame["code"] = [f"2020-02-2{i % 10}-{i}" for i in range(120)]
    frame["back"] = np.where(since.index < 60, "yes", "no")
    path = str(tmp_path / f"shop.{suffix}")
    getattr(frame, f"to_{suffix}")(path, index=False)
    table = load_table(path, "back", dates=True)
    assert table.numbers == ["since", "day"]
    assert table.left_out == ("code",)
    assert table.X["day"].tolist()[:2] == [18321.0, 18992.0]
    assert table.X["since"].isna().sum() == frame["since"].isna().sum()
    assert load_table(path, "back").numbers == []
    monkeypatch.setattr(demo, "REPEATS", 1)
    monkeypatch.setattr(demo, "EPSILONS", (1.0,))
    monkeypatch.setattr(demo, "RESULTS", tmp_path)
    demo.main(["--data", path, "--target", "back"])
    assert "left out, as identifiers or free text: code\n" in capsys.readouterr().out


def test_a_wrong_target_is_explained(shop):
    with pytest.raises(SystemExit, match="spent, town, id, back"):
        load_table(shop)


@pytest.mark.parametrize("data", ["iris", "wine"])
def test_a_bundled_table_has_targets_of_its_own(data):
    names = [*load_table(data).X.columns]
    assert load_table(data).target == "target"
    other = load_table(data, names[0])
    assert other.target == names[0]
    assert "target" in other.X
    with pytest.raises(SystemExit, match=r"no column .zzz.*one of: "):
        load_table(data, "zzz")


def test_what_is_taken_is_said(shop, capsys, monkeypatch):
    monkeypatch.setattr(demo, "MOST_ROWS", 50)
    table = load_table(shop, "back")
    demo.print_choices(table, "back")
    told = capsys.readouterr().out
    assert "predicts 'back'\n" in told
    assert "free text: id\n" in told
    assert "takes 50 of 120 rows" in told
    demo.print_choices(load_table("iris"), "")
    assert "'target' (the usual one; another: TARGET=column)" in capsys.readouterr().out


def test_texts_and_arrays_are_tables_too(tmp_path, rng):
    texts = pd.DataFrame({"text": [f"w{i} w{i % 7}" for i in range(90)], "spam": 0})
    texts.loc[::2, "spam"] = 1
    texts.to_csv(tmp_path / "mail.csv", index=False)
    table = load_table(str(tmp_path / "mail.csv"), "spam")
    assert table.texts == ("text",)
    demo.private_pipeline(table, 1.0).fit(table.X, table.y).predict(table.X)
    demo.ordinary_pipeline(table).fit(table.X, table.y)
    X, y = rng.integers(0, 9, (30, 2, 2)), rng.integers(0, 2, 30)
    np.savez(tmp_path / "dots.npz", X_train=X, y_train=y)
    assert load_table(str(tmp_path / "dots.npz"), "target").X.shape == (30, 4)
    np.savez(tmp_path / "odd.npz", sound=X)
    with pytest.raises(SystemExit, match="holds no table"):
        load_table(str(tmp_path / "odd.npz"), "target")


def test_slow_fits_are_fewer(monkeypatch):
    monkeypatch.setattr(demo, "SECONDS", 0.0)
    ordinary, private = demo.score_everything(load_table("iris"))
    assert len(ordinary) == 1
    assert [*private] == [1.0]


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
