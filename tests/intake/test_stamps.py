"""Page numbers and fax headers along the edges."""

import pytest

from core.domain import Box, Word
from core.intake.stamps import Edges, text_turn

LETTER = (612.0, 792.0)
HEADER = "03/12/2026 14:02 LAKESIDE RHEUM 555-010-4477 PAGE 14 OF 60"


def row(text: str, top: float) -> list[Word]:
    return [Word(word, (0.1 + 0.05 * i, top, 0.14 + 0.05 * i, top + 0.012)) for i, word in enumerate(text.split())]


def turned(words: list[Word], turn: int) -> list[Word]:
    """The same page, turned clockwise."""

    def box(x0: float, y0: float, x1: float, y1: float) -> Box:
        return {90: (1 - y1, x0, 1 - y0, x1), 180: (1 - x1, 1 - y1, 1 - x0, 1 - y0), 270: (y0, 1 - x1, y1, 1 - x0)}[
            turn
        ]

    return [Word(w.text, box(*w.box)) for w in words]


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("PAGE 14 OF 60", "14 of 60"),
        ("Page 3 of 7", "3 of 7"),
        ("p. 12/150", "12 of 150"),
        ("P.014/060", "14 of 60"),
        ("03/12/2026 14:02 FAX 555-010-4477 P. 014 / 060", "14 of 60"),
        ("Pg 2 of 9", "2 of 9"),
        ("Page: 4/5", "4 of 5"),
        ("- 3 of 7 -", "3 of 7"),
        ("Page 8", "8"),
        ("IBM Confidential Page 21", "21"),
        ("p. 12", "12"),
        ("Amsterdam: Elsevier; 2018. p. 387–413.", ""),
        ("Page 9 of 3", ""),
        ("BP 120/80 P 72", ""),
        ("03/12/2026", ""),
        ("2 of 3 swollen joints", ""),
        ("see Page 8 for doses", ""),
        ("22", ""),
    ],
)
@pytest.mark.parametrize("top", [0.02, 0.96])
def test_printed_labels_are_found_at_the_edges(line: str, label: str, top: float) -> None:
    assert Edges(row(line, top), *LETTER).label() == label


def test_text_in_the_middle_of_a_page_is_no_label() -> None:
    assert Edges(row("Page 3 of 7", 0.5), *LETTER).label() == ""


def test_the_fax_header_wins_over_the_documents_own_number() -> None:
    words = [*row("Page 2 of 3", 0.97), *row("Page 2 of 4", 0.06), *row("FAX 555-010-4477 PAGE 14 OF 60", 0.015)]
    assert Edges(words, *LETTER).label() == "14 of 60"


def test_a_number_with_its_total_wins_over_one_without() -> None:
    assert Edges([*row("Page 8", 0.03), *row("Page 9 of 39", 0.97)], *LETTER).label() == "9 of 39"


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_lies_sideways_keeps_its_label(turn: int) -> None:
    words = [
        *row("Patient seen for a nursing shift", 0.4),
        *row("Condition stable overnight", 0.5),
        *row(HEADER, 0.015),
    ]
    size = LETTER if turn == 180 else (792.0, 612.0)
    assert text_turn(turned(words, turn), *size) == turn
    assert Edges(turned(words, turn), *size).label() == "14 of 60"
    assert "LAKESIDE" not in Edges(turned(words, turn), *size).without_stamps()


def test_a_column_of_single_words_is_upright() -> None:
    words = [word for i in range(20) for word in row("Hemoglobin", 0.2 + i * 0.02)]
    assert text_turn(words, *LETTER) == 0


def test_headers_and_page_numbers_are_taken_away_and_what_people_wrote_stays() -> None:
    words = [
        *row(HEADER, 0.015),
        *row("Call 555-010-4477: stop all", 0.03),
        *row("Seen today", 0.5),
        *row("- 3 -", 0.97),
    ]
    assert Edges(words, *LETTER).without_stamps() == ("Call", "555-010-4477:", "stop", "all", "Seen", "today")


@pytest.mark.parametrize("top", [0.02, 0.97])
@pytest.mark.parametrize(
    ("line", "stamp"),
    [
        ("DOE, JANE Page 2 of 7", False),
        ("SMITH, ROBERT DECLINED Page 2 of 7", False),
        ("MRN 4471 Page 2 of 7", False),
        ("Page 2 of 7 ✗ nicht", False),
        ("NOT APPROVED Page 2", False),
        ("14:02 DECLINED Page 2 of 7", False),
        ("Page 2 of 7", True),
        ("P.014/060", True),
        ("- 3 of 7 -", True),
        ("Pg 2 of 9", True),
        ("03/12/2026 2:02 PM Page 3 of 9", True),
        ("FROM: 4477 TO: 4478 PAGE 14 OF 60", True),
        ("FAX 555-010-4477 PAGE 14 OF 60", True),
        ("03/12/2026 14:02 LAKESIDE RHEUM 555-010-4477 PAGE 14 OF 60", True),
        ("03/12/2026 14:02 LAKESIDE RHEUM FAX", True),
        ("22", True),
    ],
)
def test_a_row_at_the_edge_goes_only_when_it_says_nothing_but_its_number(line: str, stamp: bool, top: float) -> None:
    assert Edges([*row("Seen today", 0.5), *row(line, top)], *LETTER).without_stamps() == (
        ("Seen", "today") if stamp else ("Seen", "today", *line.split())
    )


def test_rows_with_a_page_number_can_be_left_out_whatever_else_they_say() -> None:
    words = [*row("Seen today", 0.5), *row("SMITH, ROBERT DECLINED Page 2 of 7", 0.97), *row("Not numbered", 0.02)]
    assert Edges(words, *LETTER).without_edges() == ("Seen", "today", "Not", "numbered")


def test_no_words_have_no_label() -> None:
    assert (Edges([], *LETTER).label(), Edges([], *LETTER).without_stamps(), text_turn([], *LETTER)) == ("", (), 0)
