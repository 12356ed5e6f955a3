// One key for each action. The listener comes before Streamlit's own, so that its keys (r, c) may be given a meaning.

const memory = new Map(); // component key -> the listener, for when Streamlit mounts the component again

/** Whether the element with the focus has a use of its own for the key: arrows in a list, Home in a slider. */
function meant(event) {
  const target = event.composedPath()[0];
  if (!(target instanceof Element) || event.key.length === 1) return false;
  const own = '[role=radiogroup], [role=listbox], [role=slider], [role=combobox], [role=menu], [role=tablist], [role=tree], [role=application], [role=grid]';
  return target.closest(`${own}, input, dialog`) !== null || (target.matches('.sheet') && event.key.startsWith('Arrow'));
}

/** The first element that fits, also inside our components. */
function inside(selector) {
  for (const host of document.querySelectorAll('[class*="st-key-"] *')) {
    const found = host.shadowRoot?.querySelector(selector);
    if (found) return found;
  }
  return document.querySelector(selector);
}

function find(binding) {
  if (binding.inside) return inside(binding.target);
  const place = document.querySelector(`.st-key-${CSS.escape(binding.target)}`);
  return place?.querySelector('button, textarea, input, [tabindex]') ?? null;
}

/** The button after the one that is chosen, around the end. */
function next(target) {
  const buttons = [...document.querySelectorAll(`.st-key-${CSS.escape(target)} button`)];
  const at = buttons.findIndex((button) => button.getAttribute('aria-checked') === 'true' || button.ariaPressed === 'true');
  buttons[(at + 1) % buttons.length]?.click();
  return buttons.length > 0;
}

const LOOK = 25; // ms

/** Whether what the key means is about another page still than the one that is shown (pageview_ahead.js). */
const behind = (binding) => binding.waits && !binding.inside && find(binding)?.closest('[inert]');

function act(binding) {
  if (binding.act === 'next') return next(binding.target);
  const element = find(binding);
  if (!element || element.disabled) return false;
  if (binding.act === 'press') {
    // Not composed: it stays within the component, and does not come back here.
    element.dispatchEvent(new KeyboardEvent('keydown', { key: binding.key, bubbles: true, cancelable: true }));
  } else if (binding.act === 'focus') {
    element.focus();
    element.select?.();
  } else element.click();
  return true;
}

class Keys {
  constructor(root) {
    this.root = root;
    this.dialog = root.querySelector('dialog');
    this.button = root.querySelector('.open');
    this.button.onclick = () => this.show(!this.dialog.open);
    root.querySelector('.close').onclick = () => this.show(false);
    this.dialog.onclose = () => this.button.setAttribute('aria-expanded', 'false');
    this.dialog.onclick = (event) => { if (event.target === this.dialog) this.show(false); };
    this.listener = (event) => this.pressed(event);
    this.waiting = [];
  }

  show(yes) {
    if (yes) this.dialog.showModal(); else this.dialog.close();
    this.button.setAttribute('aria-expanded', String(yes));
  }

  accept(data, key) {
    const text = JSON.stringify(data.keys);
    if (memory.get(key)) window.removeEventListener('keydown', memory.get(key), true);
    memory.set(key, this.listener);
    window.addEventListener('keydown', this.listener, true);
    if (text === this.text) return;
    this.text = text;
    this.keys = new Map(data.keys.map((binding) => [binding.key, binding]));
    const groups = Map.groupBy(data.keys, (binding) => binding.group);
    this.root.querySelector('.groups').replaceChildren(...[...groups].map(([name, list]) => {
      const section = document.createElement('section'), lines = document.createElement('dl');
      const heading = Object.assign(document.createElement('h4'), { textContent: name });
      for (const { key: letter, shown, words } of list) {
        const term = document.createElement('dt'), means = document.createElement('dd');
        term.append(Object.assign(document.createElement('kbd'), { textContent: shown || letter.toUpperCase() }));
        means.textContent = words;
        lines.append(term, means);
      }
      section.append(heading, lines);
      return section;
    }));
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event)) {
      if (event.key === 'Escape') event.composedPath()[0].blur(); // what was typed is kept, and the keys work again
      return;
    }
    if (event.key === '?') { event.preventDefault(); this.show(!this.dialog.open); return; }
    if (this.dialog.open || document.querySelector('[role=dialog][aria-modal=true]')) return;
    const binding = this.keys.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (!binding || meant(event)) return;
    if (binding.act === 'press' && event.composedPath().includes(find(binding)?.closest('.pv'))) return; // it is there already
    if (event.shiftKey && /^[a-z]$/i.test(event.key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.repeat && !binding.held) return;
    this.waiting.push(binding);
    this.perform();
  }

  /** Keys in their order; those of other buttons wait until these are about the page that is shown. */
  perform() {
    clearTimeout(this.timer);
    while (this.waiting.length) {
      const [binding] = this.waiting;
      if (behind(binding)) { this.timer = setTimeout(() => this.perform(), LOOK); return; }
      this.waiting.shift();
      this.root.dataset.last = `${binding.key}:${act(binding)}`;
    }
  }
}

export default function ({ data, key, parentElement }) {
  const root = parentElement.querySelector('.km'), keys = (root.keys ??= new Keys(root));
  keys.accept(data, key);
  return whenGone(root, () => window.removeEventListener('keydown', keys.listener, true));
}
