"""What laws and guides ask of whoever answers for a model, and where they ask it.

Questions are in our own words; an article says where to read the rule itself. Who has
to answer which of them, a lawyer tells. `answers` names what a report knows of them,
and `facts` what people have to state.
"""

from dataclasses import dataclass

from skprivate.report._questions_eu import AI_ACT, GDPR
from skprivate.report._questions_other import NIST, PIPL


@dataclass(frozen=True)
class Question:
    """One question of a regime.

    Parameters
    ----------
    key : str
    place : str
        Where it is asked; where it differs in Chinese, both ways, with a bar between.
    en, zh : str
        The question.
    answers : tuple of str
        What a report knows of it; see ``skprivate.report._answers``.
    facts : tuple of str
        What has to be stated; see ``skprivate.report._stated``.
    """

    key: str
    place: str
    en: str
    zh: str
    answers: tuple
    facts: tuple


def _questions(rows):
    return tuple(
        Question(key, place, en, zh, tuple(answers.split()), tuple(facts.split()))
        for key, place, en, zh, answers, facts in rows
    )


# regime -> its title in both languages, and questions
REGIMES = {
    "gdpr": (
        "Data protection impact assessment, questions of Article 35 GDPR",
        "数据保护影响评估:《通用数据保护条例》(GDPR)第35条的问题",
        _questions(GDPR),
    ),
    "pipl": (
        "Personal information protection impact assessment, questions of Articles 55 "
        "and 56 PIPL",
        "个人信息保护影响评估:《个人信息保护法》第五十五条、第五十六条的问题",
        _questions(PIPL),
    ),
    "ai_act": (
        "Technical documentation, questions of Annex IV to Regulation (EU) 2024/1689",
        "技术文件:欧盟第2024/1689号条例(人工智能法)附件四的问题",
        _questions(AI_ACT),
    ),
    "nist": (
        "Evaluation of a differential privacy guarantee, questions of NIST SP 800-226",
        "差分隐私保证的评价:NIST SP 800-226 的问题",
        _questions(NIST),
    ),
}


def regime_of(name):
    """Titles and questions of a regime."""
    if name not in REGIMES:
        known = ", ".join(repr(known) for known in REGIMES)
        raise ValueError(f"regime is unknown; write one of {known}.")
    return REGIMES[name]
