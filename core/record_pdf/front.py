"""The front of the printed record: where the case stands, and one line for each criterion."""

from collections.abc import Iterator
from dataclasses import replace

from core.casefile import Step
from core.casestate import STATUS_WORDS
from core.record import DRAFT, CaseRecord
from core.record_pdf.sheets import Break, Part, Row, Table, whole, words
from core.record_pdf.style import GREEN, GREY, GROUND, RED, WARM, facts, heading, outcome, table
from core.record_words import EVIDENCE, STATE, clock, details, moment, signature, tally


def summary(record: CaseRecord) -> Iterator[Part]:
    """The first page."""
    yield whole('<p class="eyebrow">Record of a determination</p>')
    yield whole(f'<p class="h1">{words(record.name)}</p>', title="Summary")
    yield from _standing(record)
    if record.differs:
        said = "".join(f"<p>• {words(sentence)}</p>" for sentence in record.differs)
        lead = "<p><b>The present differs from what was signed.</b> What was signed is shown.</p>"
        yield whole(f"{lead}{said}", above=8, fill=WARM, bar=RED)
    yield whole(f"<p>{words(record.ai)}</p>", above=8, fill=GROUND, bar="#1a4f8b")
    first, *others = facts(_facts(record))
    yield replace(first, above=12.0)
    yield from others
    yield Break()


def _standing(record: CaseRecord) -> Iterator[Row]:
    step = record.signed
    if step is None:
        now = STATUS_WORDS[record.status]
        last = record.steps[-1] if record.steps else None
        since = f" {_said(last)}" if last and record.status != "in_review" else ""
        inner = (
            f'<p class="big" style="color:{RED}">{DRAFT}</p>'
            f"<p><b>{words(now)}.</b>{since} No determination is in force. What stands here may still change.</p>"
        )
        yield whole(inner, above=12, fill=WARM, bar=RED)
        return
    colour = GREEN if step.kind == "approve" else GREY if step.kind == "withdraw" else RED
    inner = (
        f'<p class="big" style="color:{colour}">{words(STATUS_WORDS[record.status])}</p>'
        f"<p>Signed by <b>{words(signature(step))}</b> on {words(moment(step.at))}"
        f"{', after the case was reopened' if record.amended() else ''}.</p>"
    )
    inner += "".join(f"<p>{words(name)}: {words(value, lines=True)}</p>" for name, value in details(step))
    if record.known:
        inner += "<p>Known when it was signed:</p>" + "".join(f"<p>• {words(said)}</p>" for said in record.known)
    yield whole(inner, above=12, fill=GROUND, bar=colour)


def _said(step: Step) -> str:
    said = "; ".join(f"{name.lower()}: {value}" for name, value in details(step))
    return words(f"By {signature(step)} on {moment(step.at)}{'; ' if said else ''}{said}.")


def _facts(record: CaseRecord) -> list[tuple[str, str]]:
    criteria, audit = record.criteria_set, record.audit
    root = next((node for node in record.nodes if not node.line.path), None)
    holds = (
        f"All entries of the log verify, up to entry {audit.newest_id:,}."
        if audit.broken is None
        else f'<span class="not_met">The log was changed from outside at entry {audit.broken:,}.</span>'
    )
    cited = len({citation.at.ref for citation in record.citations()})
    return [
        ("Clock", words(clock(record))),
        ("Criteria", f"{len(record.criteria):,}: {words(tally(record))}"),
        *([("They come to", f'<span class="{root.state}">{STATE[root.state]}</span>')] if root else []),
        ("Criteria list", f"{words(criteria.name)}, version {criteria.version}"),
        ("Packet", words(_packet(record))),
        ("Evidence cited", f"{cited:,} {'page' if cited == 1 else 'pages'}, shown below with the places marked"),
        ("Pages opened", words(_opened(record))),
        ("Audit log", holds),
        ("Case", f"Number {record.case}, opened by {words(record.created_by)} on {words(moment(record.created_at))}"),
        ("This record", f"Made for {words(record.made_by)} on {words(moment(record.made_at))}"),
    ]


def _packet(record: CaseRecord) -> str:
    here = [d for d in record.documents if not d.replaced_by]
    gone, unread = len(record.documents) - len(here), len(record.unread)
    said = f"{record.pages:,} pages in {len(here):,} {'document' if len(here) == 1 else 'documents'}"
    if gone:
        said += f"; {gone:,} more {'was' if gone == 1 else 'were'} replaced"
    if unread:
        looked = sum(bool(page.looked) for page in record.unread)
        said += f"; {unread:,} could not be read by the tool, of which people looked at {looked:,}"
    return said


def _opened(record: CaseRecord) -> str:
    if not record.looked:
        return "None on record"
    return "; ".join(f"{who.reviewer}: {who.pages:,} page{'s' if who.pages != 1 else ''}" for who in record.looked)


def overview(record: CaseRecord) -> Iterator[Part]:
    """One line for each criterion."""
    yield heading("Criteria at a glance", above=0)
    yield _overview(record)


def _overview(record: CaseRecord) -> Table:
    rows = []
    for at, entry in enumerate(record.criteria, start=1):
        decision = entry.decision
        cited = ", ".join(f'<a href="#n{c.number}">{c.number}</a>' for c in entry.citations)
        rows.append(
            (
                f'<a href="#c{at}">{words(entry.criterion.id)}</a>',
                words(entry.criterion.question) + (" <b>⚑ flagged</b>" if entry.flagged else ""),
                words(EVIDENCE[entry.evidence]),
                outcome(entry),
                words(decision.reviewer) if decision else "",
                cited or "none",
            )
        )
    heads = ("Id", "Question", "Tool found", "Decision", "By", "Cited as")
    return table((0.08, 0.41, 0.14, 0.14, 0.13, 0.10), heads, rows)
