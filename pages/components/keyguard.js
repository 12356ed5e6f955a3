// Keys and clicks that answer pass only when the page has stood on the screen for a while, and once for each page.
// They are caught before Streamlit's own listeners, which cannot tell a held key from a new one.

const HOLD = 400, DEAD = 1500; // ms: on the screen before an answer passes; after one, until the server has answered
const memory = new Map(); // component key -> what was shown when, for when Streamlit mounts the component again

class Guard {
  constructor(root) {
    this.root = root;
    this.keydown = (event) => this.pressed(event);
    this.click = (event) => this.clicked(event);
  }

  accept(data, key) {
    this.data = data;
    this.mine = memory.get(key) ?? {};
    memory.set(key, this.mine);
    if (this.mine.task !== data.task) Object.assign(this.mine, { task: data.task, since: null });
    if (this.mine.run !== data.run) Object.assign(this.mine, { run: data.run, spent: null });
    this.rest();
    window.addEventListener('keydown', this.keydown, true);
    window.addEventListener('click', this.click, true);
    this.watch();
  }

  /** Until the page is on the screen, and then until it has stood there long enough. */
  watch() {
    if (this.shown()) this.mine.since ??= performance.now();
    this.root.dataset.open = String(this.open);
    if (!this.open) this.frame = requestAnimationFrame(() => this.watch());
  }

  /** A page that is read as text has no view. */
  shown() {
    const place = document.querySelector(`.st-key-${this.data.view}`);
    if (!place) return true;
    const host = [place, ...place.querySelectorAll('*')].find((element) => element.shadowRoot?.querySelector('.pv'));
    return host?.shadowRoot.querySelector('.pv').dataset.ready === String(this.data.page);
  }

  get open() {
    const { since, spent } = this.mine, now = performance.now();
    return since !== null && now - since >= HOLD && (spent === null || now - spent >= DEAD);
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
    const letters = [event.key.toLowerCase(), event.code.replace('Key', '').toLowerCase()];
    const any = (keys) => letters.some((letter) => keys.includes(letter));
    if (any(this.data.keys)) this.pass(event, !event.repeat && this.open);
    else if (any(this.data.once) && event.repeat) this.stop(event);
  }

  clicked(event) {
    if (event.target instanceof Element && event.target.closest(`.st-key-${this.data.buttons} button`)) this.pass(event, this.open);
  }

  pass(event, yes) {
    if (!yes) { this.stop(event); return; }
    this.mine.spent = performance.now();
    this.watch();
  }

  stop(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  rest() {
    cancelAnimationFrame(this.frame);
    window.removeEventListener('keydown', this.keydown, true);
    window.removeEventListener('click', this.click, true);
  }
}

export default function ({ data, key, parentElement }) {
  const root = parentElement.querySelector('.kg'), guard = (root.guard ??= new Guard(root));
  guard.accept(data, key);
  return whenGone(root, () => guard.rest());
}
