// The keys that scroll do so in one box wherever the focus is, unless they mean something there.

const LINE = 60, SCREEN = 0.85; // what an arrow scrolls, in CSS pixels, and Space, of what is in sight
const OWN_KEYS = '[role=radiogroup], [role=listbox], [role=slider], [role=combobox], [role=dialog], [role=menu]';

/** The box that is on the screen: that of a page view, or a container of Streamlit's. */
function boxOf(names) {
  const place = names.map((name) => document.querySelector(`.st-key-${name}`)).find((found) => found);
  if (!place) return null;
  const sheets = [place, ...place.querySelectorAll('*')].map((element) => element.shadowRoot?.querySelector('.pv .sheet'));
  return sheets.find((sheet) => sheet) ?? place;
}

/** Whether the element with the focus has a use of its own for the key. */
function meant(target, key) {
  if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest(OWN_KEYS)) return true;
  if (key === ' ') return target.closest('button, a, summary, [role=button]') !== null;
  return target.matches('[data-testid=stVerticalBlock]') && target.scrollHeight > target.clientHeight;
}

function pressed(event, names) {
  const steps = { ArrowUp: -LINE, ArrowDown: LINE, PageUp: -1, PageDown: 1, ' ': event.shiftKey ? -1 : 1 };
  const step = steps[event.key], target = event.composedPath()[0];
  if (!step || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const box = boxOf(names);
  if (!box || target === box || (target instanceof Element && meant(target, event.key))) return; // it scrolls by itself
  event.preventDefault();
  box.scrollBy(0, Math.abs(step) === 1 ? step * SCREEN * box.clientHeight : step);
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector('.ks');
  root.names = data.names;
  root.listener ??= (event) => pressed(event, root.names);
  document.addEventListener('keydown', root.listener);
  return whenGone(root, () => document.removeEventListener('keydown', root.listener));
}
