import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import StoreError
from core.lock import FolderLock

HOLDER = """
import sys, time
from pathlib import Path
from core.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
time.sleep(60)
"""


@contextmanager
def another_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock of the folder."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_a_second_process_is_told_what_to_do(tmp_path: Path) -> None:
    with another_process(tmp_path), pytest.raises(StoreError) as refused:
        FolderLock(tmp_path).acquire()
    assert str(refused.value) == (
        "Another Chartsieve already serves this data folder. Use that one, or give this one a folder of its own: "
        "CHARTSIEVE_DATA_DIR."
    )


def test_the_lock_is_free_when_its_process_was_killed(tmp_path: Path) -> None:
    with another_process(tmp_path) as process:
        process.kill()
        process.wait()
        lock = FolderLock(tmp_path)
        lock.acquire()
        lock.release()


def test_two_folders_are_served_side_by_side(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with another_process(tmp_path / "a"):
        lock = FolderLock(tmp_path / "b")
        lock.acquire()
        lock.release()


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path), FolderLock(tmp_path)
    first.acquire()
    first.acquire()
    with pytest.raises(StoreError, match="already serves"):
        second.acquire()
    first.release()
    first.release()
    second.acquire()
    second.release()


def test_a_program_that_outlives_the_server_does_not_keep_the_lock(tmp_path: Path) -> None:
    start = "import subprocess; subprocess.Popen([sys.executable, '-c', 'print(1, flush=True); input()'])"
    command = [sys.executable, "-c", HOLDER.replace('print("held", flush=True)', start), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert server.stdout.readline() == "1\n"  # from the program, which reads until this test ends
        server.kill()
        server.wait()
        lock = FolderLock(tmp_path)
        lock.acquire()
        lock.release()


def test_the_file_is_for_its_owner_alone_and_stays(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    lock.acquire()
    lock.release()
    assert (tmp_path / "serve.lock").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"serve\.lock cannot be written \(No such file or directory\)"):
        FolderLock(tmp_path / "missing").acquire()
