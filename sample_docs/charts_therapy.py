"""Daily notes of three courses of physical therapy for the spine packet."""

import random
from collections.abc import Iterator

from sample_docs.markup import Record, read_blocks

VISITS_2026 = (
    "07/09", "07/13", "07/16", "07/20", "07/22", "07/27", "07/30", "08/06", "08/11", "08/17", "08/21",
)  # fmt: skip
VISITS_2021 = ("09/10", "09/15", "09/17", "09/22", "09/24", "09/29")
VISITS_2018 = ("05/01", "05/08", "05/15")
_NUMBERS_2026 = (2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13)
_LEG_2026 = (6, 6, 7, 6, 5, 6, 6, 6, 7, 6, 6)
_BACK_2026 = (4, 4, 3, 4, 3, 3, 3, 3, 2, 3, 2)

_SAID = (
    "Leg was bad on the drive over, had to stop at the lot on Clague to stand up.",
    "Did the press-ups in the break room, the crew laughed. Calf a little quieter for half an hour after.",
    "Slept four hours straight for the first time. By noon it was the same as ever.",
    "Sneezed in church and saw stars.",
    "Light duty is mostly sitting, which he says is worse than lifting.",
    "Forgot one set on Sunday, grandson's christening. Otherwise every two hours as told.",
    "Reports the top of the foot is asleep more of the day, shoe feels loose.",
    "Back itself is easy now. It is the leg that keeps him from the mezzanine.",
    "Tried mowing for ten minutes. Paid for it two days.",
    "Toe caught on the stair carpet twice this week, did not fall.",
    "No change. Asks how many visits insurance will pay.",
)
_DID = (
    ("prone press-up", "3 x 10", "foot > mid calf, back in 15 min"),
    ("press-up with belt overpressure", "2 x 10", "calf, no better"),
    ("extension in standing at counter", "2 x 10", "no effect"),
    ("side glide in standing, L", "3 x 10", "to thigh during, foot after"),
    ("sciatic slider, supine", "2 x 15", "tingling, settles"),
    ("peroneal nerve tensioner", "1 x 10", "stopped, shocks"),
    ("transversus + march", "3 x 12", "ok"),
    ("dead bug", "2 x 10", "R fatigue"),
    ("bird dog", "3 x 8", "pelvis drops L"),
    ("side plank, knees", "3 x 20 s", "R > L"),
    ("bridge, single leg", "2 x 8", "L weaker"),
    ("clam with green band", "3 x 12", "L fatigue at 9"),
    ("monster walk, blue band", "3 x 20 ft", "toe drags L"),
    ("hip hinge with dowel", "3 x 10", "good form"),
    ("box lift, 10 - 20 lb, floor to waist", "2 x 8", "no increase"),
    ("treadmill 2.2 mph", "8 min", "foot slap after 5"),
    ("recumbent bike", "6 min", "sitting hurts"),
    ("toe extension vs. band", "3 x 10", "half range L"),
    ("heel walk", "4 x 15 ft", "forefoot down at 6 ft"),
    ("farmer carry 15 lb", "4 x 40 ft", "list to R"),
)
_HANDS = (
    "PA glides L4, L5 grade III, 2 x 60 s. Soft tissue to L piriformis.",
    "Lumbar rotation mobilization R side lying, grade II, painful so stopped.",
    "Mechanical traction prone, 85 lb, 12 min static. Leg 4 while on, 6 by the parking lot.",
    "IASTM L paraspinals, then heat 10 min.",
    "Mechanical traction supine, 95 lb, 30 s on 10 off, 15 min.",
    "None today, exercise only.",
    "Manual shift correction x 3, list returns when he walks.",
    "Long axis distraction L leg. Slight relief, gone on standing.",
)
_THOUGHT = (
    "Leg centralizes only while loaded. No carry-over between visits.",
    "Irritability moderate. Tolerated more volume than Monday.",
    "Motor control of trunk better, leg signs unchanged.",
    "Neural work irritates. Dropped from program.",
    "Retest after mobilization: SLR same, flexion + 3 deg.",
    "He works hard. I am less hopeful about directional preference than at week 1.",
    "Toe extensor fatigues by the second set, will keep measuring.",
    "Traction gives relief of minutes.",
    "Function at work unchanged since start.",
    "Standing tolerance improved to 14 min, sitting no.",
    "Plateau. Discussed with JH, one more visit then back to physician.",
)
_NEXT = (
    "Continue, add load as able.", "Repeat with belt.", "Hold neural mobilization.",
    "Traction next time if foot still involved.",
    "Recheck myotomes.", "Progress hip strength.", "Lifting practice.", "Same time Thursday.",
    "Send note to referring office.",
    "Reduce sitting work.", "Prepare discharge.",
)  # fmt: skip
_HOME = (
    "HEP: log brought, 6 of 7 days.", "HEP: did it, no log.", "HEP: every 2 h at work, less at home.",
    "HEP: added clam.",
    "HEP: 5 of 7 days.", "HEP reviewed with phone video.", "HEP: skipped one day, otherwise complete.",
)  # fmt: skip

_OLD = {
    "09/10": ("Sore after eval, then looser. 4/10.", "Press-ups x30, cat-camel x15, bird dog 2 x 8, bike 8 min.",
    "Extension helps clearly."),
    "09/15": ("Drove to Columbus, stiff, 4/10. Did half of the sheet.",
    "Press-ups, hip hinge with stick, side plank 3 x 15 s, row 40 lb.", "Good hinge by the end."),
    "09/17": ("3/10. Back at full shift.", "Goblet squat 15 lb, suitcase carry, bird dog on pad. Lumbar PA III.",
    "Flex 52. No fear of bending."),
    "09/22": ("2/10, mowed both lawns.", "Deadlift 30 lb x 8 x 3, plank 40 s, step-down 6 in.",
    "Left him to warm up alone, fine."),
    "09/24": ("Missed sleep, new shift. 3/10.", "Lighter: walking program 20 min, mobility flow, breathing.",
    "Fluctuates with sleep."),
    "09/29": ("1/10. Wants to finish next week.", "Box lift 45 lb floor to waist x 6, rotation with cable.",
    "Ready, one more week."),
    "05/01": ("Better, 3/10, shift of ten hours ok.", "Pelvic tilts, plank 25 s x 3, ham stretch, hip hinge at wall.",
    "Learns fast."),
    "05/08": ("2/10. Bowled one game. Nothing bad.", "Plank 38 s, side plank 20 s, squat to box, lunge w stick.",
    "Continue."),
    "05/15": ("1/10. Stiff in AM only.", "Shovel technique with real shovel and sand, 10 min. Plank 45 s.",
    "One more, then home."),
}  # fmt: skip


_FLOW = (
    "warm-up bike", "cat-camel", "press-up", "bridge", "plank", "side plank R/L", "bird dog", "hip hinge",
    "squat to box", "row, cable", "ham stretch", "step-up 6 in", "carry", "breathing 90/90",
)  # fmt: skip
_OLD_NEXT = ("Per plan.", "Same again, heavier.", "Add carry next time.", "See Friday.", "Review sheet next visit.")
_OLD_BILLED = ("97110 x2", "97110 x2 97140", "97110 97530", "97110 x3")


def _flow_sheet(dice: random.Random, visit: int) -> str:
    """Eight exercises with sets and effort, growing with the visits."""
    rows = ["|! Exercise | Sets | Reps / time | Load | RPE"]
    for name in sorted(dice.sample(_FLOW, 8), key=_FLOW.index):
        dose = (
            f"{20 + 5 * visit + dice.randrange(3) * 5} s"
            if "plank" in name or "stretch" in name
            else str(8 + dice.randrange(4) * 2)
        )
        load = f"{dice.choice((10, 15, 20)) + 5 * visit} lb" if name in ("hip hinge", "row, cable", "carry") else ""
        rows.append(f"| {name} | {dice.choice((1, 2, 2, 3))} | {dose} | {load} | {dice.randrange(3, 8)}")
    return "\n".join(rows)


def therapy_records(seed: int) -> dict[str, Record]:
    """`c_pt1`..`c_pt11` (2026), `o_pt21_1`..`o_pt21_6` and `o_pt18_1`..`o_pt18_3`."""
    dice = random.Random(seed)
    records = {record.name: record for record in _course_2026(dice)}
    for year, visits, author in ((21, VISITS_2021, "Terrence Oakley, PT, DPT"), (18, VISITS_2018, "Carla Munn, PT")):
        for i, day in enumerate(visits, 1):
            said, did, thought = _OLD[day]
            date = f"{day}/20{year}"
            body = (
                f"@n SM-37 therapy visit of 20{year}, outside the window\nS: {said}\nO: {did}\n"
                f"# Flow sheet\n{_flow_sheet(dice, i)}\nA: {thought}\n"
                f"P: {dice.choice(_OLD_NEXT)} {28 + dice.randrange(18)} min, {dice.choice(_OLD_BILLED)}.\n"
                f"^ {author} | {date}"
            )
            options = {"practice": "mill", "date": date, "by": author, "title": f"Treatment note {i + 1}"}
            records[f"o_pt{year}_{i}"] = Record(f"o_pt{year}_{i}", options, read_blocks(body))
    return records


def _course_2026(dice: random.Random) -> Iterator[Record]:
    exercises = dice.sample(_DID, len(_DID))
    hands, home = dice.sample(_HANDS, len(_HANDS)), dice.sample(_HOME, len(_HOME))
    for i, day in enumerate(VISITS_2026):
        author = "Misaki Kato, PTA" if day in ("07/13", "07/22", "08/11") else "Joss Hartigan, PT, DPT"
        date = f"{day}/2026"
        rows = "\n".join("| " + " | ".join(exercises[(5 * i + k) % len(exercises)]) for k in range(4 + i % 3))
        measured = f"Lumbar flexion {38 + i} deg. SLR L {dice.choice((40, 42, 42, 44))} deg." if i % 3 == 1 else ""
        strength = f"MMT EHL L {'4+' if i < 5 else '4' if i < 9 else '4-'}/5." if i % 4 == 2 else ""
        body = f"""
@ SM-37 therapy visit {_NUMBERS_2026[i]} of the current course
@ SM-20 pain at the visit
S: {_SAID[i]} Leg {_LEG_2026[i]}/10, back {_BACK_2026[i]}/10.
@ SM-38 home program at the visit
{home[i % len(home)]}
# Objective
|! Exercise | Dose | Response
{rows}
Manual / modality: {hands[i % len(hands)]}
{measured} {strength}
# Assessment
{_THOUGHT[i]}
|! Goal | Target | Status
| Centralize above the knee | 3 wk | {("not met", "in session only")[i > 2]}
@ SM-22 lifting and standing tolerance at the visit
| Lift floor to waist, lb | 40 | {(10, 10, 10, 15, 15, 15, 15, 20, 20, 20, 20)[i]}
| Stand without leg pain, min | 30 | {(8, 9, 8, 10, 11, 11, 12, 12, 14, 13, 14)[i]}
# Plan
{_NEXT[i]}
|! Charge | Min | Units
| 97110 therapeutic exercise | {23 + dice.randrange(8)} | 2
| {("97140 manual", "97112 neuromuscular", "97012 traction")[i % 3 if i < 7 else 2]} | {10 + dice.randrange(6)} | 1
Total timed {38 + dice.randrange(0, 16)} min. In {dice.choice(("07:05", "07:10", "16:30", "17:15"))}.
^ {author} | {date}
"""
        title = f"Daily note, visit {_NUMBERS_2026[i]}"
        yield Record(
            f"c_pt{i + 1}", {"practice": "stride", "date": date, "by": author, "title": title}, read_blocks(body)
        )
