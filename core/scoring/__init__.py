"""The engine: pairs of criterion and page become outcomes.

Resume is the cache: what was answered is never asked again. Every answer is kept before it is reported, and every pair
yields exactly one outcome.
"""

from core.scoring.answers import UNREADABLE, known_outcomes
from core.scoring.asking import Patience
from core.scoring.limiter import Limiter
from core.scoring.pace import Listener, Progress
from core.scoring.plan import Plan, plan
from core.scoring.run import score_all, score_pages

__all__ = [
    "UNREADABLE",
    "Limiter",
    "Listener",
    "Patience",
    "Plan",
    "Progress",
    "known_outcomes",
    "plan",
    "score_all",
    "score_pages",
]
