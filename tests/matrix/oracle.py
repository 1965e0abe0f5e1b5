"""What the answer must be, in plain Python, written from the domain's table of who sees what and not from policy.yaml.

security notes 3.1, with two decisions of ours where it is silent: narrative follows location (decisions/narrative.md),
legal goes to the assigned and to named recipients only.
"""

CASEWORKERS = {"WORKER", "SUPERVISOR", "MANAGER", "POLICE_LIAISON", "BORDER_CONSULAR", "PANEL"}
LEADS = {"WORKER", "SUPERVISOR", "MANAGER"}
RECIPIENTS = {"PROVIDER", "SHELTER_STAFF", "POLICE_LIAISON", "BORDER_CONSULAR", "WORKER", "SUPERVISOR"}
INTAKE = {"OPERATOR", "WORKER", "SUPERVISOR"}
OPENERS = LEADS | {"OPERATOR"}
NARROW = CASEWORKERS | RECIPIENTS | INTAKE | OPENERS | {"SAFEGUARD"}
WIDE = {"COORDINATOR"}


def database_role(role):
    return "romsai_scope" if role in NARROW else "romsai_wide" if role in WIDE else "romsai_desk"


def excluded(user, case):
    return case.exclusion in ("worker", "agency") or (case.exclusion == "team" and user.team == 1)


def opened(user, case):
    """Has the user opened the case in an emergency, and is it still open?"""
    return user.acts and user.role in OPENERS and case.glass in ("emergency", "cover") and not case.sealed and not excluded(user, case)


def opened_once(user, case):
    """Reaches the line that says that they opened it, now or before."""
    return user.acts and not excluded(user, case) and user.role in OPENERS and case.glass not in ("none", "somebody")


def reads_case(user, case, level, person="CHILD"):
    """May the user read this level of the case (of this person in it)?"""
    if not user.acts or level == "supervision" or excluded(user, case):
        return False
    if user.role in CASEWORKERS and case.assigned in ("lead", "co"):
        return True
    if case.sealed:
        return False
    if user.role == "SUPERVISOR" and case.team == user.team:
        if level in ("core", "course", "work", "identity", "medical"):
            return True
        if level in ("location", "narrative", "services") and case.approval == "waiting":
            return True
        if level == "services" and case.referral[0] == "EXPIRED":
            return True
    if user.role == "MANAGER" and case.agency == 1 and case.area in (1, 11) and level in ("core", "course", "work", "identity"):
        return True
    if user.role == "COORDINATOR" and case.area in (1, 11) and level in ("core", "course") and person is None:
        return True
    if opened(user, case) and level != "legal" and (level not in ("location", "narrative", "services") or case.glass == "emergency"):
        return True
    return user.role in RECIPIENTS and case.share == "live" and level in case.levels and person in (None, "CHILD")


def writes_case(user, case, level):
    """May the user change rows of this level?"""
    if not user.acts or level == "supervision" or excluded(user, case):
        return False
    if user.role in CASEWORKERS and case.assigned in ("lead", "co"):
        return True
    if case.sealed:
        return False
    if user.role == "SUPERVISOR" and case.team == user.team:
        return level in ("core", "course", "work") or (level == "narrative" and case.approval == "waiting")
    return user.role == "MANAGER" and case.agency == 1 and case.area in (1, 11) and level in ("core", "course", "work")


def receives(user, case):
    """Reaches the referral though not the case."""
    state, agency = case.referral
    return (
        user.acts
        and not excluded(user, case)
        and not case.sealed
        and user.role in RECIPIENTS
        and agency == 1
        and state not in ("DRAFT", "CANCELLED")
    )


def serves(user, case):
    """Reaches the words of the referral: while the share behind it lasts."""
    return receives(user, case) and case.share in ("live", "other")


def is_shared(user, case):
    """Reaches the share itself, whatever its levels."""
    return user.acts and not excluded(user, case) and not case.sealed and user.role in RECIPIENTS and case.share == "live"


def keeps_list(user, case):
    """Sees that the people of the case stand on a list of the own agency: says nothing of the case, so a seal does not matter."""
    return user.acts and not excluded(user, case) and user.role in INTAKE | {"MANAGER"} and case.programme == 1


def is_offered(user, case):
    """Reaches the offered transfer though not the case."""
    state, team = case.transfer
    return (
        user.acts
        and not excluded(user, case)
        and not case.sealed
        and user.role == "SUPERVISOR"
        and team == user.team
        and state == "OFFERED"
    )


KEEPERS = CASEWORKERS | {"COORDINATOR"}


def reaches_own(user, table, owner, other, case):
    """Reaches a row that is somebody's own: a notice, a saved filter, a supervision note."""
    if not user.acts or (case and excluded(user, case)):
        return False
    if table == "workforce_notice":
        return user.id == owner.id
    if table == "cases_pair":  # owner and other are the two cases: whoever is kept from one learns of neither
        return other is not None and user.role == "SUPERVISOR" and reads_case(user, owner, "identity") and reads_case(user, other, "identity")
    if table == "workforce_savedfilter":
        return user.role in KEEPERS and user.id == owner.id
    if user.role not in LEADS or (case and not reads_case(user, case, "work", person=None)):
        return False
    leads = (user.role == "SUPERVISOR" and other.role == "WORKER" and other.team == user.team) or (
        user.role == "MANAGER" and other.role == "SUPERVISOR" and other.agency == user.agency
    )
    return user.id in (owner.id, other.id) or leads


def barred(user, report):
    """Excluded from the case of the report, or the one whom it is about."""
    return bool(report.case and excluded(user, report.case)) or report.accused in ("worker", "agency")


def reads_report(user, report, level):
    if not user.acts:
        return False
    case = report.case
    if barred(user, report):
        return False
    if report.about_staff:
        return user.role == "SAFEGUARD"
    if case and user.role in LEADS and case.assigned in (("lead",) if level == "reporter" else ("lead", "co")):
        return True
    if case and case.sealed:
        return False
    return user.role in INTAKE and report.open and report.team == user.team == 1


def writes_report(user, report, level):
    if not user.acts:
        return False
    case = report.case
    if barred(user, report):
        return False
    if report.about_staff:
        return user.role == "SAFEGUARD"
    if level == "narrative" and case and case.assigned in ("lead", "co") and user.role in LEADS:
        return True
    if case and case.sealed:
        return False
    return user.role in INTAKE and report.open and report.team == user.team == 1


def stands(user, thing, relation):
    """Does the user stand in this relation to a case or report, seal and exclusion respected?"""
    if not user.acts:
        return False
    if relation == "glass":
        return opened(user, thing)
    if relation in ("assigned", "lead", "supervisor", "tasked", "chasing", "manager", "coordinator"):
        case = thing
        if excluded(user, case):
            return False
        if relation == "assigned":
            return user.role in CASEWORKERS and case.assigned in ("lead", "co")
        if relation == "lead":
            return user.role in LEADS and case.assigned == "lead"
        if case.sealed:
            return False
        if relation in ("supervisor", "tasked", "chasing"):
            open_task = {"supervisor": True, "tasked": case.approval == "waiting", "chasing": case.referral[0] == "EXPIRED"}[relation]
            return user.role == "SUPERVISOR" and case.team == user.team and open_task
        return (
            user.role == {"manager": "MANAGER", "coordinator": "COORDINATOR"}[relation]
            and case.area in (1, 11)
            and (relation == "coordinator" or case.agency == 1)
        )
    report, case = thing, thing.case
    if barred(user, report) or report.about_staff != (relation == "safeguard"):
        return False
    if relation == "safeguard":
        return user.role == "SAFEGUARD"
    if relation in ("handler", "report_lead"):
        return bool(case) and user.role in LEADS and case.assigned in (("lead", "co") if relation == "handler" else ("lead",))
    if case and case.sealed:
        return False
    return user.role in INTAKE and report.open and report.team == user.team == 1
