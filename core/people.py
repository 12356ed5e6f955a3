"""Who may give which role to whom, and who may hand out the work. Pure.

Names are what people say of themselves: nothing here proves who somebody is.
"""

from collections.abc import Mapping

from core.casefile import Assignment, Duty, Role

NO_ROLE: Role = "reviewer"
"""The role of a person to whom nobody has given one."""
LEADING: tuple[Role, ...] = ("lead", "admin")
ROLE_WORDS: dict[Role, str] = {
    "reviewer": "Reviewer",
    "physician": "Physician",
    "lead": "Lead",
    "admin": "Administrator",
}
ROLE_MEANS: dict[Role, str] = {
    "reviewer": "Decides on criteria, approves, asks for information, refers to a physician.",
    "physician": "May deny, whole or in part, and settles where two reviews differ.",
    "lead": "Hands out cases and second reviews, settles differences, reopens cases, gives roles.",
    "admin": "As a lead; also makes other administrators.",
}
DUTY_WORDS: dict[Duty, str] = {"review": "Review", "second": "Second review", "physician": "Physician"}


def role_of(name: str, roles: Mapping[str, Role]) -> Role:
    return roles.get(name, NO_ROLE)


def no_role_change(name: str, role: Role, *, by: str, roles: Mapping[str, Role]) -> str:
    """Why `by` may not give `name` the role, as sentences; "" when they may.

    Leads and administrators give roles; only an administrator makes or unmakes one. While nobody is an administrator,
    anybody may become it, and there is always one from then on.
    """
    admins = [person for person, held in roles.items() if held == "admin"]
    if not by or not name:
        return "Say who you are first: a role is given by somebody, to somebody."
    if not admins and by == name and role == "admin":
        return ""
    mine = role_of(by, roles)
    if mine not in LEADING:
        return "Only a lead or an administrator gives roles. Ask one of them."
    if mine != "admin" and "admin" in (role, role_of(name, roles)):
        return "Only an administrator makes or unmakes an administrator. Ask one."
    if admins == [name] and role != "admin":
        return f"{name} is the only administrator. Make somebody else one first."
    return ""


def no_assigning(
    duty: Duty, name: str, *, by: str, roles: Mapping[str, Role], assigned: Mapping[Duty, Assignment]
) -> str:
    """Why `by` may not give the duty to `name` ("" to take it from whoever has it), as sentences; "" when they may.

    Anybody takes what is nobody's, and gives back what is theirs; a second review is only a lead's to give.
    """
    holder = assigned[duty].assignee if duty in assigned else ""
    if not by:
        return "Say who you are first: work is handed out by somebody."
    if duty == "physician" and name and role_of(name, roles) != "physician":
        return f"{name} is not a physician. Give the role first, on Admin, People."
    if duty == "review" and name and "second" in assigned and assigned["second"].assignee == name:
        return f"{name} has the second review of this case. The first is somebody else's."
    if role_of(by, roles) in LEADING:
        return ""
    if duty == "second":
        return "A lead hands out second reviews. Ask one."
    if name == by and holder in ("", by):
        return ""
    if not name and holder == by:
        return ""
    return "You may take what is nobody's and give back what is yours. A lead hands out the rest."
