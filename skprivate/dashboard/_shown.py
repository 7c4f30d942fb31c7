"""Names of anybody as HTML: they can neither end an element nor turn a line around."""

import re
from html import escape
from unicodedata import category

_LONGEST = 160  # of a name
_MESSAGE = 600
_VALUE = 4000  # two of them must not become equal
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_BREAKS = re.compile("(?<=[a-z])(?=[A-Z])")  # in no entity
_KEPT = "\u200c\u200d"  # joiners, which scripts and emoji need


def plain(text, longest=_LONGEST):
    """A text in a line, in which signs that are not seen stand as their numbers.

    Among these are the ones that change the direction of what follows: a name with one
    could show another name.
    """
    whole = str(text)
    if not whole.strip():
        return "‹blank›"
    cut = whole if len(whole) <= longest else f"{whole[: longest - 1]}…"
    return "".join(map(_seen, cut))


def _seen(sign):
    hidden = category(sign) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co")
    return f"‹U+{ord(sign):04X}›" if hidden and sign not in _KEPT else sign


def value(text):
    """A text as the value of an attribute, by which it is found."""
    return escape(plain(text, _VALUE), quote=True)


def name(text):
    """A text as the content of an element, apart from its neighbours' direction.

    Long names of classes may go on in another line where a word of them begins.
    """
    whole = escape(plain(text), quote=True)
    return f"<bdi>{_BREAKS.sub('<wbr>', whole)}</bdi>"


def words(text):
    """Words of this library, or a message, as the content of an element."""
    return escape(plain(text, _MESSAGE), quote=True)


def number(amount, digits=4):
    """An amount in few digits."""
    amount = float(amount)
    if amount == float("inf"):
        return "∞"
    digits, _, power = f"{amount:.{digits}g}".partition("e")
    if not power:
        return digits
    raised = f"10{str(int(power)).translate(_RAISED)}"
    return raised if digits == "1" else f"{digits}·{raised}"


def aligned(amount, decimals=3):
    """An amount with so many decimals, so that equal places stand below each other."""
    amount = float(amount)
    if 10.0**-decimals <= amount < 1e4 or amount == 0:
        return f"{amount:.{decimals}f}"
    return number(amount, 3)


def day(moment):
    """A day, which no line may break."""
    return f'<time datetime="{moment:%Y-%m-%d}">{moment:%Y-%m-%d}</time>'


def counted(n, one, many=None):
    """A number with its noun."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
