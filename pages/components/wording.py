"""How scorers and amounts of work are called on every screen."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from core.domain import Job, ScorerInfo
from core.figures import duration_in_words, usage_in_words
from core.numbering import Missing

_TITLES = {"embedded": "Embedded scorer", "zerank": "zerank-2", "cross-encoder": "Reranker on this machine"}


def scorer_title(info: ScorerInfo) -> str:
    """The scorer in a few words, plain text: what it is, and where it runs."""
    title = _TITLES.get(info.name, info.name)
    if info.name == "embedded":
        return title
    model = "" if info.model in title else f" ({info.model})"
    return f"{title}{model} on {host_of(info.sends_text_to)}" if info.sends_text_to else f"{title}{model}"


def host_of(address: str) -> str:
    """The machine in an address, with its port where that is not the usual one."""
    return urlsplit(address).netloc or address


def name_title(name: str) -> str:
    """The scorer of that name where nothing more is known of it."""
    return _TITLES.get(name, name)


def job_line(job: Job) -> str:
    """How far a job is: "Scoring …: 3,412 of 12,000 answers · 34 a second · about 4 min left · 8.7 MB, …"."""
    if not job.total:
        return job.stage or "Waiting to start"
    unit = "pages" if job.stage.startswith("Reading") else "answers"
    parts = [f"{job.stage}: {job.done:,} of {job.total:,} {unit}"]
    if job.rate:
        parts.append(f"{job.rate:,.0f} a second" if job.rate >= 1 else f"{60 * job.rate:,.0f} a minute")
    if job.seconds_left and job.done < job.total:
        parts.append(f"about {duration_in_words(job.seconds_left)} left")
    if used := usage_in_words(job.usage):
        parts.append(used)
    return " · ".join(parts)


def missing_pages(missing: Sequence[Missing]) -> str:
    """What the numbers of fax machines say is not here: "3 fax pages missing"."""
    pages = sum(gap.count for gap in missing)
    return f"{pages:,} fax page{'s' if pages != 1 else ''} missing"
