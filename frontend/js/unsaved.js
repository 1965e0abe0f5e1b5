// Asks before a person leaves a form with changes that were not sent.
export function guardUnsaved(form) {
  if (form.dataset.unsavedReady) return;
  form.dataset.unsavedReady = "yes";
  let changed = false;

  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  form.addEventListener("romsai:saved", () => (changed = false));
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-confirm-leave='no']")) changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed && form.isConnected) event.preventDefault();
  });
}
