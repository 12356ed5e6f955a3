"""What changed between two versions of a document."""

import random
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.amend import PageChange, carry, compare, unchanged
from core.domain import Label, Page, PageRef, digest

OLD, NEW = "a" * 64, "b" * 64
LOOK = bytes(range(32))


def note(subject: str) -> Page:
    """A page of forty words about `subject`; any two have a quarter of their words in common."""
    shared = " ".join(f"word{n}" for n in range(16))
    return Page(PageRef("", 0), f"{shared} " + " ".join(f"{subject}{n}" for n in range(24)))


def scan(look: bytes = LOOK) -> Page:
    return Page(PageRef("", 0), "", source="none", problem="Nobody could read it.", look=look)


def flipped(bits: int) -> bytes:
    return (int.from_bytes(LOOK, "big") ^ ((1 << bits) - 1)).to_bytes(32, "big")


BLANK = Page(PageRef("", 0), "", blank=True)


def version(document: str, *pages: Page) -> list[Page]:
    return [replace(page, ref=PageRef(document, n)) for n, page in enumerate(pages, 1)]


def changes(before: list[Page], after: list[Page]) -> list[str]:
    """As "2>3" for the same page, "2~3" for a changed one, "-2" and "+3"."""
    found = compare(version(OLD, *before), version(NEW, *after))
    written = []
    for c in found:
        if c.kind == "removed":
            written.append(f"-{c.before}")
        elif c.kind == "added":
            written.append(f"+{c.after}")
        else:
            written.append(f"{c.before}{'>' if c.kind == 'same' else '~'}{c.after}")
    return written


A, B, C, D, X, Y = (note(s) for s in "ABCDXY")
B2 = replace(B, text=B.text.replace("B3", "seven").replace("word4", "eight"))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([A, B], [A, B], ["1>1", "2>2"]),
        ([A, B], [A, X, B], ["1>1", "+2", "2>3"]),
        ([A, B, C], [A, C], ["1>1", "-2", "3>2"]),
        ([A, B, C], [A, B2, C], ["1>1", "2~2", "3>3"]),
        ([A, B, C], [A, X, B2, C], ["1>1", "+2", "2~3", "3>4"]),
        ([A, B, C], [A, B2, X, C], ["1>1", "2~2", "+3", "3>4"]),
        ([A, B, C], [A, X, C], ["1>1", "2~2", "3>3"]),
        ([A, B, C], [A, X, Y, C], ["1>1", "-2", "+2", "+3", "3>4"]),
        ([A, B, C, D], [B, C, D, A], ["2>1", "3>2", "4>3", "1>4"]),
        ([A, B, C], [], ["-1", "-2", "-3"]),
        ([], [A], ["+1"]),
    ],
    ids=[
        "nothing changed",
        "inserted",
        "removed",
        "changed",
        "changed after an inserted one",
        "changed before an inserted one",
        "another page at the same place",
        "one page for two others",
        "moved",
        "all removed",
        "all added",
    ],
)
def test_pages_of_two_versions_are_paired(before: list[Page], after: list[Page], expected: list[str]) -> None:
    assert changes(before, after) == expected


def test_repeated_pages_are_paired_in_order() -> None:
    assert changes([A, A, B, A], [A, A, B, A]) == ["1>1", "2>2", "3>3", "4>4"]
    assert changes([A, B, A], [A, A, B, A]) == ["1>1", "+2", "2>3", "3>4"]
    assert sorted(changes([A, A], [A])) in (["-1", "2>1"], ["-2", "1>1"])


def test_blank_pages_are_paired_where_they_stand() -> None:
    assert changes([A, BLANK, B, BLANK], [A, BLANK, B]) == ["1>1", "2>2", "3>3", "-4"]
    assert changes([BLANK, A], [A, BLANK]) == ["-1", "2>1", "+2"]


def test_a_new_fax_header_changes_no_page() -> None:
    stamped = replace(A, text=f"FAX 12:00 {A.text}", body=digest("a"))
    assert changes([replace(A, body=digest("a"))], [stamped]) == ["1>1"]


def test_equal_text_is_the_same_page_where_only_one_version_knows_it_without_its_stamps() -> None:
    assert changes([A], [replace(A, body=digest("a"))]) == ["1>1"]


@pytest.mark.parametrize("bits", [0, 2, 6, 40])
def test_a_scan_that_nobody_read_is_never_the_same_however_much_it_looks_the_same(bits: int) -> None:
    """Forms that differ in a dose written by hand are two bits apart."""
    assert changes([scan()], [scan(flipped(bits))]) == ["1~1"]
    assert unchanged(version(OLD, scan()), version(NEW, scan(flipped(bits)))) == {}


def test_two_unread_scans_with_the_same_rubbish_for_text_are_not_the_same() -> None:
    rubbish = replace(scan(), text="illegible scrawl", body=digest("illegible", "scrawl"))
    assert changes([rubbish], [rubbish]) == ["1~1"]


@pytest.mark.parametrize(("bits", "expected"), [(0, ["1>1"]), (6, ["1>1"]), (7, ["1~1"]), (40, ["1~1"])], ids=str)
def test_a_recognised_page_is_the_same_only_with_its_text_and_its_look(bits: int, expected: list[str]) -> None:
    """Equal text of two forms may leave out what is written on one of them by hand."""
    read = replace(A, source="ocr", confidence=0.93, look=LOOK)
    assert changes([read], [replace(read, look=flipped(bits))]) == expected
    assert changes([read], [replace(read, text=f"{A.text} more", look=flipped(bits))]) == ["1~1"]


def test_a_recognised_page_without_a_look_or_with_text_of_its_own_now_is_not_the_same() -> None:
    read = replace(A, source="ocr", look=LOOK)
    assert changes([replace(read, look=b"")], [replace(read, look=b"")]) == ["1~1"]
    assert changes([read], [replace(read, look=b"")]) == ["1~1"]
    assert changes([read], [A]) == changes([A], [read]) == ["1~1"]


def test_a_page_that_could_not_be_read_is_not_the_same_as_its_text() -> None:
    assert changes([replace(scan(), text=A.text)], [A]) == ["1~1"]


def test_a_readable_page_without_words_is_like_no_other() -> None:
    drawing = Page(PageRef("", 0), "")
    assert changes([drawing], [drawing]) == ["1~1"]


def test_a_packet_recognised_anew_is_paired_page_by_page() -> None:
    """Each page has other mistakes in it; one is missing and one is new."""
    dice = random.Random(7)

    def misread(page: Page) -> Page:
        words = page.text.split()
        for at in dice.sample(range(len(words)), 6):
            words[at] += "?"
        return replace(page, text=" ".join(words))

    pages = [note(f"s{n}q") for n in range(60)]
    after = [misread(p) for p in pages]
    del after[10]
    after.insert(40, X)
    found = compare(version(OLD, *pages), version(NEW, *after))
    expected = [PageChange(n, n, "changed") for n in range(1, 11)]
    expected += [PageChange(11, None, "removed")]
    expected += [PageChange(n, n - 1, "changed") for n in range(12, 42)]
    expected += [PageChange(None, 41, "added")]
    expected += [PageChange(n, n, "changed") for n in range(42, 61)]
    assert found == tuple(expected)


def test_two_long_versions_are_compared_quickly() -> None:
    pages = [note(f"s{n}q") for n in range(1000)]
    after = [replace(p, text=p.text + " more") for p in pages]
    start = time.perf_counter()
    assert {c.kind for c in compare(version(OLD, *pages), version(NEW, *after))} == {"changed"}
    assert time.perf_counter() - start < 5


READ = replace(A, source="ocr", look=LOOK)
READ_ELSEWHERE = replace(READ, look=flipped(20))
PAGES = st.lists(
    st.sampled_from([A, B, B2, C, BLANK, scan(), scan(flipped(5)), scan(flipped(9)), scan(b""), READ, READ_ELSEWHERE])
)


@given(PAGES, PAGES)
def test_every_page_of_both_versions_is_accounted_for_once(before: list[Page], after: list[Page]) -> None:
    old, new = version(OLD, *before), version(NEW, *after)
    found = compare(old, new)
    assert sorted(c.before for c in found if c.before is not None) == [p.ref.number for p in old]
    assert [c.after for c in found if c.after is not None] == [p.ref.number for p in new]
    for c in found:
        assert (c.before is None) == (c.kind == "added")
        assert (c.after is None) == (c.kind == "removed")
        if c.kind == "same" and c.before and c.after:
            one, other = old[c.before - 1], new[c.after - 1]
            assert (one.text, one.source, one.blank, one.look) == (other.text, other.source, other.blank, other.look)
            assert one.source != "none"
    assert len(unchanged(old, new)) == len([c for c in found if c.kind == "same"])


@given(PAGES)
def test_a_version_is_the_same_as_itself_but_for_scans_that_nobody_read(pages: list[Page]) -> None:
    for change, page in zip(compare(version(OLD, *pages), version(NEW, *pages)), pages, strict=True):
        assert change.before == change.after
        assert change.kind == ("changed" if page.source == "none" else "same")


def test_labels_follow_the_pages_that_stayed() -> None:
    old, new = version(OLD, A, B, C, D), version(NEW, D, X, A, B2)
    moved = unchanged(old, new)
    assert moved == {PageRef(OLD, 1): PageRef(NEW, 3), PageRef(OLD, 4): PageRef(NEW, 1)}
    noon = datetime(2026, 11, 2, 12, tzinfo=UTC)
    labels = [Label(PageRef(OLD, n), "c1", "relevant", "Ann", noon, score=0.5, note="See there.") for n in (1, 2, 4)]
    assert carry(labels, moved) == [
        replace(labels[0], page=PageRef(NEW, 3)),
        replace(labels[2], page=PageRef(NEW, 1)),
    ]
