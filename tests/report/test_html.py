"""Pages nest, hold no script, and show what comes from outside as text."""

import numpy as np
import pytest
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skprivate import check_policy, privacy_report
from skprivate.linear_model import DPLogisticRegression

NASTY = "<script>alert('1')</script>"
ALLOWED = {
    "div", "style", "p", "ul", "li", "details", "summary", "table", "thead", "tbody",
    "tr", "th", "td", "svg", "line", "text", "polyline",
}  # fmt: skip


@pytest.fixture(scope="module")
def nasty(data):
    X, y = data
    labels = np.array(["<script>|`*a*`", "</td></table>&amp;"])
    model = DPLogisticRegression(bounds=(-4, 4), classes=labels)
    steps = [(f"{NASTY}\n| x |", StandardScaler()), ("clf", model)]
    return Pipeline(steps).fit(X, labels[y])


def shown(nasty, model):
    failed = check_policy(nasty, {"max_epsilon": 1.0, "strict": True})
    passed = check_policy(model, {"max_epsilon": 1.0})
    return [
        privacy_report(nasty),
        privacy_report(model),
        model.privacy_,
        failed,
        passed,
    ]


def test_pages_are_well_formed_and_hold_nothing_to_run(nasty, model, page):
    for thing in shown(nasty, model):
        found = page(thing._repr_html_())
        assert set(found.tags) <= ALLOWED
        assert not {name for name in found.attributes if name.startswith("on")}
        assert not {"href", "src"} & found.attributes
        assert found.tags.count("style") == 1


def test_text_from_outside_is_text(nasty, page):
    found = page(privacy_report(nasty)._repr_html_())
    assert "script" not in found.tags
    assert NASTY in found.text


def test_markdown_from_outside_is_text(nasty):
    card = privacy_report(nasty).to_model_card()
    assert "<script" not in card
    assert "&lt;script&gt;" in card
    assert r"\|\`\*a\*\`" in card
    for line in card.splitlines():  # no line begins with what came from outside
        assert not line or line.startswith(("#", "*", ">", "-", "|")), line


def test_markdown_tables_have_equal_rows(model):
    lines = privacy_report(model).to_model_card().splitlines()
    tables = "\n".join(line if line.startswith("|") else "" for line in lines).split(
        "\n\n"
    )
    for table in filter(None, (t.strip() for t in tables)):
        widths = {line.replace(r"\|", "").count("|") for line in table.splitlines()}
        assert len(widths) == 1


def test_one_look(model):
    """A fit, a report and a policy share their style."""
    style = (
        model.privacy_._repr_html_().partition("</style>")[0].partition("<style>")[2]
    )
    assert style in privacy_report(model)._repr_html_()
    assert style in check_policy(model, {"max_epsilon": 1.0})._repr_html_()
