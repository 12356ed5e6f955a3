"""The annex of the printed record: the course of the case, the logic, versions, what was opened, the audit log."""

from collections.abc import Iterator

from core.record import CaseRecord
from core.record_pdf.sheets import Break, Part, row, words
from core.record_pdf.style import facts, heading, paragraph, table
from core.record_words import STATE, STEP, details, minutes, moment, numbers, page_words, signature, state_of

AUDIT_SHOWN = 120
"""Entries of the log that are printed, the newest; all of them are in the JSON."""


def annex(record: CaseRecord) -> Iterator[Part]:
    yield Break()
    yield from _course(record)
    yield from _logic(record)
    yield from _documents(record)
    yield from _versions(record)
    yield from _opened(record)
    yield from _unread(record)
    yield from _audit(record)


def _course(record: CaseRecord) -> Iterator[Part]:
    yield heading("Course of the case", above=0)
    if not record.steps:
        yield paragraph("No step has been taken yet.")
        return
    rows = []
    for step in record.steps:
        said = "<br/>".join(f"{words(name)}: {words(value, lines=True)}" for name, value in details(step))
        rows.append((words(moment(step.at)), f"<b>{STEP[step.kind]}</b>", words(signature(step)), said))
    yield table((0.2, 0.2, 0.2, 0.4), ("When", "Step", "By", "Details"), rows)


def _logic(record: CaseRecord) -> Iterator[Part]:
    yield heading("Logic of the criteria")
    if not record.nodes:
        yield paragraph("The criteria list gives no logic: nothing is rolled up.")
        return
    entries = {entry.criterion.id: entry for entry in record.criteria}
    for node in record.nodes:
        line = node.line
        lead = f"{line.lead}: " if line.lead else ""
        entry = entries.get(line.criterion)
        said = (
            f"{lead}{line.criterion} {entry.criterion.question if entry else ''}"
            if line.criterion
            else lead + line.words
        )
        title = f": {words(line.title)}" if line.title else ""
        inner = f"<p>{words(said)}{title}</p>" if line.criterion else f"<p><b>{words(said)}</b>{title}</p>"
        outcome = state_of(entry)[1] if entry else STATE[node.state]
        state = f'<p class="right"><span class="{node.state}">{outcome}</span></p>'
        indent = min(0.03 * line.depth, 0.3)
        cells = ((indent, ""),) if indent else ()
        yield row(*cells, (0.76 - indent, inner), (0.24, state), line=True)


def _documents(record: CaseRecord) -> Iterator[Part]:
    yield heading("Documents")
    rows = []
    for document in record.documents:
        gone = f"<br/><b>Replaced by</b> {_name(record, document.replaced_by)}" if document.replaced_by else ""
        added = f"{words(document.added_by)}<br/>{words(moment(document.added_at))}" if document.added_at else ""
        name = f'{words(document.name)}{gone}<br/><span class="mono">SHA-256 {document.document}</span>'
        rows.append((name, f"{document.pages:,}", added))
    yield table((0.66, 0.09, 0.25), ("Document", "Pages", "Added"), rows)


def _name(record: CaseRecord, document: str) -> str:
    return words(next((d.name for d in record.documents if d.document == document), document[:12]))


def _versions(record: CaseRecord) -> Iterator[Part]:
    made, criteria = record.versions, record.criteria_set
    scorer = made.scorer
    sent = f"sends page text to {scorer.sends_text_to}" if scorer.sends_text_to else "sends no page text anywhere"
    yield heading("What the machine's part rests on")
    yield from facts(
        [
            ("Criteria list", f"{words(criteria.name)}, version {criteria.version}<br/>{_mono(criteria.digest)}"),
            ("Came from", words(record.source or "a list that names no questionnaire")),
            ("Scorer", words(f"{scorer.name}: {scorer.model} {scorer.revision}, {sent}")),
            ("Fingerprint", _mono(scorer.fingerprint)),
            ("Recalibration", words(made.recalibration or "none: what is compared is the score itself")),
            ("Rule", words(f"keeps {made.rule_words}")),
            ("Certificate", words(made.certificate or f"Not certified. {made.uncertified}".strip())),
            ("Program", words(f"Chartsieve {made.program}")),
        ]
    )


def _mono(text: str) -> str:
    return f'<span class="mono">{words(text)}</span>'


def _small(text: str) -> str:
    return f'<span class="small">{words(text)}</span>'


def _opened(record: CaseRecord) -> Iterator[Part]:
    yield heading("Pages opened" if record.draft else "Pages opened until the signature")
    if not record.looked:
        yield paragraph("No opening of a page is on record.")
        return
    yield paragraph(
        "Minutes count while the page was on a screen that somebody was using. They describe this case alone and rank "
        "nobody.",
        style="small",
    )
    rows = []
    for look in record.looked:
        gone = f"; {look.gone:,} of replaced documents" if look.gone else ""
        first, last = moment(look.first_at), moment(look.last_at)
        when = first if first == last else f"{first} to {last}"
        pages = f"{look.pages:,}: {numbers(look.places)}{gone}"
        rows.append((words(look.reviewer), words(pages), f"{look.openings:,}", minutes(look.seconds), words(when)))
    heads = ("Who", "Pages", "Openings", "Active", "From, to")
    yield table((0.2, 0.34, 0.11, 0.11, 0.24), heads, rows)


def _unread(record: CaseRecord) -> Iterator[Part]:
    yield heading("Pages that the tool could not read")
    if not record.unread:
        yield paragraph("None.")
        return
    rows = []
    for page in record.unread:
        why = "Not read yet." if page.not_read_yet else page.problem
        looked = "<br/>".join(
            words(f"{one.reviewer}, {moment(one.at)}{f': {one.note}' if one.note else ''}") for one in page.looked
        )
        where = f"{page_words(page.at)}, {page.at.document_name}"
        rows.append((words(f"{where[0].upper()}{where[1:]}"), words(why), looked or "<b>Nobody is on record</b>"))
    yield table((0.3, 0.34, 0.36), ("Page", "Why", "Who looked at it"), rows)


def _audit(record: CaseRecord) -> Iterator[Part]:
    audit = record.audit
    yield heading("Audit log")
    if audit.broken is not None:
        yield paragraph(f"The log was changed from outside at entry {audit.broken:,}.", style="not_met")
    else:
        yield paragraph(f"Every entry of the whole log verifies, up to entry {audit.newest_id:,}.")
    yield from facts([("Newest hash", _mono(audit.newest))], share=0.13)
    shown = audit.lines[-AUDIT_SHOWN:]
    left = len(audit.lines) - len(shown)
    if left:
        yield paragraph(f"The newest {len(shown):,} entries of this case; {left:,} earlier ones are in the JSON.")
    rows = [
        (*map(_small, (f"{line.id:,}", moment(line.at), line.actor, line.action)), _mono(line.hash)) for line in shown
    ]
    if rows:
        yield table((0.06, 0.2, 0.15, 0.12, 0.47), ("Entry", "When", "Who", "What", "Hash"), rows)
