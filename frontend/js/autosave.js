// Saves a long form a moment after the last change, and says so.
const PAUSE = 2000;

export function autosave(form) {
  if (form.dataset.autosaveReady) return;
  form.dataset.autosaveReady = "yes";
  const status = form.querySelector("[data-autosave-status]");
  let timer;
  let running;

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
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Autosave": "1" },
        credentials: "same-origin",
        redirect: "manual",
        signal,
      });
      if (answer.status !== 200 && answer.status !== 204) throw new Error(String(answer.status));
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
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    running?.abort();
  });
}
