// Looks a value up while it is typed and shows the page fragment that the server answers with.
const PAUSE = 300;
const SHORTEST = 2;

export function lookUpWhileTyping(input) {
  if (input.dataset.lookupReady) return;
  input.dataset.lookupReady = "yes";
  const target = document.querySelector(input.dataset.lookupTarget);
  const more = (input.dataset.lookupFields ?? "").split(",").filter(Boolean);
  const fields = more.map((name) => input.form?.elements.namedItem(name)).filter((field) => field?.addEventListener);
  let timer;
  let running;

  async function look() {
    running?.abort();
    const typed = input.value.trim();
    if (Array.from(typed).length < SHORTEST) {
      target.replaceChildren();
      return;
    }
    running = new AbortController();
    const { signal } = running;
    const url = new URL(input.dataset.lookup, location.href);
    url.searchParams.set("q", typed);
    for (const field of fields) url.searchParams.set(field.name, field.value);
    try {
      const answer = await fetch(url, { headers: { "X-Lookup": "1" }, credentials: "same-origin", redirect: "manual", signal });
      // Without an answer the form still works: the server looks again when it is sent.
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!signal.aborted) target.replaceChildren(...page.body.childNodes);
    } catch (error) {
      if (!signal.aborted) target.replaceChildren();
    }
  }

  for (const field of [input, ...fields]) {
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    });
  }
}
