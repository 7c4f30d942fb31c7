"""Ledgers to show: an ordinary one of a year, and one whose every name is hostile."""

from datetime import UTC, datetime, timedelta

from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.base import PrivacyReport
from skprivate.ledger import charge

KEY = bytes(range(32))
NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style><svg onload=alert(1)>",
    "<!-- --> ]]> &lt;b&gt; &amp; {0} {style} %s \\u003c",
    "javascript:alert(1) http://example.org/x.js",
    "right\u202eleft \u2066x\u2069 zero\u200bwidth \x00 \x1b[31m",
    "line\nbreak\r\tand\u2028more",
    "word" * 200,
    "  ",
    "名称 مثال 👩\u200d⚕️",
)


class Clock:
    """Lets moments pass for what is debited meanwhile."""

    def __init__(self, monkeypatch, start):
        self.now = start.timestamp()
        monkeypatch.setattr("time.time", lambda: self.now)

    def move(self, **time):
        """Go on by so much."""
        self.now += timedelta(**time).total_seconds()


def report(budget, assumed=()):
    """What a fit would have said."""
    return PrivacyReport("estimator", budget, (), tuple(assumed), "one row", False)


def ordinary(path, monkeypatch):
    """A year of a table: fits, a search, sites, complaints, one of them overdue."""
    clock = Clock(monkeypatch, datetime(2026, 1, 12, 8, tzinfo=UTC))
    facts = {
        "table": "Admissions 2019 to 2025",
        "retention": "2031-12-31",
        "unit_of_privacy": "one patient: at most one row each",
    }
    ledger = PrivacyLedger(
        3.0, 1e-6, path=path, key=KEY, purpose="Planning of beds", **facts
    )
    with ledger:
        for name, epsilon in (("DPDataProfile", 0.5), ("DPStandardScaler", 0.2)):
            budget = Budget(epsilon, 1e-6)
            charge(name, budget).record(report(budget))
            clock.move(days=17, hours=3)
        for _ in range(20):
            charge("DPLogisticRegression", small := Budget(0.1, 1e-6)).record(
                report(small, ["classes: read off the rows"])
            )
            clock.move(minutes=2)
        clock.move(days=60)
        with ledger.about(purpose="Staff rota of the emergency room"):
            site = ledger.disjoint("site")
            for name in ("Harbour", "Hill", "North Road"):
                with site.part(name):
                    charge("DPRandomForestClassifier", small).record(report(small))
                clock.move(days=5)
            clock.move(days=40)
            with ledger.about(table="Wards"):
                charge("DPHistGradientBoostingRegressor", small)  # without a report
    ledger.complaint("2026-0117", category="access", due="2026-10-01", text="Private.")
    clock.move(days=20)
    ledger.complaint("2026-0121", category="erasure", due="2026-12-31")
    clock.move(days=3)
    ledger.complaint(
        "2026-0122", category="automated decision", table="Admissions 2019 to 2025"
    )
    ledger.change_complaint("2026-0122", status="answered")
    monkeypatch.undo()
    return ledger


def hostile(path):
    """A ledger in which whoever could write a name wrote a hostile one."""
    ledger = PrivacyLedger(
        path=path,
        table=HOSTILE[0],
        purpose=HOSTILE[1],
        retention=HOSTILE[2],
        unit_of_privacy=HOSTILE[3],
    )
    small = Budget(0.01, 1e-6)
    with ledger:
        for text in HOSTILE:
            said = report(small, [text])
            charge(text, small).record(said)
            if not text.strip():
                continue
            with (
                ledger.about(purpose=text, table=text, retention=text),
                ledger.disjoint(text).part(text),
            ):
                charge(f"{text}{text}", small).record(said)
    ledger.complaint("2026-1", category="access", table=HOSTILE[0], text=HOSTILE[1])
    return ledger
