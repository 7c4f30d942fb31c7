"""What the people whose data a table holds are told."""

from dataclasses import dataclass
from typing import Any, Literal

from skprivate._card import Card, Section
from skprivate.report._answer_words import WORDS
from skprivate.report._document import Document, as_report, check_lang
from skprivate.report._impact import label_of
from skprivate.report._influence import influence_statement
from skprivate.report._notice_words import NOTICES


@dataclass(frozen=True, repr=False)
class PrivacyNotice(Document):
    """What people are told about the use of their data.

    Made by :func:`privacy_notice`.

    Parameters
    ----------
    title : str
    lang : {"en", "zh"}
    regime : {"gdpr", "pipl"}
    sections : tuple of (str, tuple of str)
        Titles and lines.
    open : tuple of str
        Labels of what is still to be stated.

    Examples
    --------
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.report import privacy_notice
    >>> scaler = DPStandardScaler(bounds=(0, 1)).fit([[0.5]] * 100)
    >>> privacy_notice(scaler, lang="zh", regime="pipl").sections[0][0]
    '个人信息处理者'
    """

    title: str
    lang: str
    regime: str
    sections: tuple
    open: tuple

    def _card(self):
        sections = tuple(Section(*section) for section in self.sections)
        lang = "zh-CN" if self.lang == "zh" else ""
        return Card(self.title, (), (), sections, lang)


def privacy_notice(
    fitted: Any,
    *,
    lang: Literal["en", "zh"] = "en",
    regime: Literal["gdpr", "pipl"] = "gdpr",
    **facts: Any,
) -> PrivacyNotice:
    """A notice for the people whose data a table holds.

    It has the headings that Article 13 of the GDPR, or Article 17 of China's Personal
    Information Protection Law, asks for, and says in words what results can tell about
    one person. What nobody stated says *to be answered*: do not publish it before
    ``open`` is empty.

    Parameters
    ----------
    fitted : object
        A report, a ledger, or what :func:`~skprivate.privacy_report` reads.
    lang : {"en", "zh"}, default="en"
        English or Chinese.
    regime : {"gdpr", "pipl"}, default="gdpr"
    **facts : str or date
        As for :meth:`ModelPrivacyReport.with_facts`: what only people can say.

    Returns
    -------
    PrivacyNotice

    Examples
    --------
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.report import privacy_notice
    >>> scaler = DPStandardScaler(bounds=(0, 1)).fit([[0.5]] * 100)
    >>> notice = privacy_notice(scaler, controller="Harbour Clinic")
    >>> "Harbour Clinic" in notice.to_markdown()
    True
    >>> notice.open[:2]
    ('how to reach them', 'purpose')
    """
    check_lang(lang)
    if regime not in NOTICES:
        raise ValueError('regime is unknown; a notice is for "gdpr" or "pipl".')
    report = as_report(fitted).with_facts(**facts)
    found, missing = [], []
    for titles, names in NOTICES[regime]["sections"]:
        lines = []
        for name in names.split():
            text = report.fact(name)
            if not text:
                missing.append(label_of(name, lang))
            lines.append(f"{label_of(name, lang)}: {text or WORDS[lang]['open']}")
        found.append((titles[lang == "zh"], tuple(lines)))
    found += _about_results(report, lang)
    title = NOTICES[regime]["title"][lang == "zh"]
    missing = tuple(dict.fromkeys(missing))
    return PrivacyNotice(title, lang, regime, tuple(found), missing)


def _about_results(report, lang):
    """What results can tell, from the statement for a person who asks."""
    statement = influence_statement(report, lang=lang)
    for section in statement._card().sections:
        lines = tuple(line for line in section.blocks if isinstance(line, str))
        if section.title and lines:
            yield section.title, lines
