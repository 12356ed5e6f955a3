"""The README says what is there, and all of it."""

import re
from pathlib import Path

from core.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_every_setting_stands_in_the_readme_and_no_other() -> None:
    documented = set(re.findall(r"^\| `CHARTSIEVE_(\w+)`", README, re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


def test_every_picture_and_path_named_in_the_readme_exists() -> None:
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file(), path
    for path in re.findall(r"^(core/\S+?|pages/\S+?|sample_docs/|tests/|app\.py)[ ,]", README, re.MULTILINE):
        assert (ROOT / path).exists(), path


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+(?:-[a-z]+)*)", README)) <= targets
