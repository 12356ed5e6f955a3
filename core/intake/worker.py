"""The child process: `python -I worker.py MEMORY_MB`. JSON lines both ways.

It says ready, and reads one command from stdin: {"do": ..., "page_seconds": ..., "cpu_seconds": ..., "password": ...}.

    inspect PATH              open | rejected
    read PATH                 open | rejected, then for each request {"first": ..., "step": ...} on stdin:
                              page | failed for the first page and every `step`-th after it
    unlock PATH               open | rejected, then the document without its password: for each piece of it
                              piece and that many bytes; in the end: end | failed
    render                    for each request on stdin: picture and that many bytes of PNG | failed
    recognise PATH LANGUAGES DATA
                              open | rejected; after open: ready, or missing and the end where a language is;
                              then for each request {"number": ...} on stdin: page | failed

Never imported by the application. It limits itself before it opens anything.
"""

import contextlib
import fcntl
import json
import math
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

_PIPE_BYTES = 1 << 20
PAGES_HELD = 5
"""Pages between two emptyings of PyMuPDF's cache, which holds the pictures of scans: 70 MB for 5 grey pages."""


def limit_memory(memory_mb: int) -> None:
    """Memory, no files written, no core dumps (they would hold page text), no further processes."""
    with contextlib.suppress(ValueError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def limit_time(cpu_seconds: float) -> None:
    seconds = math.ceil(cpu_seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


class Protocol:
    """Keeps stdout for itself, so that no library can write into it."""

    def __init__(self) -> None:
        self._out: BinaryIO = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)
        with contextlib.suppress(OSError, AttributeError):  # room for some pages: nobody has to wait for the other
            fcntl.fcntl(self._out.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self.page_seconds = 60.0
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def say(self, event: str, **facts: object) -> None:
        self._write(json.dumps({"event": event, **facts}).encode() + b"\n")

    def picture(self, png: bytes) -> None:
        self.say("picture", size=len(png))
        self._write(png)

    def piece(self, data: bytes) -> None:
        self.idle()
        self.say("piece", size=len(data))
        self._write(data)
        self.start()

    def start(self) -> None:
        """Before each page: should the application be gone, the kernel ends this process after the page's time."""
        signal.setitimer(signal.ITIMER_REAL, self.page_seconds + 5)

    def idle(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[self._out.write(left) :]


def why(error: Exception) -> str:
    return "memory" if isinstance(error, MemoryError) or "alloc (" in str(error) else "damaged"


def opened(protocol: Protocol, command: dict[str, Any]) -> Any:
    """The document of the command; None after saying why it is not opened."""
    from core.intake import reader

    protocol.start()
    try:
        document = reader.open_document(command["path"], command.get("password", ""))
    except reader.Rejected as rejected:
        protocol.say("rejected", why=rejected.args[0])
        return None
    protocol.say("open", pages=document.page_count, repaired=document.is_repaired)
    return document


def read(protocol: Protocol, command: dict[str, Any]) -> None:
    from core.intake import reader

    document = opened(protocol, command)
    if document is None:
        return
    protocol.idle()
    for line in iter(sys.stdin.buffer.readline, b""):
        request = json.loads(line)
        for count, number in enumerate(range(request["first"], document.page_count + 1, request["step"]), start=1):
            protocol.start()
            try:
                message: dict[str, Any] = {"event": "page", **reader.read_page(document, number)}
            except Exception as error:
                message = {"event": "failed", "why": why(error)}
            protocol.idle()  # the application may have others to listen to before it takes the page
            protocol.say(message.pop("event"), number=number, **message)
            if count % PAGES_HELD == 0:
                reader.forget()


def unlock(protocol: Protocol, command: dict[str, Any]) -> None:
    from core.intake import reader

    document = opened(protocol, command)
    if document is None:
        return
    try:
        reader.write_unlocked(document, protocol.piece)
    except OSError:  # nobody listens any more
        raise
    except Exception as error:
        protocol.say("failed", why=why(error))
    else:
        protocol.say("end")


def render(protocol: Protocol, command: dict[str, Any]) -> None:  # noqa: ARG001
    from core.intake import reader

    open_path, document = "", None
    for count, line in enumerate(sys.stdin.buffer, start=1):
        request = json.loads(line)
        protocol.start()
        try:
            if document is None or open_path != request["path"]:
                document, open_path = reader.open_document(request["path"]), request["path"]
            png = reader.draw_page(document, request["number"], request["dpi"], request["rotate"])
        except Exception as error:
            protocol.say("failed", why=why(error))
        else:
            protocol.picture(png)
        protocol.idle()
        if count % PAGES_HELD == 0:
            reader.forget()


def recognise(protocol: Protocol, command: dict[str, Any]) -> None:
    from core.intake import ocr

    document = opened(protocol, command)
    if document is not None:
        ocr.serve(protocol, command, document)


COMMANDS = {"recognise": recognise, "inspect": opened, "read": read, "render": render, "unlock": unlock}


def main() -> None:
    limit_memory(int(sys.argv[1]))
    protocol = Protocol()
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # -I leaves the application's folder out
    from core.intake import reader  # noqa: F401 - takes longest; a spare child has it behind itself

    protocol.say("ready")
    line = sys.stdin.buffer.readline()
    if not line:
        return
    command = json.loads(line)
    protocol.page_seconds = float(command["page_seconds"])
    if "cpu_seconds" in command:
        limit_time(float(command["cpu_seconds"]))
    COMMANDS[command["do"]](protocol, command)


if __name__ == "__main__":
    main()
