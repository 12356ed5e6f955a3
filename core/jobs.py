"""Long work off the screen: reading and scoring a case. A job is a row in the database and a worker thread.

The row says how far the work is; closing the browser changes nothing. A job whose process died is picked up at the next
start: pages that were read and pairs that were scored are not done again.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from core.domain import JobState
from core.errors import ChartsieveError
from core.store import Store

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_REPORTS = 0.25


class Cancelled(Exception):
    """Raised inside the work when the reviewer has cancelled it."""


class Report:
    """What the work calls to say how far it is. Raises Cancelled where the work can stop."""

    def __init__(self, store: Store, case_id: int, cancel: threading.Event) -> None:
        self._store, self._case, self._cancel = store, case_id, cancel
        self._last = 0.0
        self.stage, self.done, self.total = "", 0, 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` units of `stage`; written at most every quarter of a second, and at each new stage."""
        if self._cancel.is_set():
            raise Cancelled
        now, new_stage = time.monotonic(), stage != self.stage
        self.stage, self.done, self.total = stage, done, total
        if new_stage or now - self._last >= SECONDS_BETWEEN_REPORTS:
            self._last = now
            self.write("running")

    def write(self, state: JobState, message: str = "") -> None:
        """Put the state and how far the work is into the database."""
        self._store.update_job(
            self._case, state=state, stage=self.stage, done=self.done, total=self.total, message=message
        )


class Jobs:
    """Runs `work(case id, report)` for one case at a time per worker; a case never runs twice at once."""

    def __init__(self, store: Store, work: Callable[[int, Report], None], *, workers: int = 1) -> None:
        self._store, self._work = store, work
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="chartsieve-job")
        self._lock = threading.Lock()
        self._running: dict[int, tuple[Future[None], threading.Event]] = {}
        self._closing = False

    def start(self, case_id: int) -> None:
        """Queue the case; a no-op while it is queued or running here."""
        with self._lock:
            if case_id in self._running and not self._running[case_id][0].done():
                return
            self._store.update_job(case_id, state="waiting")
            cancel = threading.Event()
            self._running[case_id] = self._pool.submit(self._run, case_id, cancel), cancel

    def pick_up(self) -> None:
        """Queue what an earlier process left unfinished."""
        for case_id in self._store.unfinished_jobs():
            self.start(case_id)

    def cancel(self, case_id: int) -> None:
        """Stop at the next page or criterion; what is done stays."""
        with self._lock:
            if case_id in self._running:
                self._running[case_id][1].set()

    def wait(self, case_id: int, timeout: float | None = None) -> None:
        """Return when the case is done, failed or cancelled. Raises TimeoutError after `timeout` seconds."""
        with self._lock:
            future = self._running[case_id][0]
        future.result(timeout)

    def close(self) -> None:
        """Stop after the step in hand; the rest is picked up at the next start."""
        with self._lock:
            self._closing = True
            for _, cancel in self._running.values():
                cancel.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, case_id: int, cancel: threading.Event) -> None:
        report = Report(self._store, case_id, cancel)
        try:
            self._work(case_id, report)
        except Cancelled:
            if self._closing:
                report.write("waiting")
            else:
                report.write("cancelled", "Stopped. What was done is kept.")
        except ChartsieveError as error:
            report.write("failed", str(error))
        except Exception as error:
            # The type alone: a message or traceback of a foreign error may quote text of a page.
            logger.error("Case %s stopped: %s", case_id, type(error).__name__)  # noqa: TRY400
            report.write("failed", "Something unexpected stopped the work. What was done is kept. Resume to go on.")
        else:
            report.write("done")
