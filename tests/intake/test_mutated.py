"""Sound and awkward files, mutated at random but always alike: each ends in a clear outcome, and nothing else breaks.

File n of a seed is the same on every machine, so that a failure can be repeated.
"""

import random
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest

from core.errors import BadDocument, PageUnavailable
from core.intake import Limits, Renderer, inspect_document, read_document
from tests.intake import awkward, awkward_content
from tests.intake.test_awkward import MOST_GROWTH, STARTING, children, failed, forget_peak, is_ours, memory

FILES_PER_SEED = 60
LIMITS = Limits(memory_mb=640, page_seconds=3, document_seconds=8, max_pages=100)
SAMPLE = Path(__file__).parents[2] / "sample_docs" / "biologic_12.pdf"
LARGEST = 300_000
"""Bytes of an awkward file that is worth mutating."""
WORDS = (
    b"/Kids", b"/Parent", b"/Contents", b"/Resources", b"/Count", b"/Length", b"/Filter", b"/Type", b"/Page",
    b"/Pages", b"/MediaBox", b"/Font", b"/XObject", b"endobj", b"endstream", b"stream", b"obj", b"R", b"null",
    b"xref", b"trailer", b"/FlateDecode", b"/DCTDecode", b"/Width", b"/Height", b"<<", b">>", b"[", b"]",
)  # fmt: skip
NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"2147483647",
    b"-2147483648",
    b"4294967296",
    b"99999999999999999999",
    b"0.0000001",
    b"nan",
)
Mutation = Callable[[bytearray, random.Random], None]


def flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 4, 30))):
        data[chance.randrange(len(data))] = chance.randrange(256)


def cut(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    del data[start : start + chance.choice((1, 20, 500, 20_000))]


def double(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    chunk = data[start : start + chance.choice((10, 300, 8_000))]
    at = chance.randrange(len(data))
    data[at:at] = chunk


def renumber(data: bytearray, chance: random.Random) -> None:
    """Some of the numbers outside long runs of noise become others."""
    found = list(re.finditer(rb"(?<=[ \[/])-?\d+(?=[ \]\n/>])", data))
    for match in sorted(chance.sample(found, min(len(found), chance.choice((1, 3)))), key=lambda m: -m.start()):
        data[match.start() : match.end()] = chance.choice((*NUMBERS, b"%d" % chance.randrange(40)))


def reword(data: bytearray, chance: random.Random) -> None:
    """One keyword stands where another was."""
    places = [match.span() for word in WORDS for match in re.finditer(re.escape(word), data)]
    for start, end in sorted(chance.sample(places, min(len(places), 2)), reverse=True):
        data[start:end] = chance.choice(WORDS)


MUTATIONS: tuple[Mutation, ...] = (flip, cut, double, renumber, renumber, reword, reword)


def samples() -> list[bytes]:
    """The sample document, and the same with nothing compressed, where mutations meet words and numbers."""
    with pymupdf.open(SAMPLE) as document:
        return [SAMPLE.read_bytes(), document.tobytes(expand=255)]


def sources() -> list[bytes]:
    made = [f for f in (*awkward.TABLES, *awkward.TREES, *awkward.BOXES, *awkward_content.ALL) if not f.slow]
    return [data for f in made if 0 < len(data := f.make()) < LARGEST]


def mutant(base: bytes, chance: random.Random) -> bytes:
    data = bytearray(base)
    for _ in range(chance.choice((1, 1, 2, 5))):
        if data:
            chance.choice(MUTATIONS)(data, chance)
    return bytes(data)


def outcome(path: Path) -> str:
    """What became of the file, in a word; every page is checked."""
    error: BadDocument | None = None
    try:
        opened = inspect_document(path, LIMITS)
        pages = list(read_document(path, document="d", limits=LIMITS))
    except BadDocument as refusal:
        error = refusal
    if error is not None:
        assert is_ours(str(error))
        return type(error).__name__
    assert [p.ref.number for p in pages] == list(range(1, opened.pages + 1))
    assert all(p.readable or p.problem for p in pages)
    if not any(failed(p) for p in pages):
        return "read"
    return "read in part" if any(p.readable for p in pages) else "opened, no page read"


def drawn(renderer: Renderer, path: Path) -> str:
    try:
        assert renderer.render(path, 1, dpi=50).startswith(b"\x89PNG")
    except PageUnavailable:
        return "not drawn"
    return "drawn"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(1, 7))
def test_whatever_is_changed_in_a_file_it_has_a_clear_outcome(seed: int, tmp_path: Path) -> None:
    chance, counts, real, made = random.Random(seed), Counter[str](), samples(), sources()
    good = tmp_path / "good.pdf"
    good.write_bytes(awkward.sound(1))
    before = children()
    forget_peak()
    start = memory()
    with Renderer(LIMITS) as renderer:
        drawing = renderer.render(good, 1, dpi=20)
        for n in range(FILES_PER_SEED):
            path = tmp_path / f"seed {seed} file {n}.pdf"
            path.write_bytes(mutant(chance.choice(real if n % 3 == 0 else made), chance))
            begun = time.monotonic()
            counts[outcome(path)] += 1
            assert time.monotonic() - begun < LIMITS.page_seconds + LIMITS.document_seconds + 2 * STARTING, path.name
            counts[drawn(renderer, path)] += 1
            assert renderer.render(good, 1, dpi=20) == drawing, path.name
            path.unlink()
    assert children() == before
    assert memory(peak=True) - start < MOST_GROWTH
    assert counts["read"] > FILES_PER_SEED // 10, "the mutations leave nothing to read"
    print(f"\nseed {seed}: {dict(counts)}")
