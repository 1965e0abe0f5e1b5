"""Somebody at a browser: what a person does and reads on a page, in a person's words.

The same journey is gone with a finger on a small screen, with nothing but a keyboard, and with script off. On every page
that opens: no complaint of the content policy, no other host, no sideways scroll. On each kind of page, once a run:
axe finds nothing at 390 and at 1280, nothing scrolls sideways at 320; ROMSAI_PICTURES=1 keeps a picture of each width in var/pictures.
What is wrong is gathered in `faults`, so that one journey shows all of it.
"""

import json
import os
import re
from datetime import date
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from romsai.launcher import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
ASKED = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # of what is in order one element a rule is told, and of none its place
    "selectors": False,
    "preload": False,  # style sheets are all of this page's own host
}
PICTURES = Path(ROOT) / "var" / "pictures"
SMALL, WIDE, SMALLEST = 390, 1280, 320
HEIGHT = 844
MANNERS = ["with a finger", "by keyboard only", "with script off"]
PATIENCE = 15_000  # milliseconds: the machine of the tests is shared
TAGS = {"link": "a[href]:not([aria-hidden])", "button": "button:not([aria-hidden])"}
MOST_TABS = 500
# How many stops of the Tab key lie between the focus and an element, about; of the last few each is looked at.
FROM_HERE = 4
STOPS_BEFORE = """target => {
    const groups = new Set(), last = document.activeElement
    return [...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter(one => {
        if (!one.checkVisibility() || one.disabled || one.tabIndex < 0 || one.type === "radio" && groups.has(one.name)) return false
        groups.add(one.type === "radio" && one.name)
        return (last === document.body || last.compareDocumentPosition(one) & 4) && target.compareDocumentPosition(one) & 2
    }).length
}"""
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
EXPECTED = "Failed to load resource"  # what the console says of a page's own 404 or 422; of anything else see _note_answer


class Someone:
    """A browser window of one person. `manner` is one of MANNERS."""

    def __init__(self, browser, url, *, name="", manner=MANNERS[0], width=SMALL):
        self.url, self.name, self.manner = url, name, manner
        self.by_keyboard = manner == "by keyboard only"
        self.context = browser.new_context(
            viewport={"width": width, "height": HEIGHT}, java_script_enabled=manner != "with script off", locale="en-GB"
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.complaints, self.strangers, self.faults = [], set(), []
        self.page.on("console", lambda m: m.type == "error" and EXPECTED not in m.text and self.complaints.append(m.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: dialog.accept())
        self._asking = set()
        self.page.on("request", self._note_request)
        self.page.on("response", self._note_answer)
        self.page.on("requestfinished", lambda request: self._asking.discard(request))
        self.page.on("requestfailed", lambda request: self._asking.discard(request))

    def _note_request(self, request):
        if request.resource_type == "fetch":
            self._asking.add(request)
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.strangers.add(request.url)

    def _note_answer(self, response):
        if response.status >= 400 and response.request.resource_type != "document":
            self.complaints.append(f"{response.status} for {response.url}")

    def leave(self):
        self.context.close()

    # going about

    def opens(self, path):
        """Type an address."""
        self.is_answer = False
        self.status = self.page.goto(path if "://" in path else self.url + path).status
        return self._arrived()

    def signs_in(self, email, password):
        self.opens("/account/login/")
        self.fills("Email", email)
        self.fills("Password", password)
        return self.presses("Sign in")

    def follows(self, text, *, within=None):
        """Follow a link, by its words or the first words of it."""
        return self._go(self._one("link", text, within))

    def arrives_by(self, links):
        """Follow the first of these links."""
        return self._go(links.locator("visible=true").first)

    def presses(self, text, *, within=None):
        """Press a button that sends something."""
        return self._go(self._one("button", text, within))

    def unfolds(self, text):
        """Open a part of the page that is folded up."""
        summary = self.page.locator("summary").filter(has_text=text).first
        if summary.evaluate("summary => summary.parentElement.open"):
            return self
        if self.by_keyboard:
            self._reach(summary)
            self.page.keyboard.press("Enter")
        else:
            summary.click()
        return self

    # filling in

    def fills(self, label, text, *, within=None):
        """Type into the box with this label, over what stands there."""
        box = self._field(label, within)
        if self.by_keyboard:
            self._reach(box)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.press("Delete")
            self.page.keyboard.insert_text(str(text))
        else:
            box.fill(str(text))
        return self

    def fills_day(self, legend, day):
        """Type a day into its three boxes."""
        for label, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            self.fills(label, number, within=self._group(legend))
        return self

    def picks(self, label, option, *, within=None):
        """Choose from a drop-down list."""
        box = self._field(label, within)
        if not self.by_keyboard:
            box.select_option(label=self._option(box, option))
            return self
        self._reach(box)
        number = box.evaluate("(box, text) => [...box.options].findIndex(o => o.label === text)", self._option(box, option))
        self.page.keyboard.press("Home")
        for _step in range(number):
            self.page.keyboard.press("ArrowDown")
        assert box.evaluate("box => box.selectedIndex") == number
        return self

    def chooses(self, legend, option):
        """Choose one of several answers to a question."""
        group = self._group(legend)
        answer = self._named(group, "radio", option)
        if not self.by_keyboard:
            answer.check(force=True)  # the circle drawn over it is its label
            return self
        group_name = answer.get_attribute("name")
        self._tab_until(f"document.activeElement.name === {json.dumps(group_name)}", legend)
        for _step in range(60):
            if answer.is_checked():
                return self
            if answer.evaluate("box => box === document.activeElement"):
                self.page.keyboard.press("Space")
            else:
                self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{option!r} cannot be chosen by keyboard")

    def ticks(self, *options, within=None):
        """Tick boxes by their words."""
        place = self._group(within) if isinstance(within, str) else within or self._main()
        for option in options:
            box = self._named(place, "checkbox", option)
            if box.is_checked():
                continue
            if self.by_keyboard:
                self._reach(box)
                self.page.keyboard.press("Space")
            else:
                box.check(force=True)
        return self

    def answers(self, said, otherwise=("No worry", "No", "Not known", "None")):
        """Work through a questionnaire to its end: `said` by the words of the questions, whatever else must be answered by `otherwise`."""
        asked = set()
        for _page in range(60):
            while question := next(
                (
                    q
                    for q in self._questions()
                    if q["answer"] in ("", "–") and (self._said(said, q) or q["required"]) and q["id"] not in asked
                ),
                None,
            ):
                asked.add(question["id"])
                self._answer(question, self._said(said, question), otherwise)
            asked.clear()
            self.presses("Continue")
            if self.heading() == "Check your answers":
                return self
        raise AssertionError(f"The questionnaire does not end: {self.page.url}")

    def _said(self, said, question):
        return next((answer for words, answer in said.items() if question["words"].casefold().startswith(words.casefold())), None)

    def _questions(self):
        """What the page asks now: words, kind, whether an answer is needed and there."""
        self._settles()
        return self.page.evaluate(
            """() => [...document.querySelectorAll("#answers .govuk-form-group")].filter(group => group.offsetParent && !group.parentElement.closest(".govuk-form-group")).map(group => {
                const label = group.querySelector("legend, label"), boxes = [...group.querySelectorAll("input, textarea, select")]
                const optional = label.querySelector(".rs-optional"), words = label.firstChild.textContent.trim()
                const box = boxes[0], kind = group.querySelector(".govuk-date-input") ? "day" : box.tagName === "SELECT" ? "list" : box.type
                const answer = ["radio", "checkbox"].includes(kind) ? boxes.filter(one => one.checked).map(one => one.value).join(" ") : box.value
                const choices = kind === "list" ? [...box.options].map(one => one.label) : [...group.querySelectorAll("label")].filter(one => one !== label).map(one => one.textContent.trim())
                return {id: box.name, words, kind, required: !optional, answer, choices}
            })"""
        )

    def _settles(self):
        """Questions that hang on the last answer have come or gone."""
        self.page.wait_for_timeout(40)
        while self._asking:
            self.page.wait_for_timeout(20)

    def _answer(self, question, answer, otherwise):
        words, kind = question["words"], question["kind"]
        if kind in ("radio", "checkbox", "list"):
            if answer is None:
                answer = next(
                    (choice for wanted in otherwise for choice in question["choices"] if choice.startswith(wanted)), question["choices"][-1]
                )
            if kind == "radio":
                self.chooses(words, answer)
            elif kind == "list":
                self.picks(words, answer)
            else:
                self.ticks(*([answer] if isinstance(answer, str) else answer), within=words)
        elif kind == "day":
            self.fills_day(words, answer or date.today())
        else:
            self.fills(words, answer or "1")

    # reading

    def text(self):
        return re.sub(r"\s+", " ", self._main().inner_text())

    def reads(self, *texts):
        """These words are on the page."""
        shown = self.text()
        for text in texts:
            assert text.casefold() in shown.casefold(), f"{self.name} does not read {text!r} at {self.page.url}:\n{shown[:3000]}"
        return self

    def does_not_read(self, *texts):
        """These words are nowhere on the page, not even where it is folded up."""
        source = self.page.content()
        for text in texts:
            assert text.casefold() not in source.casefold(), f"{self.name} can read {text!r} at {self.page.url}"
        return self

    def heading(self):
        return self.page.locator("h1").first.inner_text()

    def value(self, label):
        """What stands in the box with this label."""
        return self._field(label, None).input_value()

    def has_search(self):
        return bool(self.page.get_by_role("search").count())

    def searches(self, words):
        """Look for a case by the box at the top of every page."""
        self.fills("Search by name", words)
        return self._go(self.page.get_by_role("search").get_by_role("button"))

    def has_question(self, words):
        return bool(self.page.get_by_text(_begins(words)).locator("visible=true").count())

    # finding things

    def _main(self):
        return self.page.locator("main")

    def _group(self, legend):
        if not isinstance(legend, str):
            return legend
        groups = self.page.locator("fieldset").filter(has=self.page.locator("legend", has_text=_begins(legend)))
        assert groups.count(), f"No question {legend!r} at {self.page.url}:\n{self.text()[:2000]}"
        return groups.last  # the innermost

    def _field(self, label, within):
        place = within if within is not None else self.page
        for pattern in (re.compile(rf"^\s*{re.escape(label)}\s*(\(optional\))?\s*$", re.IGNORECASE), _begins(label)):
            found = place.get_by_label(pattern).locator("visible=true")
            if found.count():
                return found.first
        raise AssertionError(f"No field {label!r} at {self.page.url}:\n{self.text()[:3000]}")

    def _one(self, role, text, within):
        places = [within] if within is not None else [self._main()] if role == "button" else [self._main(), self.page]
        patterns = (re.compile(rf"^\s*{re.escape(text)}\s*$", re.IGNORECASE), _begins(text))
        # By the words that are seen, which is quick, and where there are none by the name that is read out.
        for pattern, place in product(patterns, places):
            for found in (place.locator(TAGS[role]).filter(has_text=pattern), place.get_by_role(role, name=pattern)):
                seen = found.locator("visible=true")
                if seen.count():
                    return seen.first
        raise AssertionError(f"No {role} {text!r} at {self.page.url}:\n{self.text()[:3000]}")

    def _named(self, place, role, option):
        for pattern in (re.compile(rf"^\s*{re.escape(option)}\s*$", re.IGNORECASE), _begins(option)):
            label = place.locator("label").filter(has_text=pattern)
            if label.count() and (box := place.locator(f'input[type={role}][id="{label.first.get_attribute("for")}"]')).count():
                return box
            found = place.get_by_role(role, name=pattern)
            if found.count():
                return found.first
        raise AssertionError(f"No {role} {option!r} at {self.page.url}:\n{self.text()[:3000]}")

    def _option(self, box, text):
        labels = box.evaluate("box => [...box.options].map(o => o.label)")
        for label in labels:
            if label.casefold() == text.casefold():
                return label
        for label in labels:
            if label.casefold().startswith(text.casefold()):
                return label
        raise AssertionError(f"No choice {text!r} among {labels[:60]} at {self.page.url}")

    # hands

    def _go(self, target):
        with self.page.expect_navigation(wait_until="load") as moved:
            if self.by_keyboard:
                self._reach(target)
                self.page.keyboard.press("Enter")
            else:
                target.click()
        self.status = moved.value.status if moved.value else None
        self.is_answer = bool(moved.value) and moved.value.request.method == "POST"
        return self._arrived()

    def _reach(self, target):
        """Press Tab until the target has the focus."""
        if target.evaluate("box => box === document.activeElement"):
            return
        handle = target.element_handle()
        for _press in range(handle.evaluate(STOPS_BEFORE) - FROM_HERE):
            self.page.keyboard.press("Tab")
        for _press in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if handle.evaluate("box => box === document.activeElement"):
                return
        raise AssertionError(f"No Tab reaches {target} at {self.page.url}")

    def _tab_until(self, condition, what):
        for _press in range(MOST_TABS):
            if self.page.evaluate(condition):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"No Tab reaches {what!r} at {self.page.url}")

    # what is asked of every page

    def _arrived(self):
        self.page.wait_for_load_state("load")
        assert self.status is None or self.status < 500, f"{self.status} at {self.page.url}"
        self.faults += [f"{self.page.url}: {text}" for text in self.complaints]
        self.faults += [f"{self.page.url} asks another host: {url}" for url in self.strangers]
        self.complaints.clear()
        self.strangers.clear()
        self._fits(self.page.viewport_size["width"])
        if _is_first(kind := self._kind()):
            self._sees_the_open_tab()
            look = self._let_another_look if self.manner == "with script off" else self._look_closely
            look(kind)
        return self

    def _let_another_look(self, kind):
        """Somebody with script on, at the same page: axe is a script."""
        url, shown = self.page.url, self.page.content()
        other = Someone(self.context.browser, self.url, name=self.name)
        other.faults = self.faults
        other.page.route(lambda asked: asked == url, lambda route: route.fulfill(body=shown, content_type="text/html; charset=utf-8"))
        other.page.goto(url)
        other._look_closely(kind)
        other.leave()

    def _fits(self, width):
        layout = self._devtools("Page.getLayoutMetrics")
        if layout["cssContentSize"]["width"] > width:
            self.faults.append(f"{self.page.url} scrolls sideways at {width}: {self._widest(width)}")

    def _sees_the_open_tab(self):
        hidden = """() => [...document.querySelectorAll(".moj-sub-navigation [aria-current], .govuk-service-navigation [aria-current]")].filter(tab => {
            const place = tab.getBoundingClientRect()
            return place.left < 0 || place.right > innerWidth
        }).map(tab => tab.innerText)"""
        if self.manner != "with script off" and (tabs := self.page.evaluate(hidden)):
            self.faults.append(f"{self.page.url}: the open tab is out of sight: {tabs}")

    def _widest(self, width):
        return self.page.evaluate(
            """width => {
                const scrolls = e => e && (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement))
                return [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > width + 1 && !scrolls(e.parentElement)).slice(0, 3).map(e => e.outerHTML.slice(0, 200))
            }""",
            width,
        )

    def _look_closely(self, kind):
        self._devtools("Runtime.evaluate", expression=AXE.read_text())  # the page's own policy lets nothing in
        for width in (SMALLEST, WIDE, SMALL):  # last the width that the journey goes on with
            self.page.set_viewport_size({"width": width, "height": HEIGHT if width < WIDE else 900})
            self._fits(width)
            if width == SMALLEST:
                continue
            if "ROMSAI_PICTURES" in os.environ:
                self.page.screenshot(path=PICTURES / f"{kind}-{width}.png", full_page=True)
            self.faults += [f"{self.page.url} at {width}: {rule}" for rule in self._violations()]

    def _kind(self):
        """A page by its address without the names of records, and by how many forms it has: a plan being written is not one to be read."""
        path = re.sub(UUID, "x", urlsplit(self.page.url).path).strip("/").replace("/", "-") or f"today-{self.name}"
        errors, forms = self.page.evaluate("['.govuk-error-summary', 'main form'].map(part => document.querySelectorAll(part).length)")
        if errors:
            path += "-errors"
        elif self.is_answer:
            path += "-sent"
        if self.status not in (200, None, 422):
            path += f"-{self.status}"
        return f"{path}-{forms}"

    def _violations(self):
        found = self.page.evaluate(f"axe.run(document, {json.dumps(ASKED)}).then(answer => [answer.passes.length, answer.violations])")
        assert found[0] > 5, "axe did not run"
        return [(rule["id"], rule["help"], [node["html"][:300] for node in rule["nodes"]][:4]) for rule in found[1]]

    def _devtools(self, method, **facts):
        if not hasattr(self, "_session"):
            self._session = self.context.new_cdp_session(self.page)
        return self._session.send(method, facts)


def _is_first(kind):
    """Was this kind of page not yet looked at in this run, by any of its processes?"""
    seen = Path(os.environ["ROMSAI_VAR"]) / "seen"
    seen.mkdir(exist_ok=True)
    try:
        (seen / kind).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _begins(text):
    return re.compile(rf"^\s*{re.escape(text)}", re.IGNORECASE)
