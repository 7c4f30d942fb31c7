"""``python -m skprivate influence`` and ``report``: what a file says, for people."""

import json
import sys
from pathlib import Path

from skprivate.ledger import LedgerUnavailableError


class _NoReportError(Exception):
    """A file is not there, or holds neither a report nor a ledger."""


def print_influence(options):
    """Print a statement; returns the exit status."""
    from skprivate.report import deletions_until, influence_statement

    def made():
        if options.deletions is not None:
            return deletions_until(source, options.deletions, lang=options.lang)
        asked = {"prior": options.prior, "rows": options.rows, "lang": options.lang}
        return influence_statement(source, **asked)

    try:
        source = _source(options.file)
    except _NoReportError as error:
        print(error, file=sys.stderr)
        return 2
    return _printed(made, options.shape)


def print_report(options):
    """Print a report, or what follows from one; returns the exit status."""
    from skprivate import report as room

    def made():
        found = room.privacy_report(source) if _is_ledger(source) else source
        found = found.with_facts(**facts)
        if options.regime:
            given = {"regime": options.regime, "lang": options.lang}
            return room.impact_assessment(found, **given)
        if options.notice:
            given = {"regime": options.notice, "lang": options.lang}
            return room.privacy_notice(found, **given)
        if options.shape == "cyclonedx":
            return room.to_cyclonedx(found)
        if options.shape == "registry":
            return room.to_registry(found, justification=options.because)
        return room.to_hf_metadata(found) if options.shape == "hf" else found

    try:
        source, facts = _source(options.file), _facts(options.facts)
    except _NoReportError as error:
        print(error, file=sys.stderr)
        return 2
    except (LedgerUnavailableError, OSError, TypeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return _printed(made, options.shape)


def _printed(made, shape):
    try:
        print(_shaped(made(), shape))
    except (LedgerUnavailableError, OSError, TypeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _shaped(found, shape):
    if isinstance(found, str):
        return found
    if isinstance(found, dict):
        return json.dumps(found, indent=2)
    if shape == "json":
        return json.dumps(found.to_dict(), indent=2)
    if shape == "html":
        return found.to_html() if hasattr(found, "to_html") else found._repr_html_()
    if shape == "markdown":
        if hasattr(found, "to_markdown"):
            return found.to_markdown()
        return found.to_model_card()
    return repr(found)


def _is_ledger(source):
    return hasattr(source, "records")


def _source(path):
    """The ledger in a file, or the report that it holds as JSON."""
    from skprivate.ledger import PrivacyLedger
    from skprivate.report import ModelPrivacyReport

    try:
        with Path(path).open("rb") as file:
            head = file.read(64).lstrip()
        if not head.startswith(b"{"):
            return PrivacyLedger.open(path)
        return ModelPrivacyReport.from_json(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        found = "There is no such file"
    except OSError as error:
        found = f"It cannot be read ({error.strerror})"
    except LedgerUnavailableError:
        found = "It is no report in JSON, and no ledger that can be used"
    except (json.JSONDecodeError, UnicodeDecodeError):
        found = "It is no whole JSON in UTF-8"
    except (TypeError, ValueError) as error:
        raise _NoReportError(f"{path}: {error}") from None
    raise _NoReportError(
        f"{path}: {found}. Give the file of a durable ledger, or of a report that "
        "report.to_json() was written to."
    )


def _facts(path):
    if path is None:
        return {}
    facts = json.loads(Path(path).read_text(encoding="utf-8"))
    if not isinstance(facts, dict):
        raise TypeError("The file of facts holds no object. Write names and texts.")
    return facts
