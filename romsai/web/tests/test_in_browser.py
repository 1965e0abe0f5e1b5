"""The style guide and the error pages in a real browser, under the content policy: accessible, no sideways scroll, light."""

import gzip
import http.server
import json
import threading
from urllib.parse import unquote

import pytest
from csp.utils import build_policy
from django.conf import settings
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from romsai.web.views_styleguide import styleguide

STATIC = settings.BASE_DIR / "romsai" / "web" / "static"
AXE = settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "woff2": "font/woff2"}
PAGES = ["components", "forms", "list", "record", "public", "404", "500"]

pytestmark = pytest.mark.skipif(
    not (STATIC / "built" / "stamp").exists() or not AXE.exists(),
    reason="the pages are not built (python -m romsai.launcher.assets)",
)


SCRIPTED = """
{% extends "base.html" %}{% block title %}Script{% endblock %}{% block content %}<h1>Script</h1>
<form method="post" action="/page/list" data-unsaved data-autosave="/autosave">
<label for="note">Note</label><input id="note" name="note" data-lookup="/lookup" data-lookup-target="#found" data-lookup-fields="year">
<label for="year">Year</label><input id="year" name="year"><div id="found" class="rs-found" aria-live="polite"></div>
<p class="rs-form__status" role="status" data-autosave-status data-saving="Saving" data-saved="Saved" data-failed="Not saved"></p></form>
<button id="more" hx-get="/fragment" hx-target="#place">More</button><div id="place"></div>{% endblock %}"""


class Pages(http.server.BaseHTTPRequestHandler):
    """Serves drawn pages and static files, with the content policy of the real system."""

    def do_GET(self):
        path = self.path.split("?")[0]
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            body, kind = file.read_bytes(), KINDS[file.suffix[1:]]
        elif path.startswith("/page/"):
            body, kind = drawn(path.removeprefix("/page/")), "text/html; charset=utf-8"
        elif path in self.server.answers:
            self.server.asked.append(self.path)
            body, kind = self.server.answers[path].encode(), "text/html; charset=utf-8"
        else:
            return self.send_error(404)
        zipped = kind not in ("font/woff2",)
        body = gzip.compress(body, 9) if zipped else body
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", build_policy())
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((self.path, self.headers["X-Autosave"], 'name="note"' in sent))
        self.send_response(self.server.answers["/autosave"])
        self.end_headers()

    def log_message(self, *_):
        pass


def drawn(page):
    if page == "scripted":
        return engines["django"].from_string(SCRIPTED).render({}, RequestFactory().get("/")).encode()
    if page.isdigit():
        return render_to_string(f"{page}.html").encode()
    return styleguide(RequestFactory().get("/"), page).content


@pytest.fixture(scope="module")
def server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.answers, server.asked = {}, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture
def address(server):
    server.answers.clear()
    server.asked.clear()
    return f"http://127.0.0.1:{server.server_port}"


class Visit:
    """A page opened in the browser, and what happened while it opened."""

    def __init__(self, browser, url, width, **options):
        self.context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        self.page = self.context.new_page()
        self.devtools = self.context.new_cdp_session(self.page)
        self.complaints, self.requests = [], []
        self.page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfinished", lambda request: self.requests.append(request))
        self.page.goto(url)
        self.page.wait_for_load_state("networkidle")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    def bytes_received(self, without=()):
        sizes = [request.sizes() for request in self.requests if not request.url.endswith(without)]
        return sum(size["responseBodySize"] for size in sizes)

    def width(self):
        return self.devtools.send("Page.getLayoutMetrics")["cssContentSize"]["width"]

    def violations(self):
        # Through the browser's own tools: the page's policy lets no script in.
        self.devtools.send("Runtime.evaluate", {"expression": AXE.read_text()})
        asked = f"axe.run(document, {{runOnly: {json.dumps(RULES)}}})"
        found = self.page.evaluate(f"{asked}.then(answer => [answer.passes.length, answer.violations])")
        assert found[0] > 5, "axe did not run"
        return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found[1]]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_accessible_fits_every_width_and_keeps_the_content_policy(chromium, address, page):
    with Visit(chromium, f"{address}/page/{page}", 1280) as visit:
        for width in (1280, 390, 320):
            visit.page.set_viewport_size({"width": width, "height": 800})
            assert visit.width() <= width
            assert width == 320 or visit.violations() == []
        assert visit.complaints == []
        assert {request.url.split("/")[2] for request in visit.requests} == {address.split("/")[2]}


@pytest.mark.parametrize("page", PAGES)
def test_without_script_a_page_is_whole_on_the_smallest_phone(chromium, address, page):
    with Visit(chromium, f"{address}/page/{page}", 320, java_script_enabled=False) as visit:
        assert visit.width() <= 320
        assert visit.page.locator("h1:visible").count() == 1
        assert visit.complaints == []


def test_pages_are_light(chromium, address):
    with (
        Visit(chromium, f"{address}/page/public", 390) as public,
        Visit(chromium, f"{address}/page/record", 390) as staff,
    ):
        figures = public.bytes_received(), staff.bytes_received()
        print("bytes of a public page and of a staff page with fonts:", figures)
        assert figures[0] <= 20_000
        assert figures[1] <= 130_000
        assert len([request for request in public.requests if not request.url.endswith(".svg")]) <= 3


def test_shift_three_times_leaves_a_public_page(chromium, address):
    with Visit(chromium, f"{address}/page/public", 390) as visit:
        visit.context.route("https://weather.example.org/**", lambda route: route.fulfill(body="Sunny"))
        for _press in range(3):
            visit.page.keyboard.press("Shift")
        visit.page.wait_for_url("https://weather.example.org/")

        assert visit.page.inner_text("body") == "Sunny"


def test_errors_are_reached_by_keyboard(chromium, address):
    with Visit(chromium, f"{address}/page/forms", 390) as visit:
        assert visit.page.evaluate("document.activeElement.className") == "govuk-error-summary"
        visit.page.keyboard.press("Tab")
        visit.page.keyboard.press("Enter")

        assert visit.page.evaluate("document.activeElement.id") == "id_name"


def test_leaving_a_changed_form_is_asked_about_and_an_unchanged_one_is_not(chromium, address):
    with Visit(chromium, f"{address}/page/forms", 390) as visit:
        asked = []
        visit.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        visit.page.goto(f"{address}/page/forms")
        assert asked == []

        visit.page.locator("#id_name").press_sequentially("Noy")
        visit.page.goto(f"{address}/page/list")
        assert asked == ["beforeunload"]


def test_targets_are_large_enough_for_a_finger_on_public_pages(chromium, address):
    with Visit(chromium, f"{address}/page/public", 390) as visit:
        heights = visit.page.evaluate(
            "[...document.querySelectorAll('a:not(.govuk-skip-link), button')]"
            ".filter(target => !target.closest('.rs-danger'))"
            ".map(target => [target.textContent.trim(), Math.round(target.getBoundingClientRect().height)])"
        )
        assert heights
        assert [target for target in heights if target[1] < 44] == []


def test_a_long_form_is_saved_while_it_is_filled_in_and_says_when_it_was_not(chromium, server, address):
    server.answers["/autosave"] = 204
    with Visit(chromium, f"{address}/page/scripted", 390) as visit:
        asked, status = [], visit.page.locator("[data-autosave-status]")
        visit.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        visit.page.locator("#year").press_sequentially("2560")
        status.filter(has_text="Saved").wait_for()
        assert server.asked == [("/autosave", "1", True)]

        server.answers["/autosave"] = 503
        visit.page.locator("#year").press_sequentially("1")
        status.filter(has_text="Not saved").wait_for()
        assert asked == []

        visit.page.goto(f"{address}/page/list")
        assert asked == ["beforeunload"]


def test_a_look_up_shows_the_answer_to_what_was_typed_last(chromium, server, address):
    server.answers["/lookup"] = "<p>One child of this name is known.</p>"
    with Visit(chromium, f"{address}/page/scripted", 390) as visit:
        visit.page.locator("#year").fill("2017")
        visit.page.locator("#note").press_sequentially("ก")
        visit.page.wait_for_timeout(500)
        assert server.asked == []

        visit.page.locator("#note").press_sequentially("ัญญา")
        visit.page.locator("#found p").wait_for()
        assert [unquote(asked) for asked in server.asked] == ["/lookup?q=กัญญา&year=2017"]

        visit.page.locator("#note").fill("")
        visit.page.locator("#found p").wait_for(state="detached")


def test_a_piece_put_in_by_htmx_is_read_out_and_keeps_the_content_policy(chromium, server, address):
    server.answers["/fragment"] = '<p data-announce-text="Three more cases are shown.">Three cases</p>'
    with Visit(chromium, f"{address}/page/scripted", 390) as visit:
        visit.page.locator("#more").click()
        visit.page.locator("#place p").wait_for()

        assert visit.page.locator("[data-announce]").inner_text() == "Three more cases are shown."
        assert visit.complaints == []
