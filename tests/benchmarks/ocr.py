"""Recognition of faxed pages: how many words and numbers come out right, where they stand, and what it costs.

    python -m tests.benchmarks.ocr

Pages of the sample packets, with their text as the truth, are put through five kinds of bad fax and turned; none of
them was looked at when the clean-up was chosen. They are read as the application reads them, in child processes, and
by Tesseract's command line where it is installed, raw and after the same clean-up. Prints a table and, as its last
line, one JSON object.
"""

import io
import json
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from shutil import which
from typing import NamedTuple

import pymupdf
from PIL import Image
from rapidfuzz.distance import Levenshtein

from core.domain import Page, Word
from core.intake.child import Children, Limits
from core.intake.clean import clean
from core.intake.recognise import Recogniser
from core.intake.supervisor import read_document
from tests.benchmarks.faxes import FAULTS, Fault, Faxed, faxed, place, put

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "biologic_12.pdf": (9,),
    "home_oxygen_60.pdf": (18, 19, 20, 50),
    "spine_mri_150.pdf": (13, 17, 39, 59, 111, 119, 143),
}
TURNED = 4
"""Pages that are also tried at 90, 180 and 270 degrees."""
NEAR = 6.5
"""Points between a word's true middle and the recognised one."""
FOOTER = frozenset("CHARTSIEVE SAMPLE INVENTED PATIENT".split())  # noqa: SIM905
"""Printed in a grey so pale that no fax machine shows it."""
_DASHES = str.maketrans("–—−‐‑‘’“”", "-----''\"\"")


class Truth(NamedTuple):
    words: list[Word]
    width: float
    height: float


class Case(NamedTuple):
    """One picture of one page."""

    truth: Truth
    picture: Faxed
    turn: int = 0


class Found(NamedTuple):
    """What one engine made of a set of pictures. Shares, 0 to 1."""

    words: float
    digits: float
    cer: float
    wer: float


def truths(opened: ExitStack) -> Iterator[tuple[pymupdf.Page, Truth]]:
    """The pages, which live as long as `opened`, and what is on them."""
    for name, numbers in PAGES.items():
        path = ROOT / "sample_docs" / name
        read = {p.ref.number: p for p in read_document(path, document=name, limits=Limits())}
        document = opened.enter_context(pymupdf.open(path))
        for number in numbers:
            page = read[number]
            words = [w for w in page.words if w.text not in FOOTER and any(c.isalnum() for c in w.text)]
            yield document[number - 1], Truth(words, page.width, page.height)


def tokens(words: Sequence[str]) -> list[str]:
    return [w.translate(_DASHES) for w in words if any(c.isalnum() for c in w)]


def compare(cases: Sequence[Case], texts: Sequence[Sequence[str]]) -> Found:
    hits = total = digit_hits = digits = 0
    cer = wer = 0.0
    for case, text in zip(cases, texts, strict=True):
        true, got = tokens([w.text for w in case.truth.words]), tokens(text)
        both = Counter(true) & Counter(got)
        hits, total = hits + both.total(), total + len(true)
        digit_hits += sum(n for w, n in both.items() if any(c.isdigit() for c in w))
        digits += sum(any(c.isdigit() for c in w) for w in true)
        cer += Levenshtein.normalized_distance(" ".join(true), " ".join(got)) / len(cases)
        wer += Levenshtein.distance(true, got) / len(true) / len(cases)
    return Found(hits / total, digit_hits / digits, cer, wer)


def in_place(case: Case, page: Page) -> tuple[int, int]:
    """(near, found) over the words that are on the page once and were recognised once."""
    true, got = Counter(w.text for w in case.truth.words), Counter(w.text for w in page.words)
    boxes = {w.text: w.box for w in page.words}
    w, h = case.truth.width, case.truth.height
    near = found = 0
    for word in case.truth.words:
        if true[word.text] != 1 or got[word.text] != 1:
            continue
        x, y = place((word.box[0] + word.box[2]) / 2 * w, (word.box[1] + word.box[3]) / 2 * h, case.picture.angle, w, h)
        x, y = {0: (x, y), 90: (h - y, x), 180: (w - x, h - y), 270: (y, w - x)}[case.turn]
        x0, y0, x1, y1 = boxes[word.text]
        dx, dy = (x0 + x1) / 2 * page.width - x, (y0 + y1) / 2 * page.height - y
        near, found = near + (dx * dx + dy * dy <= NEAR * NEAR), found + 1
    return near, found


def product(cases: Sequence[Case], folder: Path, workers: int) -> tuple[list[Page], float, float]:
    """(pages, seconds a page, CPU seconds a page), from the file to the judged pages."""
    path = folder / "faxes.pdf"
    with pymupdf.open() as document:
        for case in cases:
            put(document, case.picture, case.truth.width, case.truth.height, case.turn)
        document.save(path)
    children = Children(Limits())
    pages = list(read_document(path, document="faxes", limits=Limits(), children=children))
    recogniser = Recogniser(children, languages="eng", data=None, workers=workers, seconds=60)
    before, started = _cpu(), time.perf_counter()
    with closing(recogniser.recognise(path, pages)) as done:
        found = sorted(done, key=lambda page: page.ref.number)
    seconds = time.perf_counter() - started
    return found, seconds / len(cases), (_cpu() - before) / len(cases)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def command_line(case: Case, fault: Fault, *, cleaned: bool) -> list[str]:
    """The words that Tesseract's command line finds."""
    picture = case.picture.picture.convert("L")
    if fault.down != fault.across:
        picture = picture.resize(
            (picture.width, round(picture.height * fault.across / fault.down)), Image.Resampling.BICUBIC
        )
    dpi = float(fault.across)
    if cleaned:
        made = clean(picture, dpi)
        picture, dpi = made.picture, dpi * made.scale
    png = io.BytesIO()
    picture.save(png, "PNG", compress_level=1)
    command = ["tesseract", "stdin", "stdout", "--psm", "3", "--dpi", f"{dpi:.0f}", "-l", "eng"]
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "OMP_THREAD_LIMIT": "1"}
    run = subprocess.run(command, input=png.getvalue(), capture_output=True, env=environment, check=True)
    return run.stdout.decode().split()


def main() -> int:
    goals = tomllib.loads((Path(__file__).with_name("goals.toml")).read_text("utf-8"))
    figures: dict[str, float] = {}
    reference = which("tesseract") is not None
    print(f"{'set':<9}{'engine':<22}{'words':>7}{'digits':>8}{'CER':>7}{'WER':>7}{'s/page':>8}{'CPU':>6}  unread")
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(2) as pool, ExitStack() as opened:
        folder, pages = Path(name), list(truths(opened))
        near = found = 0
        for at, fault in enumerate(FAULTS):
            cases = [Case(truth, faxed(page, fault, 1000 * at + n)) for n, (page, truth) in enumerate(pages)]
            read, seconds, cpu = product(cases, folder, 2)
            result = compare(cases, [p.text.split() for p in read])
            unread = sum(p.source == "none" for p in read)
            _row(fault.name, "Chartsieve, 2 children", result, f"{seconds:8.2f}{cpu:6.2f}{unread:8d}")
            figures |= {f"{fault.name}_words": result.words, f"{fault.name}_digits": result.digits}
            figures[f"{fault.name}_seconds"] = seconds
            for cleaned in (False, True) if reference else ():
                texts = pool.map(lambda c, f=fault, k=cleaned: command_line(c, f, cleaned=k), cases)
                _row(fault.name, "tesseract, cleaned" if cleaned else "tesseract, raw", compare(cases, list(texts)), "")
            if fault.name == "fax200":
                figures["seconds_two_processes"] = seconds
                figures |= _turns_and_one_process(cases, folder)
            marks = [in_place(c, p) for c, p in zip(cases, read, strict=True)]
            near, found = near + sum(m[0] for m in marks), found + sum(m[1] for m in marks)
    figures["words_in_place"] = near / found
    return _verdict(figures, goals)


def _turns_and_one_process(cases: Sequence[Case], folder: Path) -> dict[str, float]:
    turned = [Case(c.truth, c.picture, turn) for c in cases[:TURNED] for turn in (90, 180, 270)]
    pages, seconds, _ = product(turned, folder, 2)
    right = sum(p.turn == -c.turn % 360 for c, p in zip(turned, pages, strict=True))
    marks = [in_place(c, p) for c, p in zip(turned, pages, strict=True)]
    result = compare(turned, [p.text.split() for p in pages])
    _row("turned", "Chartsieve, 2 children", result, f"{seconds:8.2f}")
    _, alone, cpu = product(cases, folder, 1)
    return {
        "turns_found": right / len(turned),
        "turned_words_in_place": sum(m[0] for m in marks) / sum(m[1] for m in marks),
        "seconds_one_process": alone,
        "cpu_seconds_one_process": cpu,
    }


def _row(name: str, engine: str, found: Found, rest: str) -> None:
    print(
        f"{name:<9}{engine:<22}{found.words:7.3f}{found.digits:8.3f}{found.cer:7.3f}{found.wer:7.3f}{rest}", flush=True
    )


def _verdict(figures: dict[str, float], goals: dict[str, dict[str, float]]) -> int:
    low = [n for n, goal in goals["ocr"].items() if figures[n] < goal]
    high = [n for n, goal in goals["ocr_at_most"].items() if figures[n] > goal]
    for name, value in figures.items():
        goal = goals["ocr"].get(name, goals["ocr_at_most"].get(name, ""))
        print(f"{name:<28}{value:>10.3f}{goal:>10}{'  missed' if name in (*low, *high) else ''}")
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}))
    return 1 if low or high else 0


if __name__ == "__main__":
    sys.exit(main())
