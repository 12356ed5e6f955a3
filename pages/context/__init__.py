"""What the rule keeps and leaves out of a case, as a compressed context, and the exports."""

from collections.abc import Callable
from weakref import WeakKeyDictionary

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.chart import Chart
from core.domain import Case, Evidence
from core.holds import Held, held_by
from core.labels import labels_csv, labels_jsonl
from core.pack import ContextPack
from core.pack_parts import PackedCriterion, Size
from core.selection import Rule, shown
from core.tables import scores_csv
from pages.components.frame import open_case, plain, reviewer, route, show_flash, workspace
from pages.components.unfinished import in_pages, waiting_in

_EVIDENCE: dict[Evidence, str] = {
    "found": "Found",
    "weak": "Weak matches only",
    "none_found": "Looked, none found",
    "could_not_read": "None found, some pages could not be read",
    "not_scored": "Not scored",
}
_PREVIEW = 6_000
_PACKS: WeakKeyDictionary[Chart, tuple[tuple[str, Rule, Held], ContextPack]] = WeakKeyDictionary()


def page() -> None:
    show_flash()
    case = open_case()
    if case is None:
        return
    # The rule that came with the case is for the scores of this scorer, whatever is put in force meanwhile.
    chart = workspace().chart(case.id, case.scorer.fingerprint)
    rule = workspace().publishing.rule_in_force(case).rule
    blind = workspace().duties.blind(case.id, reviewer())
    held = {} if blind else held_by(workspace().store.findings.pins(case.id))
    pack = _pack(chart, case.name, rule, held)
    st.subheader(plain(case.name), anchor=False)
    st.caption(f"The rule in force keeps {rule.in_words()}. Change it on the review screen.{_by_hand(pack)}")
    if pack.not_read_yet or chart.gaps:
        _unfinished(case.id, pack.not_read_yet, chart.gaps)
    _figures(pack)
    kept, left, raw, records = st.tabs(
        ["Kept for each criterion", "Left out", "As an LLM gets it", "Labels and scores"]
    )
    with kept:
        _kept(pack)
    with left:
        _left_out(pack, rule)
    with raw:
        _preview(case, pack)
    with records:
        if blind:
            st.info("You review this case a second time. What others said of its pages is shown when you are through.")
        else:
            _labels(case)
        aside = ", raw and as probability" if chart.recalibrated else ""
        st.markdown(f"**Scores** of every page for every criterion{aside}.")
        _download("Scores (CSV)", lambda: scores_csv(chart), f"case-{case.id}-scores.csv", "text/csv")
        st.markdown("**Record of this case**: decisions with their reasons and evidence, as PDF, JSON or FHIR answers.")
        st.page_link(
            route("determine"),
            label="Go to the determination",
            icon=":material/gavel:",
            query_params={"case": str(case.id)},
        )


def _pack(chart: Chart, title: str, rule: Rule, held: Held) -> ContextPack:
    """Made once for a chart, its rule and what is held by hand, not on every click."""
    cached = _PACKS.get(chart)
    if cached is None or cached[0] != (title, rule, held):
        pack = chart.pack(title, rule, held=held).before_reading(waiting_in(chart))
        cached = _PACKS[chart] = (title, rule, held), pack
    return cached[1]


def _by_hand(pack: ContextPack) -> str:
    """What a person has changed in it, as a sentence with a space in front."""
    kept = sum(k.by_hand for c in pack.criteria for k in c.kept)
    dropped = sum(len(c.dropped) for c in pack.criteria)
    parts = [f"{kept:,} kept"] * bool(kept) + [f"{dropped:,} left out"] * bool(dropped)
    return f" By hand, counted for each criterion: {' and '.join(parts)}." if parts else ""


def _held(criterion: PackedCriterion) -> str:
    kept = ", ".join(str(k.place) for k in criterion.kept if k.by_hand)
    dropped = ", ".join(str(d.place) for d in criterion.dropped)
    return "; ".join(filter(None, (f"kept {kept}" if kept else "", f"left out {dropped}" if dropped else "")))


def _unfinished(case_id: int, unread: int, gaps: int) -> None:
    """Whether work goes on at the moment or not: what is downloaded now lacks these pages and answers."""
    if unread:
        what = f"{unread:,} pages are not read yet" if unread > 1 else "1 page is not read yet"
        lacks = "them" if unread > 1 else "it"
        st.warning(f"{what}: finish first, or what you download lacks {lacks}.", icon=":material/pending:")
    if gaps:
        what = (
            f"{gaps:,} answers are missing, so these pages are" if gaps > 1 else "1 answer is missing, so its page is"
        )
        st.warning(f"{what} kept unscored. Finish scoring on the review screen first.", icon=":material/pending:")
    st.page_link(
        route("review"), label="Go to the review", icon=":material/fact_check:", query_params={"case": str(case_id)}
    )


def _figures(pack: ContextPack) -> None:
    """Before and after, for the whole case: the same numbers as on the review screen."""
    before, after, later = pack.before, pack.after, pack.not_read_yet
    kept, unread = after.pages + len(pack.unread), [u for u in pack.unread if not u.not_read_yet]
    counted = [f"{len(unread)} could not be read"] * bool(unread) + [f"{later} not read yet"] * bool(later)
    aside = f"; {', '.join(counted)}" if counted else ""
    sizes = sorted(c.size.pages for c in pack.criteria)
    pages, characters, tokens, each = st.columns(4)
    _figure(pages, "Pages kept", kept, f"of {before.pages:,}{aside}")
    _figure(characters, "Characters kept", after.characters, f"{_share(after, before):.0%} of {before.characters:,}")
    _figure(tokens, "Tokens, about", after.tokens, f"instead of {before.tokens:,}")
    _figure(each, "Pages for one criterion", sizes[len(sizes) // 2], f"in the middle; {sizes[0]} to {sizes[-1]}")
    if unread:
        numbers, one = ", ".join(str(u.at.place) for u in unread), len(unread) == 1
        st.warning(
            f"{in_pages(len(unread))} could not be read, so no text of {'it' if one else 'theirs'} stands below: "
            f"{numbers}. {'It is' if one else 'They are'} kept and listed as unread, never as irrelevant.",
            icon=":material/visibility_off:",
        )


def _figure(place: DeltaGenerator, label: str, value: int, aside: str) -> None:
    place.metric(label, f"{value:,}")
    place.caption(aside)


def _kept(pack: ContextPack) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "Criterion": [c.criterion.id for c in pack.criteria],
                "Question": [c.criterion.question for c in pack.criteria],
                "Evidence": [_EVIDENCE[c.evidence] for c in pack.criteria],
                "Pages": [", ".join(str(k.place) for k in c.kept) for c in pack.criteria],
                "Kept": [c.size.pages for c in pack.criteria],
                **({"By hand": held} if any(held := [_held(c) for c in pack.criteria]) else {}),
                "Tokens, about": [c.size.tokens for c in pack.criteria],
                "Share of the text": [_share(c.size, pack.before) for c in pack.criteria],
            }
        ),
        hide_index=True,
        height=460,
        column_config={
            "Question": st.column_config.TextColumn(width="large"),
            "Tokens, about": st.column_config.NumberColumn(format="localized"),
            "Share of the text": st.column_config.NumberColumn(format="percent"),
        },
    )


def _share(part: Size, whole: Size) -> float:
    return part.characters / whole.characters if whole.characters else 0.0


def _left_out(pack: ContextPack, rule: Rule) -> None:
    if not pack.left_out:
        st.info("Nothing is left out: every page is kept for some criterion.")
        return
    st.dataframe(
        pd.DataFrame(
            {
                "Page": [p.at.place for p in pack.left_out],
                "Document": [p.at.document_name for p in pack.left_out],
                "Printed": [p.at.label for p in pack.left_out],
                "Why": ["; ".join(p.reasons[:2]) for p in pack.left_out],
                **_highest(pack, rule),
                "Same text as page": [str(p.same_as or "") for p in pack.left_out],
            }
        ),
        hide_index=True,
        height=460,
    )


def _highest(pack: ContextPack, rule: Rule) -> dict[str, list[str]]:
    """The column of the number that the rule compared."""
    values = [p.probability if pack.recalibration else p.score for p in pack.left_out]
    name = "Highest probability" if pack.recalibration else "Highest score"
    return {name: ["" if value is None else shown(value, rule) for value in values]}


def _preview(case: Case, pack: ContextPack) -> None:
    markdown = pack.to_markdown()
    with st.container(horizontal=True):
        _download("Context (Markdown)", lambda: markdown, f"case-{case.id}-context.md", "text/markdown")
        _download("Context (JSON)", pack.to_json, f"case-{case.id}-context.json", "application/json")
    st.caption("The beginning of it. Page texts are fenced and marked as data, so that a page cannot give orders.")
    st.code(
        markdown[:_PREVIEW] + ("\n…" if len(markdown) > _PREVIEW else ""), language=None, wrap_lines=True, height=420
    )


def _labels(case: Case) -> None:
    rows = workspace().label_rows(case.id)
    st.markdown(
        f"**Labels**: {len(rows)} page judgements in this case, with score, threshold and where they came from."
    )
    if not rows:
        st.caption("Mark pages as relevant or not relevant on the review screen; they appear here.")
        return
    with st.container(horizontal=True):
        _download("Labels (JSONL)", lambda: labels_jsonl(rows), f"case-{case.id}-labels.jsonl", "application/jsonl")
        _download("Labels (CSV)", lambda: labels_csv(rows), f"case-{case.id}-labels.csv", "text/csv")
        _download("Labels of all cases (JSONL)", _all_labels, "labels.jsonl", "application/jsonl")


def _all_labels() -> str:
    return labels_jsonl(workspace().label_rows(to=reviewer()))


def _download(label: str, data: Callable[[], str], name: str, mime: str) -> None:
    """A button whose file is made when it is asked for."""
    st.download_button(label, data, name, mime, icon=":material/download:", on_click="ignore")
