"""`make shots`: pictures of the main pages on a phone and on a desk, into docs/pictures, for the tour of the README."""

import base64
import re

import pytest
from django.conf import settings

from romsai.web.demo.country import email, told

PICTURES = settings.BASE_DIR / "docs" / "pictures"
WIDTHS = {390: 844, 1280: 900}
TALLEST = 1500

# name of the picture: who looks (nobody: a visitor), from where, and links that are followed in turn by their words
PAGES = {
    "public": (None, "/start/", []),
    "public-danger": (None, "/start/worried/", []),
    "today-worker": ("worker", "/", []),
    "caseload": ("worker", "/cases/", []),
    "case": ("worker2", "/cases/", ["ດາວ ສົມມຸດ"]),
    "plan": ("worker2", "/cases/", ["ດາວ ສົມມຸດ", "Care plan"]),
    "today-operator": ("operator", "/", []),
    "report": ("operator", "/", ["In danger now"]),
    "new-report": ("operator", "/cases/reports/new/", []),
    "today-supervisor": ("supervisor", "/", []),
    "approval": ("supervisor", "/cases/approvals/", ["Case plan"]),
    "team": ("supervisor", "/cases/team/", []),
    "today-shelter": ("shelter", "/", []),
    "referral": ("shelter", "/care/referrals/", ["Emergency shelter"]),
    "today-police": ("police", "/", []),
    "today-border": ("border", "/", []),
    "today-coordinator": ("coordinator", "/", []),
    "cases-by-pseudonym": ("coordinator", "/cases/team/list/", []),
    "today-administrator": ("admin", "/", []),
    "forms": ("admin", "/forms/", []),
    "log": ("auditor", "/log/", []),
    "today-data-officer": ("mne", "/", []),
}
# The public's pages use the fonts of the reader's device; the machine that takes the pictures may have none for these scripts.
SCRIPTS = {"Noto Sans Thai": ("thai-looped-thai", "U+E00-E7F"), "Noto Sans Lao": ("lao-lao", "U+E80-EFF")}
FACE = "@font-face {{ font-family: '{}'; src: url(data:font/woff2;base64,{}); font-weight: 100 900; unicode-range: {}; }}"


@pytest.mark.shots
def test_pictures_of_the_main_pages(live_romsai, chromium):
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width, height in WIDTHS.items():
        people = {}
        for name, (who, path, links) in PAGES.items():
            if who not in people:
                people[who] = _enter(chromium, live_romsai.url, who, {"width": width, "height": height})
            page = people[who]
            page.goto(live_romsai.url + path)
            for words in links:
                page.get_by_role("link", name=re.compile(re.escape(words))).first.click()
                page.wait_for_load_state()
            assert page.locator("h1").count() == 1, f"{name} at {width}: {page.title()}"
            _picture(page, name, width)
        page = people[None]
        for language in ("th", "lo"):
            page.goto(f"{live_romsai.url}/language/{language}/?to=/start/")
            _picture(page, f"public-{language}", width)
        for person in people.values():
            person.context.close()
    assert len(list(PICTURES.glob("*.png"))) >= 2 * len(PAGES)


def _picture(page, name, width):
    page.evaluate("document.fonts.ready.then(() => null)")
    tall = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True, clip={"x": 0, "y": 0, "width": width, "height": tall})


def _enter(browser, url, who, viewport):
    context = browser.new_context(viewport=viewport, locale="en", reduced_motion="reduce", bypass_csp=True)
    context.route("**/built/public*.css", _with_fonts)
    page = context.new_page()
    if who:
        page.goto(f"{url}/account/login/")
        page.fill("input[name=login]", email(who))
        page.fill("input[name=password]", told("country")["password"])
        page.press("input[name=password]", "Enter")
        page.wait_for_url(f"{url}/")
    return page


def _with_fonts(route):
    """The style sheet with the fonts in it: one that came later would leave the letters drawn before it as boxes."""
    faces = []
    for name, (part, letters) in SCRIPTS.items():
        font = (settings.BASE_DIR / f"romsai/web/static/built/fonts/noto-sans-{part}-wght-normal.woff2").read_bytes()
        faces.append(FACE.format(name, base64.b64encode(font).decode(), letters))
    answer = route.fetch()
    route.fulfill(response=answer, body="".join(faces) + answer.text())
