"""Words that make any page of the patient relevant to a criterion of the spine list, wherever they are printed.

Authors label what needs judgement; these rules see to it that no page which states the plain fact is left out.
Old and general pages are kept apart by the record's name: `c_` belongs to the current episode, `o_` to earlier ones.
"""

from sample_docs.packet import Rule

_NOW = r"c_|ptintake|painintake"

RULES: tuple[Rule, ...] = (
    Rule("SM-01", r"Member no", "member data on a form", "c_form|c_req1"),
    Rule("SM-03", r"72148", "procedure code", "c_"),
    Rule("SM-04", r"M5[14]\.\d", "ICD-10 code"),
    Rule("SM-09", r"26-0814-773|19-0611-208|DENIED|Denial recvd", "earlier request"),
    Rule(
        "SM-14",
        r"(?i)great toe|big toe|to (the )?foot|to the toe|top of (the )?foot|\bcalf\b|foot >",
        "leg pain below the knee",
        r"c_(?!denial)|ptintake|painintake|portal26",
    ),
    Rule("SM-14", r"sometimes calf|SLR L \+ at 60 \(calf\)", "leg pain into the calf in 2019"),
    Rule("SM-15", r"[345][+-]?/5|EHL 4\+ >|(?i:strength (5/5|4/5))|Dorsiflexors about", "graded strength"),
    Rule("SM-16", r"(?i)patellar|achilles|ankle jerk|knee jerk|reflexes \w+ at|reflexes 2\+|DTRs", "reflexes"),
    Rule("SM-17", r"(?i)pinprick|dermatom|light touch|web space|sensation: ", "sensation of the legs", _NOW),
    Rule("SM-18", r"SLR|(?i:straight leg|slump|straight left leg)", "straight leg raise"),
    Rule("SM-19", r"(?i)\bgait\b|heel walk|toe walk|steppage", "gait", r"c_(?!ptdc)|brace|knee24|o_pcp19|pcp25|pcp23a"),
    Rule("SM-20", r"(?i)NPRS|Pain 9/10|\d ?/ ?10\b", "pain score", r"c_pt|c_pain|c_ortho|c_ed$|c_diary"),
    Rule("SM-21", r"\bODI\b|Oswestry", "Oswestry score"),
    Rule("SM-23", r"(?i)lumbar flex|flexion, deg|Flex \d\d|Flexion \|? ?\d|Flexion to|AROM", "lumbar range of motion"),
    Rule(
        "SM-22",
        r"(?i)light duty|mezzanine|mowing|sitting tolerance|PSFS|Personal care",
        "limits at work or at home",
        "c_pt|odi",
    ),
    Rule("SM-61", r"instability neg", "instability test negative"),
    Rule("SM-27", r"EHL", "one grade in the series", r"c_pteval|c_pain1"),
    Rule("SM-27", r"MMT EHL|and is weaker", "toe strength over time", "c_pt|c_cover"),
    Rule(
        "SM-49",
        r"(?i)MRI (results|2019|lumbar spine)|MRI then|small disc 4-5|2019 study|Prior MRI",
        "2019 MRI mentioned",
        r"c_|o_pcp19b|o_mri",
    ),
    Rule("SM-50", r"(?i)\bXR\b.{0,30}(L-spine|06/02)|lumbar spine, (three|AP)|XR 06/2026", "lumbar radiographs"),
    Rule("SM-60", r"(?i)no back surgery|no previous back op|prior spine surgery", "no earlier spine surgery"),
    Rule("SM-69", r"(?i)(wt|weight) ?2[34]\d", "weight in 2026", r"c_|pcp26"),
    Rule("SM-72", r"A1[cC]\D{0,4}\d\.\d", "A1c value"),
    Rule("SM-73", r"\bCPAP\b|\bOSA\b|(?i:sleep apnea)", "sleep apnea or its treatment"),
    Rule("SM-77", r"PHQ-?[29]", "depression screen"),
    Rule("SM-78", r"(?i)colonoscopy|colon 2029|45385", "colonoscopy"),
    Rule(
        "SM-79",
        r"(?i)kidney stone|calculus of kidney|nephrolithiasis|UVJ stone|lower pole|stone seen on MR",
        "kidney stone",
    ),
    Rule("SM-80", r"(?i)\baspirin\b|\bASA\b", "aspirin"),
    Rule("SM-64", r"(?i)loop recorder|LINQ|33285|Recorder out", "loop recorder"),
    Rule("SM-66", r"(?i)claustrophob", "claustrophobia"),
    Rule("SM-62", r"(?i)\bvap(e|es|ing)\b|nicotine|Quit smoking", "nicotine use"),
    Rule("SM-41", r"(?i)gabapentin|duloxetine|\bgaba\b", "neuropathic agent", r"c_|portal26|problems|fills|uds"),
    Rule("SM-39", r"(?i)naproxen|ibuprofen|meloxicam|NSAID", "NSAID", r"c_|portal26|fills|eddc"),
    Rule("SM-42", r"(?i)cyclobenzaprine", "muscle relaxant"),
    Rule("SM-46", r"(?i)medrol|steroid pack|pack worked|methylpred", "oral steroid"),
    Rule("SM-45", r"TFESI|had the shot|(?i:epidural)", "epidural injection", r"c_|consent"),
    Rule("SM-51", r"\bEMG\b|nerve test", "electrodiagnostic study", r"c_(?!denial)"),
    Rule("SM-25", r"(?i)bladder|incontinence|bowels", "bladder or bowel", r"c_(?!denial)|o_pcp18"),
    Rule("SM-26", r"(?i)saddle|perianal|rectal tone|sphincter", "saddle area", r"c_"),
    Rule("SM-59", r"Greer", "spine surgeon", r"c_(?!phone)"),
    Rule("SM-65", r"(?i)grinder|orbit|metal in eye", "metal in the eyes"),
    Rule("SM-75", r"OARRS CHECKED", "database checked"),
)
