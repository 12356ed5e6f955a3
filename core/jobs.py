"""Long work off the screen: reading and scoring a case. A job is a row in the database and a worker thread.

The row says how far the work is; closing the browser changes nothing. Unfinished work is picked up when the app next
starts: pages that were read and pairs that were scored are not done again.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from core.domain import NO_USAGE, JobState
from core.errors import ChartsieveError, NotAgreed
from core.scoring import Progress
from core.store import Store

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_REPORTS = 0.25
SECONDS_TO_KNOW = 1.0
"""Before that a rate says nothing."""
SECONDS_TO_CLOSE = 5.0
PAUSES = (0.2, 1.0, 3.0)
"""Seconds between the tries to write how a job ended."""
STOPPED = "Stopped. What was done is kept."


class Cancelled(Exception):
    """Raised inside the work when it must stop: the reviewer cancelled it, or the program closes."""


class Report:
    """What the work calls to say how far it is. Raises Cancelled where the work can stop."""

    def __init__(
        self, store: Store, case_id: int, cancel: threading.Event, closing: threading.Event | None = None
    ) -> None:
        self._store, self._case, self._cancel, self._closing = store, case_id, cancel, closing or threading.Event()
        self._last = 0.0
        self._began = 0.0, 0
        self._before = NO_USAGE
        self.stage, self.done, self.total, self.usage = "", 0, 0, NO_USAGE
        self.rate: float | None = None
        self.seconds_left: float | None = None

    def begin(self) -> None:
        """Count what is used from here on top of what the job's earlier tries have used."""
        job = self._store.job(self._case)
        self._before = self.usage = job.usage if job else NO_USAGE

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` units of `stage`; written at most every quarter of a second, and at each new stage.

        Raises Cancelled after a cancellation, also by another process, and while the program closes.
        """
        now = time.monotonic()
        if stage != self.stage:
            self._began = now, done
        seconds, units = now - self._began[0], done - self._began[1]
        rate = units / seconds if units > 0 and seconds >= SECONDS_TO_KNOW else None
        self._say(stage, done, total, rate, (total - done) / rate if rate else None, "")

    def scoring(self, stage: str, progress: Progress) -> None:
        """As the call, with what the engine knows: use, rate, time left and what it waits for."""
        self.usage = self._before + progress.usage
        self._say(stage, progress.done, progress.total, progress.rate, progress.seconds_left, progress.waiting)

    def aside(self, progress: Progress) -> None:
        """Scoring beside another stage: only its use is added to what is said. Raises Cancelled."""
        self.usage = self._before + progress.usage
        self.check()

    def settle(self) -> None:
        """The run is over: what the next one uses comes on top."""
        self._before = self.usage

    def check(self) -> None:
        """Say once more how far it is. Raises Cancelled where the work can stop."""
        self._say(self.stage, self.done, self.total, self.rate, self.seconds_left, "")

    def _say(
        self, stage: str, done: int, total: int, rate: float | None, seconds_left: float | None, waiting: str
    ) -> None:
        if self._cancel.is_set() or self._closing.is_set():
            raise Cancelled
        now, new_stage = time.monotonic(), stage != self.stage
        self.stage, self.done, self.total, self.rate, self.seconds_left = stage, done, total, rate, seconds_left
        if new_stage or now - self._last >= SECONDS_BETWEEN_REPORTS:
            self._last = now
            if not self.write("running", waiting):
                self._cancel.set()
                raise Cancelled

    def write(self, state: JobState, message: str = "") -> bool:
        """Put the state and how far the work is into the database. False when the job was ended elsewhere."""
        running = state == "running"
        return self._store.update_job(
            self._case,
            state=state,
            stage=self.stage,
            done=self.done,
            total=self.total,
            message=message,
            usage=self.usage,
            rate=self.rate if running else None,
            seconds_left=self.seconds_left if running else None,
        )


class _Run:
    """A case that is queued or worked on here. Its fields change under the lock of Jobs alone."""

    def __init__(self, case_id: int) -> None:
        self.case_id = case_id
        self.cancel = threading.Event()
        self.report: Report | None = None
        """None while the case is queued."""
        self.ending = False
        """The work has returned; how it ended is being written."""
        self.again = False
        """Started anew while it was stopping: queue it once more when it has stopped."""
        self.ended = threading.Event()


class Jobs:
    """Runs `work(case id, report)` for up to `workers` cases at once (>= 1), first come, first served.

    What `work` returns is the message of the job that is done: what is missing all the same, None or "" for nothing.
    NotAgreed from it leaves the job asking, any other ChartsieveError failed.

    A case never runs twice at once. The threads never keep the program from ending: work cut off is done again from
    where its answers were last stored.
    """

    def __init__(self, store: Store, work: Callable[[int, Report], str | None], *, workers: int = 1) -> None:
        if workers < 1:
            raise ValueError("workers must be 1 or more")
        self._store, self._work, self._limit = store, work, workers
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._runs: dict[int, _Run] = {}
        self._queue: deque[_Run] = deque()
        self._threads: set[threading.Thread] = set()

    def start(self, case_id: int, *, fingerprint: str | None = None, by: str | None = None) -> bool:
        """Queue the case; False, and nothing changes, while it is queued or running here. A case that is stopping is
        queued once more.

        `fingerprint` is the scorer to ask and `by` who wants it; None leaves either as the job says. After `close` the
        case waits for the next start of the app. Raises StoreError; the case is not queued then.
        """
        with self._lock:
            run = self._runs.get(case_id)
            if run and not (run.cancel.is_set() or run.ending):
                return False
            self._store.queue_job(case_id, fingerprint=fingerprint, by=by)
            if run:
                run.again = True
            elif not self._closing.is_set():
                self._runs[case_id] = _Run(case_id)
                self._enqueue(self._runs[case_id])
            return True

    def pick_up(self) -> None:
        """Queue what an earlier process left unfinished. Raises StoreError."""
        for case_id in self._store.unfinished_jobs():
            self.start(case_id)

    def running(self, case_id: int) -> bool:
        """Whether the case is queued or running in this process."""
        return case_id in self._runs

    def cancel(self, case_id: int) -> None:
        """Stop at the next page or criterion; what is done stays. A case in the queue is cancelled at once.

        A case that runs in another process stops there at its next report. Raises StoreError; nothing changes then.
        """
        with self._lock:
            run = self._runs.get(case_id)
            if run and run.report and not run.again:
                run.cancel.set()
                return
            self._say_cancelled(case_id)
            if run and run.report:
                run.again = False
            elif run:
                self._queue.remove(run)
                self._forget(run)

    def wait(self, case_id: int, timeout: float | None = None) -> None:
        """Return when the case is not worked on here any more. Raises TimeoutError after `timeout` seconds."""
        run = self._runs.get(case_id)
        if run and not run.ended.wait(timeout):
            raise TimeoutError(f"Case {case_id} is still being worked on.")

    def close(self, timeout: float = SECONDS_TO_CLOSE) -> None:
        """Stop after the step in hand, waiting for it up to `timeout` seconds; the rest waits for the next start.

        Takes no lock, so that a signal handler may call it. A database that cannot be written is logged.
        """
        self._closing.set()
        end = time.monotonic() + timeout
        for thread in tuple(self._threads):
            thread.join(max(0.0, end - time.monotonic()))
        for run in tuple(self._runs.values()):
            if run.report and not run.ending:
                self._leave(run, run.report)
            run.ended.set()

    def _enqueue(self, run: _Run) -> None:
        self._queue.append(run)
        if len(self._threads) < self._limit:
            # A daemon: the interpreter waits for every other thread before it exits, however long the work is.
            thread = threading.Thread(target=self._work_off, name="chartsieve-job", daemon=True)
            thread.start()
            self._threads.add(thread)

    def _work_off(self) -> None:
        """One worker: run what is queued, and end when there is nothing left."""
        while taken := self._next():
            run, report = taken
            self._last_word(run, report, *self._outcome(run, report))
            with self._lock:
                self._go_on_or_forget(run)

    def _next(self) -> tuple[_Run, Report] | None:
        with self._lock:
            if self._queue and not self._closing.is_set():
                run = self._queue.popleft()
                run.report = Report(self._store, run.case_id, run.cancel, self._closing)
                return run, run.report
            self._threads.discard(threading.current_thread())
            return None

    def _outcome(self, run: _Run, report: Report) -> tuple[JobState, str]:
        """Do the work. How it ended, with the message for the reviewer."""
        try:
            report.begin()
            return "done", self._work(run.case_id, report) or ""
        except Cancelled:
            return _stopped(run)
        except NotAgreed as error:
            return "asking", str(error)
        except ChartsieveError as error:
            return _stopped(run) if run.cancel.is_set() else ("failed", str(error))
        except BaseException as error:
            # Whatever it is, nobody above would see it. The type alone: the message or traceback of a foreign error
            # may quote text of a page.
            logger.error("Case %s stopped: %s", run.case_id, type(error).__name__)  # noqa: TRY400
            return "failed", "Something unexpected stopped the work. What was done is kept. Resume to go on."

    def _last_word(self, run: _Run, report: Report, state: JobState, message: str) -> None:
        """Write how the work ended, a few times if need be; not when it was started anew in the meantime."""
        for pause in (*PAUSES, None):
            try:
                with self._lock:
                    run.ending = True
                    if not run.again:
                        report.write(state, message)
            except Exception as error:
                failure = type(error).__name__
            else:
                return
            if pause is not None:
                self._closing.wait(pause)
        logger.error("Case %s: the database did not take %r: %s", run.case_id, state, failure)

    def _go_on_or_forget(self, run: _Run) -> None:
        if not run.again or self._closing.is_set():
            self._forget(run)
            return
        run.cancel, run.report, run.ending, run.again = threading.Event(), None, False, False
        self._queue.append(run)

    def _forget(self, run: _Run) -> None:
        del self._runs[run.case_id]
        run.ended.set()

    def _say_cancelled(self, case_id: int) -> None:
        """Cancel a case that no thread here works on; how far it was stays."""
        job = self._store.job(case_id)
        if job:
            self._store.update_job(
                case_id, state="cancelled", stage=job.stage, done=job.done, total=job.total, message=STOPPED
            )

    def _leave(self, run: _Run, report: Report) -> None:
        """Say for a step that does not end in time what it would have said itself."""
        try:
            if not run.again:
                report.write(*_stopped(run))
        except Exception as error:
            logger.error("Case %s: not marked as waiting: %s", run.case_id, type(error).__name__)  # noqa: TRY400


def _stopped(run: _Run) -> tuple[JobState, str]:
    return ("cancelled", STOPPED) if run.cancel.is_set() else ("waiting", "")
