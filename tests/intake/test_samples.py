"""The sample packets carry planted oddities; reading finds each of them and no others."""

import json
from pathlib import Path

import pytest

from core.domain import Page
from core.duplicates import groups, mark_duplicates
from core.intake import Children, Limits, Recogniser, inspect_document, read_document, wants_recognition
from core.numbering import missing_numbers

SAMPLES = Path(__file__).parents[2] / "sample_docs"


def test_planted_pages_are_found_and_no_others() -> None:
    packets = json.loads((SAMPLES / "facts.json").read_text())
    assert packets
    for name, facts in packets.items():
        pages = mark_duplicates(list(read_document(SAMPLES / name, document=name, limits=Limits())))
        assert len(pages) == facts["pages"] == inspect_document(SAMPLES / name, Limits()).pages
        found = {
            "image_only": [p.ref.number for p in pages if p.source == "none"],
            "blank": [p.ref.number for p in pages if p.blank],
            "rotated": {str(p.ref.number): p.rotation for p in pages if p.rotation},
            "repeats": {str(p.ref.number): p.duplicate_of.number for p in pages if p.duplicate_of},
        }
        assert found == {key: facts[key] for key in found}, name
        stamped = {n: label for n, label in facts["fax_labels"].items() if int(n) not in facts["image_only"]}
        assert {n: pages[int(n) - 1].label for n in stamped} == stamped, name


def recognised(name: str) -> list[Page]:
    """The pages of a sample after recognition, copies marked."""
    children = Children(Limits())
    pages = list(read_document(SAMPLES / name, document=name, limits=Limits()))
    recogniser = Recogniser(children, languages="eng", data=None, workers=2, seconds=60)
    scans = [page for page in pages if wants_recognition(page)]
    done = {page.ref: page for page in recogniser.recognise(SAMPLES / name, scans)}
    recogniser.close()
    return mark_duplicates([done.get(page.ref, page) for page in pages])


@pytest.mark.parametrize("name", ["home_oxygen_60.pdf", pytest.param("spine_mri_150.pdf", marks=pytest.mark.slow)])
def test_the_scans_are_read_and_nothing_is_found_twice_or_missing_but_what_is(name: str) -> None:
    facts = json.loads((SAMPLES / "facts.json").read_text())[name]
    pages = recognised(name)
    assert [p.ref.number for p in pages if p.source == "ocr"] == facts["image_only"]
    assert [p.ref.number for p in pages if not p.readable] == []
    labels = {str(p.ref.number): p.label for p in pages if p.source == "ocr"}
    wrong = {n: label for n, label in labels.items() if label not in (facts["fax_labels"].get(n, ""), "")}
    assert wrong == {}
    copies = {tuple(ref.number for ref in g.pages) for g in groups(pages) if g.kind == "copy"}
    assert copies == {(first, int(later)) for later, first in facts["repeats"].items()}
    (missing,) = missing_numbers(pages)
    planted = facts["missing_number"]
    assert (missing.first, missing.last, missing.total, missing.before) == (
        planted["number"],
        planted["number"],
        planted["of"],
        planted["before_page"],
    )
