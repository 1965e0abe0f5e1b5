"""The style guide and the error pages in a real browser, under the content policy: accessible, no sideways scroll, light."""

import gzip
import http.server
import json
import threading

import pytest
from csp.utils import build_policy
from django.conf import settings
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


class Pages(http.server.BaseHTTPRequestHandler):
    """Serves drawn pages and static files, with the content policy of the real system."""

    def do_GET(self):
        path = self.path.split("?")[0]
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            body, kind = file.read_bytes(), KINDS[file.suffix[1:]]
        elif path.startswith("/page/"):
            body, kind = drawn(path.removeprefix("/page/")), "text/html; charset=utf-8"
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

    def log_message(self, *_):
        pass


def drawn(page):
    if page.isdigit():
        return render_to_string(f"{page}.html").encode()
    return styleguide(RequestFactory().get("/"), page).content


@pytest.fixture(scope="module")
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


class Visit:
    """A page opened in the browser, and what happened while it opened."""

    def __init__(self, browser, url, width, **options):
        self.context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        self.page = self.context.new_page()
        self.devtools = self.context.new_cdp_session(self.page)
        self.complaints, self.requests = [], []
        self.page.on(
            "console", lambda message: message.type == "error" and self.complaints.append(message.text)
        )
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
