"""A card as Markdown, for the model card of a model."""

import re
from itertools import groupby

from skprivate._card import Table


def markdown_of(card, heading, level=2):
    """Markdown of a card under a heading of the given level.

    Text from outside, such as names of steps and labels, is escaped: it can neither
    format the page nor put HTML into it.
    """
    blocks = [f"{'#' * level} {_escaped(heading)}"]
    if heading != card.title:
        blocks.append(f"*{_escaped(card.title)}*")
    blocks += [f"> **{_escaped(line)}**" for line in card.alarms]
    if card.statements:
        blocks.append(_list(card.statements))
    for section in card.sections:
        if section.title:
            blocks.append(f"{'#' * (level + 1)} {_escaped(section.title)}")
        for plain, parts in groupby(section.blocks, lambda b: isinstance(b, str)):
            if plain:
                blocks.append(_list(parts))
            else:
                blocks += [_table(part) for part in parts if isinstance(part, Table)]
    return "\n\n".join(blocks) + "\n"


def _list(lines):
    return "\n".join(f"- {_escaped(line)}" for line in lines)


def _table(table):
    rule = ["---:" if title in table.numbers else "---" for title in table.head]
    lines = [table.head, rule, *table.rows]
    return "\n".join(f"| {' | '.join(map(_cell, cells))} |" for cells in lines)


def _cell(text):
    return text if set(text) <= {"-", ":"} and text else _escaped(text)


def _escaped(text):
    """Text that Markdown shows as it is."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*\[\]|~])", r"\\\1", text)
    text = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)
    return " ".join(text.split())
