"""How agreement is said: figures with what they rest on, what was left out, and what a low kappa may mean."""

from core.agreement import FEWEST_CASES, Agreement, Figure
from core.judged import Judged

CATEGORY_WORDS = {
    "met": "met",
    "not_met": "not met",
    "insufficient": "insufficient",
    "not_applicable": "not applicable",
    "relevant": "relevant",
    "not_relevant": "not relevant",
}
NAMES: dict[str, tuple[str, str]] = {
    "observed": ("Agreement", "Share of pairs of judgements that are alike. Chance is not taken out."),
    "cohen": ("Cohen's kappa", "Two people, beyond chance: what each of them says how often is taken out."),
    "fleiss": ("Fleiss' kappa", "Several people, beyond chance, where each thing has equally many judgements."),
    "alpha": ("Krippendorff's alpha", "Any number of people, beyond chance, with judgements missing."),
    "adjusted": ("Kappa adjusted for prevalence (PABAK)", "Chance is even among the categories: beside a low kappa."),
}
"""Figure -> its name, and what it means."""
_HIGH, _LOW, _RARE = 0.8, 0.4, 0.8
"""A low kappa beside agreement as high as this, where one category is as common as this, comes from prevalence."""


def figures(found: Agreement) -> dict[str, Figure]:
    """The figures that mean something for this number of people, in the order of `NAMES`."""
    every = {
        "observed": found.observed,
        "cohen": found.cohen,
        "fleiss": found.fleiss,
        "alpha": found.alpha,
        "adjusted": found.adjusted,
    }
    return {name: figure for name, figure in every.items() if name != "cohen" or len(found.raters) == 2}


def number(value: float | None) -> str:
    """Two decimals, "–" for what means nothing."""
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def interval(figure: Figure) -> str:
    """ "0.61 to 0.83", "–" without one."""
    return "–" if figure.interval is None else " to ".join(map(number, figure.interval))


def rests_on(found: Agreement, judged: Judged, thing: str) -> str:
    """How what is missing was handled, in a sentence or two. `thing`: "criteria" or "pages"."""
    parts = [f"{found.n:,} {thing} with two judgements or more, of {_many(found.cases, 'case')}, enter the figures"]
    if found.alone:
        parts.append(f"{found.alone:,} that one person alone has judged enter none")
    if judged.under_way:
        parts.append(f"{_many(judged.under_way, 'case')} with a second review under way are left out")
    if judged.unsure:
        parts.append(f"{_many(judged.unsure, 'label')} “unsure” count as missing")
    if judged.redone:
        parts.append(f"{judged.redone:,} decided anew after they were settled are left out")
    if 0 < found.fleiss.n < found.n:
        parts.append(f"Fleiss' kappa takes the {found.fleiss.n:,} with {found.fleiss_ratings} judgements")
    return f"{'; '.join(parts)}. {_intervals(found)}"


def _intervals(found: Agreement) -> str:
    if found.cases < FEWEST_CASES:
        return f"Intervals need {FEWEST_CASES} such cases or more, so none is given."
    return "Intervals are 95 %, from drawing whole cases anew: what is judged in one case hangs together."


def paradox(found: Agreement) -> str:
    """What to think of a kappa that is low although agreement is high; "" where that is not so."""
    if not found.prevalence or found.observed.value is None:
        return ""
    common, share = max(found.prevalence.items(), key=lambda item: item[1])
    beyond = found.cohen.value if len(found.raters) == 2 else found.alpha.value
    if found.observed.value < _HIGH or share < _RARE or (beyond is not None and beyond >= _LOW):
        return ""
    says = "says nothing" if beyond is None else f"is low ({number(beyond)})"
    return (
        f"Agreement is high ({number(found.observed.value)}) and kappa {says}: {share:.0%} of the judgements are "
        f"“{CATEGORY_WORDS[common]}”, so chance alone would agree on most. Read kappa beside the adjusted figure, and "
        "look at the differences themselves."
    )


def _many(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
