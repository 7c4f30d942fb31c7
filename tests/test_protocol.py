"""The protocol of benchmarks: a run goes on where it stopped, and makes a page."""

import pytest

from benchmarks import linear, utility, utility_page
from benchmarks._records import Record, Records
from benchmarks._tasks import load_task

RUN = ["--only", "breast_cancer", "--with", "linear", "constant", "--epsilons", "1"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "utility.csv"


def test_a_run_adds_what_is_missing(path):
    records = Records(path)
    records.add(Record("breast_cancer", "linear", 1.0, 0, 0.125, 3.0))
    utility.main([*RUN, "--splits", "1", "--records", str(path)])
    again = Records(path)
    assert again.scores("breast_cancer", "linear", 1.0) == {0: 0.125}
    assert again.scores("breast_cancer", "linear", utility.NO_PRIVACY)[0] > 0.9
    assert 0.5 < again.scores("breast_cancer", "constant", utility.NO_PRIVACY)[0] < 0.7
    assert len(again.all) == 3


def test_a_page_and_a_plot_are_made_of_scores(path):
    pytest.importorskip("matplotlib")
    records = Records(path)
    for split, (ours, theirs) in enumerate([(0.9, 0.8), (0.7, 0.5)]):
        records.add(Record("telco_churn", "additive", 1.0, split, ours, 1.0))
        records.add(Record("telco_churn", "DP-EBM", 1.0, split, theirs, 1.0))
    utility_page.main(path)
    page = path.with_suffix(".md").read_text(encoding="utf-8")
    assert "| additive | – | – | 0.8000 |" in page
    assert "+0.1500 ± 0.0500 against DP-EBM" in page
    assert path.with_suffix(".svg").stat().st_size > 1000


def test_a_lower_error_is_better():
    table = "abalone"
    scores = {"linear": {0: 2.5}, "additive": {0: 2.4}}

    class Kept:
        def scores(self, task, name, epsilon):
            return scores[name]

    assert utility_page.best(Kept(), table, 1.0, scores)[0] == "additive"


def test_tables_that_are_bundled_need_no_folder():
    task = load_task("breast_cancer")
    assert task.classes == [0, 1]
    assert not task.is_regression


def test_the_linear_family_is_one_table(path, capsys):
    records = Records(path)
    records.add(
        Record("counts_made", "PoissonRegressor", utility.NO_PRIVACY, 0, 0.5, 1)
    )
    records.add(Record("counts_made", "DPPoissonRegressor", 1.0, 0, 0.375, 1))
    linear.main(["--only", "counts_made", "--splits", "1", "--records", str(path)])
    line = "| counts_made | 20,000 | D2 | DPPoissonRegressor | 1 | 0.375 ± 0.000 "
    assert line + "| 0.500 | 0.75 |" in capsys.readouterr().out
