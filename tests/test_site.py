"""The site has a page for every public name, and a place for every page."""

import posixpath
from importlib import import_module
from pathlib import Path

import pytest

from docs import api_pages, site_tree

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MADE = {"api", "gallery", "_site"}
PAGES = {
    page.relative_to(DOCS).with_suffix("").as_posix(): page
    for page in sorted(DOCS.rglob("*.md"))
    if not MADE & {*page.relative_to(DOCS).parts}
    and not page.match("changes/next/*.*.md")  # fragments of notes
}
FOLDERS = [
    p.parent.relative_to(ROOT).parts for p in ROOT.glob("skprivate/**/__init__.py")
]
PUBLIC = [".".join(f) for f in FOLDERS if not any(p.startswith("_") for p in f)]


@pytest.fixture(scope="module")
def pages():
    return dict(api_pages.pages())


@pytest.mark.parametrize("module", sorted(PUBLIC))
def test_every_public_name_has_a_page_and_a_line(module, pages):
    shown = api_pages.index()
    for name in getattr(import_module(module), "__all__", []):
        page = shown[module, name]
        assert api_pages.object_of(page) is getattr(import_module(module), name)
        assert f":: {name}\n" in pages[api_pages.file_of(page)]
        assert f":py:obj:`~{page}`" in pages[module]
    assert f"   {module}\n" in pages["index"]


def test_every_page_of_a_name_hangs_below_one_module(pages):
    hung = [
        line.strip()
        for p in pages.values()
        for line in p.split(":hidden:")[-1].split("\n")
    ]
    for page in pages.keys() - {"index"}:
        assert hung.count(page) == 1, page
    assert len({page.lower() for page in pages}) == len(pages)  # disks that fold case


def test_prices_are_those_of_a_plan(pages):
    page = pages["skprivate.linear_model.DPRidge"]
    assert "What a fit releases" in page
    assert "SecondMoments" in page
    assert "epsilon = 1, delta = 1e-06" in page


def test_a_page_says_nothing_is_released_only_of_what_spends_nothing(pages):
    nothing = {
        p.split(".")[-1] for p, text in pages.items() if "learn from rows" in text
    }
    assert {"RowNormClipper", "IndependentFolds"} <= nothing
    assert not nothing & {
        "DPPipeline",
        "DPGridSearchCV",
        "DPVotingClassifier",
        "DPRidge",
    }


def test_methods_of_others_are_named_and_not_described():
    here, elsewhere = api_pages.methods_of(
        api_pages.object_of("skprivate.pipeline.DPPipeline")
    )
    assert {"fit", "plan"} <= {*here}
    assert {"get_params", "predict"} <= {*elsewhere}


def test_every_page_is_in_the_tree_once():
    found, queue = [], ["index"]
    while queue:
        page = queue.pop()
        found.append(page)
        folder = posixpath.dirname(page)
        for _, entries in site_tree.toctrees(page) if page in PAGES else []:
            queue += [
                posixpath.normpath(posixpath.join(folder, e)) for e in entries.values()
            ]
    found = [page for page in found if page.split("/")[0] not in MADE]
    assert sorted(found) == sorted(PAGES)


@pytest.mark.parametrize("docname", PAGES)
def test_links_on_the_site_lead_to_pages_and_files(docname):
    for target in site_tree.LINK.findall(
        site_tree.text_on_site(docname, PAGES[docname].read_text(encoding="utf-8"))
    ):
        place = posixpath.normpath(
            posixpath.join("docs", posixpath.dirname(docname), target)
        )
        if place.startswith("docs/gallery/"):
            script = ROOT / "examples" / f"{Path(place).stem}.py"
            assert place == "docs/gallery/index.rst" or script.exists()
        else:
            assert (ROOT / place).is_file(), f"{target}: folders have no page"


def test_links_follow_their_pages():
    assert site_tree.moved("../../README.md", "docs/guide/start") == "../overview.md"
    assert site_tree.moved("docs/guide/start.md", "README.md") == "guide/start.md"
    assert site_tree.moved("examples/README.md", "README.md") == "gallery/index.rst"
    assert (
        site_tree.moved("../../examples/plot_text.py", "docs/guide/text")
        == "../gallery/plot_text.rst"
    )
