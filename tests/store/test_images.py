"""Page images on disk: kept where that can be done, and never in the way."""

import os
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.store.images import Images

DOCUMENT, OTHER = "a" * 64, "b" * 64
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
ROOM = 1 << 20


def everything(root: Path) -> list[Path]:
    return sorted(p for p in root.rglob("*") if p.is_file())


def used(root: Path, number: int, seconds_ago: float) -> None:
    """Let page `number` have been asked for that long ago."""
    (path,) = root.rglob(f"{DOCUMENT}-{number}-*")
    os.utime(path, (time.time() - seconds_ago,) * 2)


def kept(images: Images, numbers: range) -> list[int]:
    return [n for n in numbers if images.get(DOCUMENT, n, 100, 0)]


def test_an_image_comes_back_as_it_was_drawn_also_after_a_restart(tmp_path: Path) -> None:
    images = Images(tmp_path / "images", ROOM)
    assert images.get(DOCUMENT, 3, 100, 0) is None
    images.put(DOCUMENT, 3, 100, 0, PNG)
    assert images.get(DOCUMENT, 3, 100, 0) == PNG
    assert Images(tmp_path / "images", ROOM).get(DOCUMENT, 3, 100, 0) == PNG


def test_images_of_other_pages_sizes_and_turns_are_other_images(tmp_path: Path) -> None:
    images = Images(tmp_path, ROOM)
    keys = [
        (DOCUMENT, 3, 100, 0), (OTHER, 3, 100, 0), (DOCUMENT, 31, 100, 0), (DOCUMENT, 3, 150, 0),
        (DOCUMENT, 3, 100, 90), (DOCUMENT, 3, 10, 0),
    ]  # fmt: skip
    for n, key in enumerate(keys):
        assert images.get(*key) is None
        images.put(*key, PNG + bytes([n]))
    assert [images.get(*key) for key in keys] == [PNG + bytes([n]) for n in range(len(keys))]


def test_an_image_drawn_again_takes_the_place_of_the_first(tmp_path: Path) -> None:
    images = Images(tmp_path, ROOM)
    images.put(DOCUMENT, 1, 100, 0, PNG)
    images.put(DOCUMENT, 1, 100, 0, PNG + b"newer")
    assert images.get(DOCUMENT, 1, 100, 0) == PNG + b"newer"
    assert len(everything(tmp_path)) == 1


def test_folders_and_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    Images(tmp_path / "images", ROOM).put(DOCUMENT, 1, 100, 0, PNG)
    (path,) = everything(tmp_path)
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (path, path.parent, tmp_path / "images")]
    assert modes == [0o600, 0o700, 0o700]


def test_nothing_is_made_before_something_is_kept(tmp_path: Path) -> None:
    images = Images(tmp_path / "images", ROOM)
    assert images.get(DOCUMENT, 1, 100, 0) is None
    assert not (tmp_path / "images").exists()


@pytest.mark.parametrize("document", ["", "../../etc/passwd", "A" * 64, "a" * 64 + "\n"])
def test_only_a_hash_names_a_document(tmp_path: Path, document: str) -> None:
    images = Images(tmp_path, ROOM)
    with pytest.raises(ValueError, match="SHA-256"):
        images.get(document, 1, 100, 0)
    with pytest.raises(ValueError, match="SHA-256"):
        images.put(document, 1, 100, 0, PNG)
    assert everything(tmp_path) == []


def test_the_least_recently_used_go_first(tmp_path: Path) -> None:
    images = Images(tmp_path, 10 * (len(PNG) + 4))
    for n in range(10):
        images.put(DOCUMENT, n, 100, 0, PNG)
        used(tmp_path, n, 1000 - n)
    assert images.get(DOCUMENT, 0, 100, 0) == PNG
    images.put(DOCUMENT, 10, 100, 0, PNG)
    assert kept(images, range(11)) == [0, 4, 5, 6, 7, 8, 9, 10]


def test_the_folder_never_holds_more_than_it_may(tmp_path: Path) -> None:
    images = Images(tmp_path, 20_000)
    for n in range(100):
        images.put(DOCUMENT, n, 100, 0, PNG * (1 + n % 5))
        assert sum(p.stat().st_size for p in everything(tmp_path)) <= 20_000
    assert everything(tmp_path)


def test_what_lies_there_at_the_start_is_counted(tmp_path: Path) -> None:
    room = 10 * (len(PNG) + 4)
    first = Images(tmp_path, room)
    for n in range(9):
        first.put(DOCUMENT, n, 100, 0, PNG)
        used(tmp_path, n, 1000 - n)
    again = Images(tmp_path, room)
    again.put(DOCUMENT, 9, 100, 0, PNG)
    assert len(everything(tmp_path)) == 10
    again.put(DOCUMENT, 10, 100, 0, PNG)
    assert kept(again, range(11)) == [3, 4, 5, 6, 7, 8, 9, 10]


def test_an_image_larger_than_all_the_room_is_not_kept(tmp_path: Path) -> None:
    images = Images(tmp_path, len(PNG) + 4)
    images.put(DOCUMENT, 1, 100, 0, PNG)
    images.put(DOCUMENT, 2, 100, 0, PNG + b"x")
    assert kept(images, range(1, 3)) == [1]


@pytest.mark.parametrize("damage", ["cut off", "emptied", "changed", "too short"])
def test_a_damaged_image_is_missing_and_can_be_kept_anew(tmp_path: Path, damage: str) -> None:
    images = Images(tmp_path, ROOM)
    images.put(DOCUMENT, 1, 100, 0, PNG)
    (path,) = everything(tmp_path)
    data = path.read_bytes()
    path.write_bytes(
        {"cut off": data[:-1], "emptied": b"", "changed": data[:50] + b"?" + data[51:], "too short": data[:3]}[damage]
    )
    assert images.get(DOCUMENT, 1, 100, 0) is None
    assert everything(tmp_path) == []
    images.put(DOCUMENT, 1, 100, 0, PNG)
    assert images.get(DOCUMENT, 1, 100, 0) == PNG


def test_an_image_that_somebody_removed_is_missing(tmp_path: Path) -> None:
    images = Images(tmp_path, ROOM)
    images.put(DOCUMENT, 1, 100, 0, PNG)
    everything(tmp_path)[0].unlink()
    assert images.get(DOCUMENT, 1, 100, 0) is None
    (tmp_path / DOCUMENT[:2]).rmdir()
    images.put(DOCUMENT, 1, 100, 0, PNG)
    assert images.get(DOCUMENT, 1, 100, 0) == PNG


def test_a_folder_that_cannot_be_used_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "images").write_bytes(b"a file is in the way")
    images = Images(tmp_path / "images", ROOM)
    images.put(DOCUMENT, 1, 100, 0, PNG)
    assert images.get(DOCUMENT, 1, 100, 0) is None


def test_a_full_disk_is_no_error_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    """A limit on the size of files, in a process of its own, stands for the full disk."""
    code = (
        "import resource, signal, sys; from pathlib import Path; from core.store.images import Images\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
        "images = Images(Path(sys.argv[1]), 1 << 20)\n"
        "images.put('a' * 64, 1, 100, 0, b'x' * 9000); print(images.get('a' * 64, 1, 100, 0))\n"
        "images.put('a' * 64, 2, 100, 0, b'x' * 900); print(len(images.get('a' * 64, 2, 100, 0)))\n"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, cwd=root, check=True)
    assert run.stdout == b"None\n900\n"
    assert len(everything(tmp_path)) == 1


def test_what_a_process_left_unfinished_is_removed_in_time(tmp_path: Path) -> None:
    Images(tmp_path, ROOM).put(DOCUMENT, 1, 100, 0, PNG)
    left, running = (tmp_path / DOCUMENT[:2] / f".new-{name}" for name in ("left", "running"))
    for path in (left, running):
        path.write_bytes(PNG)
    os.utime(left, (time.time() - 7200,) * 2)
    Images(tmp_path, ROOM)
    assert (left.exists(), running.exists()) == (False, True)


def test_threads_and_processes_that_draw_at_once_see_whole_images_only(tmp_path: Path) -> None:
    """There is room for a few images, so that they are swept all the time."""
    code = (
        "import sys; from pathlib import Path; from core.store.images import Images\n"
        "images = Images(Path(sys.argv[1]), 30_000)\n"
        "for turn in range(150):\n"
        "    number = turn % 20; images.put('a' * 64, number, 100, 0, bytes([number]) * 3000)\n"
        "    found = images.get('a' * 64, (turn * 7) % 20, 100, 0)\n"
        "    assert found in (None, bytes([(turn * 7) % 20]) * 3000)\n"
    )
    root = Path(__file__).parents[2]
    other = subprocess.Popen([sys.executable, "-c", code, tmp_path], cwd=root, stderr=subprocess.PIPE)
    images = Images(tmp_path, 30_000)

    def draw(worker: int) -> int:
        found = 0
        for turn in range(100):
            number = (turn * (worker + 3)) % 20
            image = images.get(DOCUMENT, number, 100, 0)
            assert image in (None, bytes([number]) * 3000)
            found += image is not None
            images.put(DOCUMENT, number, 100, 0, bytes([number]) * 3000)
        return found

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(draw, range(4)))
    assert (other.communicate()[1], other.returncode) == (b"", 0)
    images.put(DOCUMENT, 99, 100, 0, PNG)
    assert sum(p.stat().st_size for p in everything(tmp_path)) <= 60_000
