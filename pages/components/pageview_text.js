// A transparent layer of words over a page image: text on it is selected word by word, copied, and cited.
// Words are untrusted: textContent only. Boxes are [x0, y0, x1, y1] in fractions of the displayed page.

const UNITS = 10000, START_WITHIN = 1.5; // of the boxes Python sends; heights of a line from a word, for a selection to begin
const LATER = 60; // ms: the image is on the screen before its words are laid out
const pen = document.createElement('canvas').getContext('2d');

/** The box after the page was turned clockwise by a multiple of 90 degrees. */
function turnedBox([x0, y0, x1, y1], clockwise) {
  switch (((clockwise % 360) + 360) % 360) {
    case 90: return [1 - y1, x0, 1 - y0, x1];
    case 180: return [1 - x1, 1 - y1, 1 - x0, 1 - y0];
    case 270: return [y0, 1 - x1, y1, 1 - x0];
    default: return [x0, y0, x1, y1];
  }
}

const percents = ([x0, y0, x1, y1]) => ({
  left: `${100 * x0}%`, top: `${100 * y0}%`, width: `${100 * (x1 - x0)}%`, height: `${100 * (y1 - y0)}%`,
});

class WordLayer {
  /** `frame` holds the image; `changed` is called when other words are selected. */
  constructor(frame, changed) {
    this.frame = frame;
    this.layer = frame.querySelector('.words');
    this.shade = frame.querySelector('.picked');
    this.changed = changed;
    this.words = [];
    this.run = null; // [first, last] of the selected words
    this.onSelection = () => this.read();
    frame.addEventListener('mousedown', (event) => { if (this.words.length && this.ours(event)) event.preventDefault(); });
    frame.addEventListener('pointerdown', (event) => this.down(event));
    frame.addEventListener('pointermove', (event) => this.move(event));
    frame.addEventListener('pointerup', (event) => this.up(event));
    frame.addEventListener('pointercancel', () => { this.from = null; });
    frame.addEventListener('click', (event) => this.clicked(event), true);
  }

  /** `lean`: degrees by which the text is turned clockwise from upright as the page is displayed. */
  accept({ at, text }, lean) {
    this.lean = ((lean % 360) + 360) % 360;
    this.words = text.map((word, i) => ({ text: word, box: at.slice(4 * i, 4 * i + 4).map((side) => side / UNITS) }));
    this.clear();
    this.layer.replaceChildren();
    clearTimeout(this.laying);
    this.laying = this.words.length ? setTimeout(() => this.lay(), LATER) : undefined;
  }

  /** Put the words into the layer, if they are not there yet. */
  lay() {
    if (this.laying === undefined) return;
    clearTimeout(this.laying);
    this.laying = undefined;
    this.layer.replaceChildren(...this.words.map((word, i) => this.span(word, i)));
    this.size();
  }

  span({ text, box }, index) {
    const span = document.createElement('span'), [x0, y0, x1, y1] = box, { lean } = this;
    span.textContent = text || ' ';
    span.dataset.index = String(index);
    pen.font = '100px sans-serif';
    const natural = pen.measureText(text).width / 100 || 1, flat = lean % 180 === 0;
    const [along, across] = flat ? [x1 - x0, y1 - y0] : [y1 - y0, x1 - x0];
    const stretch = along / (natural * across || 1);
    span.style.left = `${100 * (lean === 90 || lean === 180 ? x1 : x0)}%`;
    span.style.top = `${100 * (lean === 180 || lean === 270 ? y1 : y0)}%`;
    span.style.fontSize = `calc(${across} * var(${flat ? '--tall' : '--wide'}))`;
    const scale = flat ? `calc(${stretch} * var(--wide-by-tall))` : `calc(${stretch} / var(--wide-by-tall))`;
    span.style.transform = `rotate(${lean}deg) scaleX(${scale})`;
    return span;
  }

  size() {
    const { clientWidth: wide, clientHeight: tall } = this.frame;
    this.layer.style.setProperty('--wide', `${wide}px`);
    this.layer.style.setProperty('--tall', `${tall}px`);
    this.layer.style.setProperty('--wide-by-tall', String(tall ? wide / tall : 1));
  }

  watch() { document.addEventListener('selectionchange', this.onSelection); }
  rest() { document.removeEventListener('selectionchange', this.onSelection); }

  // ---- pointer: the selection goes from word to word, also over the space between them and over marks ----

  ours(event) {
    return !this.off && event.button === 0 && !event.composedPath().some((part) => part.tagName === 'BUTTON');
  }

  down(event) {
    this.dragged = false;
    if (!this.words.length || event.pointerType === 'touch' || !this.ours(event)) return;
    const mark = event.composedPath().find((part) => part.getAttribute?.('role') === 'button');
    (mark ?? this.frame.closest('.sheet')).focus({ preventScroll: true });
    this.lay();
    const near = this.nearest(event);
    this.from = null;
    if (event.shiftKey && this.run) this.from = { index: this.run[0], x: -1e6, y: 0, id: event.pointerId };
    else if (near.away <= START_WITHIN) this.from = { index: near.index, x: event.clientX, y: event.clientY, id: event.pointerId };
    if (!event.shiftKey && this.run) this.clear();
  }

  move(event) {
    const { from } = this;
    if (!from || event.pointerId !== from.id || event.buttons % 2 === 0) return;
    if (!this.dragged && Math.hypot(event.clientX - from.x, event.clientY - from.y) < 4) return;
    if (!this.dragged) this.frame.setPointerCapture(event.pointerId);
    this.dragged = true;
    this.select(from.index, this.nearest(event).index);
    const sheet = this.frame.closest('.sheet'), { top, bottom } = sheet.getBoundingClientRect();
    if (event.clientY > bottom - 12) sheet.scrollTop += 16;
    if (event.clientY < top + 12) sheet.scrollTop -= 16;
  }

  up(event) {
    if (event.shiftKey && this.from && !this.dragged) { this.select(this.from.index, this.nearest(event).index); this.dragged = true; }
    this.from = null;
  }

  /** A click that ends a selection is none on a mark; two are a word, three its line. */
  clicked(event) {
    if (!this.words.length || !this.ours(event)) return;
    if (this.dragged) { this.dragged = false; event.stopPropagation(); return; }
    if (event.detail < 2) return;
    const { index, away } = this.nearest(event);
    if (away > START_WITHIN) return;
    event.stopPropagation();
    const [first, last] = event.detail === 2 ? [index, index] : this.lines(0, this.words.length - 1).find((l) => l.last >= index).run;
    this.select(first, last);
  }

  /** The word next to the pointer, lines before columns; `away`: how far, in heights of the word. */
  nearest(event) {
    const { left, top, width, height } = this.frame.getBoundingClientRect();
    const x = event.clientX - left, y = event.clientY - top, flat = this.lean % 180 === 0;
    let best = { index: 0, cost: Infinity, away: Infinity };
    this.words.forEach(({ box: [x0, y0, x1, y1] }, index) => {
      const dx = Math.max(x0 * width - x, 0, x - x1 * width), dy = Math.max(y0 * height - y, 0, y - y1 * height);
      const cost = flat ? dx + 4 * dy : 4 * dx + dy;
      if (cost >= best.cost) return;
      const line = flat ? (y1 - y0) * height : (x1 - x0) * width;
      best = { index, cost, away: Math.hypot(dx, dy) / Math.max(6, line) };
    });
    return best;
  }

  // ---- the selection itself is the browser's, so that copying works as everywhere ----

  select(from, to) {
    const [first, last] = from <= to ? [from, to] : [to, from], { children } = this.layer;
    const start = children[first].firstChild, end = children[last].firstChild;
    document.getSelection().setBaseAndExtent(start, 0, end, end.length);
    this.show([first, last]);
  }

  clear() {
    if (this.run && this.selected()) document.getSelection().removeAllRanges();
    this.show(null);
  }

  /** [first, last] of the words in the browser's selection, null when it is elsewhere. */
  selected() {
    const root = this.layer.getRootNode(), selection = root.getSelection?.() ?? document.getSelection();
    if (!selection) return null;
    const range = selection.getComposedRanges?.({ shadowRoots: [root] })[0] ?? (selection.rangeCount ? selection.getRangeAt(0) : null);
    if (!range || (range.startContainer === range.endContainer && range.startOffset === range.endOffset)) return null;
    const index = (node) => {
      const span = node?.nodeType === Node.TEXT_NODE ? node.parentNode : node;
      return span?.parentNode === this.layer ? Number(span.dataset.index) : null;
    };
    const [first, last] = [index(range.startContainer), index(range.endContainer)];
    return first === null || last === null ? null : [Math.min(first, last), Math.max(first, last)];
  }

  read() {
    const now = this.words.length ? this.selected() : null;
    if (String(now) !== String(this.run)) this.show(now);
  }

  show(run) {
    this.run = run;
    const boxes = run ? this.lines(...run).map((line) => line.box) : [];
    this.shade.replaceChildren(...boxes.map((box) => {
      const part = document.createElement('i');
      Object.assign(part.style, percents(box));
      return part;
    }));
    this.changed(boxes);
  }

  /** The words `first` to `last` by lines: { run, last, box, text }. */
  lines(first, last) {
    const out = [];
    let before = null;
    for (let i = first; i <= last; i++) {
      const { text, box } = this.words[i], up = turnedBox(box, -this.lean), line = out.at(-1);
      const taller = before && Math.max(before[3] - before[1], up[3] - up[1]);
      if (before && Math.abs(before[1] + before[3] - up[1] - up[3]) < taller && up[0] >= before[0]) {
        line.up = [Math.min(line.up[0], up[0]), Math.min(line.up[1], up[1]), Math.max(line.up[2], up[2]), Math.max(line.up[3], up[3])];
        line.text += ` ${text}`;
        line.run[1] = line.last = i;
      } else out.push({ run: [i, i], last: i, up, text });
      before = up;
    }
    for (const line of out) line.box = turnedBox(line.up, this.lean);
    return out;
  }

  /** The selected text, a line for each line of the page. */
  get text() { return this.run ? this.lines(...this.run).map((line) => line.text).join('\n') : ''; }

  /** The selected words as the page's text has them. */
  get quote() { return this.run ? this.words.slice(this.run[0], this.run[1] + 1).map((word) => word.text).join(' ') : ''; }
}
