// The criteria of a case as a tree. Questions are untrusted: they reach the page through textContent alone.

const EVIDENCE = {
  found: ['●', 'evidence found'], weak: ['◐', 'weak matches only'], none_found: ['○', 'looked, none found'],
  could_not_read: ['◌', 'none found, pages not read'], not_scored: ['…', 'not scored yet'],
};
const STATES = {
  met: ['✓', 'Met'], not_met: ['✕', 'Not met'], insufficient: ['?', 'Insufficient'], not_applicable: ['–', 'Not applicable'],
  undecided: ['', 'Undecided'],
};
const SHOWN = {
  all: () => true, undecided: (row) => !row.decision, flagged: (row) => row.flagged,
  found: (row) => row.evidence === 'found' || row.evidence === 'weak',
  none: (row) => row.evidence !== 'found' && row.evidence !== 'weak',
  not_met: (row) => row.decision === 'not_met' || row.decision === 'insufficient',
};
const memory = new Map(); // component key -> what the reviewer had set, for when Streamlit mounts the component again

function read([depth, id, text, ...rest]) {
  if (!id) return { depth, node: true, text, state: rest[0] };
  const [evidence, best, milli, kept, decision, flagged] = rest;
  return { depth, id, text, evidence, best, milli, kept, decision, flagged: flagged === 1 };
}

function make(tag, name, text = '') {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

function chip(state, name) {
  const [sign, word] = STATES[state ?? 'undecided'];
  return make('span', `${name} ${state && state !== 'undecided' ? state : 'open'}`, `${sign} ${word}`.trim());
}

class List {
  constructor(root) {
    this.root = root;
    this.$ = (selector) => root.querySelector(selector);
    this.$('select').onchange = (event) => { this.mine.show = event.target.value; this.filter(); };
    this.$('.find').oninput = (event) => { this.mine.find = event.target.value; this.filter(); };
    this.$('.find').value = '';
    // Streamlit sees the component, not the field, as the target: its shortcuts would fire while somebody types.
    this.$('.bar').onkeydown = (event) => event.stopPropagation();
    this.$('.rows').onkeydown = (event) => this.pressed(event);
  }

  accept(data, key) {
    this.mine = memory.get(key) ?? { show: 'all', find: '' };
    memory.set(key, this.mine);
    const text = JSON.stringify([data.rows, data.measure]);
    const moved = this.mine.current !== data.current;
    this.mine.current = data.current;
    this.data = data;
    this.$('.rows').style.maxHeight = data.height;
    this.root.classList.toggle('dark', dark(this.root));
    this.$('select').value = this.mine.show;
    if (document.activeElement !== this.root.getRootNode().host) this.$('.find').value = this.mine.find;
    const held = this.root.getRootNode().activeElement?.closest?.('.leaf')?.dataset.id;
    if (text !== this.drawn) { this.drawn = text; this.draw(); }
    this.filter();
    if (held) this.elements.find((element) => element.dataset.id === held && !element.hidden)?.focus({ preventScroll: true });
    this.mark(moved);
    this.root.dataset.ready = data.current;
  }

  draw() {
    this.rows = this.data.rows.map(read);
    this.elements = this.rows.map((row) => (row.node ? this.node(row) : this.leaf(row)));
    this.$('.rows').replaceChildren(...this.elements);
  }

  node(row) {
    const element = make('div', 'node');
    element.setAttribute('role', 'treeitem');
    element.setAttribute('aria-level', String(row.depth + 1));
    element.style.setProperty('--depth', row.depth);
    element.append(make('span', 'what', row.text));
    if (row.state) element.append(chip(row.state, 'state'));
    return element;
  }

  leaf(row) {
    const element = make('div', 'leaf'), [sign, words] = EVIDENCE[row.evidence];
    const decided = row.decision ? STATES[row.decision][1] : 'Undecided';
    element.setAttribute('role', 'treeitem');
    element.setAttribute('aria-level', String(row.depth + 1));
    element.tabIndex = -1;
    element.dataset.id = row.id;
    element.style.setProperty('--depth', row.depth);
    const value = row.best ? `${this.data.measure} ${row.best}` : 'not scored';
    const pages = row.kept === 1 ? '1 page kept' : `${row.kept} pages kept`;
    element.setAttribute('aria-label', `${row.id}, ${row.text}. ${decided}${row.flagged ? ', flagged' : ''}. ${words}, ${pages}, best ${value}`);
    element.title = row.text;
    const id = make('span', 'id', row.id), meter = make('span', 'meter'), fill = document.createElement('i');
    if (row.flagged) id.prepend(make('span', 'flag', '⚑'));
    fill.style.width = `${row.milli / 10}%`;
    meter.append(fill);
    element.append(
      id, make('span', 'what', row.text), make('span', 'evidence', `${sign} ${words} · ${pages}`), meter,
      make('span', 'value', row.best || '–'), chip(row.decision, 'chip'),
    );
    element.onclick = () => this.open(row.id);
    return element;
  }

  /** A node is shown when something below it is. */
  filter() {
    const test = SHOWN[this.mine.show] ?? SHOWN.all, words = this.mine.find.trim().toLowerCase();
    const fits = (row) => !row.node && test(row) && (!words || `${row.id} ${row.text}`.toLowerCase().includes(words));
    const shown = this.rows.map(fits), above = [];
    this.rows.forEach((row, i) => {
      while (above.length && this.rows[above.at(-1)].depth >= row.depth) above.pop();
      if (row.node) above.push(i);
      else if (shown[i]) for (const holder of above) shown[holder] = true;
    });
    this.elements.forEach((element, i) => { element.hidden = !shown[i]; });
    const all = new Set(this.rows.filter((row) => !row.node).map((row) => row.id)).size;
    const seen = new Set(this.rows.filter((row, i) => shown[i] && !row.node).map((row) => row.id)).size;
    this.$('.count').textContent = seen === all ? `${all} criteria` : `${seen} of ${all} criteria`;
    this.$('.none').hidden = seen > 0;
    this.$('.rows').hidden = seen === 0;
  }

  mark(reveal) {
    let first = null;
    for (const element of this.elements) {
      if (!element.dataset.id) continue;
      const is = element.dataset.id === this.mine.current;
      element.setAttribute('aria-selected', String(is));
      element.tabIndex = -1;
      if (is && !element.hidden) first ??= element;
    }
    first ??= this.elements.find((element) => element.dataset.id && !element.hidden);
    if (!first) return;
    first.tabIndex = 0;
    if (reveal) this.reveal(first);
  }

  reveal(element) {
    const rows = this.$('.rows'), top = element.offsetTop - rows.offsetTop;
    if (top < rows.scrollTop) rows.scrollTop = top;
    else if (top + element.offsetHeight > rows.scrollTop + rows.clientHeight) rows.scrollTop = top + element.offsetHeight - rows.clientHeight;
  }

  open(id) {
    this.mine.current = id;
    this.mark(false);
    this.send('row', { id });
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const leaves = this.elements.filter((element) => element.dataset.id && !element.hidden);
    const at = leaves.indexOf(event.target.closest('.leaf'));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: leaves.length - 1, PageDown: at + 8, PageUp: at - 8 }[event.key];
    if (to !== undefined) {
      const next = leaves[Math.max(0, Math.min(leaves.length - 1, to))];
      next?.focus({ preventScroll: true });
      if (next) this.reveal(next);
    } else if ((event.key === 'Enter' || event.key === ' ') && at >= 0) this.open(leaves[at].dataset.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function dark(root) {
  const channels = getComputedStyle(root).color.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0];
  return channels[0] + channels[1] + channels[2] > 382;
}

export default function ({ data, key, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.cl'), list = (root.list ??= new List(root));
  list.send = setTriggerValue;
  list.accept(data, key);
}
