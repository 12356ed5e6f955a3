"""Assembles a packet: lays out records, plants the physical faults, writes PDF, labels and facts."""

import copy
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymupdf

from sample_docs import fax
from sample_docs.flow import Flow
from sample_docs.letterheads import Practice, Subject
from sample_docs.markup import Record
from sample_docs.sheet import Mark, Sheet

_WEIGHT = {"contradiction": 0, "near_miss": 1, "evidence": 2}
_DATE = "D:20261102090000Z"


@dataclass(frozen=True)
class Item:
    """A place in the packet: a record, a blank sheet, or a repeat of earlier pages."""

    record: str = ""
    """Name of the record; "" for a blank sheet."""
    picture: bool | tuple[int, ...] = False
    """True: every page is a fax picture; or the record's pages (from 1) that are."""
    turned: Mapping[int, int] = field(default_factory=dict)
    """Page of the record (from 1) -> degrees."""
    repeat: tuple[int, ...] = ()
    """These pages of the record (from 1) again, exactly."""


@dataclass(frozen=True)
class Batch:
    """Pages that arrived together; by fax when it has a sender."""

    items: tuple[Item, ...]
    sender: str = ""
    sent: str = ""
    missing: int = 0
    """A page number that the sending machine counted and that never arrived; 0: none."""


@dataclass(frozen=True)
class Rule:
    """Pages that print a pattern are relevant to a criterion, even where no author said so."""

    criterion: str
    pattern: str
    why: str
    where: str = ""
    """Pattern of the record names it holds for; "" for all."""


@dataclass
class _Leaf:
    sheet: Sheet | None
    picture: bool
    turned: int
    source: str
    other_patient: bool
    original: int = 0
    """Page number of the original of a repeat; 0 otherwise."""


@dataclass
class Plan:
    """All that decides a packet."""

    file: str
    subject: Subject
    practices: Mapping[str, Practice]
    records: Mapping[str, Record]
    batches: Sequence[Batch]
    others: Mapping[str, Subject] = field(default_factory=dict)
    """Record name -> whose it really is (misfiled)."""
    rules: Sequence[Rule] = ()
    seed: int = 20261102

    def write(self, folder: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Write the PDF; returns (labels, facts)."""
        leaves, facts = self._leaves()
        document = pymupdf.open()
        for number, leaf in enumerate(leaves, 1):
            self._put(document, leaf, number)
        document.set_metadata(
            {
                "title": "Prior authorization packet (invented patient)",
                "producer": "Chartsieve sample_docs/make.py",
                "creationDate": _DATE,
                "modDate": _DATE,
            }
        )
        document.save(folder / self.file, garbage=0, deflate=True, no_new_id=True)
        document.close()
        return self._labels(leaves), facts

    def _put(self, document: pymupdf.Document, leaf: _Leaf, number: int) -> None:
        if leaf.sheet is None:
            document.new_page(width=612, height=792)
            return
        if leaf.picture:
            # A repeat is the same picture: its noise is drawn for the original's number.
            page = fax.put_picture(document, leaf.sheet, random.Random(self.seed + (leaf.original or number)))
        else:
            page = leaf.sheet.put(document)
        if leaf.turned:
            page.set_rotation(leaf.turned)

    def _leaves(self) -> tuple[list[_Leaf], dict[str, Any]]:
        leaves: list[_Leaf] = []
        first: dict[str, int] = {}
        faxed: dict[int, str] = {}
        missing: dict[str, Any] | None = None
        for batch in self.batches:
            start = len(leaves)
            for item in batch.items:
                if not item.repeat:
                    first.setdefault(item.record, len(leaves) + 1)
                leaves += self._item(item, leaves, first)
            if not batch.sender:
                continue
            # Blank sheets and repeats are not counted: a blank has no ink, a repeat shows its original's line.
            counted = [at for at in range(start, len(leaves)) if leaves[at].sheet and not leaves[at].original]
            count = len(counted) + (1 if batch.missing else 0)
            numbers = [n for n in range(1, count + 1) if n != batch.missing]
            for at, number in zip(counted, numbers, strict=True):
                sheet = leaves[at].sheet
                assert sheet is not None
                if batch.missing and number == batch.missing + 1:
                    missing = {"number": batch.missing, "of": count, "sender": batch.sender, "before_page": at + 1}
                fax.stamp(sheet, batch.sent, batch.sender, number, count)
                faxed[at + 1] = f"{number} of {count}"
        return leaves, self._facts(leaves, faxed, missing)

    def _item(self, item: Item, leaves: Sequence[_Leaf], first: Mapping[str, int]) -> list[_Leaf]:
        if not item.record:
            return [_Leaf(None, False, 0, "blank", False)]
        if item.repeat:
            out = []
            for page in item.repeat:
                number = first[item.record] + page - 1
                again = copy.copy(leaves[number - 1])
                again.original = number
                out.append(again)
            return out
        record = self.records[item.record]
        subject = self.others.get(item.record, self.subject)
        practice = self.practices[record.options["practice"]]
        sheets = Flow(practice, subject, record, random.Random(f"{self.seed}{item.record}")).lay_out()
        pictures = range(1, len(sheets) + 1) if item.picture is True else item.picture or ()
        return [
            _Leaf(sheet, n in pictures, item.turned.get(n, 0), item.record, item.record in self.others)
            for n, sheet in enumerate(sheets, 1)
        ]

    def _facts(
        self, leaves: Sequence[_Leaf], faxed: Mapping[int, str], missing: dict[str, Any] | None
    ) -> dict[str, Any]:
        numbered = list(enumerate(leaves, 1))
        return {
            "pages": len(leaves),
            "patient": self.subject.plain_name,
            "image_only": [n for n, leaf in numbered if leaf.picture],
            "rotated": {str(n): leaf.turned for n, leaf in numbered if leaf.turned},
            "repeats": {str(n): leaf.original for n, leaf in numbered if leaf.original},
            "blank": [n for n, leaf in numbered if leaf.sheet is None],
            "other_patient": [n for n, leaf in numbered if leaf.other_patient],
            "missing_number": missing,
            "fax_labels": {str(n): label for n, label in faxed.items()},
            "records": {str(n): leaf.source for n, leaf in numbered},
        }

    def _labels(self, leaves: Sequence[_Leaf]) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = []
        for number, leaf in enumerate(leaves, 1):
            if leaf.sheet is None:
                continue
            for mark in self._marks(leaf):
                out.append(
                    {
                        "document": self.file,
                        "page": number,
                        "criterion": mark.criterion,
                        "verdict": "relevant" if mark.relevant else "not_relevant",
                        "why": mark.why,
                        "plant": mark.plant,
                    }
                )
        return sorted(out, key=lambda row: (row["criterion"], row["page"]))

    def _marks(self, leaf: _Leaf) -> list[Mark]:
        """One mark per criterion: what makes the page relevant wins over a near miss on the same page."""
        assert leaf.sheet is not None
        found: dict[str, Mark] = {}
        for mark in sorted(leaf.sheet.marks, key=lambda m: (not m.relevant, _WEIGHT[m.plant])):
            found.setdefault(mark.criterion, mark)
        if not leaf.other_patient:
            for rule in self.rules:
                here = re.match(rule.where, leaf.source)
                if here and rule.criterion not in found and re.search(rule.pattern, leaf.sheet.printed):
                    found[rule.criterion] = Mark(rule.criterion, "evidence", True, rule.why)
        return list(found.values())


def write_jsonl(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
