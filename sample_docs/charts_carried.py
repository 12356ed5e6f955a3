"""What record systems carry into every visit note: review of systems, general exam, orders, instructions.

None of it bears on the spine criteria: no word on the back, legs, nerves, bladder, weight, fever or the like.
"""

import random
from collections.abc import Mapping

from sample_docs.markup import Record, read_blocks

_REVIEW = {
    "Eyes": ("no change in vision", "readers only", "dry at times, drops", "last exam on file", "no pain or redness"),
    "ENT": ("hearing fair, dock noise", "no sinus trouble", "seasonal sneezing", "no sore throat", "wax, uses drops"),
    "Heart": ("no chest pain or palpitations", "no ankle swelling", "no dyspnea on stairs", "denies chest pressure"),
    "Lungs": ("no cough or wheeze", "breathing easy", "cough cleared", "no sputum", "no hemoptysis"),
    "GI": ("heartburn if he eats late", "no nausea", "appetite good", "no abdominal pain", "no blood seen"),
    "Skin": ("no new spots", "dry hands in winter", "calluses both hands", "no rash", "no itching"),
    "Endocrine": ("no thirst", "sugars as logged", "no low sugars", "no heat or cold intolerance"),
    "Mood": ("sleeping fair", "work is stressful", "good spirits, jokes", "worried about money", "calm"),
    "Blood": ("no bruising", "no nosebleeds", "no swollen glands", "gums do not bleed"),
}
_EXAM = {
    "General": (
        "well appearing, talkative",
        "tired after shift",
        "neatly dressed, cooperative",
        "no distress",
        "alert, pleasant",
    ),
    "Eyes": ("conjunctivae clear", "sclerae white, pupils equal", "lids with mild scale"),
    "ENT": ("TMs gray, canals clear", "oropharynx crowded, no exudate", "nose patent, septum straight", "mucosa moist"),
    "Neck": ("supple, no nodes", "thyroid not enlarged", "no bruit", "17-inch collar, no mass"),
    "Lungs": ("clear throughout", "good air entry both sides", "no wheeze or crackles", "symmetric expansion"),
    "Heart": ("regular, no murmur", "S1 S2 normal, no gallop", "rate regular, pulses full", "no rub, no lift"),
    "Abdomen": (
        "soft, round, not tender",
        "no organ enlargement felt",
        "bowel sounds present",
        "small umbilical hernia, reducible",
    ),
    "Skin": ("warm and dry", "SKs on trunk", "tattoo L shoulder", "cracked fingertips", "sun-damaged forearms"),
    "Psych": ("mood even, affect full", "a little flat", "linear, good insight", "joking, engaged"),
}
_ORDERS = (
    "Refill losartan 50, #90, 3 refills", "Refill rosuvastatin, #90", "Test strips, 100 per 90 days",
    "Basic panel before next visit",
    "Lipid panel, fasting", "Microalbumin once a year", "Foot exam form completed", "Handicap form: not needed",
    "Work note as discussed",
    "Vaccine information sheets given", "Podiatry nail care as needed", "Records release signed",
    "Nutrition visit offered",
    "Return visit reminder by text", "Eye clinic reminder mailed", "Blood pressure cuff checked against ours",
)  # fmt: skip
_TOLD = (
    "Bring all bottles to the next visit.", "Check feet every evening, look between the toes.",
    "Call the nurse line after hours.",
    "Keep the log of sugars, morning and evening.", "Water instead of pop.", "Salt: read the can.",
    "Walk after supper when you can.",
    "Wear ear protection at door 1.", "Sunscreen on the boat.", "No changes without calling us first.",
    "Portal is best for refills.",
    "Questions answered, patient repeats the plan.", "Printed summary given.", "Wife present for the plan.",
)  # fmt: skip
_ABOUT = (
    "Preferred language English. Reads well.", "Lives with wife in own home, two floors.",
    "Seat belt always. Smoke alarm yes.",
    "Advance directive: form given, not returned.", "Pharmacy: Drugmart Detroit Rd.", "Insurance verified at desk.",
    "Emergency contact Rosa, number on file.", "Coffee two pots on shift. Beer on Saturdays.", "Feels safe at home.",
    "Food secure.",
)  # fmt: skip
VISITS = (
    "o_pcp18", "o_pcp19", "o_pcp19b", "o_pcp21", "pcp20", "pcp22", "pcp23", "pcp23a", "pcp24", "pcp25", "pcp26a",
    "pcp26b", "c_pcp1",
    "dm18", "dm18b", "dm18c", "edvisit25", "o_neck22", "stone19", "syncope23", "knee24", "derm", "sleep24",
)  # fmt: skip


def carry_forward(records: Mapping[str, Record], seed: int) -> None:
    """Add such text to the visits, before the signature; no two visits get the same."""
    dice = random.Random(seed)
    for name in VISITS:
        record = records[name]
        blocks = read_blocks(_text(dice, short=name in ("derm", "knee24", "sleep24", "dm18", "dm18b", "dm18c")))
        at = next(i for i, block in enumerate(record.blocks) if block.kind == "signature")
        record.blocks[at:at] = blocks


def _text(dice: random.Random, *, short: bool) -> str:
    lines = ["# Background, reviewed", " ".join(dice.sample(_ABOUT, 3 if short else 5))]
    if not short:
        lines += ["# Review of systems, nurse", _some(dice, _REVIEW, dice.randint(5, 7))]
        lines += ["# General examination", _some(dice, _EXAM, dice.randint(6, 8))]
    lines += [
        "# Orders and reminders",
        *(f"- {order}" for order in dice.sample(_ORDERS, 2 if short else dice.randint(3, 5))),
    ]
    lines += ["# Instructions", " ".join(dice.sample(_TOLD, 3 if short else dice.randint(4, 6)))]
    return "\n".join(lines)


def _some(dice: random.Random, lines: Mapping[str, tuple[str, ...]], count: int) -> str:
    chosen = sorted(dice.sample(list(lines), count), key=list(lines).index)
    return " ".join(f"**{name}:** {dice.choice(lines[name])}." for name in chosen)
