"""The 150-page packet: lumbar MRI after failed therapy, an eight-year chart with all that goes wrong with paper."""

from pathlib import Path

from sample_docs.charts_carried import carry_forward
from sample_docs.charts_printed import printed_records
from sample_docs.charts_therapy import therapy_records
from sample_docs.letterheads import Subject
from sample_docs.markup import Record, read_records
from sample_docs.packet import Batch, Item, Plan
from sample_docs.practices import SPINE
from sample_docs.spine_rules import RULES

CHARTS = Path(__file__).parent / "charts"
OTHER = Subject("Delgado, Walter", "03/21/1949", "M", "PMH 60471925")
"""The near-namesake whose two pages were misfiled."""


def plan() -> Plan:
    return Plan(
        file="spine_mri_150.pdf",
        subject=Subject("Delgado, Warren", "11/08/1967", "M", "PMH 60417725"),
        practices=SPINE,
        records=_records(),
        others={"x_mri": OTHER, "x_pt": OTHER},
        rules=RULES,
        batches=(
            Batch(
                _items("c_cover c_form c_order c_ortho3 c_ortho2 c_ortho1 c_phone ortho_fmla brace*"),
                "LAKESHORE SPINE 216 555 0173",
                "10/12/2026 08:03",
            ),
            Batch(
                _items(
                    "c_surgeon c_emg c_pain1 c_pain2 uds consent agreement painintake* c_req1* c_denial guideline"
                    " c_pteval c_pt1 c_pt2 c_pt3 c_pt4 c_pt5 x_pt c_pt6 c_pt7 c_ptreeval c_pt8 c_pt9 c_pt10 c_pt11"
                    " c_ptdc"
                    " c_attend* odi1 odi2 ptintake* c_pt4=1"
                ),
                "LAKESHORE SPINE 216 555 0173",
                "10/12/2026 08:41",
                missing=14,
            ),
            Batch(_items("- c_diary eap job dental")),
            Batch(
                _items(
                    "hosp_cover c_ed c_edrn c_xr eddc privacy c_screen* o_mri19 o_xr18 o_orbit* ct19 stone19"
                    " stone_rn* x_mri"
                    " o_neck22 o_cxr22 edvisit25 bill - c_xr=1"
                ),
                "MERCY LAKES HIM 2165550151",
                "2026-10-09 16:22",
            ),
            Batch(
                _items(
                    "pcp_cover problems c_pcp1 lab8@270 labnote pcp26b phq2 portal26 sugar2 pcp26a pcp25 lab7 pcp24"
                    " lab6 phq1"
                    " pcp23 pcp22 lab4 o_pcp21 o_pteval21 o_pt21_1 o_pt21_2 o_pt21_3 o_pt21_4 o_pt21_5 o_pt21_6"
                    " o_ptdc21 -"
                    " pcp20 lab3 ess* sleep20 cpapsetup* sleep24 o_pcp19 o_pcp19b lab2 uro19 uroop* urine24 o_pcp18"
                    " lab1*"
                    " o_pt18 o_pt18_1 o_pt18_2 o_pt18_3 o_ptdc18 dm18 dm18b dm18c sugar1*@90 shots gi_letter gi_path"
                ),
                "FENWICK INT MED",
                "10/09/26 11:57",
            ),
            Batch(
                _items(
                    "- syncope23 lab5 nuclear23 patch23@180 ilr23 ilr25 pcp23a dev24 eye derm mohs knee24"
                    " fills o_auth19"
                    " eob1 eob2 o_mri19=1 c_denial=1 c_ptdc=1 problems=1"
                )
            ),
        ),
    )


def _records() -> dict[str, Record]:
    records: dict[str, Record] = {}
    for name in ("now", "past", "other", "more"):
        records |= read_records(CHARTS / f"spine_{name}.txt")
    carry_forward(records, 152)
    return records | therapy_records(150) | printed_records(151)


def _items(names: str) -> tuple[Item, ...]:
    """`name` as text, `name*` as a fax picture, `name@90` turned, `name=1` page 1 again, `-` a blank sheet."""
    items = []
    for word in names.split():
        base, _, again = word.partition("=")
        base, _, turn = base.partition("@")
        name = base.rstrip("*")
        if word == "-":
            items.append(Item())
        elif again:
            items.append(Item(name, repeat=(int(again),)))
        else:
            items.append(Item(name, picture=base.endswith("*"), turned={1: int(turn)} if turn else {}))
    return tuple(items)
