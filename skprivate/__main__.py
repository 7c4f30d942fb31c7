"""Command line: ``python -m skprivate ledger FILE``, ``dashboard``, ``report`` ..."""

import argparse
import logging
import os
import sys
import time

_PASSWORD = "SKPRIVATE_PASSWORD"
_RING = f"file of keys; its password is in {_PASSWORD}"


def main(arguments=None):
    """Print what was asked for; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m skprivate")
    commands = parser.add_subparsers(required=True, metavar="command")
    ledger = commands.add_parser("ledger", help="print what a privacy ledger holds")
    ledger.add_argument("file", help="file of a durable PrivacyLedger")
    formats = ledger.add_mutually_exclusive_group()
    formats.add_argument("--html", action="store_true", help="as HTML")
    formats.add_argument("--json", action="store_true", help="as JSON, all details")
    ledger.set_defaults(run=_print_ledger)
    warm = commands.add_parser("warm", help="compile what first fits wait for")
    kinds = "for float32 and sparse rows, too: this takes three times as long"
    warm.add_argument("--all", action="store_true", help=kinds)
    warm.set_defaults(run=_warm)
    rows = commands.add_parser("anonymity", help="risks of a table; not private")
    rows.add_argument("file", help="table: CSV or parquet")
    rows.add_argument("--by", nargs="+", required=True, help="quasi-identifiers")
    rows.add_argument("--sensitive", nargs="+", default=None, help="columns")
    rows.set_defaults(run=_print_anonymity)
    attack = commands.add_parser("audit", help="attack a stored model; not private")
    attack.add_argument("model", help="file of save_private_model")
    attack.add_argument("train", help="rows of its fit: CSV or parquet")
    attack.add_argument("test", help="rows that it has not seen")
    attack.add_argument("--target", required=True, help="column")
    attack.add_argument("--ring", help=_RING)
    unlocked = "read a model that is neither encrypted nor verified"
    attack.add_argument("--insecure", action="store_true", help=unlocked)
    attack.add_argument("--false-alarms", nargs="+", type=float, default=[0.01, 0.1])
    attack.set_defaults(run=_print_audit)
    _add_reports(commands)
    _add_books(commands)
    options = parser.parse_args(arguments)
    return options.run(options)


_FILE = "file of a durable ledger, or of a report as JSON"
_FORMATS = ("text", "html", "markdown", "json", "cyclonedx", "registry", "hf")
_REGIMES = ("gdpr", "pipl", "ai_act", "nist")


def _add_reports(commands):
    """Commands for people who ask, and for those who answer for a table."""
    ask = commands.add_parser("influence", help="what results can tell about a person")
    ask.add_argument("file", help=_FILE)
    ask.add_argument("--prior", type=float, default=0.5, help="belief before: 0.5")
    ask.add_argument("--rows", type=int, default=1, help="rows of the person: 1")
    stand = "how many deletions results stand, within this epsilon"
    ask.add_argument("--deletions", type=float, metavar="EPSILON", help=stand)
    ask.add_argument("--format", choices=_FORMATS[:4], default="text", dest="shape")
    ask.set_defaults(run=_print_influence)
    tell = commands.add_parser("report", help="what was released, at what price")
    tell.add_argument("file", help=_FILE)
    kinds = tell.add_mutually_exclusive_group()
    kinds.add_argument("--regime", choices=_REGIMES, help="questions of an assessment")
    kinds.add_argument("--notice", choices=_REGIMES[:2], help="a notice for people")
    tell.add_argument("--facts", help="JSON file of what only people can say")
    tell.add_argument("--because", default="", help="justification, for a registry")
    tell.add_argument("--format", choices=_FORMATS, default="text", dest="shape")
    tell.set_defaults(run=_print_report)
    for parser in (ask, tell):
        parser.add_argument("--lang", choices=("en", "zh"), default="en")


def _add_books(commands):
    """Commands for those who keep the ledger of a table."""
    check = commands.add_parser("verify", help="look for edits of a ledger")
    page = commands.add_parser("dashboard", help="write a page for a browser")
    for parser in (check, page):
        parser.add_argument("file", help="file of a durable PrivacyLedger")
        parser.add_argument("--ring", help=_RING)
        parser.add_argument("--head", help="a head of it that was kept elsewhere")
    page.add_argument("-o", "--output", help="file of the page; else it is printed")
    more = "policy that it is to meet, TOML or JSON; may be repeated"
    page.add_argument("--policy", action="append", default=[], help=more)
    save = commands.add_parser("backup", help="copy a ledger, and print its head")
    save.add_argument("file", help="file of a durable PrivacyLedger")
    save.add_argument("copy", help="where nothing is yet")
    cases = commands.add_parser("complaints", help="list, record, change complaints")
    cases.add_argument("file", help="file of a durable PrivacyLedger")
    does = cases.add_mutually_exclusive_group()
    does.add_argument("--add", metavar="CASE", help="record one; needs --category")
    does.add_argument("--change", metavar="CASE", help="needs --status, or --due")
    does.add_argument("--erase-text", metavar="CASE", help="erase what was written")
    does.add_argument("--show-text", metavar="CASE", help="print what was written")
    for name in ("category", "status", "table"):
        cases.add_argument(f"--{name}")
    cases.add_argument("--due", help="day, such as 2026-12-31")
    cases.add_argument("--text-file", help="what was written; - reads it from a pipe")
    cases.add_argument("--open", action="store_true", help="list open ones only")
    cases.add_argument("--overdue", action="store_true", help="list overdue ones only")
    cases.add_argument("--json", action="store_true", help="as JSON, without texts")
    for name, parser in {
        "verify": check, "dashboard": page, "backup": save, "complaints": cases,
    }.items():  # fmt: skip
        parser.set_defaults(run=_keep_books, what=name)


def _keep_books(options):
    """Do what a command for a ledger says."""
    from skprivate.dashboard._commands import COMMANDS

    try:
        key = None
        if getattr(options, "ring", None):
            from skprivate.security import KeyRing

            password = os.environ.get(_PASSWORD, "")
            key = KeyRing.load(options.ring, password=password)
        return COMMANDS[options.what](options, key)
    except KeyError as error:
        print(error.args[0], file=sys.stderr)
    except (RuntimeError, ImportError, OSError, TypeError, ValueError) as error:
        print(error, file=sys.stderr)
    return 1


def _print_influence(options):
    """Print a statement for a person who asks."""
    from skprivate.report._commands import print_influence

    return print_influence(options)


def _print_report(options):
    """Print a report, or what follows from one."""
    from skprivate.report._commands import print_report

    return print_report(options)


def _print_ledger(options):
    """Print one ledger, which must be there already."""
    from skprivate.ledger import LedgerUnavailableError, PrivacyLedger
    from skprivate.ledger._display import html_of_ledger, json_of_ledger, text_of_ledger

    write = text_of_ledger
    if options.html or options.json:
        write = html_of_ledger if options.html else json_of_ledger
    try:
        print(write(PrivacyLedger.open(options.file)))
    except (LedgerUnavailableError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _print_anonymity(options):
    """Print how many rows of a table are alike, and which columns name people."""
    from skprivate.anonymity import anonymity_report, find_identifiers

    try:
        table = _table(options.file)
        report = anonymity_report(
            table, quasi_identifiers=options.by, sensitive=options.sensitive
        )
    except (ImportError, OSError, TypeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(report)
    for found in find_identifiers(table):
        print(f"  column {found.column!r}: {found.kind}")
    return 0


def _print_audit(options):
    """Print what an attack on a stored model finds."""
    from skprivate.audit import membership_inference_report
    from skprivate.security import KeyRing, load_private_model

    try:
        ring = None
        if options.ring:
            ring = KeyRing.load(options.ring, password=os.environ.get(_PASSWORD, ""))
        model = load_private_model(options.model, key=ring, insecure=options.insecure)
        rows = []
        for path in (options.train, options.test):
            table = _table(path)
            rows += [table.drop(columns=options.target), table[options.target]]
        rates = options.false_alarms
        print(membership_inference_report(model, *rows, false_alarms=rates))
    except (ImportError, KeyError, OSError, TypeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _table(path):
    """A table from a file."""
    try:
        import pandas as pd
    except ImportError:
        raise ImportError("Files of tables are read by pandas. Install it.") from None
    return pd.read_parquet(path) if path.endswith(".parquet") else pd.read_csv(path)


def _warm(options):
    """Fit every estimator, and draw noise of every kind, with all kernels compiled."""
    from skprivate.kernels import without_twins
    from skprivate.testing._warm import warm_up

    logging.getLogger("skprivate").setLevel(logging.ERROR)  # the user asked for it
    start = time.perf_counter()
    with without_twins():
        for name in warm_up(every_type=options.all):
            print(f"{time.perf_counter() - start:6.1f} s  {name}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
