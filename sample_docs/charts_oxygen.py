"""Hospital pages that a machine would print: vital sign flowsheets and the medication administration record."""

import random
from datetime import datetime, timedelta

from sample_docs.markup import Record, read_blocks

_START = datetime(2026, 8, 3, 18, 0)
_DEVICES = ((9, "BIPAP 12/5 .35"), (33, "BIPAP 10/5 .30"), (72, "3 L NC"), (999, "2 L NC"))
"""Hours after admission -> device until then."""
_REMARKS = (
    "resting", "asleep", "repositioned", "meal", "coughing", "neb given", "family in room", "to chair", "back to bed",
    "oral care", "refused bath", "RT at bedside", "labs drawn", "telemetry SR", "lead replaced", "ambulated to bath",
)  # fmt: skip
_MAR = (
    ("prednisone 40 mg PO daily", (9,)),
    ("methylprednisolone 60 mg IV q12h x 2", (21, 9)),
    ("ceftriaxone 1 g IV q24h", (15,)),
    ("doxycycline 100 mg PO BID", (9, 21)),
    ("ipratropium-albuterol neb q4h, q6h from 08/05", (2, 6, 10, 14, 18, 22)),
    ("budesonide 0.5 mg neb BID", (8, 20)),
    ("enoxaparin 40 mg SC daily", (18,)),
    ("furosemide 20 mg IV x1 08/05, then PO daily", (9,)),
    ("lisinopril 10 mg PO daily", (9,)),
    ("atorvastatin 40 mg PO qHS", (21,)),
    ("tamsulosin 0.4 mg PO qHS", (21,)),
    ("nicotine patch 14 mg daily", (9,)),
    ("insulin lispro sliding scale AC + HS", (8, 12, 17, 21)),
    ("acetaminophen 650 mg PO q6h prn", ()),
    ("guaifenesin 600 mg PO BID prn", ()),
    ("lorazepam 0.5 mg IV x1 prn BiPAP", ()),
)
_NURSES = ("PK", "TB", "GO", "MH")


def hospital_records(seed: int) -> dict[str, Record]:
    """`flow1`..`flow4` and `mar1`..`mar3`."""
    dice = random.Random(seed)
    records = {}
    for day in range(4):
        records[f"flow{day + 1}"] = _flowsheet(dice, day)
    for part in range(3):
        records[f"mar{part + 1}"] = _mar(dice, part)
    return records


def _flowsheet(dice: random.Random, day: int) -> Record:
    """About 30 rows of one and a quarter days; every saturation here is on oxygen or BiPAP."""
    rows = ["|! DATE | TIME | TEMP C | HR | RR | BP | SPO2 | O2 DEVICE | PAIN | REMARKS | RN"]
    start = day * 30
    remarks = dice.sample(_REMARKS, len(_REMARKS)) * 2
    for i in range(30):
        hours = start + i
        at = _START + timedelta(hours=hours, minutes=dice.randrange(0, 24))
        device = next(name for until, name in _DEVICES if hours < until)
        ease = min(1.0, hours / 90)
        pressure = f"{round(150 - 16 * ease + dice.gauss(0, 5))}/{round(82 - 7 * ease + dice.gauss(0, 3))}"
        cells = [
            at.strftime("%m/%d"), at.strftime("%H:%M"), f"{37.7 - 0.9 * ease + dice.gauss(0, 0.15):.1f}",
            str(round(112 - 24 * ease + dice.gauss(0, 4))), str(round(27 - 8 * ease + dice.gauss(0, 1.2))),
            pressure, str(round(91.5 + dice.gauss(0, 1.1))), device, dice.choice(("0", "0", "0", "1", "2")),
            remarks[i] if dice.random() < 0.45 else "", dice.choice(_NURSES),
        ]  # fmt: skip
        rows.append("| " + " | ".join(cells))
        if i == 0:
            rows.insert(1, "@n HO-04 saturations on BiPAP or oxygen during the admission")
    body = (
        "\n".join(rows)
        + "\n~ I&O, drips and lines are on separate print groups. Values outside of alarm limits are not flagged."
    )
    options = {
        "practice": "flow", "title": f"Vital signs flowsheet, part {day + 1} of 4", "date": "08/03/2026 - 08/08/2026",
        "by": "Step-down / 4 West", "bylabel": "Unit", "ref": "IP-5577120",
    }  # fmt: skip
    return Record(f"flow{day + 1}", options, read_blocks(body))


def _mar(dice: random.Random, part: int) -> Record:
    days = [datetime(2026, 8, 3) + timedelta(days=2 * part + d) for d in range(2)]
    rows = ["|! MEDICATION | " + " | ".join(day.strftime("%m/%d %a") for day in days)]
    for drug, hours in _MAR:
        cells = [_given(dice, drug, hours, day) for day in days]
        if any(cells):
            rows.append(f"| {drug} | " + " | ".join(cells))
    body = "\n".join(rows) + "\n~ Key: time given / initials.  R refused.  H held.  NA patient not on unit."
    body += "\nPK P. Kessel RN    TB T. Brandvold RN    GO G. Oyama RN    MH M. Hallam RN    RT respiratory therapy"
    options = {
        "practice": "flow", "title": "Medication administration record", "date": "08/03/2026 - 08/08/2026",
        "by": "C. Vance, MD", "bylabel": "Attending", "ref": "IP-5577120",
    }  # fmt: skip
    return Record(f"mar{part + 1}", options, read_blocks(body))


def _given(dice: random.Random, drug: str, hours: tuple[int, ...], day: datetime) -> str:
    if not _ordered(drug, day.day) or (day.day == 3 and max(hours, default=24) < 18):
        return ""
    if not hours:
        if dice.random() < 0.5:
            return ""
        hours = (dice.choice((1, 5, 13, 16, 23)),)
    out = []
    for hour in hours:
        if (day.day == 3 and hour < 18) or (day.day == 8 and hour > 12):
            continue
        mark = "R" if dice.random() < 0.05 else f"{hour:02d}{dice.choice(('00', '04', '10', '12', '20', '35'))}"
        out.append(f"{mark} {'RT' if 'neb' in drug else dice.choice(_NURSES)}")
    return "  ".join(out)


def _ordered(drug: str, day: int) -> bool:
    if "methylpred" in drug or "lorazepam" in drug:
        return day <= 4
    if "prednisone" in drug:
        return day >= 5
    if "doxy" in drug:
        return day >= 7
    if "ceftriaxone" in drug:
        return day <= 6
    if "furosemide" in drug:
        return day >= 5
    return True
