"""How a practice's paper looks: letterhead, running header, footer."""

import zlib
from dataclasses import dataclass
from typing import Literal

from sample_docs.markup import Record
from sample_docs.sheet import BLACK, GREY, WIDTH, Colour, Sheet, bold, italic, width

STAMP = "CHARTSIEVE SAMPLE - INVENTED PATIENT"
WHITE: Colour = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Subject:
    """An invented person."""

    name: str
    """Last, First."""
    born: str
    sex: str
    member: str
    """Number at the payer."""

    @property
    def plain_name(self) -> str:
        last, _, first = self.name.partition(", ")
        return f"{first} {last}"


@dataclass(frozen=True)
class Practice:
    """An invented practice and the hand of its paper."""

    name: str
    line: str
    """Specialty or slogan."""
    address: str
    phones: str
    head: Literal["band", "centre", "logo", "typed", "ehr", "lab", "plain"] = "logo"
    font: Literal["helv", "tiro", "cour"] = "helv"
    size: float = 10.0
    leading: float = 1.28
    gap: float = 0.45
    """Space after a paragraph, in lines."""
    margin: float = 54.0
    top: float = 84.0
    bottom: float = 738.0
    heading: Literal["bar", "rule", "under", "caps", "bold"] = "bold"
    table: Literal["grid", "stripes", "plain"] = "grid"
    signature: Literal["pen", "typed"] = "typed"
    bullet: str = "\u2022"
    colour: Colour = BLACK
    tint: Colour = (0.88, 0.9, 0.93)
    pages: Literal["head", "foot", "none"] = "head"
    """Where "Page i of n" stands."""
    record_number: str = "MRN"
    """What it calls its patient number; "" when it uses none."""


def number_of(practice: Practice, subject: Subject) -> str:
    """The patient's number at a practice."""
    return f"{zlib.crc32((practice.name + subject.name).encode()) % 9_000_000 + 1_000_000}"


def who(practice: Practice, subject: Subject) -> list[str]:
    parts = [f"Patient: {subject.name}", f"DOB: {subject.born}"]
    if practice.record_number:
        parts.append(f"{practice.record_number}: {number_of(practice, subject)}")
    return parts


def first_head(sheet: Sheet, practice: Practice, subject: Subject, record: Record) -> float:
    """Draw the head of a record's first sheet; returns the y below it."""
    draw = {
        "band": _band, "centre": _centre, "logo": _logo, "typed": _typed, "ehr": _ehr, "lab": _lab, "plain": _plain,
    }[practice.head]  # fmt: skip
    y = draw(sheet, practice)
    kind = record.options.get("who", "box" if practice.head in ("ehr", "lab") else "line")
    if kind == "box":
        y = _patient_box(sheet, practice, subject, record, y)
    elif kind == "line":
        y = _patient_line(sheet, practice, subject, record, y)
    elif kind == "letter" and "date" in record.options:
        sheet.text(practice.margin, y + 12, record.options["date"], practice.font, practice.size)
        y += 28
    title = record.options.get("title", "")
    if title:
        size = practice.size + 2.5
        if practice.head in ("centre", "typed"):
            sheet.centre(y + size, title, bold(practice.font), size)
        else:
            sheet.text(practice.margin, y + size, title, bold(practice.font), size, practice.colour)
        y += size + 10
    return y


def running_head(sheet: Sheet, practice: Practice, subject: Subject, record: Record, number: int, of: int) -> None:
    p = practice
    text = "   ".join(who(p, subject))
    if "date" in record.options:
        text += "   " + record.options["date"]
    if p.head == "ehr":
        sheet.rect(p.margin, 44, WIDTH - 2 * p.margin, 18, fill=p.tint)
        sheet.text(p.margin + 4, 57, text, p.font, 8.5)
        sheet.right(WIDTH - p.margin - 4, 57, f"Page {number} of {of}", p.font, 8.5)
        return
    sheet.text(p.margin, 56, text, bold(p.font) if p.head == "band" else p.font, 8.5)
    if p.pages == "head":
        sheet.right(WIDTH - p.margin, 56, f"Page {number} of {of}", p.font, 8.5)
    sheet.line(p.margin, 61, WIDTH - p.margin, 61, 0.5, GREY)


def foot(sheet: Sheet, practice: Practice, subject: Subject, record: Record, number: int, of: int) -> None:
    p = practice
    if p.pages == "foot":
        sheet.text(p.margin, 757, f"{subject.plain_name}  DOB {subject.born}", p.font, 7.5, GREY)
        sheet.right(WIDTH - p.margin, 757, f"{number} / {of}", p.font, 7.5, GREY)
    elif number == 1 and of > 1 and p.pages == "head":
        sheet.right(WIDTH - p.margin, 757, f"Page 1 of {of}", p.font, 8, GREY)
    if record.options.get("foot"):
        sheet.text(p.margin, 766, record.options["foot"], p.font, 7, GREY)
    sheet.centre(782, STAMP, "helv", 4.5, (0.72, 0.72, 0.72))


def _band(sheet: Sheet, p: Practice) -> float:
    sheet.rect(0, 30, WIDTH, 46, fill=p.colour)
    sheet.text(p.margin, 51, p.name, bold(p.font), 16, WHITE)
    sheet.text(p.margin, 66, p.line, p.font, 8.5, WHITE)
    sheet.right(WIDTH - p.margin, 51, p.address, p.font, 8, WHITE)
    sheet.right(WIDTH - p.margin, 66, p.phones, p.font, 8, WHITE)
    return 90


def _centre(sheet: Sheet, p: Practice) -> float:
    sheet.centre(52, p.name.upper(), bold(p.font), 15, p.colour)
    sheet.centre(65, p.line, italic(p.font), 9.5)
    sheet.centre(77, f"{p.address}   {p.phones}", p.font, 8.5)
    sheet.line(p.margin, 83, WIDTH - p.margin, 83, 1.2, p.colour)
    sheet.line(p.margin, 85.5, WIDTH - p.margin, 85.5, 0.4, p.colour)
    return 96


def _logo(sheet: Sheet, p: Practice) -> float:
    x, y = p.margin, 36.0
    light: Colour = (min(1, p.colour[0] + 0.45), min(1, p.colour[1] + 0.45), min(1, p.colour[2] + 0.45))
    sheet.rect(x, y, 16, 34, fill=p.colour)
    sheet.rect(x + 19, y, 16, 15.5, fill=light)
    sheet.rect(x + 19, y + 18.5, 16, 15.5, fill=p.colour)
    sheet.text(x + 44, y + 16, p.name, bold(p.font), 14, p.colour)
    sheet.text(x + 44, y + 29, p.line, p.font, 9, GREY)
    for i, part in enumerate([*p.address.split(", ", 1), p.phones]):
        sheet.right(WIDTH - p.margin, y + 8 + i * 11, part, p.font, 8, GREY)
    return 88


def _typed(sheet: Sheet, p: Practice) -> float:
    sheet.centre(50, p.name.upper(), bold(p.font), 12)
    sheet.centre(63, p.address.upper(), p.font, 9)
    sheet.centre(75, p.phones, p.font, 9)
    return 92


def _ehr(sheet: Sheet, p: Practice) -> float:
    sheet.text(p.margin, 50, p.name, bold(p.font), 11, p.colour)
    sheet.text(p.margin, 62, f"{p.address}   {p.phones}", p.font, 7.5, GREY)
    sheet.right(WIDTH - p.margin, 50, p.line, p.font, 8, GREY)
    return 70


def _lab(sheet: Sheet, p: Practice) -> float:
    end = sheet.text(p.margin, 54, p.name, bold(p.font), 18, p.colour)
    sheet.text(end + 8, 54, p.line, italic(p.font), 8)
    sheet.text(p.margin, 66, f"{p.address}   {p.phones}", p.font, 7.5)
    sheet.line(p.margin, 71, WIDTH - p.margin, 71, 2.0, p.colour)
    return 78


def _plain(sheet: Sheet, p: Practice) -> float:
    sheet.text(p.margin, 54, f"{p.name}  {p.phones}", p.font, 8.5)
    return 64


def _patient_box(sheet: Sheet, p: Practice, subject: Subject, record: Record, y: float) -> float:
    o = record.options
    left = [("Patient", subject.name), ("DOB / Sex", f"{subject.born}  {subject.sex}")]
    right = [
        (o.get("datelabel", "Date of service"), o.get("date", "")),
        (o.get("bylabel", "Provider"), o.get("by", "")),
    ]
    if p.record_number:
        left.append((p.record_number, number_of(p, subject)))
        right.append((o.get("reflabel", "Encounter"), o.get("ref", number_of(p, subject)[::-1])))
    tall = 13.0 * len(left) + 6
    sheet.rect(p.margin, y, WIDTH - 2 * p.margin, tall, weight=0.7)
    for i in range(len(left)):
        for x, (label, value) in ((p.margin + 5, left[i]), (WIDTH / 2 + 20, right[i])):
            if value:
                sheet.text(x, y + 13 + 13 * i, f"{label}:", bold(p.font), 8.5)
                sheet.text(x + 84, y + 13 + 13 * i, value, p.font, 8.5)
    return y + tall + 10


def _patient_line(sheet: Sheet, p: Practice, subject: Subject, record: Record, y: float) -> float:
    parts = who(p, subject)
    if "date" in record.options:
        parts.append(f"{record.options.get('datelabel', 'Date of Visit')}: {record.options['date']}")
    x = p.margin
    for part in parts:
        if x + width(part, bold(p.font), min(p.size, 9.5)) > WIDTH - p.margin:
            x, y = p.margin, y + 13
        end = sheet.text(x, y + 11, part, bold(p.font), min(p.size, 9.5))
        x = end + 16
    if "by" in record.options:
        y += 13
        sheet.text(
            p.margin, y + 11, f"{record.options.get('bylabel', 'Provider')}: {record.options['by']}", p.font, 9.5
        )
    return y + 22
