"""What in a table or a text names a person: by its form, which is never all of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from skprivate._typing import TableLike
from skprivate.anonymity._columns import is_missing, plain
from skprivate.anonymity._frames import column_of, names_of

CANNOT_FIND = (
    "names of people and places",
    "addresses of streets",
    "dates, ages and professions",
    "user names and nicknames",
    "anything that is misspelled or written in words",
    "what identifies somebody by its meaning",
)
_NAMES = {
    "name", "surname", "lastname", "firstname", "fullname", "email", "mail", "phone",
    "telephone", "mobile", "fax", "ssn", "passport", "address", "street", "iban",
    "account", "card", "licence", "license", "username", "login", "ip", "姓名", "电话",
    "手机", "身份证", "地址", "邮箱",
}  # fmt: skip
# From the start of a word on, else a long text without an @ takes quadratic time.
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_CHINESE = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")
_CARD = re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])")
_PHONE = re.compile(
    r"(?<![\w+])(?:\+\d{1,3}[ /.-]?)?(?:\(\d{1,5}\)[ /.-]?)?\d(?:[ /.-]?\d){6,13}(?!\w)"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SEEN = 20_000  # rows of a column that are looked at
_OFTEN = 0.05


def is_card(text):
    """Whether digits pass the check of cards (Luhn)."""
    digits = [int(c) for c in text if c.isdigit()]
    doubled = [
        d if i % 2 == 0 else sum(divmod(2 * d, 10))
        for i, d in enumerate(reversed(digits))
    ]
    return 13 <= len(digits) <= 19 and sum(doubled) % 10 == 0 and len({*digits}) > 1


def is_chinese_id(text):
    """Whether 18 characters are an identity number of China (GB 11643-1999)."""
    if not _CHINESE.fullmatch(text) or not 1 <= int(text[10:12]) <= 12:
        return False
    rest = sum(w * int(c) for w, c in zip(_WEIGHTS, text[:17], strict=True)) % 11
    return "10X98765432"[rest] == text[17].upper() and 1 <= int(text[12:14]) <= 31


def is_phone(text):
    """Whether it looks like a number that can be called."""
    return 7 <= sum(c.isdigit() for c in text) <= 15 and not re.fullmatch(
        r"\d{4}-\d{2}-\d{2}", text
    )


# In this order: digits of an identity number pass for a card or a phone, too.
KINDS = (
    ("email", _EMAIL, lambda text: True),
    ("chinese_id", _CHINESE, is_chinese_id),
    ("card", _CARD, is_card),
    ("phone", _PHONE, is_phone),
)


@dataclass(frozen=True)
class Finding:
    """A column that seems to name people.

    Parameters
    ----------
    column : object
        Its name.
    kind : str
        ``"name of the column"``, ``"email"``, ``"phone"``, ``"card"``,
        ``"chinese_id"`` or ``"another text in each row"``.
    share : float
        Of the rows that were looked at.

    Examples
    --------
    See :func:`find_identifiers`.
    """

    column: object
    kind: str
    share: float


def find_identifiers(table: TableLike) -> list[Finding]:
    """Columns that seem to name people. Not private, and never complete.

    Parameters
    ----------
    table : frame or array of shape (n_rows, n_columns)
        The first 20,000 rows are looked at.

    Returns
    -------
    list of Finding
        With no value of the table; their shares are exact.

    See Also
    --------
    TextRedactor : Takes such things out of texts.

    Examples
    --------
    >>> import pandas as pd
    >>> from skprivate.anonymity import find_identifiers
    >>> table = pd.DataFrame({"contact": ["a@b.org", "c@d.org"], "age": [30, 40]})
    >>> [(finding.column, finding.kind) for finding in find_identifiers(table)]
    [('contact', 'email')]
    """
    found = []
    for name in names_of(table):
        words = re.split(r"[\W_]+", str(name).lower())
        if _NAMES & {*words, str(name).lower()}:
            found.append(Finding(name, "name of the column", 1.0))
        texts = _texts(column_of(table, name))
        if not texts:
            continue
        for kind, pattern, check in KINDS:
            share = np.mean(
                [any(check(m) for m in pattern.findall(text)) for text in texts]
            )
            if share > _OFTEN:
                found.append(Finding(name, kind, float(share)))
                break
        else:
            if len(texts) > 20 and len(set(texts)) == len(texts):
                found.append(Finding(name, "another text in each row", 1.0))
    return found


class TextRedactor(TransformerMixin, BaseEstimator):
    """Take e-mail addresses, numbers of phones, cards and identities out of texts.

    Row by row, by their form and check digits. **Not private**, and never complete:
    ``cannot_find_`` lists what a form does not tell.

    Parameters
    ----------
    kinds : sequence of {"email", "chinese_id", "card", "phone"}, default=None
        What to take out; None: all.

    Attributes
    ----------
    cannot_find_ : tuple of str
        What stays in the texts.

    Examples
    --------
    >>> from skprivate.anonymity import TextRedactor
    >>> TextRedactor().fit_transform(["Write to ada@example.org or +44 20 7946 0958."])
    array(['Write to [EMAIL] or [PHONE].'], dtype=object)
    """

    def __init__(
        self,
        kinds: Sequence[Literal["email", "chinese_id", "card", "phone"]] | None = None,
    ) -> None:
        self.kinds = kinds

    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Check parameters; nothing is learned.

        Parameters
        ----------
        X, y : object
            Ignored.

        Returns
        -------
        self : TextRedactor
        """
        self._patterns()
        self.cannot_find_ = CANNOT_FIND
        return self

    def transform(self, X: Sequence[str]) -> TableLike:
        """Texts with a mark in place of what was found.

        Parameters
        ----------
        X : sequence of str
            Missing ones stay missing.

        Returns
        -------
        ndarray of object of shape (n_samples,)
        """
        if isinstance(X, (str, bytes)):
            raise TypeError("X must be a sequence of texts. Pass [text].")
        patterns = self._patterns()
        if len(np.shape(X)) > 1:
            raise TypeError("X must be a sequence of texts. Pass one column.")
        texts = np.empty(len(X), dtype=object)
        texts[:] = [_redacted(text, patterns) for text in X]
        return texts

    def __sklearn_is_fitted__(self):
        return True

    def _patterns(self):
        known = [kind for kind, _, _ in KINDS]
        asked = known if self.kinds is None else self.kinds
        if isinstance(asked, str) or not {*asked} <= {*known}:
            raise ValueError(f"kinds must be a list out of {', '.join(known)}.")
        return [one for one in KINDS if one[0] in asked]


def _redacted(text, patterns):
    if not isinstance(text, str):
        if is_missing(text):
            return text
        raise TypeError("X must hold texts. Convert other values first.")
    for kind, pattern, check in patterns:
        mark = f"[{kind.upper()}]"
        text = pattern.sub(lambda m: mark if check(m[0]) else m[0], text)  # noqa: B023
    return text


def _texts(column):
    """Texts of a column, or digits of whole numbers; gaps are left out."""
    first = column.iloc[:_SEEN] if hasattr(column, "iloc") else column[:_SEEN]
    return [
        plain(value)
        for value in np.asarray(first, dtype=object)
        if (isinstance(value, (str, int, np.integer)) and not isinstance(value, bool))
        or (isinstance(value, float) and value.is_integer())  # with gaps
    ]
