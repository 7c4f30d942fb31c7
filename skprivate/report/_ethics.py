"""A review by people: questions, their answers, who and when. No score."""

from dataclasses import dataclass
from typing import Any

from skprivate._card import Card, Section
from skprivate.report._answer_words import WORDS
from skprivate.report._document import Document, check_lang
from skprivate.report._stated import date_of

QUESTIONS = {
    "en": (
        "Who gains from this model, and who may be harmed?",
        "Did the people whose data it learns from know, and could they refuse?",
        "Is there a way to reach the purpose without these data?",
        "Which groups are small in the table, and what does the noise do to them?",
        "What happens to somebody about whom the model is wrong, and who notices?",
        "Who may use the results, and for what must they not be used?",
        "When is the model taken out of use, and who decides?",
    ),
    "zh": (
        "谁从该模型中受益,谁可能受到损害?",
        "数据所涉的人是否知情,能否拒绝?",
        "不使用这些数据能否达到目的?",
        "数据表中哪些群体较小,噪声对其有何影响?",
        "模型判断错误时,当事人会怎样,由谁发现?",
        "谁可以使用结果,不得用于什么?",
        "模型何时停用,由谁决定?",
    ),
}


@dataclass(frozen=True, repr=False)
class EthicsReview(Document):
    """What people were asked about a model, and what they answered.

    A question without an answer shows as such. There is no score: numbers here would
    stand for nothing.

    Parameters
    ----------
    questions : sequence of str or None, default=None
        None takes seven of our own.
    answers : sequence of str, or dict of str to str, default=()
        In the order of the questions, or by question; empty where there is none.
    reviewer : str, default=""
        Who has answered.
    date : date or str, default=None
        When.
    lang : {"en", "zh"}, default="en"
        Of our own questions, and of headings.

    Examples
    --------
    >>> from skprivate.report import EthicsReview
    >>> review = EthicsReview(["Who gains?", "Who may be harmed?"], ["Patients."])
    >>> review.open
    ('Who may be harmed?',)
    """

    questions: tuple | None = None
    answers: tuple = ()
    reviewer: str = ""
    date: object = None
    lang: str = "en"

    def __post_init__(self):
        check_lang(self.lang)
        questions = self.questions
        questions = QUESTIONS[self.lang] if questions is None else questions
        questions = _texts(questions, "questions")
        if not questions or len({*questions}) < len(questions) or "" in questions:
            raise ValueError(
                "questions must be different, and none empty. List one or more."
            )
        answers = self.answers
        if isinstance(answers, dict):
            if not {*answers} <= {*questions}:
                raise ValueError(
                    "answers has a key that is none of the questions. Use questions as "
                    "keys, word for word."
                )
            answers = [answers.get(question, "") for question in questions]
        answers = _texts(answers, "answers")
        if len(answers) > len(questions):
            raise ValueError("There are more answers than questions. Drop some.")
        answers += ("",) * (len(questions) - len(answers))
        when = None if self.date is None else date_of("date", self.date)
        object.__setattr__(self, "questions", questions)
        object.__setattr__(self, "answers", answers)
        object.__setattr__(self, "date", when)

    @property
    def open(self) -> tuple[Any, ...]:
        """Questions without an answer."""
        pairs = zip(self.questions, self.answers, strict=True)
        return tuple(question for question, answer in pairs if not answer)

    def to_dict(self) -> dict[Any, Any]:
        """The review as plain data.

        Returns
        -------
        dict
        """
        return {
            "answers": dict(zip(self.questions, self.answers, strict=True)),
            "reviewer": self.reviewer,
            "date": None if self.date is None else self.date.isoformat(),
        }

    def _card(self):
        unknown = WORDS[self.lang]["open"]
        sections = tuple(
            Section(question, (answer or unknown,))
            for question, answer in zip(self.questions, self.answers, strict=True)
        )
        when = unknown if self.date is None else self.date.isoformat()
        zh = self.lang == "zh"
        lines = (
            f"{'评估人' if zh else 'reviewed by'}: {self.reviewer or unknown}",
            f"{'日期' if zh else 'date'}: {when}",
        )
        title = "伦理审查" if zh else "Ethics review"
        return Card(title, (), lines, sections, "zh-CN" if zh else "")


def _texts(values, name):
    listed = isinstance(values, (list, tuple))
    if not (listed and all(isinstance(value, str) for value in values)):
        raise TypeError(f"{name} must be a list of texts.")
    return tuple(" ".join(value.split()) for value in values)
