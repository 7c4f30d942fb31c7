"""Run both columns of the tables of docs/migration/from_diffprivlib.md.

The page is the only source: its cells are code. ``make peers`` runs this where
diffprivlib is installed; the ordinary tests run our column alone.
"""

import re
import warnings
from pathlib import Path

import numpy as np

PAGE = Path(__file__).parents[1] / "docs" / "migration" / "from_diffprivlib.md"
ROW = re.compile(r"^\| `(.+?)` \| (?:`(.+?)`|–) \|(.*)\|$", re.MULTILINE)
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def rows(text):
    """Cells of the page: their code, ours (or None), and a note."""
    found = [match.groups() for match in ROW.finditer(text)]
    return [(theirs, ours or None, note.strip()) for theirs, ours, note in found]


def namespaces(text):
    """Preambles of the page, run for us; as code for diffprivlib."""
    blocks = dict(reversed(BLOCK.findall(text)))  # the first of each language
    ours = {}
    exec(blocks["python"], ours)
    return ours, blocks["text"]


def result(code, namespace):
    """What a cell returns; None if it is a statement."""
    try:
        compiled = compile(code, "cell", "eval")
    except SyntaxError:
        return exec(compile(code, "cell", "exec"), namespace)
    return eval(compiled, namespace)


def shown(value, namespace):
    """A result in a few words: the score of a model, a number, a shape."""
    if hasattr(value, "predict") and hasattr(value, "score"):
        known = namespace["target"] if hasattr(value, "coef_") else namespace["y"]
        known = namespace["y"] if hasattr(value, "classes_") else known
        return f"score {value.score(namespace['X'], known):.3f}"
    try:
        numbers = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return getattr(value, "__name__", type(value).__name__)
    if numbers.size == 1:
        return f"{numbers.item():.6g}"
    return f"array {numbers.shape}, first {numbers.flat[0]:.4g}"


def public_names():
    """Every public class and function of diffprivlib, where it is defined."""
    import diffprivlib
    from diffprivlib import accountant, mechanisms, models, tools, utils, validation
    from diffprivlib.mechanisms import transforms
    from diffprivlib.models import utils as of_models

    places = (models, tools, mechanisms, transforms, accountant, utils, validation)
    names = set()
    for place in (diffprivlib, *places, of_models):
        for name, value in vars(place).items():
            defined = str(getattr(value, "__module__", "")).startswith("diffprivlib")
            if defined and not name.startswith("_"):
                names.add(name)
    return names


def tried(code, namespace):
    """What a cell gives, as words, and whether it ran."""
    try:
        return shown(result(code, namespace), namespace), True
    except Exception as error:
        return f"{type(error).__name__}: {error}", False


def main():
    text = PAGE.read_text(encoding="utf-8")
    ours, preamble = namespaces(text)
    theirs = {name: ours[name] for name in ("np", "X", "y", "target", "age", "gaps")}
    theirs["half"] = ours["half"]
    exec(preamble, theirs)
    table, n_run = rows(text), 0
    for code, counterpart, note in table:
        said, ran = tried(code, theirs)
        answer, right = (
            (note, True) if counterpart is None else tried(counterpart, ours)
        )
        n_run += ran and right
        print(f"{'  ' if ran and right else '! '}{code[:60]:<60} {said:<32} {answer}")
    shown_names = set(re.findall(r"\w+", " ".join(code for code, *_ in table)))
    lost = sorted(public_names() - shown_names)
    print(f"\n{n_run} rows executed of {len(table)}; names without a row: {lost or 0}")
    return n_run < len(table) or bool(lost)


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raise SystemExit(main())
