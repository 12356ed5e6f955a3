"""People, agreement and templates on the screen "Admin"."""

from streamlit.testing.v1 import AppTest

from core.agreement import Unit, agreement
from core.domain import Label, PageRef
from core.judged import DECIDED
from core.rationales import BUILT_IN, templates_for
from core.workspace import Workspace
from pages.admin.agreement_words import paradox
from pages.components.frame import workspace
from tests.pages.test_screens import app, texts
from tests.twice import ADMIN, DOCUMENT, LEAD, NURSE, OTHER, add_case, decide, give, open_workspace, reviewed_twice


def admin(tab: str, by: str = "", **query: str) -> AppTest:
    test = app("admin", admin=tab, **query, **({"by": by} if by else {}))
    assert not test.exception
    return test


# People


def test_while_nobody_is_an_administrator_anybody_may_become_it_and_the_screen_says_so() -> None:
    test = admin("People", by=NURSE)
    assert "Nobody is an administrator yet" in texts(test)
    test.button(key="admin.people.first").click().run()
    assert workspace().store.course.roles() == {NURSE: "admin"}
    assert "Nobody is an administrator yet" not in texts(test)


def test_the_screen_says_that_names_are_not_proven() -> None:
    assert "Names are not proven" in texts(admin("People"))


def test_a_reviewer_sees_the_roles_and_changes_none() -> None:
    open_workspace().close()
    test = admin("People", by=NURSE)
    assert all(box.disabled for box in test.selectbox)
    assert "admin.people.first" not in [b.key for b in test.button]


def test_a_lead_gives_a_role_and_may_not_make_an_administrator() -> None:
    open_workspace().close()
    test = admin("People", by=LEAD)
    box = test.selectbox(key=f"admin.role.{NURSE}.reviewer")
    assert "Administrator" not in box.options
    box.select("physician").run()
    assert not test.error
    assert workspace().duties.role(NURSE) == "physician"
    assert test.selectbox(key=f"admin.role.{ADMIN}.admin").disabled


# Templates


def test_the_built_in_templates_are_offered_until_one_is_written() -> None:
    test = admin("Templates", by=NURSE)
    assert "come with Chartsieve" in texts(test)
    assert all(t.text in texts(test) for t in BUILT_IN)
    test.text_input(key="admin.template.met").input("Shown on [page].").run()
    test.button(key="admin.template.met.add").click().run()
    (stored,) = workspace().store.course.templates()
    assert (stored.outcome, stored.text, stored.by) == ("met", "Shown on [page].", NURSE)
    assert "come with Chartsieve" not in texts(test)
    assert templates_for("not_met", [stored]) == ()
    test.button(key=f"admin.template.retire.{stored.id}").click().run()
    assert workspace().store.course.templates() == []


# Agreement


def many(opened: Workspace, count: int) -> list[int]:
    return [reviewed_twice(opened, f"Case {n}") for n in range(count)]


def test_without_two_reviews_the_screen_says_how_they_come_about() -> None:
    assert "There are no cases yet" in texts(admin("Agreement"))
    opened = open_workspace()
    add_case(opened)
    opened.close()
    assert "A lead gives a second review" in texts(admin("Agreement"))


def test_the_decisions_of_two_reviews_are_measured_with_the_differences_behind_every_number() -> None:
    opened = open_workspace()
    many(opened, 3)
    begun = add_case(opened, "Begun")
    give(opened, begun, second=OTHER)
    decide(opened, begun, {"A-1": "met"})
    decide(opened, begun, {"A-1": "not_met"}, "second", OTHER)
    opened.close()
    test = admin("Agreement")
    words = texts(test)
    assert "9 criteria with two judgements or more, of 3 cases" in words
    assert "1 case with a second review under way are left out" in words
    assert "| 0.67 |" in words
    assert "Where they differ" in words
    assert "Begun" not in words
    links = [link.proto.label.replace("\\", "") for link in test.get("page_link")]
    assert [label for label in links if label.endswith("A-2")] == [f"Case {n}, A-2" for n in range(3)]
    test.button(key="agreement.cell.met.not_met").click().run()
    assert "met against not met" in texts(test)


def test_labels_of_several_people_are_measured_and_those_under_a_blind_review_are_left_out() -> None:
    opened = open_workspace()
    cases = [add_case(opened, f"Case {n}") for n in range(2)]
    for case in cases:
        for who, verdict in ((NURSE, "relevant"), (OTHER, "not_relevant"), (LEAD, "unsure")):
            label = Label(PageRef(DOCUMENT, 2), "A-1", verdict, who, opened.now())  # type: ignore[arg-type]
            opened.store.add_label(case, label)
    give(opened, cases[1], second=OTHER)
    opened.close()
    words = texts(admin("Agreement", judged="Page labels"))
    assert "1 pages with two judgements or more, of 1 case" in words
    assert "1 label “unsure” count as missing" in words
    assert "1 case with a second review under way are left out" in words


def test_a_low_kappa_beside_high_agreement_is_explained() -> None:
    pairs = [("met", "met")] * 93 + [("met", "not_met"), ("not_met", "met")] * 3 + [("not_met", "not_met")]
    units = [Unit(n, "A-1", {"first": a, "second": b}) for n, (a, b) in enumerate(pairs)]
    assert "96% of the judgements are “met”" in paradox(agreement(units, DECIDED, seed=1))
    even = [Unit(n, "A-1", {"first": c, "second": c}) for n, c in enumerate(("met", "not_met") * 20)]
    assert paradox(agreement(even, DECIDED, seed=1)) == ""
