"""Labels of many cases become thresholds with a promise: `Studio` finds them, `Publishing` puts them in force."""

from core.studio.material import Counts, Material, Subject
from core.studio.matrices import Matrix
from core.studio.publishing import Choice, Publishing
from core.studio.studio import Alarm, Studio
from core.studio.wording import Tried, WordingBench

__all__ = [
    "Alarm",
    "Choice",
    "Counts",
    "Material",
    "Matrix",
    "Publishing",
    "Studio",
    "Subject",
    "Tried",
    "WordingBench",
]
