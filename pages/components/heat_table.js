// The criteria as a table. Questions, groups and ids are untrusted: they reach the page through textContent alone.

const MOVES = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e6, End: 1e6 };

function cell(tag, text, name = '') {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = name;
  return element;
}

function line([id, question, group, evidence, best, pages, decision, flagged], grouped) {
  const row = document.createElement('tr'), head = cell('th', ''), button = cell('button', id, 'id');
  row.dataset.id = id;
  head.scope = 'row';
  button.type = 'button';
  button.tabIndex = -1;
  head.append(button, cell('span', question, 'what'));
  const kept = cell('td', '', 'pages');
  kept.title = pages;
  kept.append(cell('span', pages));
  const said = cell('td', decision || 'Undecided', decision ? '' : 'open');
  if (flagged) said.append(cell('span', '⚑ flagged', 'flag'));
  row.append(head, ...(grouped ? [cell('td', group, 'group')] : []), cell('td', evidence), cell('td', best || '–', 'number'), kept, said);
  return row;
}

class Table {
  constructor(root) {
    this.root = root;
    this.$ = (selector) => root.querySelector(selector);
    for (const head of root.querySelectorAll('th[data-sort]')) {
      head.firstElementChild.onclick = () => this.send('sort', { by: head.dataset.sort });
    }
    const body = this.$('tbody');
    body.onclick = (event) => { const row = event.target.closest('tr'); if (row) this.choose(row); };
    body.onkeydown = (event) => this.pressed(event);
  }

  accept(data) {
    const held = this.root.getRootNode().activeElement?.closest?.('tr')?.dataset.id;
    const moved = this.current !== data.current;
    this.current = data.current;
    this.$('caption').textContent = `${data.rows.length} of ${data.asked} criteria. Arrow keys move, Enter opens a criterion.`;
    const best = this.$('[data-sort=best] button');
    best.textContent = data.measure;
    best.setAttribute('aria-label', `Best ${data.measure.toLowerCase()}`);
    this.$('[data-sort=group]').hidden = !data.grouped;
    const [sort, reverse] = data.order;
    for (const head of this.root.querySelectorAll('th[data-sort]')) {
      if (head.dataset.sort === sort) head.setAttribute('aria-sort', reverse ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    }
    const text = JSON.stringify([data.rows, data.grouped]);
    if (this.drawn !== text) {
      this.drawn = text;
      this.$('tbody').replaceChildren(...data.rows.map((row) => line(row, data.grouped)));
    }
    this.$('.none').hidden = data.rows.length > 0;
    const kept = held && this.rows.find((row) => row.dataset.id === held);
    this.mark(kept);
    if (kept) kept.querySelector('button').focus({ preventScroll: true });
    if (moved) this.reveal(this.rows.find((row) => row.dataset.id === this.current));
    this.root.dataset.ready = data.current;
  }

  get rows() { return [...this.$('tbody').rows]; }

  /** One row is reached by Tab: the one that has the keyboard, else the current one. */
  mark(held) {
    const { rows } = this, current = rows.find((row) => row.dataset.id === this.current), stop = held ?? current ?? rows[0];
    for (const row of rows) {
      if (row === current) row.setAttribute('aria-current', 'true'); else row.removeAttribute('aria-current');
      row.querySelector('button').tabIndex = row === stop ? 0 : -1;
    }
  }

  choose(row) {
    this.current = row.dataset.id;
    this.mark(row);
    row.querySelector('button').focus({ preventScroll: true });
    this.send('row', { id: row.dataset.id });
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { rows } = this, at = rows.indexOf(event.target.closest('tr')), step = MOVES[event.key];
    if (step !== undefined) {
      const to = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
      this.mark(to);
      to.querySelector('button').focus({ preventScroll: true });
      this.reveal(to);
    } else if (event.key === 'Enter' || event.key === ' ') this.choose(rows[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  reveal(row) {
    if (!row) return;
    const box = this.$('.scroller'), head = this.$('thead').offsetHeight, top = row.offsetTop;
    if (top - head < box.scrollTop) box.scrollTop = top - head;
    else if (top + row.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + row.offsetHeight - box.clientHeight;
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.ht'), table = (root.table ??= new Table(root));
  table.send = setTriggerValue;
  table.accept(data);
}
