"""A price as HTML: the same tree as in text."""

from html import escape

from skprivate.composition._text import headline, title

_LEAK = "color:#b00020"


def as_html(cost):
    """The tree that a notebook shows."""
    head = f"<b>{escape(headline(cost))}</b>"
    return f'<div class="skprivate-cost">{head}<ul>{_item(cost, "")}</ul></div>'


def _item(cost, label):
    """A node and all below it."""
    before = f"<code>{escape(label)}</code>: " if label else ""
    note = f" <small>{escape(cost.note)}</small>" if cost.note else ""
    leaks = "".join(
        f'<li style="{_LEAK}">{escape(leak.what)}<br><i>{escape(leak.remedy)}</i></li>'
        for leak in cost.own_leaks()
    )
    below = "".join(_item(child, name) for name, child in cost.children)
    inside = f"<ul>{leaks}{below}</ul>" if leaks or below else ""
    return f"<li>{before}{escape(title(cost))}{note}{inside}</li>"
