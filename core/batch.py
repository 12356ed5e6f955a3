"""Files given as paths, read and scored without a case: what the command line does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.batch_reading import FileReader, Password, Progress, Remark
from core.calibration.recalibrate import default_recalibration
from core.chart import Chart, build_chart
from core.domain import CriteriaSet, ScorerInfo, Usage
from core.errors import NotAgreed
from core.scoring import Listener, Plan, plan, score_all

if TYPE_CHECKING:
    from core.workspace import Workspace

Allow = Callable[[ScorerInfo, Plan], bool]
"""Asked whether this much text may go to where the scorer sends it."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Files read and scored."""

    chart: Chart
    usage: Usage
    """What this run has asked for."""
    stopped: str
    """Why scoring ended early, as a sentence; "" when everything was asked."""


def score_files(
    workspace: "Workspace",
    paths: Sequence[Path],
    criteria: CriteriaSet,
    *,
    scorer: str,
    progress: Progress,
    scoring: Listener,
    remark: Remark,
    allow: Allow,
    password: Password,
    by: str,
) -> Scores:
    """Read and score files that are not part of a case; answers are kept, so that a second run asks nothing.

    `progress` follows the reading, `scoring` the scoring. Raises BadDocument with the file's name, and ScorerError
    before anything is read when the scorer is not set up, before anything is asked when its answers to known questions
    are wrong. `password` is asked for the password of a file. `allow` is asked before text leaves this machine;
    NotAgreed when it says no. Its yes is put on record as that of `by`.
    """
    engine = workspace.roster.scorer(scorer)
    packet = FileReader(workspace, progress, remark, password).read(paths)
    wanted = list(criteria)
    asked = plan(engine, wanted, packet.pages, workspace.store)
    if asked.pairs:
        if engine.info.sends_text_to:
            if not allow(engine.info, asked):
                raise NotAgreed(f"Nothing was sent to {engine.info.sends_text_to}, and nothing was scored.")
            workspace.store.agree(
                None,
                engine.info,
                by=by,
                to=engine.info.sends_text_to,
                pages=asked.pages,
                pairs=asked.pairs,
                tokens=asked.tokens,
            )
        workspace.roster.ready(scorer)
    scored = score_all(
        engine,
        wanted,
        packet.pages,
        cache=workspace.store,
        progress=scoring,
        limiter=workspace.roster.limiter(scorer),
    )
    chart = build_chart(
        criteria,
        tuple(packet.documents.values()),
        packet.pages,
        engine.info,
        scored.outcomes,
        default_recalibration(engine.info.fingerprint),
    )
    return Scores(chart, scored.usage, scored.stopped)
