"""The 60-page packet: home oxygen in severe COPD, from five senders, with a few fax pictures."""

from pathlib import Path

from sample_docs.charts_oxygen import hospital_records
from sample_docs.letterheads import Subject
from sample_docs.markup import read_records
from sample_docs.packet import Batch, Item, Plan, Rule
from sample_docs.practices import OXYGEN

CHARTS = Path(__file__).parent / "charts"
RULES = (
    Rule("HO-03", r"(?i)\b(AE)?COPD\b|emphysema", "lung disease stated"),
    Rule("HO-09", r"ABG PaO2|AM GAS", "blood gas quoted"),
    Rule("HO-10", r"roflumilast|(?i:discharge medications)", "respiratory drugs tried", "meds|dc$"),
    Rule("HO-11", r"FEV1", "FEV1 quoted"),
    Rule("HO-13", r"portable", "portable system in the plan", "f2f"),
    Rule("HO-15", r"(?i)\bedema (trace|1\+)|(trace|no) edema|proBNP", "edema or its absence, BNP"),
    Rule(
        "HO-16",
        r"(?i)tobacco (relapse|use)|smoking: current|asks to smoke|nicotine dependence|carboxyhgb",
        "current smoking, or its trace in the blood",
    ),
    Rule("HO-18", r"length of need", "length of need on the cover sheet", "cover"),
    Rule("HO-21", r"NC 2 L: 92|2 L NC at rest and asleep", "flow ordered is below 4 L/min"),
    Rule("HO-24", r"(?i)less headache|headache (at 5|7/10)", "headache without oxygen"),
)
"""Words that make any page relevant to a criterion, wherever they are printed."""


def plan() -> Plan:
    records = read_records(CHARTS / "oxygen.txt") | read_records(CHARTS / "oxygen_more.txt") | hospital_records(60)
    pulm = "BIG SKY PULM 4065550122"
    hospital = "ST BRENDAN HIM 406-555-0101"
    return Plan(
        file="home_oxygen_60.pdf",
        subject=Subject("Wrenfield, Tobias", "02/19/1955", "M", "BSA22094471"),
        practices=OXYGEN,
        records=records,
        batches=(
            Batch(
                _items(
                    "cover returned order f2f walk abg overnight pft visit_mar visit_sep25 visit_apr24 consult rehab"
                ),
                pulm,
                "SEP-23-2026 11:38",
            ),
            Batch(
                (
                    *_items("hosp_cover ed hp progress2 progress4"),
                    Item("nights", turned={1: 90}),
                    *_items("flow1 flow2 flow3 flow4 mar1 mar2 mar3 caremap"),
                    Item("rt", picture=True),
                    *_items("pt_ip diet cm cxr"),
                    Item("ct", picture=True),
                    Item("echo", picture=True),
                    *_items("dc"),
                    Item("dcrn", picture=True),
                ),
                hospital,
                "09/24/26 08:51",
                missing=17,
            ),
            Batch((Item(),)),
            Batch(_items("pcp_cover pcp_nov pcp_aug pcp_lab phones meds ldct"), "ANSON CREEK FP", "09/24/2026 15:20"),
            Batch(
                (*_items("hh_cover poc hh1 hh2 hh3 hh7 hh4 hh5 hh6"), Item("famlog", picture=True)),
                "PRAIRIE HH 0161",
                "09/25/26  07:44",
            ),
            Batch((*_items("supplier homecheck"), Item("abg", repeat=(1,)))),
        ),
        rules=RULES,
    )


def _items(names: str) -> tuple[Item, ...]:
    return tuple(Item(name) for name in names.split())
