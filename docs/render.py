"""Write docs/_site: README and every page of docs as plain HTML."""

import re
import sys
from pathlib import Path
from shutil import copy

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[1]
SITE = ROOT / "docs" / "_site"

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<style>
body {{ max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
        font: 1rem/1.5 system-ui, sans-serif; color: #222; }}
pre {{ background: #f5f5f5; padding: .8rem; overflow-x: auto; }}
code {{ font: .9em ui-monospace, monospace; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; }}
img {{ max-width: 100%; }}
th, td {{ border-bottom: 1px solid #ddd; padding: .3rem .6rem; }}
</style></head><body>
<p><a href="{home}index.html">skprivate</a> · <a href="{home}api/index.html">API</a></p>
{body}
</body></html>
"""


def pages():
    """Every Markdown page, and its place in the site."""
    yield ROOT / "README.md", Path("index.html")
    for page in sorted((ROOT / "docs").rglob("*.md")):
        yield page, page.relative_to(ROOT / "docs").with_suffix(".html")


def render(text, place):
    """A page of HTML; links between pages follow them to their new places."""
    text = re.sub(r"\]\(docs/", "](", text)
    text = re.sub(r"\]\((?:\.\./)+README\.md", "](index.html", text)
    text = re.sub(r"\]\((?!https?:)([^)#]+)\.md", r"](\1.html", text)
    title = re.search(r"^# (.*)$", text, re.MULTILINE)
    body = MarkdownIt("commonmark").enable("table").render(text)
    home = "../" * (len(place.parts) - 1)
    return PAGE.format(title=title[1] if title else place, body=body, home=home)


def main():
    for source, place in pages():
        target = SITE / place
        target.parent.mkdir(parents=True, exist_ok=True)
        html = render(source.read_text(encoding="utf-8"), place)
        target.write_text(html, encoding="utf-8")
    for picture in (ROOT / "docs").rglob("*.svg"):
        place = picture.relative_to(ROOT / "docs")
        if place.parts[0] != "_site":  # of an earlier run
            copy(picture, SITE / place)
    print(f"Wrote {SITE / 'index.html'}")


if __name__ == "__main__":
    sys.exit(main())
