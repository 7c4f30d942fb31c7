"""Pages in Chinese say in their code what the English ones say."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(?:python|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"(?<=\S)? *# .*$", re.MULTILINE)


def code_of(page):
    blocks = BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    return [COMMENT.sub("", block) for block in blocks]


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (["README.md"], "docs/zh/README.md"),
        (["docs/thirty_questions.md"], "docs/zh/thirty_questions.md"),
        (
            ["docs/guide/more_rows_than_memory.md", "docs/guide/start.md"],
            "docs/zh/start.md",
        ),
    ],
)
def test_code_is_that_of_the_english_page(english, chinese):
    known = [code for page in english for code in code_of(page)]
    translated = code_of(chinese)
    assert translated
    assert [code for code in translated if code not in known] == []


@pytest.mark.parametrize("folder", ["docs", "docs/zh"])
def test_there_are_thirty_questions(folder):
    page = (ROOT / folder / "thirty_questions.md").read_text(encoding="utf-8")
    numbers = re.findall(r"^## (\d+)\. ", page, re.MULTILINE)
    assert numbers == [str(n) for n in range(1, 31)]
    for answer in re.split(r"^## \d+\. ", page, flags=re.MULTILINE)[1:]:
        words, _, code = answer.partition("```python\n")
        assert len(words.strip().split("\n\n")) == 3  # a title and two paragraphs
        assert code
