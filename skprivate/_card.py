"""One look for all that skprivate shows: a card, as text and as HTML."""

import re
from dataclasses import dataclass
from html import escape
from itertools import groupby
from textwrap import fill
from unicodedata import east_asian_width

_WIDTH = 88


@dataclass(frozen=True)
class Table:
    """Cells of text under a head.

    Parameters
    ----------
    head : tuple of str
        One title per column.
    rows : tuple of tuple of str
        The cells.
    numbers : tuple of str
        Titles of the columns that hold numbers: they end at the right.
    wide : tuple of str
        Titles of the columns for which lines of text have no room.
    """

    head: tuple
    rows: tuple
    numbers: tuple = ()
    wide: tuple = ()

    def text(self):
        """One line per row, in columns as wide as they need to be."""
        shown = [i for i, title in enumerate(self.head) if title not in self.wide]
        lines = [[cells[i] for i in shown] for cells in (self.head, *self.rows)]
        widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
        return "\n".join(self._line(lines[0], cells, widths) for cells in lines)

    def _line(self, head, cells, widths):
        padded = []
        for title, cell, width in zip(head, cells, widths, strict=True):
            space = " " * (width - _width(cell))
            padded.append(space + cell if title in self.numbers else cell + space)
        return "  ".join(padded).rstrip()

    def html(self):
        """A table that scrolls on its own where the page is narrow."""
        head = self._row(self.head, "th")
        body = "".join(self._row(cells, "td") for cells in self.rows)
        table = f"<thead>{head}</thead><tbody>{body}</tbody>"
        return f'<div class="skp-wide"><table class="skp-table">{table}</table></div>'

    def _row(self, cells, tag):
        parts = []
        for title, cell in zip(self.head, cells, strict=True):
            number = ' class="skp-number"' if title in self.numbers else ""
            parts.append(f"<{tag}{number}>{escape(cell)}</{tag}>")
        return f"<tr>{''.join(parts)}</tr>"


@dataclass(frozen=True)
class Figure:
    """A drawing for HTML alone: the numbers stand in a table beside it.

    Parameters
    ----------
    svg : str
        Markup. It must hold nothing but numbers and words of this library.
    """

    svg: str

    def html(self):
        """The drawing."""
        return f'<div class="skp-figure">{self.svg}</div>'


@dataclass(frozen=True)
class Section:
    """Sentences, tables and figures under a title.

    Parameters
    ----------
    title : str
        May be empty.
    blocks : tuple of str, Table or Figure
        In order.
    folded : bool
        Whether HTML hides it behind its title at first.
    """

    title: str
    blocks: tuple
    folded: bool = False

    def text(self):
        """The section below its title."""
        lines = [f"  {self.title}"] if self.title else []
        margin = "    " if self.title else "  "
        for block in self.blocks:
            if isinstance(block, str):
                lines.append(_filled(block))
            elif isinstance(block, Table):
                lines += [margin + line for line in block.text().splitlines()]
        return "\n".join(lines)

    def html(self):
        """The section; a reader can fold it, without any script."""
        body = "".join(
            _html_list(blocks) if plain else "".join(b.html() for b in blocks)
            for plain, blocks in groupby(self.blocks, lambda b: isinstance(b, str))
        )
        if not self.title:
            return body
        opened = "" if self.folded else " open"
        return (
            f"<details{opened}><summary>{escape(self.title)}</summary>{body}</details>"
        )


@dataclass(frozen=True)
class Card:
    """A title, what to worry about, what is stated, and sections.

    Parameters
    ----------
    title : str
        What the card is about.
    alarms : tuple of str
        What takes the guarantee away; shown first.
    statements : tuple of str
        One line each.
    sections : tuple of Section
        The details.
    lang : str
        Language of the words, for HTML; empty for English.
    """

    title: str
    alarms: tuple = ()
    statements: tuple = ()
    sections: tuple = ()
    lang: str = ""

    def text(self):
        """The card for a terminal."""
        lines = [self.title]
        lines += [f"  {line}" for line in (*self.alarms, *self.statements)]
        return "\n\n".join(["\n".join(lines), *(s.text() for s in self.sections)])

    def html(self):
        """The card for a notebook: no script, nothing to load, any colour scheme."""
        mood = "skp-bad" if self.alarms else "skp-good"
        alarms = "".join(f"<p>{escape(line)}</p>" for line in self.alarms)
        if alarms:
            alarms = f'<div class="skp-alarm">{alarms}</div>'
        body = alarms + _html_list(self.statements)
        body += "".join(section.html() for section in self.sections)
        title = f'<p class="skp-title">{escape(self.title)}</p>'
        lang = f' lang="{escape(self.lang)}"' if self.lang else ""
        head = f'<div class="skp-card {mood}"{lang}><style>{_STYLE}</style>'
        return f"{head}{title}{body}</div>"


def _width(text):
    """Columns of a terminal that a text takes: a Chinese sign takes two."""
    return len(text) + sum(east_asian_width(sign) in "WF" for sign in text)


def _filled(text):
    """A statement as lines that are not too wide, in any script."""
    if text.isascii():
        return fill(text, _WIDTH, initial_indent="  - ", subsequent_indent="    ")
    lines, line, room = [], "  - ", _WIDTH - 4
    # Words of Latin letters stay whole; between Chinese signs a line may end, though
    # not before a comma or what closes.
    for word in re.findall(r"[!-~]+|\s+|[^\s!-~][,。;:、)》」!?]*", text):
        width = _width(word)
        if width > room:
            lines.append(line.rstrip())
            line, room = "    ", _WIDTH - 4
        if word.strip() or line.strip():
            line, room = line + word, room - width
    return "\n".join([*lines, line.rstrip()])


def _html_list(lines):
    """Statements as a list."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


# Text takes the colour of the page, and lines are a translucent grey: so the card looks
# right on light and dark pages, whoever chose the colours. A media query would ask the
# system, which need not agree with the notebook. Selectors outweigh those of notebooks.
_STYLE = """
.skp-card { color: inherit; font-family: system-ui, sans-serif; font-size: 14px;
  line-height: 1.5; text-align: left; max-width: 68em; padding: .8em 1.1em;
  box-sizing: border-box; border: 1px solid rgba(128,128,128,.35); border-radius: 6px;
  border-left-width: 4px; overflow-wrap: break-word; }
.skp-card.skp-good { border-left-color: #2e8b57; }
.skp-card.skp-bad { border-left-color: #d33a2f; }
.skp-card .skp-title { font-size: 1.15em; font-weight: 600; margin: 0 0 .4em; }
.skp-card .skp-alarm { background: #b3261e; color: #fff; border-radius: 4px;
  padding: .35em .8em; margin: .4em 0 .6em; font-weight: 600; }
.skp-card .skp-alarm p { margin: .1em 0; color: #fff; }
.skp-card ul { margin: .2em 0 .6em; padding-left: 1.3em; list-style: disc; }
.skp-card li { margin: .1em 0; }
.skp-card details { border-top: 1px solid rgba(128,128,128,.3); padding: .4em 0; }
.skp-card summary { cursor: pointer; font-weight: 600; padding: .1em 0; }
.skp-card .skp-wide { overflow-x: auto; margin: .3em 0 .6em; }
.skp-card .skp-figure { max-width: 38em; margin: .4em 0; }
.skp-card .skp-figure svg { display: block; width: 100%; height: auto; }
.skp-card table.skp-table { border-collapse: collapse; border: 0; margin: 0;
  font-size: 13px; font-variant-numeric: tabular-nums; color: inherit; }
.skp-card table.skp-table tr:nth-child(n) { background: transparent; }
.skp-card table.skp-table th, .skp-card table.skp-table td { text-align: left;
  vertical-align: top; padding: .2em 1.1em .2em 0; border: 0; max-width: 34em;
  border-bottom: 1px solid rgba(128,128,128,.2); white-space: normal; }
.skp-card table.skp-table th { font-weight: 600; white-space: nowrap; }
.skp-card table.skp-table .skp-number { text-align: right; white-space: nowrap; }
"""


__all__ = ["Card", "Figure", "Section", "Table"]
