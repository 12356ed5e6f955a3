"""The sample packets carry planted oddities; reading finds each of them and no others."""

import json
from pathlib import Path

from core.duplicates import mark_duplicates
from core.intake import Limits, inspect_document, read_document

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
