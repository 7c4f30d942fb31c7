"""``python -m skprivate verify``, ``dashboard``, ``backup`` and ``complaints``."""

import json
import sys
from pathlib import Path

from skprivate._card import Table
from skprivate.dashboard._page import dashboard_page
from skprivate.ledger import PrivacyLedger


def _verify(options, key):
    ledger = PrivacyLedger.open(options.file)
    verified = ledger.verify(key=key, head=options.head)
    print(verified)
    if verified.head:
        print(f"head: {verified.head}")
    return 0


def _dashboard(options, key):
    ledger = PrivacyLedger.open(options.file)
    page = dashboard_page(ledger, policies=options.policy, key=key, head=options.head)
    if options.output is None:
        print(page)
        return 0
    if Path(options.output).resolve() == Path(ledger.path):
        raise ValueError("The page would replace the ledger. Give another file.")
    Path(options.output).write_text(page, encoding="utf-8")
    return 0


def _backup(options, key):
    print(f"head: {PrivacyLedger.open(options.file).backup(options.copy)}")
    return 0


def _complaints(options, key):
    ledger = PrivacyLedger.open(options.file)
    given = {"category": options.category, "text": options.text_file}
    given |= {"table": options.table, "status": options.status, "due": options.due}
    allowed = _ALLOWED[next((do for do in _ALLOWED if getattr(options, do, None)), "")]
    stray = [name for name, one in given.items() if one and name not in allowed]
    if stray:
        raise ValueError(
            f"--{stray[0].replace('text', 'text-file')} belongs to another command. "
            "See python -m skprivate complaints --help."
        )
    if options.add:
        if not options.category:
            raise ValueError("--add needs --category, such as --category access.")
        text = _text(options.text_file)
        about = {"category": options.category, "due": options.due}
        print(ledger.complaint(options.add, text=text, table=options.table, **about))
    elif options.change:
        changed = {"status": options.status, "due": options.due}
        print(ledger.change_complaint(options.change, **changed))
    elif options.erase_text:
        print(ledger.erase_complaint_text(options.erase_text))
    elif options.show_text:
        _show_text(ledger, options.show_text)
    else:
        _list(ledger, options)
    return 0


_ALLOWED = {
    "add": {"category", "text", "table", "due"},
    "change": {"status", "due"},
    "erase_text": set(),
    "show_text": set(),
    "": {"category", "status", "table"},
}


def _text(path):
    if path is None:
        return None
    return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")


def _show_text(ledger, case):
    found = [one for one in ledger.complaints if one.case == case]
    if not found:
        raise KeyError("case is not in the ledger. See ledger.complaints.")
    print(found[0].text or ("(erased)" if found[0].erased else "(none)"))


def _list(ledger, options):
    found = [
        one
        for one in ledger.complaints
        if (one.is_open or not options.open)
        and (one.is_overdue() or not options.overdue)
        and options.category in (None, one.category)
        and options.status in (None, one.status)
        and options.table in (None, one.table)
    ]
    if options.json:
        print(json.dumps([*map(_plain, found)], indent=2))
        return
    if not found:
        print("No complaints." if not ledger.complaints else "No such complaints.")
        return
    rows = tuple(
        (
            one.case,
            one.category,
            f"{one.status}, overdue" if one.is_overdue() else one.status,
            one.due.isoformat(),
            one.table or "all",
            str(len(one.releases)),
            "erased" if one.erased else "kept" if one.text else "none",
        )
        for one in found
    )
    head = ("case", "category", "status", "due", "table", "releases", "text")
    print(Table(head, rows, ("releases",)).text())


def _plain(one):
    return {
        "case": one.case,
        "category": one.category,
        "status": one.status,
        "open": one.is_open,
        "overdue": one.is_overdue(),
        "opened": one.opened.isoformat(),
        "due": one.due.isoformat(),
        "table": one.table,
        "releases": list(one.releases),
        "steps": [[when.isoformat(), what, value] for when, what, value in one.steps],
    }


COMMANDS = {
    "verify": _verify,
    "dashboard": _dashboard,
    "backup": _backup,
    "complaints": _complaints,
}
