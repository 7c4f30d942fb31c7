"""Every line of code that the documentation shows runs, and prints what it shows."""

import doctest
import re
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [
    p for p in PAGES if not {"api", "gallery", "_site"} & {*p.relative_to(ROOT).parts}
]
MODULES = sorted(
    ".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for p in (ROOT / "skprivate").rglob("*.py")
)

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def name_of(page):
    return str(page.relative_to(ROOT))


every_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


def check(source, name, namespace):
    """Run the ``>>>`` examples of ``source``; fail with doctest's own message."""
    test = doctest.DocTestParser().get_doctest(source, namespace, name, name, 0)
    report = []
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    runner.run(test, out=report.append, clear_globs=False)
    assert not runner.failures, "".join(report)
    namespace.update(test.globs)


@every_page
def test_code_of_pages_runs(page, tmp_path, monkeypatch):
    """Blocks of one page share one namespace, as a reader's session would."""
    monkeypatch.chdir(tmp_path)
    session = ModuleType(page.stem.lower())
    monkeypatch.setitem(sys.modules, session.__name__, session)  # so classes pickle
    namespace = vars(session)
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        language, code = found.groups()
        line = text.count("\n", 0, found.start()) + 1
        if language == "python" and code.startswith(">>>"):
            check(code, f"{page.name}:{line}", namespace)
        elif language == "python":
            exec(compile(code, f"{page.name}:{line}", "exec"), namespace)


@every_page
def test_blocks_say_their_language(page):
    languages = {m.group(1) for m in FENCE.finditer(page.read_text(encoding="utf-8"))}
    assert languages <= {"math", "python", "sh", "text", "toml"}


@every_page
def test_links_inside_the_repository_lead_somewhere(page):
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    made_by_docs = [t for t in targets if (page.parent / t).match("docs/api/*")]
    lost = [t for t in targets if not (page.parent / t).exists()]
    assert set(lost) <= set(made_by_docs)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = import_module(name)
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        report = []
        runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
        runner.run(test, out=report.append)
        assert not runner.failures, "".join(report)
