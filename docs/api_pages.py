"""The pages of the API, written from each public module's ``__all__``.

One page a module, one page a name, and with each estimator what it releases. A plan is
the fit on no rows, so these prices are what a real fit asks for, and cannot go stale.
"""

import inspect
import re
import warnings
from importlib import import_module
from pkgutil import walk_packages

from sklearn.base import BaseEstimator

import skprivate
from skprivate.base import DPEstimator
from skprivate.testing import all_estimators

N_FEATURES = 10
OF_PARTS = (
    "What the estimators inside release, and what it asks itself, for ``epsilon`` and "
    "``delta`` of the whole. :func:`skprivate.composition.privacy_cost` lists it "
    "before a fit."
)
LONG_NUMBER = re.compile(r"(\d\.\d{4})\d+")


def public_modules():
    """The package and every module of it that is public and has an ``__all__``."""
    found = walk_packages(skprivate.__path__, "skprivate.")
    names = [m.name for m in found if not re.search(r"\._", m.name)]
    modules = [skprivate, *map(import_module, names)]
    return {m.__name__: m for m in modules if hasattr(m, "__all__")}


def index():
    """Of every public name of a module, the page that describes it.

    A name that several modules show has one page: with the module it is written in.
    """
    homes = {}
    for module, contents in public_modules().items():
        for name in contents.__all__:
            written = getattr(getattr(contents, name), "__module__", None) or ""
            if name not in homes or f"{written}.".startswith(f"{module}."):
                homes[name] = f"{module}.{name}"
    return {
        (module, name): homes[name]
        for module, contents in public_modules().items()
        for name in contents.__all__
    }


def pages():
    """Name and text of every page, in reStructuredText, as docstrings are."""
    shown = index()
    yield "index", page_of_contents()
    for module in public_modules():
        yield module, page_of_module(module, shown)
    estimators = dict(all_estimators(kind=None))
    for page in sorted({*shown.values()}):
        yield file_of(page), page_of_name(page, estimators)


def file_of(page):
    """Name of the file of a page: some disks take `Charge` and `charge` for one."""
    module, name = page.rsplit(".", 1)
    twins = [n for n in import_module(module).__all__ if n.lower() == name.lower()]
    return page if name == min(twins) else f"{page}-function"


def page_of_contents():
    """Every module and its one line."""
    modules = public_modules()
    rows = [[f":mod:`{name}`", summary_of(module)] for name, module in modules.items()]
    lines = ["API reference", "=" * 13, "", *table(["module", "what it is"], rows)]
    return "\n".join([*lines, "", *toctree(modules)])


def page_of_module(module, shown):
    """Docstring of a module and the names that it shows."""
    here = [page for (of, _), page in shown.items() if of == module]
    described = [(page, summary_of(object_of(page))) for page in here]
    rows = [[f":py:obj:`~{page}`", summary] for page, summary in described]
    lines = [module, "=" * len(module), "", f".. automodule:: {module}", ""]
    lines += table(["name", "what it is"], rows) if rows else []
    return "\n".join(
        [
            *lines,
            "",
            *toctree(file_of(p) for p in here if p.rpartition(".")[0] == module),
        ]
    )


def page_of_name(page, estimators):
    """Docstring of one public object, its methods and, of an estimator, its prices."""
    module, name = page.rsplit(".", 1)
    thing = object_of(page)
    lines = [name, "=" * len(name), "", f".. currentmodule:: {module}", ""]
    if inspect.isclass(thing):
        here, elsewhere = methods_of(thing)
        lines += [f".. autoclass:: {name}", f"   :members: {', '.join(here)}", ""]
        if elsewhere and issubclass(thing, BaseEstimator):
            others = ", ".join(f"``{name}``" for name in elsewhere)
            lines += [f"As in scikit-learn: {others}.", ""]
    else:
        kind = "function" if callable(thing) else "data"
        lines += [f".. auto{kind}:: {name}", ""]
    if estimators.get(name) is thing:
        lines += ["What a fit releases", "-" * 19, "", *price_of(thing), ""]
    return "\n".join(
        [*lines, f".. minigallery:: {page}", "   :add-heading: In the gallery", ""]
    )


def methods_of(cls):
    """Names of public methods and properties: documented here, and elsewhere."""
    here, elsewhere = [], []
    for name in dir(cls):
        # scikit-learn makes `set_fit_request` and the like for each class.
        if re.match(r"_|set_\w+_request$", name):
            continue
        found = [(c, vars(c)[name]) for c in cls.__mro__ if name in vars(c)]
        told = [(c, x) for c, x in found if hasattr(x, "__get__") and x.__doc__]
        if told and told[0][0] is not object:
            holder, thing = told[0]
            written = getattr(thing, "__module__", None) or holder.__module__
            (here if written.startswith("skprivate") else elsewhere).append(name)
    return here, elsewhere


def price_of(cls):
    """Releases that the default parameters plan, and what is taken for granted."""
    if not issubclass(cls, DPEstimator):
        spends = "epsilon" in inspect.signature(cls).parameters
        return [OF_PARTS if spends else "Nothing: it does not learn from rows."]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = cls().plan(N_FEATURES)
    heads = ["release", "times", "values", "sensitivity", "share", "mechanism"]
    rows = [
        [
            row["query"],
            row["times"],
            row["size"],
            f"{row['sensitivity']:.4g}",
            f"{row['share']:.3g}",
            "``" + LONG_NUMBER.sub(r"\1", row["mechanism"]) + "``",
        ]
        for row in report.rows()
    ]
    total = f"epsilon = {report.epsilon():.4g}, delta = {report.budget.delta:g}"
    return [
        f"With default parameters and {N_FEATURES} features:",
        "",
        *table(heads, rows),
        "",
        f"Total: {total}.",
        *[f"Assumed public: {fact}." for fact in report.assumed],
    ]


def object_of(page):
    """What a page is about."""
    module, name = page.rsplit(".", 1)
    return getattr(import_module(module), name)


def summary_of(thing):
    """First paragraph of a docstring; a constant has none of its own."""
    text = inspect.getdoc(thing) or ""
    described = text != inspect.getdoc(type(thing))
    return " ".join(text.split("\n\n")[0].split()) if described else "A constant."


def table(heads, rows):
    """Directive of a table."""
    yield ".. list-table::"
    yield "   :header-rows: 1"
    yield ""
    for row in [heads, *rows]:
        for mark, cell in zip(["*", *" " * len(row)], row, strict=False):
            yield f"   {mark} - {cell}"


def toctree(names):
    """Directive that hangs pages below this one."""
    return [".. toctree::", "   :hidden:", "", *(f"   {name}" for name in names), ""]


def write(folder):
    """Write the pages that changed, and drop those of names that are gone."""
    folder.mkdir(exist_ok=True)
    made = {folder / f"{name}.rst": text for name, text in pages()}
    for path in {*folder.glob("*.rst")} - {*made}:
        path.unlink()
    for path, text in made.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
