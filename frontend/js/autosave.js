// Saves a long form a moment after the last change, and says so.
const PAUSE = 2000;

export function autosave(form) {
  if (form.dataset.autosaveReady) return;
  form.dataset.autosaveReady = "yes";
  const status = form.querySelector("[data-autosave-status]");
  let timer;
  let running;
  let stopped = false;

  function say(key, failed = false) {
    if (!status) return;
    status.textContent = status.dataset[key] ?? "";
    status.classList.toggle("is-failed", failed);
  }

  async function save() {
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    say("saving");
    const asked = form.elements.asked?.value;
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Autosave": "1" },
        credentials: "same-origin",
        redirect: "manual",
        signal,
      });
      if (answer.status === 409) {
        // Another person changed the same questions: the server shows both when this page is sent.
        stopped = true;
        say("clash", true);
        return;
      }
      if (answer.status !== 200 && answer.status !== 204) throw new Error(String(answer.status));
      const marks = answer.status === 200 ? await answer.text() : "";
      const seen = form.querySelector("[data-seen]");
      if (marks && seen && form.elements.asked?.value === asked) seen.value = marks;
      form.dispatchEvent(new CustomEvent("romsai:saved", { bubbles: true }));
      say("saved");
    } catch (error) {
      // A newer save took the place of this one.
      if (signal.aborted) return;
      say("failed", true);
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    running?.abort();
  });
}
