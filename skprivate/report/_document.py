"""What is written for people: the same words as text, HTML and Markdown."""

from html import escape

LANGUAGES = ("en", "zh")


def check_lang(lang):
    """Refuse a language that nobody has written."""
    if lang not in LANGUAGES:
        raise ValueError('lang is unknown; write "en" or "zh".')


def as_report(fitted, delta=None):
    """The report of whatever was fitted; a report as it is."""
    from skprivate.report._collect import privacy_report
    from skprivate.report._model import ModelPrivacyReport

    if isinstance(fitted, ModelPrivacyReport):
        return fitted
    return privacy_report(fitted, delta=delta)


class Document:
    """Mixin of what has a ``_card()``, which holds all its words."""

    def to_markdown(self, level: int = 2) -> str:
        """The document in Markdown; text from outside is escaped.

        Parameters
        ----------
        level : int, default=2
            Of its heading.

        Returns
        -------
        str
        """
        from skprivate.report._markdown import markdown_of

        card = self._card()
        return markdown_of(card, card.title, level)

    def to_html(self) -> str:
        """A page of its own: no script, nothing to load; text from outside is escaped.

        Returns
        -------
        str
        """
        card = self._card()
        return (
            f'<!DOCTYPE html><html lang="{escape(card.lang or "en")}"><head>'
            '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>{escape(card.title)}</title></head><body>{card.html()}</body></html>"
        )

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()
