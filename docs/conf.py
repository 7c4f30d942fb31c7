"""Settings of the site: `make docs`."""

import sys
import warnings
from pathlib import Path

from docutils import nodes
from numpydoc.docscrape_sphinx import SphinxDocString

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

import api_pages  # noqa: E402
import site_tree  # noqa: E402

import skprivate  # noqa: E402

project = "skprivate"
author = "The skprivate developers"
copyright = author
version = release = skprivate.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_site", "changes/next/*.*.md", "sg_execution_times.rst"]
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
add_module_names = False
autodoc_typehints = "none"
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False
myst_heading_anchors = 4
myst_fence_as_directive = ["math"]

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "backreferences_dir": "gallery/_of_names",
    "doc_module": ("skprivate",),
    "reference_url": {"skprivate": None},
    "download_all_examples": False,
    "show_memory": False,
    "min_reported_time": 1,
}

html_theme = "pydata_sphinx_theme"
html_title = "skprivate"
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "skprivate"},
    "header_links_before_dropdown": len(site_tree.TOP),
    "navbar_align": "left",
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
}
html_sidebars = {name: [] for name in ["index", "contributing"]}


def read(app, docname, source):
    """Follow Markdown pages to their places on the site."""
    if app.env.doc2path(docname).suffix == ".md":
        source[0] = site_tree.text_on_site(docname, source[0])


def link_names(app, doctree, docname):
    """Lead from a public name in the text of a guide to its page of the API."""
    if docname.startswith(("api/", "gallery/")):
        return
    for code in [*doctree.findall(nodes.literal)]:
        page = PAGE_OF.get(code.astext())
        if page and not isinstance(code.parent, nodes.reference | nodes.title):
            uri = app.builder.get_relative_uri(docname, f"api/{page}")
            code.replace_self(nodes.reference("", "", code.deepcopy(), refuri=uri))


def of_the_class(
    docstring, name, text, _as_properties, write=SphinxDocString._process_param
):
    """Describe attributes in our words, not in those of properties of a base class."""
    return write(docstring, name, text, False)


SphinxDocString._process_param = of_the_class
PAGE_OF = {
    name: api_pages.file_of(page) for (_, name), page in api_pages.index().items()
}


def setup(app):
    warnings.filterwarnings("ignore", ".* has few rows for its noise")
    api_pages.write(DOCS / "api")
    app.connect("source-read", read)
    app.connect("doctree-resolved", link_names)
