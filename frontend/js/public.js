// Public pages: leaving fast, and plain forms.
import { Button, Checkboxes, ErrorSummary, ExitThisPage, Radios, SkipLink, createAll } from "govuk-frontend";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const Part of [Button, Checkboxes, ErrorSummary, ExitThisPage, Radios, SkipLink]) {
  createAll(Part, {}, { onError: () => {} });
}
