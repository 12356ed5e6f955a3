"""Which scorer new cases get, and how the others are set up: the screens say what is really so."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from core.casework import SCORING
from core.domain import JobState
from core.reading import READING
from core.samples import SAMPLES
from core.settings import read_settings
from core.workspace import Workspace
from pages.admin.setting_up import STEPS
from pages.components.frame import workspace
from pages.components.literal import with_code

ROOT = Path(__file__).resolve().parents[2]
INSTEAD = "so new cases are scored on this machine with the embedded scorer."


def screen(name: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    test.run()
    test._page_hash = calc_hash(name) if name else ""
    test.run()
    assert not test.exception
    assert not test.error
    return test


def said(test: AppTest) -> list[str]:
    """Titles, badges, warnings and the like, in the order of the screen, without Markdown's escapes."""
    return [str(getattr(e, "value", "")).replace("\\", "") for e in test.main if hasattr(e, "value")]


def badged(test: AppTest) -> str:
    """The scorer whose card says that new cases get it."""
    titles, found = "", []
    for text in said(test):
        titles = (
            text if text in ("Embedded scorer", "Reranker on this machine") or text.startswith("zerank-2") else titles
        )
        found += [titles] if "For new cases" in text else []
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("wanted", "sentence", "cure"),
    [
        ("zerank", f"zerank-2 is not set up, {INSTEAD}", "set `CHARTSIEVE_ZERANK_URL` to its address"),
        (
            "zrank",
            f"There is no scorer called “zrank”, {INSTEAD}",
            "Set `CHARTSIEVE_SCORER` to one of: embedded, zerank, cross-encoder. Then start Chartsieve again.",
        ),
    ],
)
def test_a_scorer_that_cannot_be_used_is_said_alike_on_both_screens_with_the_cure(
    monkeypatch: pytest.MonkeyPatch, wanted: str, sentence: str, cure: str
) -> None:
    monkeypatch.setenv("CHARTSIEVE_SCORER", wanted)
    admin = screen("admin")
    assert badged(admin) == "Embedded scorer"
    for test in (admin, screen("new")):
        assert [w.value.replace("\\", "") for w in test.warning] == [sentence]
        assert any(cure in c.value.replace("\\", "") for c in test.caption)


def test_a_scorer_that_is_set_up_gets_new_cases_and_its_address_can_be_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTSIEVE_SCORER", "zerank")
    monkeypatch.setenv("CHARTSIEVE_ZERANK_URL", "http://gpu-1:8000")
    test = screen("admin")
    assert badged(test).startswith("zerank-2")
    assert not test.warning
    assert "`http://gpu-1:8000/rerank`" in "\n".join(m.value for m in test.markdown)
    assert not [c for c in test.code if "vllm serve" in c.value]
    assert [s.label for s in screen("new").selectbox] == ["Scorer"]


def test_each_scorer_that_is_not_set_up_says_how_in_lines_to_copy() -> None:
    test = screen("admin")
    assert [e.label for e in test.expander] == ["How to set it up"] * 2
    assert [c.value for c in test.code] == [lines for steps in STEPS.values() for _, lines in steps]


@pytest.mark.parametrize("name", STEPS)
def test_the_lines_to_copy_are_those_of_the_readme(name: str) -> None:
    readme = re.sub(r"\s+#.*", "", (ROOT / "README.md").read_text("utf-8"))
    for _, lines in STEPS[name]:
        for line in lines.splitlines():
            assert line in readme


def test_a_sentence_keeps_its_literals_whole_and_its_other_words_inert() -> None:
    said = with_code("Set CHARTSIEVE_ZERANK_URL to http://a-b:80. *Not* [here](http://c), or `make local`.")
    assert said == r"Set `CHARTSIEVE_ZERANK_URL` to `http://a-b:80`\. \*Not\* \[here\]\(`http://c`\), or `make local`\."
    assert "\u2060" not in said


@pytest.mark.parametrize(
    ("state", "message", "words"),
    [
        ("cancelled", "Stopped.", "Stopped by hand. Open to go on"),
        ("failed", "No answer.", "Failed. Open to see why"),
        ("asking", "Nothing was sent.", "Asks before it sends pages"),
    ],
)
def test_the_queue_tells_a_case_stopped_by_hand_from_one_that_failed(state: JobState, message: str, words: str) -> None:
    _sample_in(state, message)
    assert [m for m in said(screen("")) if words in m]


def test_the_queue_says_that_answers_are_missing_beside_what_is_decided() -> None:
    _sample_in("done", "6 answers are missing.")
    test = screen("")
    assert [p.proto.text for p in test.get("progress")] == ["0 of 12 decided; answers missing"]


@pytest.mark.parametrize(
    ("stage", "seconds", "words"), [(SCORING, 37.0, "Scoring, about 37 s left"), (READING, None, "Reading")]
)
def test_the_queue_says_shortly_what_is_done_and_for_how_long(stage: str, seconds: float | None, words: str) -> None:
    _sample_in("done", "")
    test = screen("")
    store = workspace().store
    (case,) = store.cases()
    store.queue_job(case.id, fingerprint=None, by=None)
    store.update_job(case.id, state="running", stage=stage, done=1, total=9, message="", seconds_left=seconds)
    test.run()
    assert [p.proto.text for p in test.get("progress")] == [words]


def _sample_in(state: JobState, message: str) -> None:
    """The small sample case in the data folder of this test, its job ended so."""
    opened = Workspace.open(read_settings())
    case = opened.open_sample(SAMPLES[0], by="R")
    opened.jobs.wait(case, 60)
    job = opened.store.job(case)
    assert job
    opened.store.queue_job(case, fingerprint=None, by=None)
    opened.store.update_job(case, state=state, stage=job.stage, done=job.done, total=job.total, message=message)
    opened.close()
