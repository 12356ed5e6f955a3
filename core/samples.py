"""The sample packets that ship with Chartsieve: invented patients, see sample_docs/."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "sample_docs"


@dataclass(frozen=True, slots=True)
class Sample:
    title: str
    about: str
    pdf: Path
    criteria: Path

    @property
    def name(self) -> str:
        """Name of the case it becomes."""
        return f"Sample: {self.title}"


SAMPLES = (
    Sample(
        "Biologic for rheumatoid arthritis",
        "12 pages, 12 criteria",
        FOLDER / "biologic_12.pdf",
        FOLDER / "criteria_biologic.json",
    ),
    Sample("Home oxygen", "60 pages, 24 criteria", FOLDER / "home_oxygen_60.pdf", FOLDER / "criteria_oxygen.json"),
    Sample(
        "MRI of the spine",
        "150 pages, 80 criteria, with fax scans, repeats and pages of another patient",
        FOLDER / "spine_mri_150.pdf",
        FOLDER / "criteria_spine.json",
    ),
)
