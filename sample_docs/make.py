"""Writes the sample packets, criteria and labels, the same bytes every time: python sample_docs/make.py [folder]"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:
    sys.path.insert(0, str(HERE.parent))

from sample_docs.biologic import plan as biologic  # noqa: E402
from sample_docs.criteria import read_criteria, write_criteria  # noqa: E402
from sample_docs.oxygen import plan as oxygen  # noqa: E402
from sample_docs.packet import write_jsonl  # noqa: E402
from sample_docs.spine import plan as spine  # noqa: E402

PACKETS = {"biologic": biologic, "oxygen": oxygen, "spine": spine}
"""Stem of the criteria and label files -> plan of the packet."""


def make(folder: Path, stems: tuple[str, ...] = tuple(PACKETS)) -> None:
    """Write the packets named by `stems`, with criteria, labels and facts.json, into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = {}
    for stem in stems:
        packet = PACKETS[stem]()
        criteria = read_criteria(HERE / "charts" / f"{stem}_criteria.txt")
        labels, facts[packet.file] = packet.write(folder)
        unknown = {row["criterion"] for row in labels} - {row.id for row in criteria.rows}
        if unknown:
            raise ValueError(f"{packet.file}: labels for unknown criteria {sorted(unknown)}")
        write_jsonl(folder / f"labels_{stem}.jsonl", labels)
        write_criteria(folder, stem, criteria)
    (folder / "facts.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
