"""Pages that a machine or a questionnaire prints in the spine packet: labs, claims, logs, scored forms."""

import random
from datetime import date, timedelta
from typing import NamedTuple

from sample_docs.markup import Record, read_blocks


class Analyte(NamedTuple):
    name: str
    unit: str
    low: float
    high: float
    digits: int
    usual: float
    """A value typical of this patient."""


_PANELS: dict[str, tuple[Analyte, ...]] = {
    "Metabolic panel": (
        Analyte("Glucose", "mg/dL", 65, 99, 0, 138), Analyte("BUN", "mg/dL", 7, 25, 0, 17), Analyte("Sodium", "mmol/L",
        135, 146, 0, 139),
        Analyte("Potassium", "mmol/L", 3.5, 5.3, 1, 4.3), Analyte("Chloride", "mmol/L", 98, 110, 0, 103),
        Analyte("CO2", "mmol/L", 20, 32, 0, 26), Analyte("Calcium", "mg/dL", 8.6, 10.3, 1, 9.5), Analyte("Albumin",
        "g/dL", 3.6, 5.1, 1, 4.4),
        Analyte("AST", "U/L", 10, 35, 0, 31), Analyte("ALT", "U/L", 9, 46, 0, 44), Analyte("Alk phos", "U/L", 35, 144,
        0, 74),
        Analyte("Bilirubin, total", "mg/dL", 0.2, 1.2, 1, 0.6),
    ),
    "CBC": (
        Analyte("WBC", "K/uL", 3.8, 10.8, 1, 7.2), Analyte("Hemoglobin", "g/dL", 13.2, 17.1, 1, 15.1),
        Analyte("Hematocrit", "%", 38.5, 50, 1, 44.9),
        Analyte("MCV", "fL", 80, 100, 0, 90), Analyte("Platelets", "K/uL", 140, 400, 0, 236),
    ),
    "Lipids": (
        Analyte("Cholesterol", "mg/dL", 100, 199, 0, 172), Analyte("HDL", "mg/dL", 40, 90, 0, 39),
        Analyte("Triglycerides", "mg/dL", 20, 149, 0, 181),
    ),
    "Urine": (
        Analyte("Albumin / creatinine", "mg/g", 0, 29, 0, 12), Analyte("Specific gravity", "", 1.005, 1.03, 3, 1.021),
    ),
}  # fmt: skip
_DRAWS = (
    ("04/09/2018", 6.6, 0.94, 94, 118, ("Metabolic panel", "CBC", "Lipids"), ""),
    ("07/09/2019", 6.8, 1.08, 79, 110, ("Metabolic panel", "Urine"), ""),
    ("12/14/2020", 6.9, 1.00, 86, 106, ("Metabolic panel", "Lipids"), "| D-dimer | 0.31 |  | ug/mL FEU | < 0.50"),
    ("07/19/2022", 6.7, 0.97, 88, 104, ("Metabolic panel", "CBC", "Lipids", "Urine"), ""),
    ("01/18/2023", 6.9, 0.99, 87, 78, ("CBC", "Metabolic panel"), "| Troponin T hs | 8 |  | ng/L | < 22"),
    ("08/13/2024", 6.8, 0.98, 89, 71, ("Metabolic panel", "Lipids", "Urine"), "| PSA | 1.0 |  | ng/mL | < 4.0"),
    ("09/02/2025", 7.0, 1.02, 86, 68, ("Metabolic panel", "CBC", "Lipids"), "| TSH | 2.0 |  | mIU/L | 0.4 - 4.5"),
    ("06/09/2026", 6.9, 1.06, 78, 70, ("CBC", "Urine", "Metabolic panel"),
    "| C-reactive protein | 3.1 |  | mg/L | < 8.0\n| Sed rate | 11 |  | mm/h | 0 - 20"),
)  # fmt: skip
_IN_WINDOW = "06/09/2026"
_CLAIMS = (
    ("2019", (("03/08", "Mercy Lakes Hospital ED", "99284", 1912.0), ("03/08", "Mercy Lakes Imaging", "74176", 1240.0),
              ("03/19", "Quist Urology", "52356", 6120.0), ("05/21", "Fenwick Internal Med", "99214", 171.0),
              ("06/14", "Mercy Lakes Imaging", "70030", 96.0), ("06/21", "Mercy Lakes Imaging", "72148", 1455.0))),
    ("2026", (("06/02", "Mercy Lakes Hospital ED", "99284", 2210.0), ("06/24", "Lakeshore Spine", "99204", 312.0),
              ("07/06", "Stride PT", "97161", 148.0), ("07/09", "Stride PT", "97110 97140", 167.0), ("07/13",
              "Stride PT", "97110 97112", 170.0),
              ("07/16", "Stride PT", "97110 97140", 167.0), ("07/20", "Stride PT", "97110 97112", 170.0), ("07/22",
              "Stride PT", "97110 97140", 167.0),
              ("07/27", "Stride PT", "97110 97530", 172.0), ("07/30", "Stride PT", "97110 97140", 167.0))),
)  # fmt: skip
_ODI = (
    ("Pain intensity", (3, 2)), ("Personal care", (1, 1)), ("Lifting", (3, 3)), ("Walking", (2, 2)), ("Sitting", (3,
    3)),
    ("Standing", (3, 3)), ("Sleeping", (2, 2)), ("Sex life", (2, 2)), ("Social life", (2, 2)), ("Travelling", (2, 2)),
)  # fmt: skip
_PHQ = (
    "Little interest or pleasure in doing things", "Feeling down, depressed, or hopeless",
    "Trouble falling or staying asleep, or sleeping too much",
    "Feeling tired or having little energy", "Poor appetite or overeating", "Feeling bad about yourself",
    "Trouble concentrating",
    "Moving or speaking slowly, or being restless", "Thoughts of being better off dead or of hurting yourself",
)  # fmt: skip
_ESS = (
    ("Sitting and reading", 2), ("Watching TV", 3), ("Sitting inactive in a public place", 1),
    ("Passenger in a car for an hour", 3),
    ("Lying down in the afternoon", 3), ("Sitting and talking", 0), ("Sitting quietly after lunch", 2),
    ("In a car, stopped in traffic", 0),
)  # fmt: skip


def printed_records(seed: int) -> dict[str, Record]:
    """`lab1`..`lab8`, `eob1`, `eob2`, `odi1`, `odi2`, `phq1`, `phq2`, `ess`, `sugar1`, `sugar2`."""
    dice = random.Random(seed)
    records = [_lab(dice, i) for i in range(len(_DRAWS))]
    records += [_claims(dice, i) for i in range(len(_CLAIMS))]
    records += [_odi(0, "07/06/2026"), _odi(1, "08/28/2026")]
    records += [
        _phq("phq1", "08/20/2024", (0, 1, 1, 1, 0, 0, 0, 0, 0)),
        _phq("phq2", "09/15/2026", (1, 2, 2, 2, 1, 0, 1, 0, 0)),
    ]
    records += [_ess(), *(_sugar(dice, i) for i in range(2))]
    return {record.name: record for record in records}


def _lab(dice: random.Random, at: int) -> Record:
    drawn, a1c, creatinine, egfr, ldl, panels, extra = _DRAWS[at]
    lines = ["# Chemistry", "|! Test | Result | Flag | Units | Reference range"]
    lines += [f"@ SM-72 A1c {a1c}", f"| Hemoglobin A1c | {a1c} | H | % | < 5.7"]
    if drawn == _IN_WINDOW:
        lines.append("@ SM-67 creatinine and eGFR within six months")
    else:
        lines.append("@n SM-67 kidney function, older than six months")
    lines += [
        f"| Creatinine | {creatinine:.2f} |  | mg/dL | 0.70 - 1.30",
        f"| eGFR | {egfr} |  | mL/min/1.73 m2 | > 59",
    ]
    for i, row in enumerate(extra.splitlines()):
        if i == 0 and "C-reactive" in row:
            lines.append("@ SM-36 CRP and sed rate")
        lines.append(row)
    for panel in panels:
        lines += [f"# {panel}", "|! Test | Result | Flag | Units | Reference range"]
        lines += [_row(dice, analyte) for analyte in _PANELS[panel]]
        if panel == "Lipids":
            lines.append(f"| LDL, calculated | {ldl} | {'H' if ldl > 99 else ''} | mg/dL | < 100")
    note = dice.choice(
        (
            "Specimen received at room temperature within limits.",
            "Patient stated fasting 11 h.",
            "Slight hemolysis, potassium may be raised.",
        )
    )
    lines += ["%gap 6", f"Note: {note}"]
    old = int(drawn[-4:]) < 2021
    options = {
        "practice": "lab_old" if old else "lab", "date": drawn, "datelabel": "Collected", "by": "P. Aldous, MD",
        "bylabel": "Ordered by",
        "title": "Laboratory results", "ref": drawn, "reflabel": "Reported",
    }  # fmt: skip
    return Record(f"lab{at + 1}", options, read_blocks("\n".join(lines)))


def _row(dice: random.Random, a: Analyte) -> str:
    value = round(a.usual * (1 + dice.gauss(0, 0.002 if a.digits == 3 else 0.045)), a.digits)
    flag = "H" if value > a.high else "L" if value < a.low else ""
    if a.name in ("Sodium", "Chloride", "Calcium"):
        value, flag = round(a.usual + dice.choice((-1, 0, 1)) * (0.1 if a.digits else 1), a.digits), ""
    return f"| {a.name} | {value:.{a.digits}f} | {flag} | {a.unit} | {a.low:g} - {a.high:g}"


def _claims(dice: random.Random, at: int) -> Record:
    year, claims = _CLAIMS[at]
    lines = ["This is not a bill.", "|! Date | Provider | Service | Billed | Plan rate | Plan paid | You owe"]
    total = 0.0
    for i, (day, who, code, billed) in enumerate(claims):
        rate = round(billed * dice.uniform(0.41, 0.68), 2)
        owed = min(rate, dice.choice((0.0, 25.0, 30.0, 40.0, round(rate * 0.2, 2))))
        total += owed
        if year == "2026" and i == 2:
            lines.append("@c SM-37 claims show therapy visits through July only")
        lines.append(
            f"| {day}/{year} | {who} | {code} | {billed:,.2f} | {rate:,.2f} | {rate - owed:,.2f} | {owed:,.2f}"
        )
    lines += [f"| Total |  |  | {sum(c[3] for c in claims):,.2f} |  |  | {total:,.2f}", "# Your year so far"]
    lines += [
        "|! | Used | Limit",
        f"| Deductible | ${dice.randrange(150, 900)}.00 | $1,200.00",
        f"| Out of pocket | ${dice.randrange(900, 2900):,}.00 | $5,000.00",
    ]
    lines += [
        "~ Codes are set by your provider. If a visit listed here did not happen call 888-555-0131."
        " You may ask for a review within 180 days."
    ]
    options = {
        "practice": "eob", "date": f"{dice.randrange(1, 28):02d} Dec {year}" if year != "2026" else "08/03/2026",
        "title": "Explanation of benefits",
        "bylabel": "Member number", "by": "PMH 60417725", "datelabel": "Statement date",
    }  # fmt: skip
    return Record(f"eob{at + 1}", options, read_blocks("\n".join(lines)))


def _odi(at: int, when: str) -> Record:
    scores = [pair[at] for _, pair in _ODI]
    total = sum(scores)
    lines = [
        "Circle the one statement in each section that fits you today.", "|! Section | 0 | 1 | 2 | 3 | 4 | 5",
        f"@ SM-21 Oswestry sheet of {when}",
    ]  # fmt: skip
    for (name, _), score in zip(_ODI, scores, strict=True):
        lines.append(f"| {name} | " + " | ".join("(X)" if n == score else str(n) for n in range(6)))
    lines += [f"Score {total} of 50 = {total * 2} %", "Handed to: front desk. Scored by JH."]
    return Record(
        f"odi{at + 1}",
        {"practice": "stride", "date": when, "title": "Oswestry low back disability questionnaire"},
        read_blocks("\n".join(lines)),
    )


def _phq(name: str, when: str, scores: tuple[int, ...]) -> Record:
    lines = [
        "Over the last 2 weeks, how often have you been bothered by:",
        "|! | Not at all | Several days | More than half | Nearly every day",
    ]
    lines.append(f"@ SM-77 questionnaire of {when}, total {sum(scores)}")
    for i, (question, score) in enumerate(zip(_PHQ, scores, strict=True), 1):
        lines.append(f"| {i}. {question} | " + " | ".join("X" if n == score else "" for n in range(4)))
    lines += [
        f"Total: {sum(scores)}",
        "If you checked off any problems, how difficult have these made it to do your work?",
    ]
    lines += [
        "[ ] Not difficult   [x] Somewhat   [ ] Very   [ ] Extremely"
        if sum(scores) > 5
        else "[x] Not difficult   [ ] Somewhat   [ ] Very   [ ] Extremely"
    ]
    return Record(
        name, {"practice": "pcp", "date": when, "by": "Patient", "title": "PHQ-9"}, read_blocks("\n".join(lines))
    )


def _ess() -> Record:
    lines = [
        "How likely are you to doze off in these situations?",
        "0 never   1 slight   2 moderate   3 high",
        "|! Situation | Chance",
    ]
    lines += [f"| {name} | {score}" for name, score in _ESS]
    lines += [
        f"Total {sum(score for _, score in _ESS)}",
        "Do you snore?",
        "[x] Yes   [ ] No   [ ] Do not know",
        "Has anyone seen you stop breathing?",
    ]
    lines += ["[x] Yes   [ ] No", "Wife: counts to twenty. Then a snort."]
    return Record(
        "ess",
        {"practice": "sleep", "date": "12/03/2019", "by": "Patient", "title": "Epworth sleepiness scale"},
        read_blocks("\n".join(lines)),
    )


def _sugar(dice: random.Random, at: int) -> Record:
    start = (date(2018, 6, 6), date(2026, 9, 11))[at]
    remarks = (
        ("potluck", "walked dock", "oatmeal", "late shift", "no strip", "pop, one"),
        ("shot thurs", "thirsty", "eggs", "soup", "better", "pizza night"),
    )[at]
    base = (132.0, 235.0)[at]
    lines = ["|! Date | Before breakfast | Before supper | Bedtime | Remarks"]
    for i in range(24):
        level = base if at == 0 else 142 + (base - 142) * max(0.0, 1 - i / 6)
        cells = [str(round(level + dice.gauss(0, 12))) if dice.random() < p else "" for p in (0.95, 0.6, 0.5)]
        lines.append(
            f"| {(start + timedelta(days=i)).strftime('%a %m/%d')} | "
            + " | ".join(cells)
            + f" | {dice.choice(remarks) if dice.random() < 0.3 else ''}"
        )
    return Record(
        f"sugar{at + 1}", {"practice": "plainpt", "date": start.strftime("%m/%d/%Y"), "datelabel": "Start",
        "who": "line", "title": "Glucose log"},
        read_blocks("\n".join(lines)),
    )  # fmt: skip
