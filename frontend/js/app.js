// Staff pages. Everything here only enhances pages that work without it.
import { Button, CharacterCount, Checkboxes, ErrorSummary, PasswordInput, Radios, SkipLink, createAll } from "govuk-frontend";
import { ButtonMenu } from "@ministryofjustice/frontend/moj/components/button-menu/button-menu.mjs";
import { keepAnnouncing } from "./announce.js";
import { autosave } from "./autosave.js";
import { lookUpWhileTyping } from "./lookup.js";
import { guardUnsaved } from "./unsaved.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

// On a small screen a row of tabs is wider than the page: it begins at the one that is open, not at the first.
function showOpenTab(tab) {
  const row = tab.closest("ul");
  const [inner, outer] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
}

function enhance(scope) {
  for (const Part of [Button, CharacterCount, Checkboxes, ErrorSummary, PasswordInput, Radios, SkipLink, ButtonMenu]) {
    createAll(Part, {}, { scope, onError: () => {} });
  }
  scope.querySelectorAll(".moj-sub-navigation [aria-current], .govuk-service-navigation [aria-current]").forEach(showOpenTab);
  scope.querySelectorAll("form[data-unsaved]").forEach(guardUnsaved);
  scope.querySelectorAll("form[data-autosave]").forEach(autosave);
  scope.querySelectorAll("input[data-lookup]").forEach(lookUpWhileTyping);
}

// The passkey scripts only write to the console when a person cancels or the key fails.
document.addEventListener("allauth.error", () => {
  document.querySelector("[data-passkey-error]")?.removeAttribute("hidden");
});

enhance(document);
// Only pages that use htmx fetch it: 13 KB gzipped that a slow line need not carry.
if (document.querySelector("[hx-get], [hx-post]")) {
  import("./htmx.js");
  keepAnnouncing(enhance);
}
