"""What runs and checks an installation: `chartsieve scorers`, `audit` and `serve`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from core.cli.shared import (
    opened,
    sentences,
)


def list_scorers() -> None:
    """Say which scorers are set up, where page text would go, and what is missing for the others."""
    with sentences(), opened() as workspace:
        wanted, used = workspace.roster.wanted(), workspace.roster.for_new_cases()
        if wanted.info is None:
            typer.echo(f"{wanted.problem} Until then new cases are scored with {used}.", err=True)
        for offer in workspace.roster.offers():
            default = " (for new cases)" if offer.name == used else ""
            if offer.info is None:
                typer.echo(f"{offer.name}{default}: not set up. {offer.problem}")
                continue
            info = offer.info
            where = f"sends page text to {info.sends_text_to}" if info.sends_text_to else "sends nothing"
            typer.echo(f"{offer.name}{default}: {info.model} {info.revision}, fingerprint {info.fingerprint}, {where}")


def check_scorer(
    name: Annotated[str | None, typer.Argument(help="Scorer; without it CHARTSIEVE_SCORER or embedded.")] = None,
) -> None:
    """Ask a scorer two questions whose answers are known. Exit code 1, with the cure, when it is not usable."""
    with sentences(), opened() as workspace:
        chosen = name or workspace.settings.scorer
        checkable, check = workspace.roster.scorer(chosen).checkable, workspace.roster.check(chosen)
        where = f" at {check.sends_text_to}" if check.sends_text_to else ""
        right = ", and the answers are right" if checkable else "; no right answers are known for it"
        typer.echo(f"{chosen}{where} answers{right}. Fingerprint {check.fingerprint}.")


def audit() -> None:
    """Check that nobody has changed what was recorded: decisions, labels and the log of who did what."""
    from core.settings import read_settings
    from core.store import Store

    with sentences(), Store.open(read_settings().database) as store:
        entries, broken = len(store.audit()), store.verify_audit()
    if broken is not None:
        typer.echo(f"The record was changed from outside at entry {broken} of {entries}. Restore a backup.", err=True)
        raise typer.Exit(1)
    typer.echo(f"The record is whole: {entries:,} entries.")


def serve(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port; without it CHARTSIEVE_PORT or 8501.")
    ] = None,
    address: Annotated[str | None, typer.Option(help="Address; without it CHARTSIEVE_ADDRESS or 127.0.0.1.")] = None,
    open_browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the app in a browser.")] = True,
) -> None:
    """Open the app. It listens on this machine alone unless told otherwise."""
    from core.settings import make_data_dir, read_settings

    with sentences():
        settings = read_settings()
        make_data_dir(settings)
    home = Path(__file__).resolve().parents[2]
    # Streamlit looks for the theme in the working folder; what is relative must keep its meaning there.
    os.environ["CHARTSIEVE_DATA_DIR"] = str(settings.data_dir.resolve())
    if settings.database_url:
        os.environ["CHARTSIEVE_DATABASE_URL"] = settings.database_url
    os.chdir(home)
    arguments = [
        *("streamlit", "run", str(home / "pages" / "door" / "server.py")),
        *("--server.port", str(port or settings.port)),
        *("--server.address", address or settings.address),
        *("--server.maxUploadSize", str(settings.max_upload_mb)),
        *("--server.fileWatcherType", "none"),
        # A traceback can quote text of a chart.
        *("--client.showErrorDetails", "none"),
        *("--client.showErrorLinks", "false"),
        *("--client.toolbarMode", "minimal"),
        *("--browser.gatherUsageStats", "false"),
        *(() if open_browser else ("--server.headless", "true")),
    ]
    os.execv(sys.executable, [sys.executable, "-m", *arguments])  # noqa: S606
