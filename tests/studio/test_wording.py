"""Another wording of a criterion, tried on the labelled cases: what it would change, what it asks, where pages go."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.calibration.curves import Family
from core.criteria import read_lines
from core.domain import Criterion, ScorerInfo
from core.errors import ChartsieveError, Conflict, NotAgreed
from core.settings import Settings
from core.store import Store
from core.studio import Material, Tried
from core.workspace import Workspace
from tests.benchmarks.endpoint import Endpoint, serving
from tests.studio.examples import HIGH, LEAD, LOW, ONE, case_of, judge, material, read_case, say

VAGUE = read_lines("Q: Is gavotinib on record?\nR: Is arthritis documented?", "Vague")
PLAIN = "Has methotrexate been tried?"
TEXTS = ("Methotrexate 20 mg weekly was tried and stopped.", "The garden party is on Saturday.", "Seropositive.")
NEW = Criterion("Q", "Was methotrexate stopped?")


def try_on(workspace: Workspace, of: Material, wording: Criterion) -> Tried:
    return workspace.wording.run(of, wording, Family(), progress=lambda _done, _of: None)


@pytest.fixture(scope="module")
def read(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with three cases of real PDFs, one of them without labels that count."""
    folder = tmp_path_factory.mktemp("read") / "data"
    shutil.copytree(empty, folder)
    workspace = Workspace.open(Settings(data_dir=folder))
    first, second, third = (
        read_case(workspace, *TEXTS, f"Only in case {n}.", name=f"Case {n}", criteria=VAGUE) for n in range(3)
    )
    for case in (first, second):
        judge(workspace, case, {"Q": [1]})
    say(workspace, third, "Q", 1, "relevant", arm="shown")
    workspace.close()
    return folder


@pytest.fixture
def workspace(read: Path, tmp_path: Path) -> Iterator[Workspace]:
    """In a copy of the folder, which is this test's own."""
    shutil.copytree(read, tmp_path / "data")
    opened = Workspace.open(Settings(data_dir=tmp_path / "data"))
    yield opened
    opened.close()


@pytest.fixture
def vague(workspace: Workspace) -> Material:
    """The first page of each case is relevant, and the question does not say its words."""
    return material(workspace, "Vague", workspace.roster.scorer("embedded").info.fingerprint)


def test_the_same_question_has_the_same_curve(workspace: Workspace, vague: Material) -> None:
    tried = try_on(workspace, vague, VAGUE["Q"])
    assert (tried.before, tried.after, tried.cases) == (VAGUE["Q"], VAGUE["Q"], 2)
    for unit in ("page", "criterion", "case"):
        assert np.array_equal(tried.measured_before.recall[unit], tried.measured_after.recall[unit])
    assert np.array_equal(tried.measured_before.kept, tried.measured_after.kept)


def test_a_question_in_the_words_of_the_page_finds_more(workspace: Workspace, vague: Material) -> None:
    steps: list[tuple[int, int]] = []
    wording = replace(VAGUE["Q"], question=PLAIN)
    of = material(workspace, "Vague", vague.subject.info.fingerprint, "")
    tried = workspace.wording.run(of, wording, Family(), progress=lambda *step: steps.append(step))
    assert steps == [(0, 2), (1, 2), (2, 2)]
    at = 300  # a score of 0.30
    assert tried.measured_before.recall["criterion"][at] == 0.0
    assert tried.measured_after.recall["criterion"][at] == 1.0
    assert tried.measured_after.positives == 2
    found = workspace.chart(vague.cases[0].case)
    assert found.criteria["Q"] == VAGUE["Q"], "trying changes nothing"


def test_only_cases_with_labels_of_the_criterion_that_count_are_scored(workspace: Workspace, vague: Material) -> None:
    assert len(vague.cases) == 3
    assert try_on(workspace, vague, replace(VAGUE["Q"], question=PLAIN)).cases == 2
    with pytest.raises(ChartsieveError, match="No case has labels of R that count"):
        try_on(workspace, vague, replace(VAGUE["R"], question="Is arthritis diagnosed?"))


def test_an_adopted_wording_is_a_new_version_and_cases_keep_theirs(workspace: Workspace, vague: Material) -> None:
    wording = replace(VAGUE["Q"], question=PLAIN)
    newer = workspace.wording.adopt(vague, wording, by=LEAD)
    assert (newer.version, newer["Q"], newer["R"]) == (2, wording, VAGUE["R"])
    case = workspace.store.case(vague.cases[0].case)
    assert (case.criteria.version, case.criteria["Q"]) == (1, VAGUE["Q"])
    assert workspace.studio.criteria("Vague") == newer
    of = material(workspace, "Vague", vague.subject.info.fingerprint)
    assert of.counts.other_wording == 9, "labels of the old wording say nothing of the new one"


def test_nothing_is_adopted_when_the_list_has_changed_in_between(workspace: Workspace, vague: Material) -> None:
    other = replace(VAGUE, criteria=(VAGUE["Q"], replace(VAGUE["R"], question="Is arthritis diagnosed?")))
    workspace.store.save_criteria(other, by="Somebody else")
    with pytest.raises(Conflict, match="Nothing was saved"):
        workspace.wording.adopt(vague, replace(VAGUE["Q"], question=PLAIN), by=LEAD)
    assert workspace.studio.criteria("Vague").version == 2
    with pytest.raises(ChartsieveError, match="Say your name first"):
        workspace.wording.adopt(material(workspace, "Vague", vague.subject.info.fingerprint), NEW, by="")


# -- a scorer elsewhere


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    with serving(slots=8, scale=200) as endpoint:
        yield endpoint


Open = Callable[[str], Workspace]


@pytest.fixture
def elsewhere(workspace: Workspace, tmp_path: Path) -> Iterator[Open]:
    """The data folder of this test under a server at that address."""
    made: list[Workspace] = []

    def opened(url: str) -> Workspace:
        settings = Settings(data_dir=tmp_path / "data", zerank_url=url)
        made.append(Workspace(settings, Store.open(settings.database)))
        return made[-1]

    assert workspace
    yield opened
    for one in made:
        one.close()


def scored_elsewhere(workspace: Workspace, *names: str) -> tuple[Material, list[int], ScorerInfo]:
    """Labelled cases whose scores came from the server; nobody has agreed to send them again."""
    info = workspace.roster.scorer("zerank").info
    cases = [case_of(workspace, [HIGH, LOW, LOW], name=name, criteria=ONE, info=info) for name in names]
    for case in cases:
        judge(workspace, case, {"Q": [1]})
    return material(workspace, ONE.name, info.fingerprint), cases, info


def agree(workspace: Workspace, case: int, info: ScorerInfo) -> None:
    to = info.sends_text_to
    assert to
    workspace.store.agree(case, info, by="R", to=to, pages=3, pairs=3, tokens=0)


def test_pages_never_go_where_nobody_agreed_to_send_them(elsewhere: Open, server: Endpoint) -> None:
    server.reset()
    workspace = elsewhere(server.url)
    of, (first, second), info = scored_elsewhere(workspace, "One", "Two")
    for case in (first, None):
        with pytest.raises(NotAgreed, match="Nothing was sent"):
            try_on(workspace, of, NEW)
        if case:
            agree(workspace, case, info)
    assert server.stats().requests == 0
    agree(workspace, second, info)
    assert try_on(workspace, of, NEW).cases == 2
    assert server.stats().pairs == 6 + 2  # and the two whose answers are known


def test_who_agreed_to_one_address_has_not_agreed_to_another(elsewhere: Open, server: Endpoint) -> None:
    before = elsewhere("http://127.0.0.1:9")
    _, (case,), info = scored_elsewhere(before, "One")
    agree(before, case, info)
    server.reset()
    workspace = elsewhere(server.url)
    of = material(workspace, ONE.name, info.fingerprint)
    with pytest.raises(NotAgreed, match=server.url):
        try_on(workspace, of, NEW)
    assert server.stats().requests == 0


def test_the_same_wording_asks_for_nothing_the_second_time(elsewhere: Open, server: Endpoint) -> None:
    workspace = elsewhere(server.url)
    of, (case,), info = scored_elsewhere(workspace, "One")
    agree(workspace, case, info)
    plan = workspace.wording.asked(of, NEW)
    assert (plan.pages, plan.pairs) == (3, 3)
    assert workspace.wording.asked(of, ONE["Q"]).pairs == 0, "what is in use was answered before"
    first = try_on(workspace, of, NEW)
    server.reset()
    assert workspace.wording.asked(of, NEW).pairs == 0
    again = try_on(workspace, of, NEW)
    assert server.stats().requests == 0
    assert np.array_equal(first.measured_after.kept, again.measured_after.kept)
