"""In which order words are read: prose by columns, everything else by rows."""

from core.intake.columns import Found, in_reading_order

WORDS = "the lungs are clear and no effusion was seen on either side".split()  # noqa: SIM905


def line(text: str, x: float, y: float, number: int) -> list[Found]:
    """Twelve units high, seven a letter, seven between words."""
    out = []
    for word in text.split():
        out.append(Found(word, (x, y, x + 7 * len(word), y + 12), 90.0, number))
        x += 7 * len(word) + 7
    return out


def read(words: list[Found]) -> list[str]:
    return [" ".join(w.text for w in row) for row in in_reading_order(words)]


def columns(lefts: list[str], rights: list[str], shift: float = 0.0) -> list[Found]:
    words: list[Found] = []
    for n, (left, right) in enumerate(zip(lefts, rights, strict=True)):
        words += line(left, 50, 100 + 20 * n, 2 * n) + line(right, 460, 100 + shift + 20 * n, 2 * n + 1)
    return words


LEFTS = [f"left{n} {' '.join(WORDS[:8])}" for n in range(6)]
RIGHTS = [f"right{n} {' '.join(WORDS[:8])}" for n in range(6)]


def test_two_columns_of_prose_are_read_one_after_the_other() -> None:
    assert read(columns(LEFTS, RIGHTS)) == LEFTS + RIGHTS


def test_columns_whose_lines_are_not_level_are_still_two() -> None:
    assert read(columns(LEFTS, RIGHTS, shift=9)) == LEFTS + RIGHTS


def test_a_heading_across_both_columns_comes_between_them() -> None:
    heading = "findings of the whole examination of both sides of the chest on the day of admission"
    words = columns(LEFTS, RIGHTS) + line(heading, 50, 240, 90)
    words += [w._replace(box=(w.box[0], w.box[1] + 160, w.box[2], w.box[3] + 160), line=w.line + 100)
              for w in columns(LEFTS, RIGHTS)]  # fmt: skip
    assert read(words) == [*LEFTS, *RIGHTS, heading, *LEFTS, *RIGHTS]


def test_a_table_recognised_by_columns_gets_its_rows_back() -> None:
    names = ["Sodium", "Potassium", "Chloride", "Glucose", "Creatinine", "Calcium"]
    values = ["139 mmol/L", "4.1 mmol/L", "101 mmol/L", "88 mg/dL", "0.9 mg/dL", "9.4 mg/dL"]
    words: list[Found] = []
    for n, name in enumerate(names):
        words += line(name, 50, 100 + 20 * n, n)
    for n, value in enumerate(values):
        words += line(value, 420, 101 + 20 * n, 10 + n)
    assert read(words) == [f"{name} {value}" for name, value in zip(names, values, strict=True)]


def test_a_letterhead_beside_an_address_is_read_across() -> None:
    left = ["Fenwick Internal Medicine and Associates", "12 Harbour Street and Pier Road"]
    right = ["Patient of record is Warren Delgado", "Born on the eighth of November"]
    assert read(columns(left, right)) == [f"{a} {b}" for a, b in zip(left, right, strict=True)]


def test_no_word_is_lost_or_doubled() -> None:
    words = columns(LEFTS, RIGHTS) + line("across the gap " * 8, 50, 90, 77)
    out = [w for row in in_reading_order(words) for w in row]
    assert sorted(out) == sorted(words)


def test_a_page_without_words_has_no_lines() -> None:
    assert in_reading_order([]) == []
