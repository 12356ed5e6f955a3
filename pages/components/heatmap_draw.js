// The heatmap's numbers and its picture; heatmap.js, put behind this file, adds the controls and the pointer.
// Probabilities (scores, where there is no recalibration) are integer thousandths, compared with >= as in
// core/selection.py.
// Criterion and page texts are untrusted: they reach the page through textContent and fillText alone.

const GAP = 65535, HEAD = 38, COUNT = 58, MARK = 18;
const tallest = () => clamp(window.innerHeight - 330, 340, 900); // room for the controls and the legend in one view
const MARKS = {
  met: ['M', 'met'], not_met: ['N', 'not met'],
  insufficient: ['I', 'insufficient'], not_applicable: ['–', 'not applicable'],
};

const clamp = (x, low, high) => Math.max(low, Math.min(high, x));
const count = (n) => n.toLocaleString('en-US');
const plural = (n, word) => `${count(n)} ${word}${n === 1 ? '' : 's'}`;

/** A rule as Python or the reviewer named it, for telling two apart. */
const ruleSignature = ({ milli, top_k: k }) => JSON.stringify([milli, k]);

/** Thousandths as text, rounded down; three decimals only where two would contradict `cut`. */
function shown(milli, cut) {
  const two = Math.floor(milli / 10) * 10;
  return (milli / 1000).toFixed(3).slice(0, cut !== null && (two >= cut) !== (milli >= cut) ? 5 : 4);
}

function uint16(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0)), view = new DataView(bytes.buffer);
  return Uint16Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i, true));
}

/** 1-based rank of each page within its row, ties by page order; 0 for a gap. */
function rankRows(milli, rows, pages) {
  const rank = new Uint16Array(milli.length);
  for (let r = 0; r < rows; r++) {
    const at = r * pages, known = [];
    for (let c = 0; c < pages; c++) if (milli[at + c] !== GAP) known.push(c);
    known.sort((a, b) => milli[at + b] - milli[at + a] || a - b).forEach((c, i) => { rank[at + c] = i + 1; });
  }
  return rank;
}

function unpack(data) {
  const pages = data.pages.map(([number, label, chars, unreadable, copy, text]) =>
    ({ number, label, chars, unreadable, copy, text: text || number }));
  const rows = data.rows.map(([id, question, group]) => ({ id, question, group }));
  const milli = uint16(data.milli), n = pages.length, m = rows.length;
  const { digest, recalibrated } = data, raw = data.raw ? uint16(data.raw) : null;
  return { digest, recalibrated, pages, rows, n, m, milli, raw, rank: rankRows(milli, m, n) };
}

/**
 * What `rule` keeps. `union`: 0 left out, 1 kept for a score, 2 kept only because it was not scored. `open`: 1 where a
 * criterion keeps nothing and readable pages still wait for a score, so that nobody may say that none was found.
 * `missing` counts the cells of readable pages without a score.
 */
function apply(grid, { milli: cut, k }) {
  const { n, m, milli, rank, pages } = grid, kept = new Uint8Array(n * m), union = new Uint8Array(n);
  const perRow = new Uint16Array(m), gaps = new Uint16Array(m), open = new Uint8Array(m);
  let total = 0, chars = 0, tokens = 0, all = 0, found = 0, missing = 0, waiting = 0;
  for (let i = 0, r = 0; r < m; r++) {
    for (let c = 0; c < n; c++, i++) {
      const p = milli[i];
      if (p === GAP) {
        kept[i] = 2; gaps[r]++;
        if (!union[c]) union[c] = 2;
        if (!pages[c].unreadable) { open[r] = 1; missing++; }
        continue;
      }
      if ((cut === null || p >= cut) && (k === null || rank[i] <= k)) { kept[i] = 1; perRow[r]++; union[c] = 1; }
    }
  }
  const printed = new Set();  // As in the context pack: a text that stands on several pages counts once.
  pages.forEach((page, c) => {
    all += page.chars;
    total += union[c] > 0;
    if (!union[c] || page.unreadable || printed.has(page.text)) return;
    printed.add(page.text);
    chars += page.chars;
    tokens += Math.ceil(page.chars / 4);
  });
  for (let r = 0; r < m; r++) {
    if (perRow[r]) open[r] = 0;
    found += perRow[r] > 0;
    waiting += open[r];
  }
  return { kept, union, perRow, gaps, open, total, tokens, share: all ? chars / all : 1, found, missing, waiting };
}

function readTheme(root) {
  const css = getComputedStyle(root), get = (name, or) => css.getPropertyValue(name).trim() || or;
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  probe.fillStyle = get('--st-background-color', '#fff');
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data, dark = 0.3 * red + 0.59 * green + 0.11 * blue < 128;
  return {
    dark, font: get('--st-font', 'sans-serif'), back: get('--st-background-color', '#fff'), text: get('--st-text-color', '#222'),
    muted: dark ? '#a3a8b4' : '#5c6370', line: dark ? '#3a3f4b' : '#d3d7de', group: dark ? '#5d6472' : '#a4abb7',
    band: dark ? '#1d2736' : '#e8f0fa',
    accent: dark ? '#6aa9e6' : '#1f6fb2', warn: dark ? '#f0b25a' : '#8a5200', hatch: dark ? '#8b92a1' : '#868d99',
    unread: dark ? '#2f2a22' : '#faf3e6', crossed: dark ? '#a98149' : '#bf9a5f',
    kept: dark ? [[84, 148, 214], [225, 238, 250]] : [[43, 121, 180], [8, 48, 107]],
    left: dark ? [[30, 32, 36], [62, 64, 68]] : [[246, 247, 248], [211, 213, 216]],
    onKept: dark ? '#0b1a2b' : '#ffffff', onLeft: dark ? '#aeb4c0' : '#5c6370',
    marks: dark
      ? { met: '#57c27a', not_met: '#f08a80', insufficient: '#f0b25a', not_applicable: '#a3a8b4' }
      : { met: '#1b7a3d', not_met: '#b3261e', insufficient: '#8a5200', not_applicable: '#5c6370' },
    onMark: dark ? '#10151d' : '#ffffff',
  };
}

/** A hatch whose lines stay one device pixel wide. */
function hatch(ctx, theme, dpr, crossed) {
  const size = crossed ? 5 : 6, tile = document.createElement('canvas'), side = size * Math.round(dpr);
  tile.width = tile.height = side;
  const t = tile.getContext('2d');
  t.fillStyle = crossed ? theme.unread : theme.back;
  t.fillRect(0, 0, side, side);
  t.strokeStyle = crossed ? theme.crossed : theme.hatch;
  t.lineWidth = Math.round(dpr);
  for (const shift of [-side, 0, side]) {
    t.beginPath(); t.moveTo(shift, side); t.lineTo(shift + side, 0);
    if (crossed) { t.moveTo(shift, 0); t.lineTo(shift + side, side); }
    t.stroke();
  }
  const pattern = ctx.createPattern(tile, 'repeat');
  pattern.setTransform(new DOMMatrix().scale(1 / dpr));
  return pattern;
}

/** `text` cut with an ellipsis to `room` pixels in the current font. */
function fit(ctx, text, room) {
  if (ctx.measureText(text).width <= room) return text;
  let low = 0, high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ctx.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle; else high = middle - 1;
  }
  return low ? `${text.slice(0, low).trimEnd()}…` : '';
}

/** The picture: what it shows is set from outside, `arrange` lays it out, `draw` paints what is in sight. */
class Picture {
  constructor(root) {
    this.root = root;
    this.$ = (selector) => root.querySelector(selector);
    this.canvas = this.$('canvas');
    this.ctx = this.canvas.getContext('2d');
    this.bits = document.createElement('canvas');
    this.cursor = { r: 0, c: 0 };
    this.open = { r: -1, c: -1 };
    this.hover = null;
    this.labels = new Map();
  }

  /** Sizes in CSS pixels, all multiples of a device pixel. */
  arrange() {
    const { n, m } = this.grid, dpr = (this.dpr = window.devicePixelRatio || 1), snap = (x) => Math.floor(x * dpr) / dpr;
    const scroller = this.$('.scroller'), spacer = this.$('.spacer');
    this.width = this.root.clientWidth;
    const most = tallest(), rowH = snap(clamp((most - HEAD) / m, 17, 24)), tall = HEAD + m * rowH;
    scroller.style.overflowY = tall > most ? 'scroll' : 'hidden';
    const W = scroller.clientWidth, least = clamp(0.28 * W, 110, 230);
    const cellW = snap(clamp((W - COUNT - least) / n, 5, 28)), bodyW = n * cellW;
    const labelW = snap(Math.max(least, Math.min(W - COUNT - bodyW, this.longest()))), wide = labelW + bodyW + COUNT;
    scroller.style.overflowX = wide > W + 1 ? 'scroll' : 'hidden';
    scroller.style.height = `${Math.min(tall, most) + (wide > W + 1 ? scroller.offsetHeight - scroller.clientHeight : 0)}px`;
    Object.assign(spacer.style, { width: `${Math.max(W, Math.floor(wide))}px`, height: `${tall}px` });
    const H = Math.min(tall, most);
    Object.assign(this.canvas.style, { width: `${W}px`, height: `${H}px` });
    this.canvas.width = Math.round(W * dpr);
    this.canvas.height = Math.round(H * dpr);
    this.size = { W, H, rowH, cellW, labelW, bodyW, countX: Math.min(labelW + bodyW, W - COUNT) };
    this.labels.clear();
    this.hatches = [hatch(this.ctx, this.theme, dpr, false), hatch(this.ctx, this.theme, dpr, true)];
  }

  /** Room that the longest row label asks for. */
  longest() {
    this.font(11.5, 700);
    const ids = this.grid.rows.map((row) => this.ctx.measureText(`${row.id} `).width);
    this.font(11.5, 500);
    const wide = this.grid.rows.map((row, r) => ids[r] + this.ctx.measureText(row.question.slice(0, 300)).width);
    return Math.max(...wide) + MARK + 24;
  }

  /** One pixel a cell; `draw` enlarges it. */
  paint() {
    const { n, m, milli } = this.grid, { kept } = this.result, image = new ImageData(n, m), px = image.data;
    this.bits.width = n;
    this.bits.height = m;
    for (let i = 0; i < milli.length; i++) {
      if (milli[i] === GAP) continue;
      const [low, high] = kept[i] ? this.theme.kept : this.theme.left, t = milli[i] / 1000;
      for (let j = 0; j < 3; j++) px[4 * i + j] = low[j] + (high[j] - low[j]) * t;
      px[4 * i + 3] = 255;
    }
    this.bits.getContext('2d').putImageData(image, 0, 0);
  }

  draw() {
    if (!this.width) return; // in a closed tab: the observer calls again
    const { ctx, dpr, theme } = this, { W, H, rowH, cellW, labelW, countX } = this.size, { n, m } = this.grid;
    const scroller = this.$('.scroller'), sx = Math.round(scroller.scrollLeft), sy = Math.round(scroller.scrollTop);
    this.from = { x: labelW - sx, y: HEAD - sy };
    const rows = [Math.max(0, Math.floor(sy / rowH)), Math.min(m, Math.ceil((sy + H - HEAD) / rowH))];
    const cols = [Math.max(0, Math.floor(sx / cellW)), Math.min(n, Math.ceil((sx + countX - labelW) / cellW))];
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    ctx.fillStyle = theme.back;
    ctx.fillRect(0, 0, W, H);
    ctx.textBaseline = 'middle';
    this.clip(labelW, HEAD, countX - labelW, H - HEAD, () => this.drawBody(rows, cols));
    this.clip(labelW - 6, 0, countX - labelW + 20, HEAD - 20, () => this.drawPageNumbers(cols));
    this.clip(labelW, HEAD - 20, countX - labelW, 20, () => this.drawStrip(cols));
    this.clip(0, HEAD, W, H - HEAD, () => this.drawRows(rows));
    this.drawCorner();
  }

  clip(x, y, w, h, paint) {
    this.ctx.save();
    this.ctx.beginPath();
    this.ctx.rect(x, y, w, h);
    this.ctx.clip();
    paint();
    this.ctx.restore();
  }

  font(size, weight = 400) { this.ctx.font = `${weight} ${size}px ${this.theme.font}`; }

  drawBody([r0, r1], [c0, c1]) {
    const { ctx, theme } = this, { rowH, cellW } = this.size, { n, milli, pages, rows } = this.grid, { x, y } = this.from;
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(this.bits, c0, r0, c1 - c0, r1 - r0, x + c0 * cellW, y + r0 * rowH, (c1 - c0) * cellW, (r1 - r0) * rowH);
    for (let r = r0; r < r1; r++) {
      for (let c = c0; c < c1; c++) {
        if (milli[r * n + c] !== GAP) continue;
        ctx.fillStyle = this.hatches[pages[c].unreadable];
        ctx.fillRect(x + c * cellW, y + r * rowH, cellW, rowH);
      }
    }
    ctx.fillStyle = theme.back;
    for (let c = c0; c < c1; c++) ctx.fillRect(x + (c + 1) * cellW - 1, y + r0 * rowH, 1, (r1 - r0) * rowH);
    for (let r = r0; r < r1; r++) ctx.fillRect(x + c0 * cellW, y + (r + 1) * rowH - 1, (c1 - c0) * cellW, 1);
    if (cellW >= 26) this.drawNumbers([r0, r1], [c0, c1]);
    ctx.fillStyle = theme.group;
    for (let r = Math.max(1, r0); r < r1; r++) {
      if (rows[r].group !== rows[r - 1].group) ctx.fillRect(x, y + r * rowH - 1, n * cellW, 1);
    }
    if (this.hover?.kind === 'cell') this.outline(this.hover, theme.muted, []);
    this.outline(this.open, theme.text, []);
    if (this.root.getRootNode().activeElement === this.canvas) this.outline(this.cursor, theme.text, [3, 2]);
  }

  drawNumbers([r0, r1], [c0, c1]) {
    const { ctx, theme } = this, { rowH, cellW } = this.size, { n, milli } = this.grid, { x, y } = this.from;
    ctx.textAlign = 'center';
    this.font(10.5, 500);
    for (let r = r0; r < r1; r++) {
      for (let c = c0; c < c1; c++) {
        const i = r * n + c;
        if (milli[i] === GAP) continue;
        const text = shown(milli[i], this.inForce.milli);
        ctx.fillStyle = this.result.kept[i] ? theme.onKept : theme.onLeft;
        ctx.fillText(text.startsWith('0') ? text.slice(1) : '1.0', x + (c + 0.5) * cellW - 0.5, y + (r + 0.5) * rowH);
      }
    }
  }

  outline({ r, c }, colour, dash) {
    if (r < 0 || c < 0) return;
    const { ctx, theme } = this, { rowH, cellW } = this.size, x = this.from.x + c * cellW, y = this.from.y + r * rowH;
    ctx.lineWidth = 2;
    ctx.setLineDash([]);
    ctx.strokeStyle = theme.back;
    ctx.strokeRect(x + 0.5, y + 0.5, cellW - 2, rowH - 2);
    ctx.strokeStyle = colour;
    ctx.setLineDash(dash);
    ctx.strokeRect(x - 1, y - 1, cellW + 1, rowH + 1);
    ctx.setLineDash([]);
  }

  /** The strip of kept pages, and a tick over each copy. */
  drawStrip([c0, c1]) {
    const { ctx, theme } = this, { cellW } = this.size, { pages } = this.grid, { union } = this.result;
    for (let c = c0; c < c1; c++) {
      const left = this.from.x + c * cellW, page = pages[c];
      ctx.fillStyle = page.unreadable ? this.hatches[1] : [theme.line, theme.accent, this.hatches[0]][union[c]];
      ctx.fillRect(left, union[c] ? HEAD - 14 : HEAD - 6, cellW - 1, union[c] ? 10 : 2);
      if (page.copy) { ctx.fillStyle = theme.muted; ctx.fillRect(left, HEAD - 18, cellW - 1, 2); }
    }
  }

  /** As many page numbers as there is room for; those of the open and of the hovered page always. */
  drawPageNumbers([c0, c1]) {
    const { ctx, theme } = this, { cellW } = this.size, { pages } = this.grid, x = this.from.x;
    const step = [1, 2, 5, 10, 20, 50, 100].find((s) => s * cellW >= (pages.length > 99 ? 25 : 21));
    const strong = [this.hover && this.hover.kind !== 'row' ? this.hover.c : -1, this.open.c].filter((c) => c >= c0 && c < c1);
    const write = (c, chip) => {
      this.font(chip ? 11.5 : 10.5, chip ? 700 : 400);
      ctx.textAlign = 'center';
      const text = String(pages[c].number), half = ctx.measureText(text).width / 2 + 3, middle = x + (c + 0.5) * cellW;
      if (chip) { ctx.fillStyle = theme.text; ctx.beginPath(); ctx.roundRect(middle - half, 1, 2 * half, 16, 4); ctx.fill(); }
      ctx.fillStyle = chip ? theme.back : theme.muted;
      ctx.fillText(text, middle, 9.5);
    };
    for (let c = c0; c < c1; c++) {
      const crowded = step > 1 && strong.some((s) => Math.abs(c - s) * cellW <= 26);
      if (pages[c].number % step === 0 && !crowded) write(c, false);
    }
    for (const c of strong) write(c, true);
  }

  drawRows([r0, r1]) {
    const { ctx, theme } = this, { rowH, labelW, countX } = this.size, { rows } = this.grid, { perRow, gaps, open } = this.result;
    const hovered = this.hover && this.hover.kind !== 'page' ? this.hover.r : -1;
    for (let r = r0; r < r1; r++) {
      const top = this.from.y + r * rowH, mid = top + rowH / 2, here = r === this.open.r, mark = this.marks[rows[r].id];
      if (here || r === hovered) {
        ctx.fillStyle = theme.band;
        ctx.fillRect(0, top, labelW - 4, rowH - 1);
        ctx.fillRect(countX + 3, top, COUNT - 3, rowH - 1);
      }
      if (here) { ctx.fillStyle = theme.accent; ctx.fillRect(0, top, 3, rowH - 1); }
      if (mark) this.drawMark(mark, 6, mid);
      this.drawLabel(rows[r], r, MARK + 8, mid, here);
      ctx.textAlign = 'left';
      this.font(11, perRow[r] ? 600 : 400);
      ctx.fillStyle = perRow[r] ? theme.text : theme.warn;
      const text = open[r] ? 'to score' : perRow[r] ? String(perRow[r]) : 'none';
      ctx.fillText(text, countX + 8, mid);
      if (!gaps[r] || open[r]) continue;
      const after = countX + 11 + ctx.measureText(text).width;
      this.font(10);
      ctx.fillStyle = theme.muted;
      ctx.fillText(`+${gaps[r]}`, after, mid);
    }
  }

  drawLabel(row, r, left, mid, here) {
    const { ctx, theme } = this, room = this.size.labelW - left - 8;
    ctx.textAlign = 'left';
    this.font(11.5, 700);
    let made = this.labels.get(r);
    if (!made) {
      const id = fit(ctx, row.id, room), used = ctx.measureText(`${id} `).width;
      this.font(11.5);
      made = { id, used, question: room - used > 24 ? fit(ctx, row.question, room - used) : '' };
      this.labels.set(r, made);
      this.font(11.5, 700);
    }
    ctx.fillStyle = theme.text;
    ctx.fillText(made.id, left, mid);
    this.font(11.5, here ? 500 : 400);
    ctx.fillText(made.question, left + made.used + 2, mid, room - made.used);
  }

  /** Circle, square, diamond or ring, each with its letter. */
  drawMark(mark, left, mid) {
    const { ctx, theme } = this, x = left + 7, s = 6.5;
    ctx.beginPath();
    if (mark === 'met') ctx.arc(x, mid, s, 0, 7);
    else if (mark === 'not_met') ctx.rect(x - s, mid - s, 2 * s, 2 * s);
    else if (mark === 'insufficient') {
      const d = s + 1;
      ctx.moveTo(x, mid - d); ctx.lineTo(x + d, mid); ctx.lineTo(x, mid + d); ctx.lineTo(x - d, mid); ctx.closePath();
    } else ctx.arc(x, mid, s - 0.75, 0, 7);
    ctx.fillStyle = ctx.strokeStyle = theme.marks[mark];
    ctx.lineWidth = 1.5;
    if (mark === 'not_applicable') ctx.stroke(); else ctx.fill();
    ctx.fillStyle = mark === 'not_applicable' ? theme.marks[mark] : theme.onMark;
    ctx.textAlign = 'center';
    this.font(9, 700);
    ctx.fillText(MARKS[mark][0], x, mid + 0.5);
  }

  drawCorner() {
    const { ctx, theme } = this, { labelW, countX } = this.size;
    ctx.fillStyle = theme.muted;
    this.font(10.5);
    ctx.textAlign = 'right';
    ctx.fillText('Page', labelW - 8, 9.5);
    ctx.fillText('Kept for any criterion', labelW - 8, HEAD - 9);
    ctx.textAlign = 'left';
    ctx.fillText('Kept', countX + 8, HEAD - 9);
  }
}
