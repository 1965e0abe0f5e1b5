"""Every change to a form: one person uploads a version, a second publishes it. Nothing is ever edited."""

from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.core.actions import Refused, action

from .compile import compile_form, compile_upload
from .differences import retyped
from .models import Form, FormVersion

SHIPPED = Path(__file__).parent / "forms"


@action("questionnaires.upload")
def upload(*, by, content, kind):
    """Keep a workbook as the next version of its form, to wait for a second person. The same file twice is one version.

    Raises `compile.FormErrors` with every mistake and its row.
    """
    compiled, _warnings = compile_upload(content)
    return _keep(content, compiled, kind, uploaded_by=by)


@action("questionnaires.publish")
def publish(version, *, by):
    """Put a version to use; the one in use until now is retired. Begun answers stay with their own version."""
    if version.state != FormVersion.State.DRAFT:
        raise Refused(_("This version is not waiting. Upload the form again to make a new version."))
    if version.uploaded_by_id == by.pk:
        raise Refused(_("You uploaded this version. Ask a second person to read and publish it."))
    changed = _retyped(version)
    if changed:
        raise Refused(" ".join([_("A question has changed its type under the same name."), *changed]))
    _put_to_use(version, by)
    return version


@action("questionnaires.retire")
def retire(version, *, by):
    """Stop using a version; answers given to it stay readable."""
    if version.state != FormVersion.State.PUBLISHED:
        raise Refused(_("This version is not in use."))
    version.state, version.retired_by, version.retired_at = FormVersion.State.RETIRED, by, timezone.now()
    version.save()
    return version


@action("questionnaires.discard")
def discard(version, *, by):
    """Delete a version that nobody has put to use yet, and its form if that was all there was of it."""
    if version.state != FormVersion.State.DRAFT:
        raise Refused(_("This version was put to use. It can be retired, but not deleted."))
    form = Form.objects.select_for_update().get(pk=version.form_id)
    version.delete()
    if not form.versions.exists():
        form.delete()


def _keep(content, compiled, kind, *, uploaded_by):
    form, _made = Form.objects.get_or_create(code=compiled["code"] or kind, defaults={"kind": kind, "title": compiled["title"]})
    form = Form.objects.select_for_update().get(pk=form.pk)
    if form.kind != kind:
        raise Refused(
            _("The form “%(code)s” is used for %(old)s, not for %(new)s. Give this form another form_id on the settings sheet.")
            % {"code": form.code, "old": form.kind, "new": kind}
        )
    sha256 = FormVersion.fingerprint(content)
    known = form.versions.filter(sha256=sha256).first()
    if known:
        return known
    number = (form.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    return FormVersion.objects.create(
        form=form,
        number=number,
        xlsx=content,
        sha256=sha256,
        compiled=compiled,
        languages=compiled["languages"],
        uploaded_by=uploaded_by,
    )


def _retyped(version):
    earlier = version.form.versions.exclude(pk=version.pk).exclude(state=FormVersion.State.DRAFT)
    found = [sentence for old in earlier for sentence in retyped(old.compiled, version.compiled)]
    return list(dict.fromkeys(found))


def _put_to_use(version, by):
    now = timezone.now()
    for old in version.form.versions.filter(state=FormVersion.State.PUBLISHED):
        old.state, old.retired_by, old.retired_at = FormVersion.State.RETIRED, by, now
        old.save()
    version.state, version.published_by, version.published_at = FormVersion.State.PUBLISHED, by, now
    version.save()
    if version.compiled["title"]:
        version.form.title = version.compiled["title"]
        version.form.save()


@transaction.atomic
def load_shipped(by=None):
    """Load the forms that ship with Romsai; safe to repeat. Runs as the system. Returns the versions that are new.

    A shipped form is put to use at once, unless a person has published a version of their own: then it waits as a draft.
    """
    made = []
    for path in sorted(SHIPPED.rglob("*.xlsx")):
        content = path.read_bytes()
        kind = "HTCDS" if path.parent.name == "htcds" else path.stem
        known = FormVersion.objects.filter(form__kind=kind, sha256=FormVersion.fingerprint(content)).exists()
        if known:
            continue
        compiled, _warnings = compile_form(content)
        if kind == "HTCDS":
            compiled["title"] = {"en": "Human Trafficking Case Data Standard 2.0 (IOM)"}
        version = _keep(content, compiled, kind, uploaded_by=by)
        in_use = version.form.published
        if in_use is None or in_use.uploaded_by_id is None:
            _put_to_use(version, by=None)
        made.append(version)
    return made
