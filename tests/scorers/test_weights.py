import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import ScorerNotSetUp
from core.scorers.weights import digest_weights, find_weights, tensor_names


def write_tensors(file: Path, tensors: dict[str, bytes]) -> None:
    """A safetensors file: 8 bytes of length, a JSON header, the numbers."""
    header, at = {}, 0
    for name, numbers in tensors.items():
        header[name] = {"dtype": "U8", "shape": [len(numbers)], "data_offsets": [at, at + len(numbers)]}
        at += len(numbers)
    raw = json.dumps(header).encode()
    file.write_bytes(len(raw).to_bytes(8, "little") + raw + b"".join(tensors.values()))


def reranker(folder: Path, **config: Any) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"architectures": ["Qwen3ForCausalLM"], **config}), "utf-8")
    (folder / "modules.json").write_text("[]", "utf-8")
    write_tensors(folder / "model.safetensors", {"first": bytes(20_000), "score.weight": bytes(20_000)})
    return folder


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    folder = reranker(tmp_path / "zerank-2")
    assert find_weights(str(folder), "") == folder


def test_a_folder_that_is_not_there_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ScorerNotSetUp) as refused:
        find_weights(str(tmp_path / "nowhere"), "")
    assert str(refused.value) == (
        f"There is no folder {tmp_path}/nowhere. Nothing was scored. Set CHARTSIEVE_CROSS_ENCODER to the folder of a "
        "reranker, or to its name on the hub."
    )


def test_a_model_that_says_nowhere_how_it_scores_is_refused(tmp_path: Path) -> None:
    folder = reranker(tmp_path / "some")
    (folder / "modules.json").unlink()
    with pytest.raises(ScorerNotSetUp, match=r"modules\.json is missing.*would be random"):
        find_weights(str(folder), "")


def test_a_classifier_needs_no_list_of_modules(tmp_path: Path) -> None:
    folder = reranker(tmp_path / "some", architectures=["BertForSequenceClassification"])
    (folder / "modules.json").unlink()
    assert find_weights(str(folder), "") == folder


def test_a_half_fetched_model_is_refused_by_the_part_that_is_missing(tmp_path: Path) -> None:
    folder = reranker(tmp_path / "some")
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    parts = {"first": "model-00001-of-00002.safetensors", "score.weight": "model-00002-of-00002.safetensors"}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": parts}), "utf-8")
    with pytest.raises(ScorerNotSetUp, match=r"Weights are missing in .*: model-00002-of-00002\.safetensors"):
        find_weights(str(folder), "")


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    folder = reranker(tmp_path / "some")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ScorerNotSetUp, match=r"Weights are missing"):
        find_weights(str(folder), "")


@pytest.mark.parametrize("content", ["", "{", "[1]", '"text"', "\udcff"])
def test_a_damaged_configuration_is_refused(tmp_path: Path, content: str) -> None:
    folder = reranker(tmp_path / "some")
    (folder / "config.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ScorerNotSetUp, match=r"config\.json"):
        find_weights(str(folder), "")


def test_the_digest_is_of_the_content_not_of_the_place(tmp_path: Path) -> None:
    first = reranker(tmp_path / "first")
    second = tmp_path / "second"
    shutil.copytree(first, second)
    (second / "README.md").write_text("Read me.", "utf-8")
    (second / ".cache").mkdir()
    (second / ".cache" / "fetched.json").write_text("{}", "utf-8")
    assert digest_weights(first) == digest_weights(second)


@pytest.mark.parametrize("at", [0, 19_999, 20_000, 39_999])
def test_another_number_at_either_end_of_a_tensor_gives_another_digest(tmp_path: Path, at: int) -> None:
    folder = reranker(tmp_path / "some")
    before = digest_weights(folder)
    file = folder / "model.safetensors"
    raw = bytearray(file.read_bytes())
    raw[len(raw) - 40_000 + at] = 1
    file.write_bytes(raw)
    assert digest_weights(folder) != before


@pytest.mark.parametrize("name", ["chat_template.jinja", "1_LogitScore/config.json", "vocab.txt"])
def test_another_prompt_or_word_list_gives_another_digest(tmp_path: Path, name: str) -> None:
    folder = reranker(tmp_path / "some")
    before = digest_weights(folder)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("{}", "utf-8")
    assert digest_weights(folder) != before


@pytest.mark.parametrize("raw", [b"", b"\xff" * 100, (9).to_bytes(8, "little") + b"[1, 2, 3]"])
def test_damaged_weights_are_refused(tmp_path: Path, raw: bytes) -> None:
    folder = reranker(tmp_path / "some")
    (folder / "model.safetensors").write_bytes(raw)
    with pytest.raises(ScorerNotSetUp, match=r"cannot be read.*Fetch them again"):
        digest_weights(folder)


def test_tensors_are_known_by_name(tmp_path: Path) -> None:
    assert tensor_names(reranker(tmp_path / "some")) == {"first", "score.weight"}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An empty cache of the hub. Whoever looks a host up is found out."""
    constants = pytest.importorskip("huggingface_hub.constants", reason="the extra `local` is not installed")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))

    asked: list[object] = []

    def refuse(host: object, *_args: object, **_more: object) -> None:
        asked.append(host)
        raise OSError("no network here")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield tmp_path / "hub"
    assert asked == []


def test_a_hub_name_is_found_in_the_cache(hub: Path) -> None:
    stored = reranker(hub / "models--zeroentropy--zerank-2" / "snapshots" / ("a" * 40))
    refs = stored.parent.parent / "refs"
    refs.mkdir()
    (refs / "main").write_text("a" * 40, "utf-8")
    assert find_weights("zeroentropy/zerank-2", "") == stored
    assert find_weights("zeroentropy/zerank-2", "a" * 40) == stored


@pytest.mark.usefixtures("hub")
def test_a_hub_name_that_is_not_in_the_cache_says_how_to_fetch_it() -> None:
    with pytest.raises(ScorerNotSetUp) as refused:
        find_weights("zeroentropy/zerank-2", "v1")
    assert str(refused.value) == (
        "The reranker zeroentropy/zerank-2 is not on this machine, or not all of it. Nothing was scored, and "
        "Chartsieve downloads no models by itself. Fetch it once with `.venv/bin/hf download zeroentropy/zerank-2 "
        "--revision v1`, or set CHARTSIEVE_CROSS_ENCODER to the folder that holds it."
    )


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("name", ["not a name", "a/b c", "-x/y"])
def test_a_name_that_cannot_be_on_the_hub_is_refused(name: str) -> None:
    with pytest.raises(ScorerNotSetUp, match="is not on this machine"):
        find_weights(name, "")
