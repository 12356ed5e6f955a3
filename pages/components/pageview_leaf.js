// One page: its image, the marks and words over it, what is picked on it. Titles and alternative text are untrusted:
// setAttribute and textContent only.

const SVG = 'http://www.w3.org/2000/svg', STEP = 0.01, LEAST = 0.004; // of the page: a step of the keys; a side of a box

function put(name, className, attributes = {}, text = '') {
  const element = document.createElement(name);
  element.className = className;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

class Leaf {
  constructor(frame, view) {
    this.frame = frame;
    this.view = view;
    this.$ = (selector) => frame.querySelector(selector);
    this.words = new WordLayer(frame, (boxes) => this.offer(boxes));
    this.$('.cite').onpointerdown = (event) => event.preventDefault(); // the selection stays
    this.$('.cite').onmousedown = (event) => event.preventDefault();
    this.$('.cite').onclick = (event) => { event.stopPropagation(); this.cite(); };
    frame.addEventListener('pointerdown', (event) => this.down(event));
    frame.addEventListener('pointermove', (event) => this.move(event));
    frame.addEventListener('pointerup', () => this.up());
    frame.addEventListener('pointercancel', () => this.clearBox());
  }

  get image() { return this.$('img'); }

  // ---- the page ----

  /** A page from Python, by `kept` with its image decoded. What is on the screen already is not drawn again, so that a
   *  selection and the focus stay. */
  accept(page, kept) {
    const drawn = this.drawn === page.src && this.number === page.page && page.src !== '';
    this.page = page;
    if (!drawn) { this.draw(page.src, page.page, page.alt, kept); return; }
    if (this.number === this.ready) this.arrived();
  }

  /** Show an image, by `kept` one that is decoded already. The old page stays, without its marks, until it is there. */
  async draw(src, number, alt, kept) {
    const wait = (this.wait = {}), image = kept ?? put('img', '', { draggable: 'false' });
    const shown = this.ready !== undefined && src;
    Object.assign(this, { drawn: src, number, ready: undefined });
    this.uncover();
    this.view.waiting(this);
    if (!shown) this.view.say(this, 'Drawing the page…');
    if (!src && !kept) { this.image.removeAttribute('src'); return; }
    image.setAttribute('alt', alt);
    if (!kept) {
      image.setAttribute('src', src);
      try { await image.decode(); } catch {
        if (wait === this.wait) this.view.say(this, 'The image of this page cannot be shown. The page itself is safe: open it again.');
        return;
      }
      if (wait !== this.wait) return; // another page was asked for meanwhile
    }
    this.image.replaceWith(image);
    this.ready = number;
    this.arrived();
  }

  /** The image is on the screen. Marks and words come with it, if Python has sent those of this page. */
  arrived() {
    const { page } = this, current = page.page === this.number && page.src === this.drawn;
    if (current) {
      this.image.setAttribute('alt', page.alt);
      this.cover(page);
    }
    this.view.arrived(this, current);
  }

  /** Take off all that belongs to a page. */
  uncover() {
    this.words.accept({ at: [], text: [] }, 0);
    this.$('svg').replaceChildren();
    this.$('.notes').replaceChildren();
    this.covered = this.worded = '';
    this.chosen = undefined;
    this.clearBox();
  }

  cover(page) {
    const words = JSON.stringify([page.words, page.lean]), marks = JSON.stringify([page.boxes, page.citations, page.hits]);
    if (words !== this.worded) { this.worded = words; this.words.accept(page.words, page.lean); }
    if (marks !== this.covered) { this.covered = marks; this.drawMarks(page); this.drawNotes(page); }
    if (this.view.main === this) this.view.root.dataset.boxes = String(page.boxes.length);
  }

  // ---- marks ----

  /** Passages: each one is a button, whatever number of lines it has. */
  drawMarks({ boxes }) {
    const focused = this.$('svg').getRootNode().activeElement?.closest?.('g')?.dataset.place;
    const groups = new Map();
    boxes.forEach(([x, y, width, height, strength, title, passage], place) => {
      const name = passage ?? `place ${place}`;
      if (!groups.has(name)) groups.set(name, this.passage(title || `Marked place ${place + 1}`, place));
      const rect = document.createElementNS(SVG, 'rect');
      for (const [key, value] of Object.entries({ x, y, width, height })) rect.setAttribute(key, value);
      rect.style.fillOpacity = 0.25 + 0.5 * strength;
      if (title) rect.append(Object.assign(document.createElementNS(SVG, 'title'), { textContent: title }));
      groups.get(name).append(rect);
    });
    this.$('svg').replaceChildren(...groups.values());
    this.chosen = undefined;
    if (!this.words.run) this.offer([]);
    if (focused) this.$(`g[data-place="${focused}"]`)?.focus({ preventScroll: true });
  }

  passage(label, place) {
    const group = document.createElementNS(SVG, 'g');
    for (const [key, value] of Object.entries({ tabindex: 0, role: 'button', 'aria-label': label })) group.setAttribute(key, value);
    group.dataset.place = String(place);
    group.onclick = () => this.choose(place);
    group.onkeydown = (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      event.stopPropagation();
      this.choose(place, true);
    };
    return group;
  }

  /** Citations, with their numbers, and places where the search has found something. */
  drawNotes({ citations, hits }) {
    const cited = citations.flatMap(([number, title, boxes]) => boxes.map((box, i) => {
      const name = `Citation ${number}${title ? `: ${title}` : ''}`;
      const part = put('div', 'cited', i ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': name });
      Object.assign(part.style, percents(box));
      if (i === 0) part.append(put('b', box[0] < 0.03 ? 'inside' : '', { title: name, 'aria-hidden': 'true' }, String(number)));
      return part;
    }));
    const found = hits.flatMap(([current, boxes]) => boxes.map((box) => {
      const part = put('div', current ? 'hit now' : 'hit');
      Object.assign(part.style, percents(box));
      return part;
    }));
    this.$('.notes').replaceChildren(...cited, ...found);
  }

  /** A passage was clicked, or opened by key. */
  choose(place, byKey = false) {
    const { page } = this;
    if (!this.view.data.wants.cite) { this.view.tell('box', { page: page.page, index: place }); return; }
    this.words.clear();
    this.chosen = place;
    const passage = page.boxes[place][6];
    const boxes = page.boxes.filter((box, i) => i === place || (passage !== null && box[6] === passage));
    this.offer(boxes.map(([x, y, width, height]) => [x, y, x + width, y + height]));
    for (const group of this.$('svg').children) group.classList.toggle('on', group.dataset.place === String(place));
    if (byKey) this.$('.cite').focus({ preventScroll: true });
  }

  // ---- citing ----

  /** The button beside what is picked. */
  offer(boxes) {
    const button = this.$('.cite');
    if (this.words.run) {
      this.chosen = undefined;
      for (const group of this.$('svg').children) group.classList.remove('on');
      this.view.picked(this);
    }
    button.hidden = !boxes.length || !this.view.data?.wants.cite;
    if (button.hidden) return;
    const last = boxes.at(-1), first = boxes[0], low = last[3] > 0.94;
    button.style.left = `${100 * Math.min(0.88, Math.max(0.02, low ? first[0] : last[2] - 0.06))}%`;
    button.style.top = `${100 * (low ? first[1] : last[3])}%`;
    button.classList.toggle('above', low);
  }

  /** Cite what is picked, else the passage with the focus, else nothing; returns whether there was anything. */
  cite() {
    const { page } = this, focused = this.$('g:focus')?.dataset.place;
    if (this.ready !== page.page) return false;
    const { run, quote } = this.words, place = this.chosen ?? (focused === undefined ? undefined : Number(focused));
    if (run) this.view.tell('cite', { page: page.page, first: run[0], last: run[1], quote });
    else if (place !== undefined) this.view.tell('cite', { page: page.page, place });
    else return false;
    const back = this.$('.cite').matches(':focus');
    this.release();
    if (back) this.view.sheet.focus({ preventScroll: true });
    return true;
  }

  citeStrongest() {
    const { page } = this;
    if (this.ready !== page.page || !page.boxes.length) return false;
    const strongest = page.boxes.reduce((best, box, i) => (box[4] > page.boxes[best][4] ? i : best), 0);
    this.view.tell('cite', { page: page.page, place: strongest });
    return true;
  }

  /** Nothing is picked any more; returns whether anything was. */
  release() {
    const was = this.words.run !== null || this.chosen !== undefined, place = this.chosen;
    this.words.clear();
    this.chosen = undefined;
    for (const group of this.$('svg').children) group.classList.remove('on');
    if (this.$('.cite').matches(':focus')) this.$(`g[data-place="${place}"]`)?.focus({ preventScroll: true });
    this.$('.cite').hidden = true;
    return was;
  }

  // ---- a box ----

  set boxing(on) {
    this.words.off = on;
    this.frame.classList.toggle('boxing', on);
    if (on) this.release(); else this.clearBox();
  }

  place(event) {
    const { left, top, width, height } = this.frame.getBoundingClientRect(), within = (v) => Math.min(1, Math.max(0, v));
    return [within((event.clientX - left) / width), within((event.clientY - top) / height)];
  }

  down(event) {
    if (!this.view.boxing || event.button !== 0 || this.ready !== this.page.page) return;
    event.preventDefault();
    this.view.sheet.focus({ preventScroll: true });
    this.frame.setPointerCapture(event.pointerId);
    this.corner = this.place(event);
  }

  move(event) {
    if (!this.corner) return;
    const [x, y] = this.place(event), [cx, cy] = this.corner;
    this.showBox([Math.min(x, cx), Math.min(y, cy), Math.max(x, cx), Math.max(y, cy)]);
  }

  up() {
    if (!this.corner) return;
    this.corner = null;
    if (!this.citeBox()) this.clearBox();
  }

  showBox(box) {
    this.box = box;
    Object.assign(this.$('.drawn').style, percents(box));
    this.$('.drawn').hidden = false;
  }

  clearBox() {
    this.box = this.corner = null;
    this.$('.drawn').hidden = true;
  }

  /** A rectangle to start from, in the middle of what is in sight. */
  startBox() {
    const { sheet } = this.view, frame = this.frame.getBoundingClientRect(), seen = sheet.getBoundingClientRect();
    const middle = (seen.top + Math.min(seen.height, frame.bottom - seen.top) / 2 - frame.top) / frame.height;
    const y = Math.min(0.9, Math.max(0.02, middle - 0.04));
    this.showBox([0.2, y, 0.8, y + 0.08]);
  }

  /** Arrow keys move the box; with Shift its lower right corner moves. */
  step(dx, dy, resize) {
    if (!this.box) this.startBox();
    const [x0, y0, x1, y1] = this.box, keep = (v, low, high) => Math.min(high, Math.max(low, v));
    if (resize) this.showBox([x0, y0, keep(x1 + dx * STEP, x0 + STEP, 1), keep(y1 + dy * STEP, y0 + STEP, 1)]);
    else {
      const mx = keep(dx * STEP, -x0, 1 - x1), my = keep(dy * STEP, -y0, 1 - y1);
      this.showBox([x0 + mx, y0 + my, x1 + mx, y1 + my]);
    }
    const { sheet } = this.view, top = this.frame.offsetTop + this.box[1] * this.frame.clientHeight;
    const bottom = this.frame.offsetTop + this.box[3] * this.frame.clientHeight;
    sheet.scrollTop = Math.min(Math.max(sheet.scrollTop, bottom - sheet.clientHeight + 48), Math.max(0, top - 8));
    const [a, b, c, d] = this.box.map((v) => Math.round(100 * v));
    this.view.live(`Box from ${a} to ${c} % across, ${b} to ${d} % down`);
  }

  citeBox() {
    const { box, page } = this;
    if (!box || box[2] - box[0] < LEAST || box[3] - box[1] < LEAST || this.ready !== page.page) return false;
    this.view.tell('cite', { page: page.page, box: box.map((v) => Math.round(v * UNITS) / UNITS) });
    this.view.setBoxing(false);
    return true;
  }
}
