"""The page in a browser: ``make dashboard``, since a test run has none.

``BROWSER=chromium make dashboard``; with ``PICTURES=folder`` it keeps what it sees.
"""

import os
import shutil
from pathlib import Path

import pytest

from skprivate.dashboard import dashboard_page
from tests.dashboard.books import KEY, NOW, hostile, ordinary
from tests.dashboard.browser import browser

pytestmark = pytest.mark.slow
WIDTHS = 320, 390, 768, 1024, 1400
# Of all that is text: how far it stands out from what is behind it, by WCAG.
CONTRAST = """(() => {
  const bare = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const light = colour => {
    bare.clearRect(0, 0, 1, 1); bare.fillStyle = colour; bare.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = bare.getImageData(0, 0, 1, 1).data;
    const f = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    return a < 255 ? null : .2126 * f(r) + .7152 * f(g) + .0722 * f(b);
  };
  const behind = one => {
    for (; one; one = one.parentElement) {
      const back = light(getComputedStyle(one).backgroundColor);
      if (back !== null) return back;
    }
    return 1;
  };
  const found = [];
  for (const one of document.querySelectorAll('body *')) {
    const own = [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || !one.checkVisibility() || ['SCRIPT', 'STYLE'].includes(one.tagName)) continue;
    const style = getComputedStyle(one);
    const ink = light(one.closest('svg') ? style.fill : style.color), back = behind(one);
    const ratio = (Math.max(ink, back) + .05) / (Math.min(ink, back) + .05);
    if (ratio < 4.5) found.push(`${one.tagName}.${one.className}: ${ratio.toFixed(2)}`);
  }
  return found;
})()"""  # noqa: E501
# What is wider than the screen, or is cut off by what holds it.
TOO_WIDE = """(() => {
  const found = [];
  for (const one of document.querySelectorAll('main *, header *')) {
    if (!one.checkVisibility() || one.closest('nav, .hidden, thead, option')) continue;
    const box = one.getBoundingClientRect();
    if (box.width && (box.right > innerWidth + 1 || box.left < -1)
        && getComputedStyle(one).position !== 'absolute')
      found.push(`${one.tagName}.${one.getAttribute('class')} ${box.right}`);
    if (one.matches('.flush') && one.scrollWidth > one.clientWidth + 1)
      found.push(`cut off: ${one.scrollWidth}`);
  }
  return found.slice(0, 5);
})()"""
SMALL = """[...document.querySelectorAll('button, select, input[type=search]')]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 24)
  .map(one => one.outerHTML)"""
SHOWN = (
    "[...document.querySelectorAll('#{} tbody tr')].filter(r => r.checkVisibility())"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def pages(folder):
    """The page of either ledger, as a file."""
    with pytest.MonkeyPatch.context() as patch:
        ledgers = {
            "ordinary": ordinary(folder / "ordinary.ledger", patch),
            "hostile": hostile(folder / "hostile.ledger"),
        }
    policies = [{"max_epsilon": 0.5}, {"max_epsilon": 9.0}]
    for name, ledger in ledgers.items():
        key = KEY if name == "ordinary" else None
        page = dashboard_page(ledger, policies=policies, key=key, now=NOW)
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in ledgers}


@pytest.fixture(scope="module")
def screen():
    program = os.environ.get("BROWSER")
    if program is None:
        program = shutil.which("chromium")
    if program is None:
        pytest.skip("no browser; BROWSER=... names one")
    with browser(program) as page:
        yield page


@pytest.fixture(params=["ordinary", "hostile"])
def page(request, screen, pages):
    """A page that was just opened; it may ask for nothing and complain of nothing."""
    screen.requests.clear()
    screen.complaints.clear()
    screen.open(pages[request.param])
    screen.name = request.param
    screen.look(1400)
    yield screen
    assert screen.requests == [pages[request.param]]
    assert screen.complaints == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_the_screen_and_can_be_read(page, width, dark):
    page.look(width, dark=dark)
    assert page.ask("document.documentElement.scrollWidth") == width
    assert page.ask(TOO_WIDE) == []
    assert page.ask(CONTRAST) == []
    assert page.ask(SMALL) == []
    if "PICTURES" in os.environ:
        name = f"{page.name}_{width}_{'dark' if dark else 'light'}.png"
        Path(os.environ["PICTURES"], name).write_bytes(page.picture())


def fill(page, place, what, value):
    """Put a value in a field, as a person would."""
    page.ask(
        f"(() => {{ const one = document.querySelector('#{place} form {what}');"
        f"one.value = {value!r};"
        "one.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )


def shown(page, place):
    return page.ask(f"{SHOWN.format(place)}.length")


def test_search_and_filters(page):
    if page.name == "hostile":
        return
    assert shown(page, "releases") == 7
    fill(page, "releases", "[data-search]", "forest HILL")
    assert shown(page, "releases") == 1
    assert page.ask("document.querySelector('#releases .count').textContent") == (
        "1 of 7 shown"
    )
    page.ask("document.querySelector('#releases [type=reset]').click()")
    page.ask("new Promise(done => setTimeout(done, 20))")
    assert shown(page, "releases") == 7
    fill(page, "releases", "select[data-key=table]", "Wards")
    assert shown(page, "releases") == 1
    fill(page, "releases", "select[data-key=table]", "")
    page.ask("document.querySelector('#releases [data-only]').click()")
    assert shown(page, "releases") == 2
    page.ask("document.querySelector('#releases [data-only]').click()")
    page.ask("document.querySelector('#releases [data-set=purpose]').click()")
    assert shown(page, "releases") == 3
    assert shown(page, "complaints") == 3
    page.ask("document.querySelector('#complaints [data-only]').click()")
    assert shown(page, "complaints") == 2


def test_every_name_can_be_chosen(page):
    """The value of each option is that of its rows, however it is written."""
    for kind in ("table", "purpose", "name"):
        where = f"#releases select[data-key={kind}]"
        n_options = page.ask(f"document.querySelector('{where}').options.length")
        total = 0
        for i in range(1, n_options):
            page.ask(
                f"(() => {{ const one = document.querySelector('{where}');"
                f"one.selectedIndex = {i};"
                "one.dispatchEvent(new Event('input', {bubbles: true})); })()"
            )
            found = shown(page, "releases")
            assert found > 0
            total += found
        fill(page, "releases", f"select[data-key={kind}]", "")
        assert total == shown(page, "releases")


def test_order(page):
    if page.name == "hostile":
        return
    heads = "#releases th button"
    page.ask(f"document.querySelectorAll('{heads}')[3].click()")
    prices = f"{SHOWN.format('releases')}.map(row => Number(row.cells[3].dataset.by))"
    up = page.ask(prices)
    assert up == sorted(up)
    page.ask(f"document.querySelectorAll('{heads}')[3].click()")
    assert page.ask(prices) == up[::-1]
    sort = f"document.querySelectorAll('{heads}')[3].parentElement.ariaSort"
    assert page.ask(sort) == "descending"


def test_theme_and_keys(page):
    back = "getComputedStyle(document.body).backgroundColor"
    light = page.ask(back)
    page.press("Tab")
    assert page.ask("document.activeElement.className") == "skip"
    button = "document.getElementById('theme')"
    for _ in range(2):
        page.ask(f"{button}.click()")
    assert page.ask(f"{button}.textContent") == "Theme: dark"
    assert page.ask(back) != light
    page.ask(f"{button}.click()")
    assert page.ask(back) == light


def test_print(page):
    page.look(673, medium="print", dark=True)  # A4 within its margins
    hidden = "nav, .filters, .count, #theme"
    visible = "filter(one => one.checkVisibility())"
    assert page.ask(f"[...document.querySelectorAll('{hidden}')].{visible}") == []
    assert page.ask("getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    assert page.printed().startswith(b"%PDF")
    page.ask("dispatchEvent(new Event('beforeprint'))")
    closed = "[...document.querySelectorAll('details')].filter(one => !one.open).length"
    assert page.ask(closed) == 0
    assert page.ask(TOO_WIDE) == []
    if "PICTURES" in os.environ:
        picture = Path(os.environ["PICTURES"], f"{page.name}_print.png")
        picture.write_bytes(page.picture())


def test_names_stay_text(page):
    there = page.ask(
        "[document.scripts.length, document.images.length, document.forms.length, "
        "document.querySelectorAll('iframe, object, embed, link, base').length]"
    )
    assert there == [1, 0, 2, 0]
    handlers = (
        "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes])"
        ".filter(a => /^on|^src|^style|^action/.test(a.name)"
        " || a.name === 'href' && !a.value.startsWith('#')).length"
    )
    assert page.ask(handlers) == 0
