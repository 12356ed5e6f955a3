"""Components whose data change: Streamlit calls again, and tidies up late after a call that was overtaken."""

import pytest
from playwright.sync_api import Page

from pages.components.files import beside

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-gone")]

# After a call whose data changed while the module loaded, Streamlit tidies up once the next call has begun; after one
# whose data changed later, never. At the end it tidies up after the last.
CALLED_TWICE = """async ([html, script, first, second, overtaken]) => {
  document.body.innerHTML = html;
  const module = await import(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
  const call = (data) => module.default({ data, key: 'k', parentElement: document.body, setTriggerValue() {} });
  const tidy = call(first);
  window.leave = call(second);
  if (overtaken) tidy();
}"""
PRESSED = """(key) => {
  const event = new KeyboardEvent('keydown', { key, code: 'Key' + key.toUpperCase(), bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
  return event.defaultPrevented;
}"""
HELP = '<div class="kh"><button type="button" aria-expanded="false"></button><p class="line" hidden></p></div>'


def test_the_guard_still_stands_and_opens(page: Page) -> None:
    task = {"page": 1, "view": "none", "buttons": "none", "keys": ["y"], "once": [], "run": 1}
    script = beside("gone.js", "typing.js", "keyguard.js")
    page.evaluate(CALLED_TWICE, ['<div class="kg"></div>', script, {**task, "task": 1}, {**task, "task": 2}, True])
    assert page.evaluate(PRESSED, "y"), "a key on a page that has just come is stopped"
    page.wait_for_selector(".kg[data-open=true]", state="attached")
    assert not page.evaluate(PRESSED, "y"), "it passes once the page has stood for a while"
    assert page.evaluate(PRESSED, "y"), "and once only"
    page.evaluate("window.leave()")
    assert not page.evaluate(PRESSED, "y"), "nothing is left of it when it goes"


@pytest.mark.parametrize("overtaken", [False, True])
def test_a_key_shows_the_line_of_keys_once(page: Page, overtaken: bool) -> None:
    script = beside("gone.js", "typing.js", "keyhelp.js")
    page.evaluate(CALLED_TWICE, [HELP, script, {"line": "old"}, {"line": "new"}, overtaken])
    assert page.evaluate(PRESSED, "?")
    assert page.locator(".line").inner_text() == "new"
    assert page.evaluate(PRESSED, "?")
    assert page.locator(".line").is_hidden()
    page.evaluate("window.leave()")
    assert not page.evaluate(PRESSED, "?")
