"""The 12-page packet: adalimumab for rheumatoid arthritis, clean and all text."""

from pathlib import Path

from sample_docs.letterheads import Subject
from sample_docs.markup import read_records
from sample_docs.packet import Batch, Item, Plan, Rule
from sample_docs.practices import BIOLOGIC as PRACTICES

ORDER = ("cover", "form", "visit_oct", "lab_chem", "lab_sero", "xray", "visit_jan", "econsult", "phone", "fills")


def plan() -> Plan:
    return Plan(
        file="biologic_12.pdf",
        subject=Subject("Hollis, Renata", "03/14/1979", "F", "CSH447190283"),
        practices=PRACTICES,
        records=read_records(Path(__file__).parent / "charts" / "biologic.txt"),
        batches=(Batch(tuple(Item(name) for name in ORDER), "HARBOR VALLEY RHEUM 360-555-0143", "10/21/2026 09:14"),),
        rules=(
            Rule("BIO-12", r"RF\+|seropositive", "seropositivity stated"),
            Rule("BIO-03", r"Okafor, MD, FACR", "rheumatologist's own note"),
            Rule("BIO-05", r"LEF |leflunomide 20|LEFLUNOMIDE", "leflunomide trial"),
            Rule("BIO-09", r"NO CLAIMS FOR SPECIALTY DRUGS", "no specialty drug filled"),
        ),
    )
