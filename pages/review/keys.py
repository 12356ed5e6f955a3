"""One key for each action on the review screen."""

from core.domain import DECISIONS, VERDICTS
from pages.components.icon_button import icon_key
from pages.components.keymap import Key, keymap
from pages.review.decided import WORDS
from pages.review.deciding import BUTTONS, WHY
from pages.review.finding import SEARCH
from pages.review.judging import JUDGE, JUDGED
from pages.review.left import VIEWS_BOX
from pages.review.reading import VIEW_BOX

_DECIDE, _MOVE, _PAGE, _EVIDENCE, _SCREEN = "Decide", "Go to", "Page", "Evidence", "Screen"
_LETTERS = {"met": "m", "not_met": "n", "insufficient": "i", "not_applicable": "a"}


def key_panel() -> None:
    keymap(_KEYS, key="review.keys")


def _icon(key: str, words: str, group: str, target: str, *, held: bool = False, waits: bool = True) -> Key:
    return Key(key, words, group, icon_key(target), held=held, waits=waits)


def _view(key: str, words: str, group: str, *, held: bool = False, shown: str = "") -> Key:
    """A key that the page view knows itself, passed on from wherever the focus is."""
    return Key(key, words, group, ".pv .sheet", inside=True, act="press", held=held, shown=shown)


_KEYS = (
    *(Key(_LETTERS[outcome], WORDS[outcome], _DECIDE, f"{BUTTONS}.{outcome}") for outcome in DECISIONS),
    Key("w", "Write why", _DECIDE, WHY, act="focus"),
    _icon("f", "Flag", _DECIDE, "criterion.flag"),
    _icon("z", "Undo", _DECIDE, "review.undo"),
    _icon("y", "Redo", _DECIDE, "review.redo"),
    _icon("j", "Next criterion", _MOVE, "criterion.Next criterion", held=True),
    _icon("k", "Criterion before", _MOVE, "criterion.Criterion before", held=True),
    _icon("u", "Next undecided criterion", _MOVE, "criterion.undecided", held=True),
    _icon("l", "Next kept page", _MOVE, "review.hit_after", held=True, waits=False),
    _icon("h", "Kept page before", _MOVE, "review.hit_before", held=True, waits=False),
    _view("ArrowRight", "Next page", _MOVE, held=True, shown="→"),
    _view("ArrowLeft", "Page before", _MOVE, held=True, shown="←"),
    _view("Home", "First page", _MOVE),
    _view("End", "Last page", _MOVE),
    _view("g", "Page by its number", _MOVE),
    Key("/", "Search the packet", _MOVE, SEARCH, act="focus"),
    _view("e", "Cite the selection, else the strongest passage", _EVIDENCE),
    _view("b", "Draw a box to cite", _EVIDENCE),
    *(Key(str(n), JUDGED[verdict], _EVIDENCE, f"{JUDGE}.{verdict}") for n, verdict in enumerate(VERDICTS, start=1)),
    _icon("p", "Keep the page by hand", _EVIDENCE, "review.keep"),
    _icon("x", "Leave the page out by hand", _EVIDENCE, "review.drop"),
    Key("t", "Image or text", _PAGE, VIEW_BOX, act="next"),
    _icon("o", "Images of all pages", _PAGE, "review.strip"),
    _icon("d", "Two pages side by side", _PAGE, "review.beside"),
    Key("v", "Turn the page", _PAGE, ".pv .rotate", inside=True),
    _view("PageDown", "Scroll down", _PAGE, held=True, shown="Page down"),
    _view("PageUp", "Scroll up", _PAGE, held=True, shown="Page up"),
    _view("+", "Larger", _PAGE, held=True),
    _view("-", "Smaller", _PAGE, held=True),
    _view("0", "As wide as the column", _PAGE),
    Key("s", "Heatmap, criteria or table", _SCREEN, VIEWS_BOX, act="next"),
    Key("q", "Into the heatmap or list", _SCREEN, ".hm canvas, .cl .leaf[tabindex='0']", inside=True, act="focus"),
)
