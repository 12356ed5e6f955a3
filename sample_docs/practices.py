"""The invented practices, laboratories and payers, each with its own paper."""

from sample_docs.letterheads import Practice

BIOLOGIC = {
    "rheum": Practice(
        "Harbor Valley Rheumatology", "Arthritis, Lupus & Autoimmune Care",
        "4410 Canal Street Suite 210, Port Ellison, WA 98377",
        "Tel (360) 555-0142  Fax (360) 555-0143", head="logo", heading="bar", colour=(0.1, 0.3, 0.45), table="stripes",
    ),
    "rheum_fax": Practice(
        "Harbor Valley Rheumatology", "Facsimile transmittal", "4410 Canal Street Suite 210, Port Ellison, WA 98377",
        "Tel (360) 555-0142  Fax (360) 555-0143", head="typed", font="cour", heading="caps", pages="none",
        record_number="",
    ),
    "payer": Practice(
        "Cascade Summit Health Plan", "Pharmacy Utilization Management", "PO Box 51190, Tacoma, WA 98415",
        "Fax (800) 555-0177  Phone (800) 555-0170", head="band", size=9, heading="bar", colour=(0.18, 0.2, 0.32),
        signature="pen", record_number="", pages="foot",
    ),
    "lab": Practice(
        "NorthPoint Laboratories", "CLIA 50D0999999", "18 Foundry Way, Tacoma, WA 98402",
        "Client services (253) 555-0119",
        head="lab", size=9.2, heading="bold", table="plain", colour=(0.55, 0.1, 0.12), record_number="Accession",
    ),
    "imaging": Practice(
        "Sound Diagnostic Imaging", "Board Certified Radiologists", "902 Pacific Avenue, Port Ellison, WA 98377",
        "P 360-555-0186 F 360-555-0187", head="centre", font="tiro", size=11, heading="caps", record_number="MRN",
    ),
    "pcp": Practice(
        "Ellison Family Medicine", "Chart export", "77 Birch Road, Port Ellison, WA 98377", "(360) 555-0164",
        head="ehr", size=9.5, heading="rule", colour=(0.25, 0.25, 0.25), table="grid", record_number="MRN",
    ),
    "hepatology": Practice(
        "Tidewater Digestive & Liver Associates", "Ingrid Lindqvist, MD   Paul Abara, MD   Wen Castellanos, PA-C",
        "1200 Summit Tower, Tacoma, WA 98405", "(253) 555-0153", head="centre", font="tiro", size=11, heading="under",
        signature="pen", colour=(0.05, 0.25, 0.2), record_number="",
    ),
    "pharmacy": Practice(
        "Kestrel Pharmacy #118", "", "310 Harbor Blvd, Port Ellison, WA 98377", "360-555-0131", head="typed",
        font="cour", size=8.8,
        heading="caps", table="plain", record_number="Rx profile",
    ),
}  # fmt: skip

OXYGEN = {
    "pulm": Practice(
        "Big Sky Pulmonary & Critical Care", "Lucia Marchetti, MD, FCCP", "240 Medical Park Loop, Harlan, MT 59022",
        "P (406) 555-0121  F (406) 555-0122", head="band", font="helv", size=10.5, leading=1.34, heading="bold",
        table="grid",
        colour=(0.12, 0.32, 0.3), tint=(0.86, 0.92, 0.9),
    ),
    "dme": Practice(
        "Clearwater Home Medical", "Oxygen  -  Mobility  -  Sleep", "1180 Frontage Road, Harlan, MT 59022",
        "(406) 555-0155",
        head="logo", size=10, heading="bar", table="grid", colour=(0.05, 0.35, 0.6), signature="pen", pages="foot",
        record_number="Acct",
    ),
    "hosp": Practice(
        "St. Brendan Regional Hospital", "", "900 N 7th St, Harlan, MT 59022", "406-555-0100", head="typed",
        font="cour",
        size=10.2, leading=1.36, heading="caps", table="plain", record_number="MRN",
    ),
    "flow": Practice(
        "St. Brendan Regional Hospital", "Flowsheet print group 40817", "900 N 7th St, Harlan, MT 59022",
        "406-555-0100",
        head="ehr", size=8.6, heading="bold", table="grid", record_number="MRN", margin=40,
    ),
    "hosplab": Practice(
        "St. Brendan Regional Hospital Laboratory", "", "CLIA 27D0999998", "406-555-0103", head="typed", font="cour",
        size=9.6,
        heading="under", table="plain", record_number="MRN",
    ),
    "radiology": Practice(
        "St. Brendan Imaging & Cardiovascular", "Department of Radiology", "900 N 7th St, Harlan, MT 59022",
        "406-555-0105",
        head="centre", font="tiro", size=11.2, leading=1.35, heading="caps", table="grid",
    ),
    "sleep": Practice(
        "Beartooth Sleep Diagnostics", "Home testing service", "15 Aspen Court, Billings, MT 59101", "406-555-0148",
        head="lab",
        size=10, heading="rule", colour=(0.3, 0.2, 0.5), table="stripes", record_number="Study",
    ),
    "pcp": Practice(
        "Anson Creek Family Practice", "Jorunn Halvorsen, DO", "4 Main Street, Anson Creek, MT 59018", "406-555-0112",
        head="ehr", font="helv", size=10, leading=1.32, heading="rule", colour=(0.35, 0.2, 0.1), table="stripes",
    ),
    "payer": Practice(
        "Bluestem Advantage", "Utilization Intake", "PO Box 7002, Helena, MT 59604", "800-555-0165", head="logo",
        size=10.4,
        leading=1.4, heading="bold", colour=(0.1, 0.45, 0.5), signature="pen", record_number="", pages="none",
    ),
    "pcplab": Practice(
        "Treasure Valley Clinical Lab", "Billings, Montana", "CLIA 27D0999997", "1-800-555-0190", head="lab",
        font="helv",
        size=9.4, heading="under", table="plain", colour=(0.1, 0.25, 0.5), record_number="Specimen",
    ),
    "rehab": Practice(
        "Harlan Cardiac & Pulmonary Rehabilitation", "Philippa Strand, PT, CCRP",
        "The Mill, 2 River Walk, Harlan, MT 59022",
        "406-555-0136", head="centre", font="tiro", size=12, leading=1.4, heading="under", signature="pen",
        record_number="",
    ),
    "hh": Practice(
        "Prairie Home Health", "Medicare certified agency 27-7099", "88 Dell Avenue, Harlan, MT 59022", "406-555-0161",
        head="plain", size=9.6, heading="bar", table="grid", tint=(0.9, 0.9, 0.85), record_number="Pt ID",
    ),
}  # fmt: skip

SPINE = {
    "ortho": Practice(
        "Lakeshore Spine & Orthopedics", "Non-operative spine care", "3300 Detroit Road, Lakemont, OH 44094",
        "T (216) 555-0172  F (216) 555-0173", head="logo", size=10.3, leading=1.36, heading="rule", table="grid",
        colour=(0.02, 0.25, 0.42),
    ),
    "ortho_fax": Practice(
        "Lakeshore Spine & Orthopedics", "", "3300 Detroit Road, Lakemont, OH 44094", "T 216 555 0172   F 216 555 0173",
        head="centre", font="tiro", size=12, leading=1.4, heading="bold", record_number="", pages="none",
    ),
    "payer_form": Practice(
        "Meridian Lakes Health Plan", "Imaging utilization management", "PO Box 2240, Cleveland, OH 44101",
        "Phone 888-555-0130  Fax 888-555-0133", head="band", size=9, leading=1.25, heading="bar", colour=(0.35, 0.12,
        0.3),
        tint=(0.92, 0.88, 0.92), signature="pen", record_number="", pages="foot", margin=46,
    ),
    "payer": Practice(
        "Meridian Lakes Health Plan", "a company of neighbors", "PO Box 2240, Cleveland, OH 44101", "888-555-0130",
        head="logo",
        font="tiro", size=11.6, leading=1.38, gap=0.6, heading="bold", colour=(0.35, 0.12, 0.3), signature="pen",
        record_number="",
        pages="foot",
    ),
    "eob": Practice(
        "Meridian Lakes Health Plan", "Claims", "PO Box 2240, Cleveland, OH 44101", "888-555-0131", head="ehr",
        size=8.8,
        heading="bar", table="stripes", colour=(0.35, 0.12, 0.3), record_number="", pages="foot", margin=44,
    ),
    "neuro": Practice(
        "North Coast Neurosurgical Group", "Hollis Greer, MD     Ines Valderrama, MD",
        "Clinic Building C, 11 Hospital Drive, Lorain, OH 44053",
        "(440) 555-0181", head="centre", font="tiro", size=12, leading=1.42, gap=0.6, heading="under", signature="pen",
        colour=(0.2, 0.2, 0.25), record_number="",
    ),
    "emg": Practice(
        "Erie Neurophysiology", "Yelena Markovic, MD, ABEM", "540 Clague Park, Lakemont, OH 44094", "(216) 555-0193",
        head="lab",
        size=9.8, heading="under", table="grid", colour=(0.1, 0.4, 0.3), record_number="EMG no",
    ),
    "pain": Practice(
        "Interlake Pain Management", "", "71 Erie Plaza Suite 4, Lakemont, OH 44094",
        "PH 216-555-0128 FX 216-555-0129", head="typed",
        font="cour", size=10.4, leading=1.38, heading="caps", table="plain", record_number="CHART",
    ),
    "hosp": Practice(
        "Mercy Lakes Hospital", "Emergency & Inpatient", "100 Mercy Way, Lorain, OH 44053", "(216) 555-0150",
        head="ehr", size=9.8,
        leading=1.35, heading="bold", table="grid", colour=(0.5, 0.05, 0.1), record_number="MRN",
    ),
    "hospimg": Practice(
        "Mercy Lakes Imaging Center", "Radiology report", "Lorain Road, Lorain, OH 44053", "(216) 555-0150 ext 4",
        head="centre",
        font="tiro", size=11.4, leading=1.38, heading="caps", record_number="MRN",
    ),
    "pcp": Practice(
        "Fenwick Internal Medicine", "Progress note", "19 Fenwick Square, Lakemont, OH 44094", "(216) 555-0114",
        head="ehr", font="helv",
        size=10.2, leading=1.36, heading="rule", colour=(0.15, 0.3, 0.15), table="stripes", record_number="Chart",
    ),
    "stride": Practice(
        "Stride Physical Therapy", "Lakemont", "2 Breakwall Plaza, Lakemont, OH 44094",
        "(216) 555-0147  f (216) 555-0148", head="band",
        size=9.8, leading=1.34, heading="bold", colour=(0.85, 0.4, 0.05), tint=(0.98, 0.93, 0.86), table="grid",
        record_number="Acct",
    ),
    "mill": Practice(
        "Mill Pond Rehabilitation", "", "Old Mill, 4 Water Street, Lakemont, OH 44094", "216-555-0167", head="typed",
        font="cour", size=10.6,
        leading=1.4, heading="under", table="plain", record_number="",
    ),
    "plainpt": Practice(
        "", "", "", "", head="plain", font="tiro", size=11.5, leading=1.4, heading="under", table="grid",
        signature="pen",
        record_number="", pages="none",
    ),
    "uro": Practice(
        "Quist & Partners Urology", "Bartholomew Quist, MD", "Lorain Professional Building, Lorain, OH 44053",
        "(440) 555-0107", head="centre",
        font="tiro", size=12.2, leading=1.45, gap=0.7, heading="under", signature="pen", record_number="", colour=(0.3,
        0.15, 0.05),
    ),
    "sleep": Practice(
        "Moonrise Sleep Center", "AASM accredited", "8 Orchard Mall, Lakemont, OH 44094", "(216) 555-0188", head="lab",
        size=10,
        heading="rule", table="stripes", colour=(0.15, 0.15, 0.45), record_number="Study no",
    ),
    "gi": Practice(
        "Lakes Gastroenterology", "C. Vasquez-Holm, MD    P. Ionescu, MD", "400 Clague Road, Lakemont, OH 44094",
        "(216) 555-0159",
        head="logo", font="tiro", size=12, leading=1.42, gap=0.6, heading="bold", signature="pen", record_number="",
        colour=(0.35, 0.3, 0.1),
    ),
    "lab": Practice(
        "Great Lakes Reference Laboratory", "CLIA 36D0999996", "5 Foundry Park, Cleveland, OH 44101", "1-888-555-0102",
        head="lab",
        size=9.2, heading="bold", table="plain", colour=(0.0, 0.3, 0.35), record_number="Accession",
    ),
    "lab_old": Practice(
        "Fenwick in-house lab", "", "19 Fenwick Square, Lakemont, OH 44094", "216-555-0114", head="typed", font="cour",
        size=9.6,
        heading="under", table="grid", record_number="Chart",
    ),
    "drugmart": Practice(
        "Drugmart Pharmacy 0417", "", "2900 Detroit Road, Lakemont, OH 44094", "216-555-0110",
        head="plain", font="cour", size=9.4,
        heading="caps", table="plain", record_number="Rx ID",
    ),
    "cardio": Practice(
        "Lorain Heart & Rhythm", "Leontyne Adair, MD, FACC", "55 Harbor View, Lorain, OH 44053", "(440) 555-0139",
        head="band", font="tiro",
        size=11.3, leading=1.36, heading="bold", colour=(0.45, 0.05, 0.12), signature="typed",
    ),
    "eye": Practice(
        "Brandvold Vision", "Optometry", "12 Fenwick Square, Lakemont, OH 44094", "(216) 555-0176", head="logo",
        size=11, leading=1.5,
        heading="bold", colour=(0.1, 0.5, 0.5), signature="pen", record_number="",
    ),
    "derm": Practice(
        "Tolliver Dermatology", "", "900 Clague Road, Lakemont, OH 44094", "216.555.0195", head="typed", font="cour",
        size=11, leading=1.5,
        heading="caps", record_number="Pt no",
    ),
    "brace": Practice(
        "Hanlon Prosthetics & Orthotics", "ABC accredited", "31 Detroit Road, Lakemont, OH 44094", "(216) 555-0116",
        head="logo", size=10.6,
        leading=1.45, heading="bold", colour=(0.3, 0.3, 0.3), signature="pen",
    ),
}  # fmt: skip
