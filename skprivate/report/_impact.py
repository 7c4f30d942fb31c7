"""The questions of an impact assessment, answered as far as a report can."""

from dataclasses import dataclass
from typing import Any, Literal

from skprivate._card import Card, Section
from skprivate.report._answer_words import WORDS
from skprivate.report._answers import answers_of
from skprivate.report._document import Document, as_report, check_lang
from skprivate.report._questions import regime_of
from skprivate.report._stated import FACTS


@dataclass(frozen=True)
class Answer:
    """A question, and what is known of it.

    Parameters
    ----------
    key : str
        Of the question.
    place : str
        Where it is asked.
    question : str
    computed : tuple of str
        Sentences that follow from the report.
    stated : tuple of (label, text)
        What people stated.
    open : tuple of str
        Labels of what is still to be stated.
    """

    key: str
    place: str
    question: str
    computed: tuple
    stated: tuple
    open: tuple


@dataclass(frozen=True, repr=False)
class ImpactAssessment(Document):
    """Questions of a law or guide, each with an answer or *to be answered*.

    Made by :func:`impact_assessment`. It collects facts, and judges nothing: whether
    they are enough is for people to say, who are named under *assessed by*.

    Parameters
    ----------
    title : str
    regime : {"gdpr", "pipl", "ai_act", "nist"}
    lang : {"en", "zh"}
    name : str
        What is assessed.
    answers : tuple of Answer
        In order.

    Examples
    --------
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.report import impact_assessment
    >>> scaler = DPStandardScaler(bounds=(0, 1)).fit([[0.5]] * 100)
    >>> impact_assessment(scaler, regime="nist").answers[0].key
    'parameters'
    """

    title: str
    regime: str
    lang: str
    name: str
    answers: tuple

    @property
    def open(self) -> tuple[Any, ...]:
        """Pairs (key of a question, what is still to be stated)."""
        return tuple((a.key, label) for a in self.answers for label in a.open)

    def to_dict(self) -> dict[Any, Any]:
        """The assessment as plain data.

        Returns
        -------
        dict
        """
        return {
            "schema": "skprivate.impact_assessment",
            "schema_version": 1,
            "regime": self.regime,
            "lang": self.lang,
            "name": self.name,
            "answers": [
                {
                    "key": a.key,
                    "place": a.place,
                    "question": a.question,
                    "computed": list(a.computed),
                    "stated": dict(a.stated),
                    "open": list(a.open),
                }
                for a in self.answers
            ],
        }

    def _card(self):
        words = WORDS[self.lang]
        sections = tuple(_section(answer, words) for answer in self.answers)
        lang = "zh-CN" if self.lang == "zh" else ""
        return Card(f"{self.title}: {self.name}", (), (), sections, lang)


def _section(answer, words):
    lines = [*answer.computed]
    lines += [f"{label}: {text}" for label, text in answer.stated]
    lines += [f"{label}: {words['open']}" for label in answer.open]
    return Section(f"{answer.question} [{answer.place}]", tuple(lines))


def impact_assessment(
    fitted: Any,
    *,
    regime: Literal["gdpr", "pipl", "ai_act", "nist"] = "gdpr",
    lang: Literal["en", "zh"] = "en",
    **facts: Any,
) -> ImpactAssessment:
    """Questions of an impact assessment, filled as far as a report can.

    Every line follows from the report, or was stated by somebody, or says *to be
    answered*. Nothing is judged, and no line says that a law is kept.

    Parameters
    ----------
    fitted : object
        A report, a ledger, or what :func:`~skprivate.privacy_report` reads.
    regime : {"gdpr", "pipl", "ai_act", "nist"}, default="gdpr"
        Article 35 of the GDPR; Articles 55 and 56 of China's Personal Information
        Protection Law; Annex IV of the EU's AI Act; NIST SP 800-226.
    lang : {"en", "zh"}, default="en"
        English or Chinese. What was stated, and names in the report, stay as they are.
    **facts : str, date or number
        As for :meth:`ModelPrivacyReport.with_facts`: what only people can say.

    Returns
    -------
    ImpactAssessment

    Examples
    --------
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.report import impact_assessment
    >>> scaler = DPStandardScaler(bounds=(0, 1)).fit([[0.5]] * 100)
    >>> found = impact_assessment(scaler, purpose="stock planning")
    >>> found.answers[0].stated
    (('purpose', 'stock planning'),)
    >>> ("storage", "until when rows are kept") in found.open
    True
    """
    check_lang(lang)
    title, _, questions = regime_of(regime)
    if lang == "zh":
        _, title, _ = regime_of(regime)
    report = as_report(fitted).with_facts(**facts)
    known = answers_of(report, lang)
    answers = tuple(_answer(question, report, known, lang) for question in questions)
    return ImpactAssessment(title, regime, lang, report.name, answers)


def _answer(question, report, known, lang):
    labels = {name: label_of(name, lang) for name in question.facts}
    stated = {name: report.fact(name) for name in question.facts}
    computed = [line for name in question.answers for line in known.get(name, ())]
    return Answer(
        key=question.key,
        place=question.place.split("|")[-1 if lang == "zh" else 0],
        question=question.zh if lang == "zh" else question.en,
        computed=tuple(dict.fromkeys(computed)),
        stated=tuple((labels[n], text) for n, text in stated.items() if text),
        open=tuple(labels[n] for n, text in stated.items() if not text),
    )


def label_of(name, lang):
    """What a fact is about."""
    return FACTS[name][1 if lang == "zh" else 0]
