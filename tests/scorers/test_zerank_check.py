"""What the zerank-2 scorer finds out about a server, and says, before a page is sent."""

import asyncio
import re
import ssl

import httpx
import pytest

from core.errors import ScorerError, ScorerUnusable, Unanswered, WrongScores
from core.scorers.zerank import ZerankScorer
from tests.scorers.zerank_server import HOSTED, Answer, Server, ask, raises, scores, status, zerank

GOLDEN = {"4": 0.7471, "The answer is definitely 1 million": 0.2893}


def check(scorer: ZerankScorer) -> None:
    async def once() -> None:
        try:
            await scorer.check()
        finally:
            await scorer.aclose()

    asyncio.run(once())


def test_a_server_with_the_known_answers_passes_the_check() -> None:
    server = Server(scores(*GOLDEN.values()))
    check(zerank(server))
    assert server.asked["documents"] == list(GOLDEN)


@pytest.mark.parametrize("values", [(5.41, -4.50), (0.995, 0.011), (1e-20, 1e-21), (0.6, 0.4)])
def test_a_server_with_other_answers_is_not_used(values: tuple[float, float]) -> None:
    with pytest.raises(WrongScores, match=r"should score 0\.747 and 0\.289.*No page was sent\."):
        check(zerank(scores(*values)))


@pytest.mark.parametrize("code", [400, 413, 422])
def test_a_check_that_is_rejected_is_a_matter_of_settings(code: int) -> None:
    with pytest.raises(ScorerUnusable, match="CHARTSIEVE_ZERANK_MODEL and CHARTSIEVE_ZERANK_PATH") as caught:
        check(zerank(status(code), zerank_model="zerank-2-seq", zerank_path="/v2/rerank"))
    assert "asked of the model zerank-2-seq at /v2/rerank" in str(caught.value)
    assert caught.value.__context__ is None


UNTRUSTED = httpx.ConnectError("certificate")
UNTRUSTED.__cause__ = ssl.SSLCertVerificationError("self-signed")


@pytest.mark.parametrize(
    "answer",
    [
        *(status(code) for code in (307, 400, 401, 402, 404, 405, 413, 422, 429, 503)),
        *(raises(error("")) for error in (httpx.ConnectError, httpx.ReadTimeout, httpx.ReadError)),
        raises(UNTRUSTED),
        scores(0.5),
        scores(0.5, 0.5),
    ],
)
@pytest.mark.parametrize("given", [{}, HOSTED], ids=["own", "hosted"])
def test_a_check_that_fails_speaks_of_no_pages_and_no_scores(answer: Answer, given: dict[str, object]) -> None:
    with pytest.raises(ScorerError) as caught:
        check(zerank(answer, **given))
    told = str(caught.value)
    assert "No page was sent" in told
    assert not any(words in told for words in ("kept", "Score again", "scored", "missing is asked"))
    assert len(re.findall(r"\.(?= |$)", told)) == 2, "two sentences"


def test_a_check_changes_nothing_in_what_a_run_is_told() -> None:
    scorer = zerank(status(401))
    with pytest.raises(ScorerUnusable, match="No page was sent"):
        check(scorer)
    with pytest.raises(ScorerUnusable, match="What it answered so far is kept"):
        ask(scorer)


def test_a_check_without_an_answer_says_nothing_about_the_scores() -> None:
    with pytest.raises(Unanswered):
        check(zerank(scores(0.747)))
