"""Labels and what comes of them: `chartsieve labels` and `calibrate`."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from core.cli.shared import (
    NOT_CERTIFIED,
    Complete,
    Out,
    ScorerName,
    Yes,
    me,
    opened,
    remark,
    scoring,
    sentences,
    write_out,
)


class LabelFormat(StrEnum):
    jsonl = "jsonl"
    csv = "csv"
    qrels = "qrels"


class UnitName(StrEnum):
    page = "page"
    criterion = "criterion"
    case = "case"


class MethodName(StrEnum):
    observed = "observed"
    crc = "crc"
    ltt = "ltt"
    audit = "audit"


def export_labels(
    case: Annotated[int | None, typer.Option(help="Number of one case; without it all cases.")] = None,
    format: Annotated[LabelFormat, typer.Option(help="JSON lines, CSV or TREC qrels.")] = LabelFormat.jsonl,  # noqa: A002
    out: Out = None,
) -> None:
    """Write the newest label of each reviewer, page and criterion, with where it came from."""
    from core.labels import labels_csv, labels_jsonl, labels_qrels

    write = {LabelFormat.jsonl: labels_jsonl, LabelFormat.csv: labels_csv, LabelFormat.qrels: labels_qrels}[format]
    with sentences():
        with opened() as workspace:
            rows = workspace.label_rows(case)
        write_out(write(rows), out)
        typer.echo(f"{len(rows)} labels", err=True)


def import_labels(
    file: Annotated[Path, typer.Argument(help="JSON lines, CSV or TREC qrels.", exists=True, dir_okay=False)],
    complete: Complete = False,
) -> None:
    """Take over labels for cases that are here, all or none; every mistake is named with its row."""
    with sentences(), opened() as workspace:
        came = workspace.labelling.import_file(file.read_bytes(), file.name, by=me(), whole=complete)
        for said in came.remarks:
            remark(said)
        cases = "1 case" if came.cases == 1 else f"{came.cases:,} cases"
        remark(f"{came.new:,} of {came.labels:,} labels are new, in {cases}.")


def calibrate(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Documents, each a case of its own; none: the cases here.", exists=True, dir_okay=False),
    ] = None,
    criteria: Annotated[Path | None, typer.Option(help="Criteria list for FILES.", exists=True, dir_okay=False)] = None,
    name: Annotated[str, typer.Option(help="Name of the criteria list, for the cases here.")] = "",
    labels: Annotated[
        Path | None,
        typer.Option(help="Labels: JSON lines, CSV or TREC qrels; without it those here.", exists=True, dir_okay=False),
    ] = None,
    complete: Complete = False,
    target: Annotated[float, typer.Option(min=0.01, max=0.999, help="Recall to reach.")] = 0.95,
    unit: Annotated[UnitName, typer.Option(help="What recall counts.")] = UnitName.criterion,
    method: Annotated[
        MethodName,
        typer.Option(help="observed: no promise; crc: on average over cases; ltt, audit: with confidence."),
    ] = MethodName.ltt,
    confidence: Annotated[
        float, typer.Option(min=0.5, max=0.999, help="For the methods ltt and audit, above 0.5.")
    ] = 0.95,
    cap: Annotated[int | None, typer.Option(min=1, help="Keep at most so many pages for a criterion.")] = None,
    ranked: Annotated[bool, typer.Option(help="Find the smallest number of best pages, not a threshold.")] = False,
    raw: Annotated[bool, typer.Option(help="Compare the scores themselves, not probabilities.")] = False,
    fit: Annotated[bool, typer.Option(help="Fit probabilities on half of the cases, certify on the others.")] = False,
    publish: Annotated[bool, typer.Option(help="Put what is found in force for the cases here.")] = False,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long what is published holds.")] = 180,
    scorer: ScorerName = None,
    out: Out = None,
    yes: Yes = False,
) -> None:
    """Turn labels into a threshold for a recall target: curves, reliability, the threshold and its promise, as JSON."""
    import json

    from core.batch_calibration import (
        LabelFile,
        Unclear,
        check_labels,
        fitted,
        material_of_database,
        material_of_files,
    )
    from core.calibration.curves import Family
    from core.certificates import Target
    from core.studio.report import report

    mistakes = {
        "With documents, give --criteria and --labels as well.": bool(files) and not (criteria and labels),
        "--criteria goes with documents. For the cases here, give --name.": bool(criteria) and not files,
        "--name goes with the cases here. With documents, the --criteria file says which list.": bool(files and name),
        "--complete says something of a file of labels. Give --labels as well.": complete and not labels,
        "Only what labels in the database say can be published. Import the labels first.": publish and bool(labels),
        "--cap goes with a threshold, --ranked without one. Give one of the two.": bool(cap) and ranked,
        "--raw compares the scores, --fit makes probabilities of them. Give one of the two.": raw and fit,
        "A confidence of one half is none. Give a --confidence above 0.5.": confidence <= 0.5,
    }
    for sentence, made in mistakes.items():
        if made:
            raise typer.BadParameter(sentence)
    with sentences(), opened() as workspace:
        file = LabelFile.read(labels, complete=complete, by=me(), at=workspace.now()) if labels else None
        if files and criteria and file:
            wanted, score_one = scoring(criteria, scorer, workspace, yes=yes)
            info = workspace.roster.scorer(scorer or workspace.settings.scorer).info
            check_labels(files, wanted, file, info, workspace.children)
            material = material_of_files(files, wanted, file, score_one, raw=raw)
        else:
            with _as_wrong_use(Unclear):
                material = material_of_database(workspace, name, scorer, file, raw=raw)
        seen = workspace.publishing.publication(material.subject.info.fingerprint, material.criteria.name)
        comparison = None
        if fit:
            comparison = workspace.studio.fit(material)
            material = fitted(material, comparison)
        wish, family = Target(target, unit.value, method.value, confidence), Family(cap, ranked)
        said = report(material, wish, family, comparison)
        found = workspace.studio.find(material, wish, family)
        write_out(json.dumps(said, indent=2, allow_nan=False) + "\n", out)
        if found.advice:
            remark(found.advice)
        if found.rule is None:
            if publish:
                remark("Nothing was published; what was in force stays.")
            raise typer.Exit(NOT_CERTIFIED)
        if publish:
            if comparison and comparison.trained_on:
                workspace.studio.keep(comparison, comparison.chosen.recalibration, by=me())
            subject = material.subject
            now = workspace.studio.material(subject.criteria_name, subject.info.fingerprint, "")
            workspace.publishing.publish(
                material, found, days=days, by=me(), seen=seen, labels_digest=now.labels_digest
            )
            remark(f"In force for {days} days: {found.rule}")


@contextmanager
def _as_wrong_use(*errors: type[Exception]) -> Iterator[None]:
    try:
        yield
    except errors as error:
        raise typer.BadParameter(str(error)) from None
