"""The child process: `python -I worker.py MODE MEMORY_MB CPU_SECONDS PAGE_SECONDS ...`, one JSON object a line.

    inspect PATH          ready, then open | rejected
    read PATH FIRST_PAGE  ready, then open | rejected, then for each page: begin, and page | failed; in the end: end
    render                ready, then for each request on stdin: picture and that many bytes of PNG | failed

Never imported by the application. It limits itself before it opens anything.
"""

import contextlib
import json
import math
import os
import resource
import signal
import sys
from pathlib import Path
from typing import BinaryIO


def limit(memory_mb: int, cpu_seconds: float, mode: str) -> None:
    """Memory, CPU time, no files written, no core dumps (they would hold page text), no further processes."""
    with contextlib.suppress(ValueError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    if mode != "render":
        seconds = math.ceil(cpu_seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


class Protocol:
    """Keeps stdout for itself, so that no library can write into it."""

    def __init__(self, page_seconds: float) -> None:
        self._out: BinaryIO = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)
        self._alarm = page_seconds + 5
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def say(self, event: str, **facts: object) -> None:
        self._write(json.dumps({"event": event, **facts}).encode() + b"\n")

    def picture(self, png: bytes) -> None:
        self.say("picture", size=len(png))
        self._write(png)

    def start(self) -> None:
        """Before each page: should the application be gone, the kernel ends this process after the page's time."""
        signal.setitimer(signal.ITIMER_REAL, self._alarm)

    def idle(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[self._out.write(left) :]


def why(error: Exception) -> str:
    return "memory" if isinstance(error, MemoryError) or "alloc (" in str(error) else "damaged"


def read(protocol: Protocol, path: str, first: int | None) -> None:
    from core.intake import reader

    protocol.say("ready")
    protocol.start()
    try:
        document = reader.open_document(path)
    except reader.Rejected as rejected:
        return protocol.say("rejected", why=rejected.args[0])
    pages = document.page_count
    protocol.say("open", pages=pages, repaired=document.is_repaired)
    if first is None:
        return None
    for number in range(first, pages + 1):
        protocol.start()
        protocol.say("begin", number=number)
        try:
            protocol.say("page", number=number, **reader.read_page(document, number))
        except Exception as error:
            protocol.say("failed", number=number, why=why(error))
        if number % 20 == 0:
            reader.forget()
    return protocol.say("end")


def render(protocol: Protocol) -> None:
    from core.intake import reader

    protocol.say("ready")
    opened, document = "", None
    for count, line in enumerate(sys.stdin.buffer, start=1):
        request = json.loads(line)
        protocol.start()
        try:
            if document is None or opened != request["path"]:
                document, opened = reader.open_document(request["path"]), request["path"]
            png = reader.draw_page(document, request["number"], request["dpi"], request["rotate"])
        except Exception as error:
            protocol.say("failed", why=why(error))
        else:
            protocol.picture(png)
        protocol.idle()
        if count % 20 == 0:
            reader.forget()


def main() -> None:
    mode, memory_mb, cpu_seconds, page_seconds, *rest = sys.argv[1:]
    limit(int(memory_mb), float(cpu_seconds), mode)
    protocol = Protocol(float(page_seconds))
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # -I leaves the application's folder out
    if mode == "render":
        render(protocol)
    else:
        read(protocol, rest[0], int(rest[1]) if mode == "read" else None)


if __name__ == "__main__":
    main()
