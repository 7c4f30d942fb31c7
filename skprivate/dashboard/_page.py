"""The page as a whole: one file that asks nothing of any network."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files
from typing import Any

from skprivate._typing import PathLike
from skprivate.dashboard._checks import checks_of, policies_of
from skprivate.dashboard._complaints import complaints_html
from skprivate.dashboard._gathered import gather, verified
from skprivate.dashboard._releases import releases_html
from skprivate.dashboard._sections import (
    alarm_html,
    budget_html,
    chain_html,
    checks_html,
    header_html,
    timeline_html,
)
from skprivate.dashboard._shown import value
from skprivate.ledger import LedgerTamperedError, PrivacyLedger


def dashboard_page(
    ledger: PrivacyLedger,
    *,
    policies: Sequence[PathLike | dict[Any, Any]] = (),
    key: Any = None,
    head: str | None = None,
    now: Any = None,
) -> str:
    """A ledger as one page of HTML, for the people who answer for a table.

    It shows what is left of the budget, when it was spent, what was released of which
    table and for which purpose, what should hold and does not, and which complaints
    wait for an answer. It holds nothing of any row, no text of a complaint, and no path
    of this machine. It loads nothing, and a browser that obeys its content policy would
    refuse to: names that were recorded stay text, whatever they are.

    Parameters
    ----------
    ledger : PrivacyLedger
    policies : sequence of path or dict, default=()
        What :func:`~skprivate.check_policy` reads; each is shown as met or not.
    key : bytes or KeyRing, default=None
    head : str, default=None
        To verify the ledger by, see ``PrivacyLedger.verify``.
    now : datetime, default=None
        The moment that the page is of, with a time zone; None means now.

    Returns
    -------
    str

    Raises
    ------
    LedgerTamperedError
        If so much of the ledger was edited that it cannot be shown. Other edits are
        shown, before all else.

    Examples
    --------
    >>> from skprivate import PrivacyLedger
    >>> from skprivate.dashboard import dashboard_page
    >>> ledger = PrivacyLedger(epsilon=3.0, delta=1e-6, table="patients")
    >>> page = dashboard_page(ledger, policies=[{"max_epsilon": 3.0}])
    >>> page.startswith("<!doctype html>"), "patients" in page
    (True, True)
    """
    if isinstance(policies, (str, bytes, dict)):
        raise TypeError("policies must be a sequence of policies. Pass [policy].")
    if now is not None and getattr(now, "utcoffset", lambda: None)() is None:
        raise ValueError("now has no time zone. Give datetime.now(datetime.UTC).")
    verification, findings = verified(ledger, key, head)
    try:
        return _written(gather(ledger, verification, findings, now), policies)
    except Exception:
        if not findings:
            raise
        # So much was edited that it cannot be shown; this is what to know about it.
        raise LedgerTamperedError(ledger.path, findings) from None


def _written(found, policies):
    checks = checks_of(found)
    asked = tuple(policies_of(found, policies))
    body = "".join(
        (
            header_html(found),
            '<main id="main">',
            alarm_html(checks + asked),
            budget_html(found),
            timeline_html(found),
            checks_html(checks, asked),
            releases_html(found),
            complaints_html(found),
            chain_html(found),
            "</main>",
        )
    )
    style, script = _asset("page.css"), _asset("page.js")
    title = found.ledger.facts.get("table", found.file)
    return _PAGE.format(
        policy=_POLICY.format(style=_hash_of(style), script=_hash_of(script)),
        title=value(f"Privacy ledger: {title}"),
        style=style,
        script=script,
        body=body,
    )


# Nothing is loaded, sent, framed or run but the style and the script of this library.
_POLICY = (
    "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
    "base-uri 'none'; form-action 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
{body}
<script>{script}</script>
</body>
</html>
"""


def _asset(name):
    return files("skprivate.dashboard").joinpath(name).read_text(encoding="utf-8")


def _hash_of(text):
    return b64encode(sha256(text.encode()).digest()).decode()
