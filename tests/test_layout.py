"""The house rules that a machine can check: floors, sizes, names, randomness."""

import ast
import inspect
import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from skprivate.base import DPEstimator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "skprivate"

# Names of packages that are to come have their floors already.
SHARED = {"binning", "losses", "marginals", "trees"}  # in place of base classes
SIMPLE = {
    "additive", "cluster", "covariance", "decomposition", "discriminant_analysis",
    "exploration", "feature_extraction", "feature_selection", "impute", "linear_model",
    "mixture", "naive_bayes", "neighbors", "neural_network", "preprocessing", "tree",
}  # fmt: skip
BUILT_OF_THEM = {
    "over_sampling", "synthesis", "under_sampling",
}  # fmt: skip
# Around any private estimator, a pipeline or a search among them.
WRAPPERS = {"calibration", "ensemble", "multioutput"}
# These see rows or models as they are, so nothing in them is private.
AS_THEY_ARE = {"anonymity", "audit", "robustness", "security"}
# From the ground up; names on one floor do not see each other.
FLOORS = [
    # private names of scikit-learn; how all is shown; words about parameters; hints
    {"_sklearn", "_card", "_parameters", "_typing"},
    {"kernels"},
    {"mechanisms"},
    {"accounting"},
    {"ledger"},
    {"rows"},
    {"base"},
    SHARED,
    {"queries", "schema"},
    {"tables"},
    SIMPLE,
    {"composition"},
    {"metrics"},
    BUILT_OF_THEM,
    {"combine", "inspection", "pipeline"},
    {"compose"},
    {"federated", "model_selection"},
    WRAPPERS,
    # of a model; an output for each class; between two tables
    {"compression", "multiclass", "shift"},
    {"report"},
    {"dashboard", "testing"},
    AS_THEY_ARE,
    {"__main__"},
]
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}

TOP_LEVEL = {
    "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md",
    "SECURITY.md", "benchmarks", "docs", "examples", "pyproject.toml", "skprivate",
    "tests",
}  # fmt: skip
MADE_BY_TOOLS = {"__pycache__", "build", "dist", "skprivate.egg-info"}

# Path -> why it may use a generator that is not the entropy of skprivate.mechanisms.
MAY_DRAW = {
    "testing": "makes test data; draws no noise that anybody relies on",
    "audit/_synthetic.py": "attacks choose rows and predicates: no noise",
    "over_sampling/_components.py": "draws directions by a public seed: no noise",
    "over_sampling/_draws.py": "draws rows of a model that was released: no noise",
    "ensemble/_teachers.py": "gives teachers of anybody a seed of their own: no noise",
    "ensemble/_taught.py": "draws rows within public ranges: no noise",
    "synthesis/_synthesizer.py": "draws rows of a model that was released: no noise",
    "inspection/_background.py": "draws rows of a scaler that was released: no noise",
    "mixture/_densities.py": "draws rows of a model that was released: no noise",
    "neighbors/_histogram_density.py": "draws rows of a released density: no noise",
    "shift": "simulates, by fixed seeds, what was released: no noise",
    "metrics/_average_precision.py": "simulates, by a fixed seed, what was released",
    "linear_model/_inference_gradients.py": "normal rows, by a fixed seed: no noise",
    "linear_model/_inference_links.py": "their counts, by a fixed seed: no noise",
    "feature_extraction/_draws.py": "draws filters by a public seed: no noise",
    "trees/_random.py": "draws trees by a public seed, from public bins: no noise",
    "audit": "halves of rows, coins of canaries: shows nothing that is private",
    "anonymity": "orders and names sets of values: no noise",
    "robustness": "noisy copies and honest windows, of what was released: no noise",
    "neural_network/_initial.py": "draws first weights by a public seed: no noise",
    "_typing.py": "names the types of seeds and generators: draws nothing",
    "base/_estimator.py": "turns a RandomState given as random_state into a seed",
}

FILES = sorted(PACKAGE.rglob("*.py"))
every_file = pytest.mark.parametrize(
    "path", FILES, ids=[str(p.relative_to(PACKAGE)) for p in FILES]
)


@cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def part_of(path):
    """Top-level module or package of skprivate that ``path`` belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path):
    """Absolute names of all modules and objects that ``path`` imports, anywhere."""
    package = ["skprivate", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def dotted(node):
    """``a.b.c`` of an attribute chain, or the empty string."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def test_top_level_is_these_names_only():
    names = {p.name for p in ROOT.iterdir() if not p.name.startswith(".")}
    assert names - MADE_BY_TOOLS == TOP_LEVEL


def test_no_merge_was_left_half_done():
    kept = (p for end in ("md", "py", "toml", "txt") for p in ROOT.rglob(f"*.{end}"))
    left = [
        path
        for path in kept
        if not {part for part in path.relative_to(ROOT).parts if part.startswith(".")}
        and re.search(r"^(<{7}|>{7}) ", path.read_text(encoding="utf-8"), re.M)
    ]
    assert not left


def test_every_module_has_a_floor():
    parts = {part_of(path) for path in FILES} - {"__init__"}
    assert parts <= FLOOR.keys()


@every_file
def test_imports_only_go_down(path):
    part = part_of(path)
    for name in imported(path):
        top, _, rest = name.partition(".")
        other = rest.partition(".")[0]
        if top != "skprivate" or other == part:
            continue
        assert part != "__init__", f"the top of the package imports {name}"
        assert FLOOR[other] < FLOOR[part], f"{part} may not import {name}"


def private_classes(part):
    """Classes of a package that are DPEstimators, public or not; none if it is absent.

    Both those that exist when it is imported, and those that name such a base.
    """
    found = set()
    for path in FILES:
        if part_of(path) != part:
            continue
        for value in vars(import_module(module_of(path))).values():
            if inspect.isclass(value) and value.__module__.startswith("skprivate."):
                is_here = value.__module__.split(".")[1] == part
                if is_here and issubclass(value, DPEstimator):
                    found.add(value.__name__)
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef):
                bases = {dotted(base).rpartition(".")[2] for base in node.bases}
                if any(base.startswith("DP") for base in bases):
                    found.add(node.name)
    return found


@pytest.mark.parametrize("part", sorted(AS_THEY_ARE))
def test_what_sees_rows_as_they_are_is_no_private_estimator(part):
    """By its name and its base class a user takes it for private."""
    assert private_classes(part) == set()


def test_private_estimators_are_found_where_they_are():
    assert {"DPRidge", "DPLogisticRegression"} <= private_classes("linear_model")


def module_of(path):
    """Dotted name of the module that a file is."""
    parts = [*path.relative_to(ROOT).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_file_imports_itself_by_way_of_others():
    """Not even inside of functions: which of two ideas rests on the other?"""
    modules = {module_of(path): path for path in FILES}
    rests_on = {}
    for module, path in modules.items():
        names = [*imported(path)]
        known = {name if name in modules else name.rpartition(".")[0] for name in names}
        # A package is only what it exports: who imports it does not rest on a sibling.
        known = {name for name in known if name in modules and "._" in name}
        rests_on[module] = known - {module}
    done = {}

    def visit(module, path):
        if module in path:
            circle = [*path[path.index(module) :], module]
            raise AssertionError("These files form a circle: " + " -> ".join(circle))
        if module not in done:
            for other in sorted(rests_on.get(module, ())):
                visit(other, [*path, module])
            done[module] = True

    for module in sorted(rests_on):
        visit(module, [])


@every_file
def test_only_kernels_know_numba(path):
    if part_of(path) != "kernels":
        assert "numba" not in {name.partition(".")[0] for name in imported(path)}


@every_file
def test_private_names_of_scikit_learn_stay_in_one_file(path):
    if part_of(path) == "_sklearn":
        return
    nodes = ast.walk(tree_of(path))
    chains = {dotted(node) for node in nodes if isinstance(node, ast.Attribute)}
    for name in {*imported(path), *chains}:
        top, *rest = name.split(".")
        if top in ("sklearn", "imblearn"):
            private = [r for r in rest if r.startswith("_") and not r.endswith("__")]
            assert not private, f"{name} belongs in skprivate/_sklearn.py"


@every_file
def test_a_file_is_one_idea(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@every_file
def test_a_function_fits_in_the_head(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= 60, f"{node.name} has {lines} lines"


@every_file
def test_no_kernel_deletes_checks_or_starts_threads(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.keyword) and node.arg in ("fastmath", "parallel"):
            # fastmath=True deletes NaN guards; parallel=True kills forked children.
            assert getattr(node.value, "value", None) is not True, node.arg


@every_file
def test_no_noise_but_from_the_entropy_of_mechanisms(path):
    relative = str(path.relative_to(PACKAGE))
    if part_of(path) in MAY_DRAW or relative in MAY_DRAW:
        return
    names = {name for name in imported(path) if name.partition(".")[0] == "random"}
    for node in ast.walk(tree_of(path)):
        chain = dotted(node) if isinstance(node, (ast.Attribute, ast.Name)) else ""
        if {"default_rng", "RandomState", "check_random_state"} & {*chain.split(".")}:
            names.add(chain)
        if chain.startswith(("np.random.", "numpy.random.")):
            names.add(chain)
    assert not names, "noise comes from skprivate.mechanisms, which does it exactly"


# What numpydoc may find. GL08: no docstring. PR01, PR02: parameters missing, unknown.
REQUIRED = {"GL08", "PR01", "PR02"}
NO_EXAMPLE = "EX01"
# Their examples are the pages how_it_works.md and contributing.md, which also run.
FOR_CONTRIBUTORS = {"base", "queries"}
FOLDERS = sorted({p.parent for p in FILES if p.name == "__init__.py"} - {PACKAGE})
every_package = pytest.mark.parametrize(
    "folder", FOLDERS, ids=[p.name for p in FOLDERS]
)


def package_at(folder):
    return import_module(".".join(folder.relative_to(ROOT).parts))


@every_package
def test_exports_are_sorted_and_there(folder):
    module = package_at(folder)
    assert module.__doc__, f"{module.__name__} needs a sentence on what it holds"
    exports = list(module.__all__)
    assert exports == sorted(exports)
    assert [name for name in exports if not hasattr(module, name)] == []


@every_package
def test_public_classes_are_documented(folder):
    """With every parameter and, where users make them, an example."""
    for_users = folder.name not in FOR_CONTRIBUTORS
    required = REQUIRED | ({NO_EXAMPLE} if for_users else set())
    validate = pytest.importorskip("numpydoc.validate").validate
    module = package_at(folder)
    wrong = []
    for name in module.__all__:
        cls = getattr(module, name)
        if inspect.isclass(cls) and not issubclass(cls, Exception):
            errors = validate(f"{module.__name__}.{name}")["errors"]
            wrong += [f"{name}: {text}" for code, text in errors if code in required]
    assert wrong == []
