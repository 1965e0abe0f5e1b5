// After htmx has put a new piece into the page: enhance it, move the focus where it asks, read out what changed.
export function keepAnnouncing(enhance) {
  document.addEventListener("htmx:after:swap", () => {
    enhance(document);
    document.querySelector("[data-focus-after-swap]")?.focus();
    const news = document.querySelector("[data-announce-text]");
    const region = document.querySelector("[data-announce]");
    if (news && region) region.textContent = news.dataset.announceText;
  });
}
