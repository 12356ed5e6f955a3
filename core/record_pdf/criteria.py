"""Each criterion in full: the question, what the tool found, what was decided, why, and on which pages."""

from collections.abc import Iterator

from core.record import CaseRecord, RecordCitation, RecordCriterion, RecordDecision
from core.record_pdf.sheets import Part, Row, row, whole, words
from core.record_pdf.style import BAR, GROUND, heading, outcome
from core.record_words import EVIDENCE, STATE, moment, outcome_state, page_words, state_of


def criteria(record: CaseRecord) -> Iterator[Part]:
    yield heading("Decisions and their reasons", above=22)
    group = ""
    for at, entry in enumerate(record.criteria, start=1):
        if entry.criterion.group != group:
            group = entry.criterion.group
            if group:
                yield whole(f'<p class="grey"><b>{words(group)}</b></p>', above=12, with_next=True)
        yield from _criterion(entry, f"c{at}")


def _criterion(entry: RecordCriterion, anchor: str) -> Iterator[Row]:
    decision, criterion, (state, said) = entry.decision, entry.criterion, state_of(entry)
    yield row(
        (0.1, f'<p class="h3">{words(criterion.id)}</p>'),
        (0.66, f"<p><b>{words(criterion.question)}</b></p>"),
        (0.24, f'<p class="right">{outcome(entry)}</p>'),
        above=9,
        fill=GROUND,
        bar=BAR[state],
        with_next=True,
        anchor=anchor,
        title=f"{criterion.id}: {said.lower()}",
        level=2,
    )
    if criterion.instruction:
        yield _indented(f'<p class="small">{words(criterion.instruction)}</p>', with_next=True)
    yield _indented(f'<p class="small">{_who(entry)}</p>', with_next=bool(decision and decision.rationale))
    if decision and decision.rationale:
        yield _indented(f"<p>{words(decision.rationale, lines=True)}</p>")
    if entry.second:
        yield _indented(f"<p>{_second(entry.second)}</p>")
    if entry.flagged or entry.note:
        note = f": {words(entry.note, lines=True)}" if entry.note else ""
        yield _indented(f"<p><b>{'Flagged' if entry.flagged else 'Note'}</b>{note}</p>")
    for citation in entry.citations:
        yield _citation(citation)


def _indented(inner: str, *, with_next: bool = False) -> Row:
    return row((0.1, ""), (0.9, inner), with_next=with_next)


def _who(entry: RecordCriterion) -> str:
    """Who decided and when, and what the tool had found."""
    decision = entry.decision
    found = f"The tool: {EVIDENCE[entry.evidence].lower()}."
    if decision is None:
        open_ = "Nobody has decided." if entry.asked else "The logic asks for no decision: its condition is not met."
        return words(f"{open_} {found}")
    times = {0: "", 1: ", changed once before"}.get(decision.changes, f", changed {decision.changes} times before")
    cited = "" if entry.citations else " No page is cited."
    verb = "Settled after two reviews" if decision.reading == "final" else "Decided"
    return words(f"{verb} by {decision.reviewer} on {moment(decision.at)}{times}. {found}{cited}")


def _second(second: RecordDecision) -> str:
    why = f": {words(second.rationale, lines=True)}" if second.rationale else ""
    said = STATE[outcome_state(second)].lower()
    return f"{words(f'Second review: {said}, by {second.reviewer} on {moment(second.at)}')}{why}"


def _citation(citation: RecordCitation) -> Row:
    quote = f"<br/>“{words(citation.quote)}”" if citation.quote.strip() else ""
    place = page_words(citation.at)
    where = f"{place[0].upper()}{place[1:]}, {citation.at.document_name}, page {citation.at.ref.number}"
    return row(
        (0.1, ""),
        (0.06, f'<p><a href="#n{citation.number}"><b>{citation.number}</b></a></p>'),
        (0.84, f'<p><span class="small">{words(where)}</span>{quote}</p>'),
    )
