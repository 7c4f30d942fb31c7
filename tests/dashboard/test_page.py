"""The page: what it says of a ledger, and that names of anybody stay text in it."""

import base64
import hashlib
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from skprivate import PrivacyLedger
from skprivate.accounting import Budget, Price, price_of
from skprivate.dashboard import dashboard_page
from skprivate.dashboard._gathered import steps_of
from skprivate.dashboard._shown import aligned, name, number, plain, value, words
from skprivate.dashboard._timeline import timeline_svg
from skprivate.ledger import (
    LedgerTamperedError,
    LedgerUnavailableError,
    _file,
    charge,
)
from tests.dashboard.books import HOSTILE, KEY, NOW, hostile, ordinary, report

ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "section",
    "footer", "nav", "div", "p", "a", "h1", "h2", "h3", "ul", "li", "dl", "dt", "dd",
    "span", "small", "strong", "em", "bdi", "wbr", "code", "time", "figure", "svg",
    "path", "rect", "text", "circle", "form", "label", "input", "select", "option",
    "button", "table", "caption", "thead", "tbody", "tr", "th", "td", "details",
    "summary", "script",
}  # fmt: skip
EMPTY = {"meta", "input", "wbr"}
SMALL = Budget(0.1, 1e-6)
WHOLE = "The ledger is as it was written"


class Reader(HTMLParser):
    """Reads a page, and fails where its elements do not nest."""

    def __init__(self, page):
        super().__init__()
        self.open, self.elements, self.attributes, self.texts = [], [], [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        self.attributes += [(tag, *pair) for pair in attributes]
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append(tag)
        self.attributes += [(tag, *pair) for pair in attributes]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    @property
    def seen(self):
        """What a person reads."""
        return "".join(
            text for tag, text in self.texts if tag not in ("style", "script")
        )


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        yield ordinary(tmp_path_factory.mktemp("year") / "year.ledger", patch)


@pytest.fixture(scope="module")
def page(year):
    policies = [{"max_epsilon": 0.5}, {"max_epsilon": 9.0}]
    return dashboard_page(year, policies=policies, key=KEY, now=NOW)


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory):
    ledger = hostile(tmp_path_factory.mktemp("hostile") / "h.ledger")
    policies = [{"max_epsilon": 1e-3, "strict": True}]
    return dashboard_page(ledger, policies=policies)


def test_it_says_what_the_ledger_holds(page, year):
    seen = Reader(page).seen
    for text in (
        "Admissions 2019 to 2025", "Planning of beds", "2031-12-31",
        "one patient: at most one row each", "26 releases", "2.84", "0.775",
        "site: Harbour, Hill, North Road", "Staff rota of the emergency room",
        "2026-0117", "32 days late", "2 cases open, 1 overdue; 3 in all.",
        "as they were written: by the key", year.head, "assumes facts", "no report",
    ):  # fmt: skip
        assert text in seen, text


def test_policies_are_met_or_not(page):
    seen = Reader(page).seen
    assert "Policy 1not met" in seen
    assert "above max_epsilon=0.5" in seen
    assert "Policy 2met" in seen


def test_it_holds_no_text_of_a_complaint_and_no_folder(page, year):
    assert "Private." not in page
    assert str(year.path).rpartition("/")[0] not in page


@pytest.mark.parametrize("which", ["page", "hostile_page"])
def test_elements_nest_and_nothing_comes_from_elsewhere(which, request):
    read = Reader(request.getfixturevalue(which))
    assert {*read.elements} <= ELEMENTS
    assert read.elements.count("script") == read.elements.count("style") == 1
    for _tag, key, text in read.attributes:
        assert not key.startswith("on")
        assert key not in ("src", "srcset", "style", "action", "formaction", "data")
        if key == "href":
            assert re.fullmatch("#[a-z]+", text)
    ids = [text for _, key, text in read.attributes if key == "id"]
    assert len(ids) == len({*ids})
    links = {text[1:] for _, key, text in read.attributes if key == "href"}
    assert links <= {*ids}
    labels = {text for _, key, text in read.attributes if key == "aria-labelledby"}
    assert labels <= {*ids}


@pytest.mark.parametrize("which", ["page", "hostile_page"])
def test_a_browser_runs_only_our_script(which, request):
    read = Reader(request.getfixturevalue(which))
    (policy,) = [t for tag, _, t in read.attributes if t and "default-src" in t]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        text = "".join(data for where, data in read.texts if where == tag)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
        assert not re.search(r"https?:|//\w|@import|url\(|fetch|XMLHttp|eval", text)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_shown_as_they_are(text, hostile_page):
    read = Reader(hostile_page)
    assert plain(text) in read.seen
    options = {t for tag, key, t in read.attributes if key == "value"}
    assert plain(text, 4000) in options
    assert not [sign for sign in "\u202e\u2066\x00\x1b\u200b" if sign in hostile_page]


@pytest.mark.parametrize("text", [*HOSTILE, "\ud800", "", "aB" * 300, "&lt;aB"])
def test_no_text_can_end_an_element_or_a_value(text):
    for shown in (name(text), value(text), words(text)):
        bare = shown.replace("<bdi>", "").replace("</bdi>", "").replace("<wbr>", "")
        assert not {*"<>\"'"} & {*bare}
        assert bare.encode()
        assert "\n" not in bare
    read = Reader(f'<p title="{value(text)}">{name(text)}</p>')
    assert read.elements[0] == "p"
    assert read.seen == plain(text)


def test_two_long_names_are_two_values():
    assert value("x" * 900) != value("x" * 901)


def checks_in(page):
    """The state of each check."""
    found = re.findall(r'<p>([^<]*)<span class="state">([^<]*)</span>', page)
    return dict(found)


def test_what_is_broken_comes_first(tmp_path):
    ledger = PrivacyLedger(path=tmp_path / "ledger", retention="2020-01-31")
    with ledger:
        charge("first", SMALL)
        charge("second", SMALL, seeded=True)
    ledger.complaint("1", category="access", due="2020-01-01")
    head = ledger.head
    _file.close(ledger.path)
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as connection:
        connection.execute("UPDATE debits SET name = 'other' WHERE id = 1")
    page = dashboard_page(ledger, head=head, now=NOW)
    states = checks_in(page)
    for asked in (
        WHOLE,
        "What may be spent has a cap",
        "Every release says its purpose, table, retention and unit",
        "No table is kept longer than it may be",
        "No noise can be repeated",
        "Every complaint is answered in time",
    ):
        assert states[asked] == "not met", asked
    seen = Reader(page).seen
    assert "6 checks not met" in seen
    assert "row 1 of debits was edited" in seen
    assert "The ledger is not as it was written." in seen
    assert [*states.values()] == sorted(
        states.values(), key=["not met", "to look at", "met"].index
    )


def test_without_noise_it_says_that_nothing_is_bounded():
    from dp_accounting import NonPrivateDpEvent

    free = PrivacyLedger()
    with free:
        charge("raw", NonPrivateDpEvent())
    page = dashboard_page(free, now=NOW + timedelta(days=900))
    assert checks_in(page)["Every release has noise"] == "not met"
    assert "∞" in Reader(page).seen
    assert '"nan' not in page


def test_an_empty_ledger():
    empty = dashboard_page(PrivacyLedger(2.0, 1e-6))
    seen = Reader(empty).seen
    assert seen.count("Nothing has been released yet.") == 2
    assert "No complaint has been recorded." in seen
    assert "not met" not in checks_in(empty).values()


def test_a_file_without_a_chain(tmp_path):
    ledger = PrivacyLedger(1.0, 1e-6, path=tmp_path / "ledger")
    _file.close(ledger.path)
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as connection:
        for table in ("facts", "about", "complaints", "steps", "texts", "chain", "top"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("PRAGMA user_version = 2")
    page = dashboard_page(ledger)
    assert checks_in(page)[WHOLE] == "to look at"
    assert "It has no chain yet." in Reader(page).seen


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE debits SET event = NULL",
        "UPDATE debits SET time = 'x'",
        "UPDATE totals SET renyi = NULL",
        "UPDATE totals SET mu2 = -1",
        "UPDATE facts SET after = NULL",
        "UPDATE steps SET value = 'soon' WHERE what = 'due'",
        "DELETE FROM steps",
        "UPDATE complaints SET releases = '1'",
        "UPDATE reports SET report = '['",
        "UPDATE meta SET value = 'x' WHERE key = 'leader'",
    ],
)
def test_what_cannot_be_shown_is_told_without_its_values(tmp_path, statement):
    ledger = PrivacyLedger(1.0, 1e-6, path=tmp_path / "ledger", table="patients")
    with ledger:
        charge("first", SMALL).record(report(SMALL))
    ledger.complaint("1", category="access")
    _file.close(ledger.path)
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as connection:
        connection.execute(statement)
    told = []
    try:
        told.append(checks_in(dashboard_page(ledger))[WHOLE])
    except LedgerTamperedError as error:
        told.append(str(error))
    assert re.search("not met|was edited|was deleted", told[0])
    for read in ("records", "complaints", "facts"):
        try:
            getattr(ledger, read)
        except LedgerUnavailableError as error:
            told.append(str(error))
    assert not [text for text in told if "soon" in text]


def test_many_releases_make_no_endless_page():
    ledger = PrivacyLedger()
    with ledger:
        for i in range(3):
            charge(f"fit {i}", SMALL).record(report(SMALL))
    one, *_ = ledger.records
    steps = steps_of([one] * 2000, 1e-6)
    assert 200 <= len(steps) <= 300
    total = Price.nothing()
    for _ in range(2000):
        total = total + price_of(SMALL.event)
    assert steps[-1][1] == pytest.approx(total.epsilon(1e-6), rel=1e-9)


@pytest.mark.parametrize("days", [0, 1e-5, 0.02, 0.3, 2, 20, 200, 3000])
@pytest.mark.parametrize("cap", [None, 1.0, 1e-4, 1e6])
@pytest.mark.parametrize("width", [350, 1040])
def test_drawings_of_any_span_stay_in_their_frame(days, cap, width):
    start = datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)
    steps = [(start + timedelta(days=days) * i / 3, 0.1 * i, "fit") for i in range(4)]
    end = start + timedelta(days=days)
    svg = timeline_svg(steps, cap, (), end, width=width, height=230, label="x")
    assert "nan" not in svg
    assert 0 < svg.count("<text") < 30
    numbers = re.findall(r'c[xy]="([^"]+)"', svg)
    assert all(0 <= float(n) <= max(width, 230) for n in numbers)


def test_numbers():
    assert [number(x) for x in (0.5, 1e-6, 2.5e-7, float("inf"), 12)] == [
        "0.5", "10⁻⁶", "2.5·10⁻⁷", "∞", "12",
    ]  # fmt: skip
    assert [aligned(x) for x in (0.5, 0, 1e-5, float("inf"))] == [
        "0.500", "0.000", "10⁻⁵", "∞",
    ]  # fmt: skip


@pytest.mark.parametrize("policies", ["policy.toml", {"max_epsilon": 1.0}, b"x"])
def test_one_policy_is_no_list(policies):
    with pytest.raises(TypeError, match=r"Pass \[policy\]"):
        dashboard_page(PrivacyLedger(), policies=policies)


def test_dates_are_of_the_calendar_and_not_of_this_machine(year):
    with pytest.raises((TypeError, ValueError), match="now"):
        dashboard_page(year, now=datetime(2026, 1, 1))  # without a time zone
