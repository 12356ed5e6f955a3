// A strip of page images. Only what is in sight has elements; images are asked for when they come into sight and kept.
// Printed page numbers are untrusted: textContent and setAttribute only.

const SIZE = { down: 158, across: 116 }, SPARE = 3, ASK_AFTER = 120, AGAIN = 4000, KEPT = 600; // px; items; ms; ms; images
const MOST = 24; // pages that Python answers at once
const STATES = { kept: 'kept', left_out: 'left out', unreadable: 'not read, so kept' };
const memory = new Map(); // component key -> images, for when Streamlit mounts the component again

class Strip {
  constructor(root) {
    this.root = root;
    this.strip = root.querySelector('.strip');
    this.run = root.querySelector('.run');
    this.items = new Map(); // page -> its element
    this.outbox = new Outbox();
    this.observer = new ResizeObserver(() => this.draw());
    this.strip.onscroll = () => this.draw();
    this.strip.onkeydown = (event) => this.pressed(event);
    this.strip.onfocus = () => this.mark();
    this.strip.onblur = () => this.mark();
    this.run.onclick = (event) => {
      const item = event.target.closest('.item');
      if (item) { this.cursor = Number(item.dataset.page); this.open(); }
    };
  }

  accept(data, key) {
    this.mine = memory.get(key) ?? { of: null, images: new Map(), asked: new Map() };
    memory.set(key, this.mine);
    if (this.mine.of !== data.of) Object.assign(this.mine, { of: data.of, images: new Map(), asked: new Map() });
    for (const [page, src] of Object.entries(data.images)) this.keep(Number(page), src);
    const moved = this.data?.current !== data.current;
    this.data = data;
    this.root.classList.toggle('across', data.across);
    this.size = SIZE[data.across ? 'across' : 'down'];
    this.strip.style.height = data.across ? '' : `${data.height}px`;
    this.strip.setAttribute('aria-orientation', data.across ? 'horizontal' : 'vertical');
    this.run.style[data.across ? 'width' : 'height'] = `${data.pages.length * this.size}px`;
    this.run.style[data.across ? 'height' : 'width'] = '';
    for (const [page, item] of this.items) if (item.told !== this.told(page)) { item.remove(); this.items.delete(page); }
    // A page opened here is no news: the keys may have gone on since.
    if (moved && data.current !== this.opened) { this.cursor = data.current; this.reveal(); }
    if (moved) this.opened = undefined;
    this.cursor = Math.min(Math.max(1, this.cursor), data.pages.length);
    this.legend();
    this.draw();
    this.observer.observe(this.strip);
  }

  keep(page, src) {
    const { images, asked } = this.mine;
    images.set(page, src);
    asked.delete(page);
    while (images.size > KEPT) images.delete(images.keys().next().value);
  }

  /** All that an element shows of its page; undefined when there is no such page. */
  told(page) {
    const row = this.data.pages[page - 1];
    return row && JSON.stringify([row, this.mine.of, this.mine.images.get(page)?.length, this.data.across, this.data.pages.length]);
  }

  get extent() { return this.data.across ? this.strip.clientWidth : this.strip.clientHeight; }
  get scroll() { return this.data.across ? this.strip.scrollLeft : this.strip.scrollTop; }
  set scroll(value) { this.strip[this.data.across ? 'scrollLeft' : 'scrollTop'] = value; }

  /** First and last page in sight, from 1. */
  get sight() {
    const { scroll, extent, size } = this;
    return [Math.floor(scroll / size) + 1, Math.min(this.data.pages.length, Math.ceil((scroll + extent) / size))];
  }

  draw() {
    if (!this.data || !this.extent) return;
    const [first, last] = this.sight, from = Math.max(1, first - SPARE), to = Math.min(this.data.pages.length, last + SPARE);
    for (const [page, item] of this.items) if (page < from || page > to) { item.remove(); this.items.delete(page); }
    for (let page = from; page <= to; page++) if (!this.items.has(page)) this.add(page);
    this.mark();
    this.root.dataset.drawn = String(this.items.size);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), ASK_AFTER);
  }

  add(page) {
    const [score, standing, copy, cited, label] = this.data.pages[page - 1], { images } = this.mine, src = images.get(page);
    const item = put('div', `item ${standing}`, {
      id: `page-${page}`, role: 'option', 'aria-setsize': this.data.pages.length, 'aria-posinset': page, 'aria-label': this.words(page),
      title: this.words(page),
    });
    item.dataset.page = String(page);
    item.told = this.told(page);
    item.style[this.data.across ? 'left' : 'top'] = `${(page - 1) * this.size}px`;
    const sheet = item.appendChild(put('div', 'sheet'));
    if (src) sheet.append(put('img', '', { src, alt: '', draggable: 'false' }));
    else if (src === '') sheet.append(put('span', 'none', {}, 'cannot be drawn'));
    const line = item.appendChild(put('div', 'line'));
    line.append(put('b', 'number', {}, String(page)));
    if (standing === 'kept') line.append(put('i', 'kept', {}, '✓'));
    if (standing === 'unreadable') line.append(put('i', 'unreadable', {}, '?'));
    if (copy) line.append(put('i', 'copy', {}, ''));
    if (cited) line.append(put('i', 'cited', {}, cited > 1 ? `“${cited}` : '“'));
    if (score) line.append(put('span', 'score', {}, score));
    if (label) sheet.append(put('span', 'label', {}, label));
    this.items.set(page, item);
    // The list stays in the order of the pages, for whoever hears it read.
    const after = [...this.items.keys()].filter((other) => other > page).sort((a, b) => a - b)[0];
    this.run.insertBefore(item, after === undefined ? null : this.items.get(after));
  }

  words(page) {
    const [score, standing, copy, cited, label] = this.data.pages[page - 1];
    return [
      `Page ${page}`, label && `printed ${label}`, score && `score ${score}`, STATES[standing], copy && 'copy of an earlier page',
      cited && (cited > 1 ? `cited ${cited} times` : 'cited'), this.mine.images.get(page) === '' && 'cannot be drawn',
    ].filter(Boolean).join(', ');
  }

  /** The current page, and the one the keys are on. */
  mark() {
    const focused = this.strip.matches(':focus');
    for (const [page, item] of this.items) {
      item.setAttribute('aria-selected', String(page === this.data.current));
      item.classList.toggle('current', page === this.data.current);
      item.classList.toggle('cursor', focused && page === this.cursor);
    }
    if (this.items.has(this.cursor)) this.strip.setAttribute('aria-activedescendant', `page-${this.cursor}`);
    else this.strip.removeAttribute('aria-activedescendant');
  }

  legend() {
    const { pages } = this.data, show = (key, yes) => { this.root.querySelector(`[data-key=${key}]`).hidden = !yes; };
    for (const state of Object.keys(STATES)) show(state, pages.some((page) => page[1] === state));
    show('copy', pages.some((page) => page[2]));
    show('cited', pages.some((page) => page[3]));
  }

  /** Ask for what is in sight and not here; again after a while, when the answer was lost. */
  ask() {
    const { images, asked } = this.mine, [first, last] = this.sight, now = performance.now(), numbers = [];
    let waiting = false;
    for (let page = first; page <= last; page++) {
      if (images.has(page)) continue;
      waiting = true;
      if (now - (asked.get(page) ?? -Infinity) >= AGAIN && numbers.length < MOST) numbers.push(page);
    }
    clearTimeout(this.timer);
    if (waiting) this.timer = setTimeout(() => this.ask(), AGAIN);
    if (!numbers.length) return;
    for (const page of numbers) asked.set(page, now);
    this.outbox.post('want', { of: this.mine.of, pages: numbers });
  }

  open() {
    this.opened = this.cursor;
    this.mark();
    this.outbox.post('page', { page: this.cursor });
  }

  /** Time on pages that was not reported goes along. */
  timed() {
    const seen = this.data.watched ? window.chartsieveSeen?.take(this.data.watched) : null;
    return seen ? { seen } : null;
  }

  reveal() {
    const at = (this.cursor - 1) * this.size;
    if (at < this.scroll || at + this.size > this.scroll + this.extent) this.scroll = at - (this.extent - this.size) / 2;
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'r' || event.key === 'c') event.stopPropagation(); // Streamlit's own keys: rerun, clear the cache
    const { length } = this.data.pages, screen = Math.max(1, Math.floor(this.extent / this.size));
    const to = {
      ArrowDown: this.cursor + 1, ArrowRight: this.cursor + 1, ArrowUp: this.cursor - 1, ArrowLeft: this.cursor - 1,
      Home: 1, End: length, PageDown: this.cursor + screen, PageUp: this.cursor - screen, Enter: this.cursor, ' ': this.cursor,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Enter' || event.key === ' ') { this.open(); return; }
    this.cursor = Math.min(length, Math.max(1, to));
    this.reveal();
    this.draw();
  }

  rest() { clearTimeout(this.timer); this.outbox.rest(); this.observer.disconnect(); }
}

function put(name, className, attributes = {}, text = '') {
  const element = document.createElement(name);
  element.className = className;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.textContent = text;
  return element;
}

export default function ({ data, key, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.th'), strip = (root.strip ??= new Strip(root));
  strip.accept(data, key);
  strip.outbox.accept(setTriggerValue, data.heard, () => strip.timed());
  return whenGone(root, () => strip.rest());
}
