"""A page that came twice is found although a machine read it; a page with one other fact is never taken for it."""

import json
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from core.domain import Page, PageRef, digest
from core.duplicates import Group, groups, mark_duplicates
from core.intake import Limits, read_document
from core.sketch import text_sketch

SAMPLES = Path(__file__).parents[1] / "sample_docs"
NOTE = """Lakeshore Spine and Joint
Patient: Delgado, Warren
DOB: 11/08/1967
Date of service: 06/24/2026
Office visit
Subjective
58 year old man with low back pain radiating to the left leg for 9 weeks, pain 7/10 at worst, numbness of the left foot.
He was treated with naproxen 500 mg twice daily for 6 weeks and prednisone 40 mg for 5 days without relief.
Physical therapy since 05/12/2026, 11 visits, home exercises every day, no lasting improvement.
Denies bladder or bowel dysfunction, fever, weight loss or trauma. No history of cancer.
Objective
BP 132/84, pulse 72, weight 91.5 kg. Gait antalgic. Forward flexion limited to 40 degrees by pain.
Straight leg raise positive on the left at 35 degrees, negative on the right. Ankle dorsiflexion 4/5 left, 5/5 right.
Reflexes symmetric at the knee, left Achilles reflex diminished. Sensation reduced over the dorsum of the left foot.
Radiographs of 06/02/2026 show moderate narrowing of the disc space at L4-5 and no instability or fracture.
Assessment
Lumbar radiculopathy, probable disc herniation, failed conservative care. Criteria for advanced imaging are met.
Plan
MRI of the lumbar spine without contrast. Continue gabapentin 300 mg at night. Return in 3 weeks with the images.
Signed by Anna Whitcomb, PA-C on 06/24/2026"""
HEADER = "10/12/2026 08:41 LAKESHORE SPINE 216 555 0173 PAGE 15 OF 31"
TWINS = [
    ("number", "prednisone 40 mg", "prednisone 80 mg"),
    ("number", "91.5 kg", "915 kg"),
    ("number", "pain 7/10", "pain 1/10"),
    ("number", "4/5 left", "3/5 left"),
    ("number", "L4-5", "L5-6"),
    ("date", "service: 06/24/2026", "service: 06/21/2026"),
    ("date", "since 05/12/2026", "since 05/17/2026"),
    ("unit", "gabapentin 300 mg", "gabapentin 300 mcg"),
    ("name", "He was", "She was"),
    ("drug", "gabapentin", "pregabalin"),
    ("drug", "prednisone", "prednisolone"),
    ("name", "Delgado, Warren", "Hollis, Renata"),
    ("answer", "are met", "are not met"),
    ("answer", "Denies", "Reports"),
    ("answer", "no instability", "gross instability"),
    ("answer", "without contrast", "with contrast"),
    ("answer", "positive on the left", "positive on the right"),
    ("answer", "moderate narrowing", "severe narrowing"),
]
_MISREAD = {
    "l": "1",
    "o": "0",
    "i": "l",
    "s": "5",
    "O": "0",
    "e": "c",
    "t": "f",
    "n": "r",
    "h": "b",
    ".": ",",
    ",": ".",
}
_NUMBERS = count(1)


def grouped(pages: Sequence[Page]) -> tuple[Group, ...]:
    return groups(mark_duplicates(pages))


def page(text: str, source: str = "text", look: bytes = b"", **more: object) -> Page:
    made = Page(PageRef("d", next(_NUMBERS)), text, body=digest(*text.split()), sketch=text_sketch(text), look=look)
    return replace(made, source=source, **more)  # type: ignore[arg-type]


def recognised(text: str, seed: int, header: str = HEADER) -> str:
    """What recognition makes of a faxed page: a header on top, letters confused, words joined and cut, points lost.

    Numbers are read rightly: a number read wrongly makes pages similar, and another test is for that.
    """
    dice = random.Random(seed)
    lines = [header]
    for line in text.splitlines():
        words = [_misread(w, dice) if dice.random() < 0.05 else w for w in line.split()]
        joined = "".join(w + ("" if dice.random() < 0.01 and w.isalpha() else " ") for w in words)
        lines.append(joined + dice.choice(("", "", "", "", " .", " |", " —")))
    return "\n".join(lines)


def _misread(word: str, dice: random.Random) -> str:
    if any(c.isdigit() for c in word):
        return word.rstrip(".,") if dice.random() < 0.5 else word
    places = [at for at, c in enumerate(word) if c in _MISREAD]
    if len(word) < 5 or not places:
        return word
    at = dice.choice(places)
    return word[:at] + _MISREAD[word[at]] + word[at + 1 :]


def kinds(pages: Sequence[Page]) -> list[str]:
    return [group.kind for group in grouped(pages)]


def test_the_repeats_of_each_sample_are_copies_and_forms_filled_in_again_are_similar() -> None:
    packets = json.loads((SAMPLES / "facts.json").read_text())
    for name, facts in packets.items():
        pages = list(read_document(SAMPLES / name, document=name, limits=Limits()))
        marked = mark_duplicates(pages)
        assert {str(p.ref.number): p.duplicate_of.number for p in marked if p.duplicate_of} == facts["repeats"], name
        found = grouped(pages)
        copies = {r.number: g.pages[0].number for g in found if g.kind == "copy" for r in g.pages[1:]}
        assert {str(later): first for later, first in copies.items()} == facts["repeats"], name
        similar = [g for g in found if g.kind == "similar"]
        assert len(similar) == {"biologic_12.pdf": 0, "home_oxygen_60.pdf": 1, "spine_mri_150.pdf": 4}[name]
        for group in similar:
            records = {facts["records"][str(r.number)] for r in group.pages}
            assert len(records) == len(group.pages)
            assert len({r.rstrip("0123456789") for r in records}) == 1


@pytest.mark.parametrize("seed", range(20))
def test_a_page_faxed_and_recognised_is_a_copy_of_the_page_in_the_file(seed: int) -> None:
    pages = [page(NOTE), page(recognised(NOTE, seed), "ocr", confidence=0.92)]
    assert grouped(pages) == (Group((pages[0].ref, pages[1].ref), "copy"),)
    assert [p.duplicate_of for p in mark_duplicates(pages)] == [None, pages[0].ref]


def test_most_pages_faxed_twice_are_copies_and_all_are_at_least_similar() -> None:
    other = HEADER.replace("15 OF 31", "4 OF 9").replace("08:41", "11:02")
    found = [
        kinds([page(recognised(NOTE, seed), "ocr"), page(recognised(NOTE, seed + 1000, other), "ocr")])
        for seed in range(40)
    ]
    assert all(len(kind) == 1 for kind in found)
    assert found.count(["copy"]) >= 32


@pytest.mark.parametrize(("kind", "before", "after"), TWINS)
def test_a_page_with_one_other_fact_is_similar_and_never_a_copy(kind: str, before: str, after: str) -> None:
    assert NOTE.count(before) == 1, kind
    twin = NOTE.replace(before, after)
    assert kinds([page(NOTE), page(twin)]) == ["similar"]
    for seed in range(10):
        assert kinds([page(NOTE), page(recognised(twin, seed), "ocr")]) == ["similar"]
        assert kinds([page(recognised(twin, seed), "ocr"), page(NOTE)]) == ["similar"]
        assert kinds([page(recognised(NOTE, seed + 50), "ocr"), page(recognised(twin, seed), "ocr")]) == ["similar"]
        foreign = page(recognised(twin, seed), notes=("scan", "foreign_ocr"))
        assert kinds([page(NOTE), foreign]) == ["similar"]


def test_the_same_form_of_another_patient_is_no_copy_however_often_the_first_ones_name_is_printed() -> None:
    head = "Patient: Delgado, Warren DOB: 11/08/1967"
    note = NOTE.replace("Patient: Delgado, Warren\nDOB: 11/08/1967", head)
    chart = [page(f"{head}\n{chr(97 + n) * 5} " + f"{chr(98 + n) * 4} {chr(99 + n) * 6} " * 40) for n in range(5)]
    twin = note.replace("Delgado, Warren", "Hollis, Renata").replace("11/08/1967", "03/14/1979")
    for seed in range(10):
        assert kinds([*chart, page(note), page(recognised(note, seed), "ocr")]) == ["copy"]
        assert kinds([*chart, page(note), page(recognised(twin, seed), "ocr")]) == ["similar"]


def test_a_digit_read_as_another_leaves_the_pages_similar() -> None:
    again = recognised(NOTE, 1).replace("132/84", "132/34")
    assert kinds([page(NOTE), page(again, "ocr")]) == ["similar"]


def test_a_statement_that_only_one_page_has_makes_no_copy() -> None:
    more = NOTE.replace(
        "Plan\n", "Plan\nPatient asked again about urgent surgical decompression next Friday morning.\n"
    )
    assert kinds([page(NOTE), page(recognised(more, 1), "ocr")]) == ["similar"]
    assert kinds([page(more), page(recognised(NOTE, 1), "ocr")]) == ["similar"]


def test_text_of_files_makes_a_copy_only_word_for_word() -> None:
    misspelt = NOTE.replace("radiating", "radlating")
    assert kinds([page(NOTE), page(misspelt)]) == ["similar"]
    assert kinds([page(NOTE), page(NOTE)]) == ["copy"]


def test_all_copies_stand_in_one_group_however_they_came() -> None:
    faxed = recognised(NOTE, 3)
    pages = [page(NOTE), page(faxed, "ocr"), page("Something else " * 30), page(faxed, "ocr"), page(NOTE)]
    assert grouped(pages) == (Group(tuple(pages[at].ref for at in (0, 1, 3, 4)), "copy"),)
    assert [p.duplicate_of for p in mark_duplicates(pages)] == [None, pages[0].ref, None, pages[0].ref, pages[0].ref]


def test_a_page_is_similar_to_the_first_of_its_form_and_copies_are_named_once() -> None:
    twins = [NOTE.replace("7/10", f"{n}/10").replace("91.5", f"9{n}.5") for n in (3, 4)]
    pages = [page(NOTE), page(twins[0]), page(NOTE), page(twins[1]), page(twins[1])]
    assert grouped(pages) == (
        Group((pages[0].ref, pages[2].ref), "copy"),
        Group((pages[3].ref, pages[4].ref), "copy"),
        Group((pages[0].ref, pages[1].ref, pages[3].ref), "similar"),
    )


def test_blank_pages_and_pages_without_a_body_are_in_no_group() -> None:
    look = bytes(range(32))
    blank = [page("", blank=True, body="", look=look) for _ in range(3)]
    assert grouped(blank) == ()
    assert [p.duplicate_of for p in mark_duplicates(blank)] == [None] * 3
    assert grouped([page("short", body=""), page("short", body="")]) == ()


def test_scans_that_nobody_could_read_are_at_most_similar_by_their_look() -> None:
    look = bytes(range(32))
    near = bytes([255]) + look[1:]
    far = bytes(255 - b for b in look)
    scans = [page("", "none", seen, body="") for seen in (look, near, far)]
    assert grouped(scans) == (Group((scans[0].ref, scans[1].ref), "similar"),)


def test_a_chart_of_150_pages_is_gone_through_in_a_moment() -> None:
    dice = random.Random(1)
    words = ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(2, 9))) for _ in range(2000)]
    pages = [page(" ".join(dice.choices(words, k=300)), look=dice.randbytes(32)) for _ in range(150)]
    start = time.process_time()
    assert grouped(pages) == ()
    assert time.process_time() - start < 0.25


FORM = """Infusion record patient Jane Roe date of birth 03/14/1961 nurse signature physician order infliximab 5 mg per
kg over two hours pre medication acetaminophen 650 mg by mouth diphenhydramine 25 mg observe for infusion reaction
blood pressure {a}/{b} pulse {c} temperature {t} oxygen saturation {s} percent pain score {p} of ten line placed left
forearm first attempt flushed with saline no redness or swelling patient tolerated the infusion well discharged home
with written instructions next visit in eight weeks on {d}/{m}/2026 weight {w} kg insurance verified allergies
penicillin current medication methotrexate 15 mg weekly folic acid 1 mg daily"""


def infusions(count: int, seed: int) -> list[Page]:
    """The same form with other values on each page, recognised."""
    dice = random.Random(seed)
    ranges = {"a": (100, 150), "b": (60, 95), "c": (60, 100), "t": (96, 99), "s": (92, 99), "p": (0, 9)}
    ranges |= {"d": (1, 28), "m": (1, 12), "w": (70, 80)}
    texts = (FORM.format(**{k: dice.randint(*v) for k, v in ranges.items()}) for _ in range(count))
    return [page(recognised(f"{text}\n{text}", dice.randrange(10**9), ""), "ocr", confidence=0.9) for text in texts]


def spent(pages: Sequence[Page]) -> float:
    start = time.process_time()
    grouped(pages)
    return time.process_time() - start


def test_a_form_used_every_day_is_gone_through_quickly_and_again_at_once() -> None:
    pages = infusions(120, 1)
    assert all(p.duplicate_of is None for p in mark_duplicates(pages[:40]))
    assert spent(pages) < 2
    again = [replace(p, text=p.text[:1] + p.text[1:]) for p in pages]
    again[60] = infusions(1, 2)[0]
    assert min(spent(again) for _ in range(3)) < 0.15


def test_a_copy_is_found_among_many_of_its_form() -> None:
    pages = infusions(60, 3)
    text = pages[7].text
    pages.append(page(text.replace("medication", "medlcation", 1), "ocr", confidence=0.9))
    assert mark_duplicates(pages)[-1].duplicate_of == pages[7].ref


def test_what_is_remembered_of_two_pages_does_not_outlive_what_the_case_says() -> None:
    """A word may be another read wrongly, unless other pages of the case use both."""
    pair = [page(NOTE), page(NOTE.replace("lasting", "tasting"), "ocr")]
    others = [page(f"{word} " * 30 + "lasting tasting") for word in ("apple", "pear")]
    assert kinds(pair) == ["copy"]
    assert kinds([*pair, *others])[0] == "similar"
    assert kinds(pair) == ["copy"]


def test_a_packet_made_to_take_long_takes_no_longer_and_names_no_copies_it_has_not_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.duplicates._MOST_IN_VAIN", 0)
    tried = NOTE.replace("are met", "are not met")
    pages = [page(NOTE), page(tried, "ocr"), page(recognised(NOTE, 3), "ocr")]
    assert kinds(pages) == ["similar"]
