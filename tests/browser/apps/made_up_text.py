"""What stands on a made-up page."""

LINES = (
    "Rheumatology follow-up",
    "Patient seen for seropositive rheumatoid arthritis, moderate to severe disease.",
    "Methotrexate 20 mg weekly from 03/2025, stopped 08/2025 after raised liver enzymes.",
    "Leflunomide 20 mg daily from 09/2025 for four months, inadequate response.",
    "CRP 31 mg/L (normal below 5). DAS28-CRP 5.4.",
    "QuantiFERON negative on 11/02/2026.",
    "Plan: adalimumab 40 mg every two weeks, review at week 12.",
)
