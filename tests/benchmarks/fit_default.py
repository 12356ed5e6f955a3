"""Fit the recalibration that ships for the embedded scorer, and write it with its record.

    python -m tests.benchmarks.fit_default [FOLDER]

It learns from covidqa and cuad, each counting the same in all. One fifth of that weight is on questions that the
document does not answer, about as many as a criteria list has for a packet, so that "nothing here" is among what it has
seen. Run it again whenever the scorer's revision changes.
"""

import json
from dataclasses import replace
from pathlib import Path

from core.calibration import recalibrate
from core.calibration.fitters import Judged, cross_fit, fit
from core.calibration.recalibrate import Contextual
from core.scorers import open_scorer
from core.settings import Settings
from tests.benchmarks.measures import calibration_error, reliability
from tests.benchmarks.public import PublicSet, open_folder, raw_scores, read_set

TRAINED_ON = ("covidqa", "cuad")
ABSENT = 0.2
"""Share of a set's weight on questions that the document does not answer."""
RECORD = Path(recalibrate.__file__).with_name("default_embedded.json")


def judged(public: PublicSet) -> list[Judged]:
    """Its questions, answered and absent, with scores; together they weigh 1000."""
    scorer, cases = open_scorer("embedded", Settings()), []
    for asked, share in ((public.asked, 1 - ABSENT), (public.absent, ABSENT)):
        scores = raw_scores(scorer, public, asked)
        cases += [
            Judged(a.document, s, a.relevant, 1000 * share / len(asked)) for a, s in zip(asked, scores, strict=True)
        ]
    return cases


def _size(public: PublicSet) -> dict[str, int | list[str]]:
    return {
        "documents": sorted(public.pages),
        "pages": sum(map(len, public.pages.values())),
        "questions": len(public.asked),
        "relevant_pages": int(sum(a.relevant.sum() for a in public.asked)),
        "absent_questions": len(public.absent),
    }


def main() -> None:
    fingerprint = open_scorer("embedded", Settings()).info.fingerprint
    folder = open_folder()
    sets = [read_set(folder, name) for name in TRAINED_ON]
    cases = [case for public in sets for case in judged(public)]
    exact = fit(cases, fingerprint=fingerprint)
    assert isinstance(exact, Contextual)
    model = replace(
        exact, intercept=round(exact.intercept, 6), coefficients=tuple(round(c, 6) for c in exact.coefficients)
    )
    held_out = cross_fit(cases, fingerprint=fingerprint)
    table = reliability(held_out, [case.relevant for case in cases])
    record = json.loads(model.record()) | {
        "trained_on": {public.name: _size(public) for public in sets},
        "held_out": {
            "by": "whole documents",
            "calibration_error": round(calibration_error(table), 5),
            "reliability": [{key: round(value, 4) for key, value in row.items()} for row in table],
        },
    }
    RECORD.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
