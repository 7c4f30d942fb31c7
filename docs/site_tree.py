"""Where Markdown pages hang in the site, and where their links lead on it.

Pages are written to be read in the repository, too. There, an ``index.md`` is a list of
links; on the site, the same list is the sidebar.
"""

import posixpath
import re
from pathlib import Path

DOCS = Path(__file__).parent
TOP = {
    "User guide": "guide/index",
    "Gallery": "gallery/index",
    "API": "api/index",
    "Benchmarks": "benchmarks/index",
    "Contributing": "contributing",
    "Changes": "changes/index",
}
OF_THE_ROOT = {"README.md": "overview", "SECURITY.md": "privacy_bugs"}
ENTRY = re.compile(r"^- \[([^]]+)\]\(([^)#]+)\.md\)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def text_on_site(docname, text):
    """Text of a page as the site shows it."""
    page = f"docs/{docname}"
    for name, shown_as in OF_THE_ROOT.items():
        if docname == shown_as:
            text, page = (DOCS.parent / name).read_text(encoding="utf-8"), name
    text = LINK.sub(lambda m: f"]({moved(m[1], page)}", text)
    trees = (tree(caption, entries) for caption, entries in toctrees(docname))
    return "\n".join([text, "", *trees])


def moved(target, page):
    """A link of a page of the repository, as it reads from its page of the site."""
    place = posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
    start = "docs" if page in OF_THE_ROOT else posixpath.dirname(page)
    if place in OF_THE_ROOT:
        place = f"docs/{OF_THE_ROOT[place]}.md"
    elif place == "examples/README.md":
        place = "docs/gallery/index.rst"
    elif re.fullmatch(r"examples/plot_\w+\.py", place):
        place = f"docs/gallery/{Path(place).stem}.rst"
    return posixpath.relpath(place, start)


def toctrees(docname):
    """Captions of an index page, and below each the names and pages that it lists."""
    if docname == "index":
        return [(None, TOP)]
    if docname == "changes/index":
        return [(None, {"Next release": "next/README"} | {v: v for v in versions()})]
    if not docname.endswith("/index"):
        return []
    text = (DOCS / f"{docname}.md").read_text(encoding="utf-8")
    _, *sections = re.split(r"^## ", f"## \n{text}", flags=re.MULTILINE)
    listed = [(s.split("\n", 1)[0], dict(ENTRY.findall(s))) for s in sections]
    return [(caption, entries) for caption, entries in listed if entries]


def versions():
    """Releases that have notes, the newest first."""
    found = [page.stem for page in (DOCS / "changes").glob("[0-9]*.md")]
    return sorted(found, key=lambda v: [*map(int, v.split("."))], reverse=True)


def tree(caption, entries):
    """Directive that hangs pages below this one."""
    lines = [f"{name} <{page}>" for name, page in entries.items()]
    heads = [":hidden:", *([f":caption: {caption}"] if caption else [])]
    return "\n".join(["```{toctree}", *heads, "", *lines, "```", ""])
