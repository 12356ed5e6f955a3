"""A real Chromium against a running app. Mark the tests `browser` and put them in the xdist group "browser"."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
WAIT_MS = 20_000
CHROMIUM_ARGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PROBES = ("/_stcore/health", "/_stcore/host-config")
"""On an address below the root, Streamlit asks for these there first, and takes the 404 as an answer."""

Serve = Callable[[Path, Mapping[str, str]], str]
OpenPage = Callable[..., Page]


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def tail(self) -> str:
        """The last lines it wrote, for a failure report."""
        return self.log.read_text("utf-8", errors="replace")[-4000:]


SERVERS = pytest.StashKey[list[Server]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SERVERS] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what its servers wrote."""
    report = yield
    if report.failed:
        for server in item.config.stash[SERVERS]:
            report.sections.append((f"log of {server.url}", server.tail()))
    return report


def _chromium() -> str | None:
    # The shell draws the same with less around it, and takes two thirds of the time.
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests. Without one they are skipped, or fail when CHARTSIEVE_REQUIRE_BROWSER=1."""
    path = _chromium()
    if path is None:
        reason = "no Chromium on this machine: install the chromium package to run the browser tests"
        if os.environ.get("CHARTSIEVE_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        expect.set_options(timeout=WAIT_MS)
        launched = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGS))
        yield launched
        launched.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without settings of the user's own, then `extra`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CHARTSIEVE_", "ZEROENTROPY_", "STREAMLIT_"))}
    return {**kept, "PYTHONPATH": str(ROOT), **extra}


def _start(script: Path, env: Mapping[str, str], log: Path) -> Server:
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.address", "127.0.0.1"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=_environment(env), stdout=out, stderr=subprocess.STDOUT)
    return Server(process, f"http://127.0.0.1:{port}", log)


def _wait(server: Server) -> None:
    """Until it answers. Fails with its log when it ends or stays silent."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the app did not start:\n{server.tail()}")


@pytest.fixture(scope="package")
def serve(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """`serve(script, env)` runs a Streamlit script with the repository's settings and returns its address.

    `env` is added to the environment, from which CHARTSIEVE_ names are removed first. Every server ends with the tests.
    """
    logs = tmp_path_factory.mktemp("streamlit")
    servers = pytestconfig.stash[SERVERS]

    def start(script: Path, env: Mapping[str, str]) -> str:
        server = _start(script, env, logs / f"{len(servers)}.log")
        servers.append(server)
        _wait(server)
        return server.url

    yield start
    for server in servers:
        server.process.terminate()
        try:
            server.process.wait(10)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait()
    servers.clear()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """`open_page(width=, height=, dark=, scale=)` gives a page of its own; errors in it fail the test at the end."""
    problems: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        address = message.location.get("url", "")
        if message.type == "error" and not address.endswith(PROBES):
            problems.append(f"{message.text} ({address})")

    def on_error(error: Error) -> None:
        problems.append(str(error))

    contexts = []

    def make(*, width: int = 1366, height: int = 768, dark: bool = False, scale: float = 1) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            device_scale_factor=scale,
        )
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", on_console)
        page.on("pageerror", on_error)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not problems, "errors in the browser:\n" + "\n".join(problems)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page of 1366 by 768 CSS pixels, light."""
    return open_page()
