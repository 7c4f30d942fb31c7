"""Files around the package agree with each other."""

import re
import tomllib
from pathlib import Path

import pytest

import skprivate

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FRAGMENTS = sorted((ROOT / "docs" / "changes" / "next").glob("*"))


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_versions_agree():
    version = PROJECT["project"]["version"]
    assert skprivate.__version__ == version
    assert f"\nversion: {version}\n" in text_of("CITATION.cff")


def test_the_newest_notes_are_of_this_version():
    found = [tuple(map(int, p.stem.split("."))) for p in _notes()]
    version = tuple(map(int, PROJECT["project"]["version"].split(".")))
    assert max(found) == version


def _notes():
    return [p for p in (ROOT / "docs" / "changes").glob("*.md") if p.stem[0].isdigit()]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_call_what_the_makefile_has(workflow):
    """Nobody needs the forge to run what it runs."""
    text = workflow.read_text(encoding="utf-8")
    commands = re.findall(r"run: (.*)", text)
    assert commands
    listed = re.search(r"target: \[(.*)\]", text)
    targets = listed[1].split(", ") if listed else []
    for command in commands:
        make, target = command.split()[:2]
        assert make == "make"
        targets += [] if target == "${{" else [re.sub("-.*", "-%", target)]
    known = re.findall(r"^([a-z]+(?:-%)?):", text_of("Makefile"), re.MULTILINE)
    assert {*targets} <= {*known}


def test_an_environment_has_one_argument():
    """A comma in a list of extras would begin another."""
    calls = re.findall(r"\$\(call environment,(.*)\)", text_of("Makefile"))
    assert len(calls) > 5
    assert not any("," in call for call in calls)


def test_fragments_are_of_a_known_kind():
    kinds = {kind["directory"] for kind in PROJECT["tool"]["towncrier"]["type"]}
    names = [path.name.split(".") for path in FRAGMENTS if path.name != "README.md"]
    assert all(len(parts) == 3 and parts[1] in kinds for parts in names)
