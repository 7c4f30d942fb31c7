"""Write docs/api: one page an estimator, made from what it says and what it plans.

A plan is the fit on no rows, so the tables of queries, bounds and shares below are what
a real fit asks for, and cannot go stale.
"""

import inspect
import re
import sys
import warnings
from pathlib import Path

from skprivate.base import DPEstimator
from skprivate.testing import all_estimators

FOLDER = Path(__file__).with_name("api")
N_FEATURES = 10
OF_PARTS = (
    "What the estimators inside release, and what it asks itself, for `epsilon` and "
    "`delta` of the whole. `skprivate.privacy_cost` lists it before a fit."
)
ROLE = re.compile(r":\w+:`~?([\w.]+)`")  # Sphinx's links
LONG_NUMBER = re.compile(r"(\d\.\d{4})\d+")


def pages():
    """Name and text of every page."""
    found = all_estimators(kind=None)
    for name, cls in found:
        yield name, page_of(name, cls)
    yield "index", index_of(found)


def page_of(name, cls):
    """Docstring and price list of one estimator."""
    module = ".".join(p for p in cls.__module__.split(".") if not p.startswith("_"))
    docstring = ROLE.sub(r"`\1`", inspect.getdoc(cls)).replace("``", "`")
    return "\n".join(
        [
            f"# {module}.{name}",
            "",
            f"```text\n{name}{inspect.signature(cls)}\n```",
            "",
            *sections_of(docstring),
            "",
            "## What a fit releases",
            "",
            *price_of(cls),
            "",
        ]
    )


def sections_of(docstring):
    """A numpydoc docstring with its underlined titles turned into headings."""
    lines = docstring.splitlines()
    code = False
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if line and set(line) == {"-"}:
            continue
        if code and line.strip() == "" and not below.startswith((">>>", "...")):
            yield "```"
            code = False
        if below and set(below) == {"-"}:
            yield f"## {line}"
            yield ""
        elif line.startswith(">>>") and not code:
            yield "```python"
            yield line
            code = True
        elif line.startswith("    ") and not code:
            yield f"  {line.strip()}"
        elif " : " in line and not code:
            term, kind = line.split(" : ", 1)
            yield f"- **{term}** : *{kind}*  "
        else:
            yield line
    if code:
        yield "```"


def price_of(cls):
    """Releases that the default parameters plan, and what is taken for granted."""
    if not issubclass(cls, DPEstimator):
        spends = "epsilon" in inspect.signature(cls).parameters
        yield OF_PARTS if spends else "Nothing: it does not learn from rows."
        return
    report = cls().plan(N_FEATURES)
    yield f"With default parameters and {N_FEATURES} features:"
    yield ""
    yield "| release | times | values | sensitivity | share | mechanism |"
    yield "|---|---:|---:|---:|---:|---|"
    for row in report.rows():
        numbers = f"{row['sensitivity']:.4g} | {row['share']:.3g}"
        start = f"| {row['query']} | {row['times']} | {row['size']}"
        mechanism = LONG_NUMBER.sub(r"\1", row["mechanism"])
        yield f"{start} | {numbers} | `{mechanism}` |"
    yield ""
    yield f"Total: epsilon = {report.epsilon():.4g}, delta = {report.budget.delta:g}."
    for fact in report.assumed:
        yield f"Assumed public: {fact}."


def index_of(found):
    """Table of contents: every estimator and its one line."""
    lines = ["# Estimators", "", "| estimator | what it is |", "|---|---|"]
    for name, cls in found:
        summary = inspect.getdoc(cls).splitlines()[0]
        lines.append(f"| [{name}]({name}.md) | {summary} |")
    return "\n".join([*lines, ""])


def main(folder=FOLDER):
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name, text in pages():
            (folder / f"{name}.md").write_text(text, encoding="utf-8")
    print(f"Wrote {folder}")


if __name__ == "__main__":
    sys.exit(main())
