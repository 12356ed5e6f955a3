// The heatmap's picture. heatmap_rows.js stands before this file, heatmap.js behind it adds the controls and the pointer.
// Criterion and page texts are untrusted: they reach the page through textContent and fillText alone.

const HEAD = 38, COUNT = 58, MARK = 18, FLAG = 14;
const tallest = () => clamp(window.innerHeight - 372, 320, 900); // room for the controls and the legend in one view
const MARKS = {
  met: ['M', 'met'], not_met: ['N', 'not met'],
  insufficient: ['I', 'insufficient'], not_applicable: ['–', 'not applicable'],
};

const clamp = (x, low, high) => Math.max(low, Math.min(high, x));
const count = (n) => n.toLocaleString('en-US');
const plural = (n, word) => `${count(n)} ${word}${n === 1 ? '' : 's'}`;

/** Thousandths as text, rounded down; three decimals only where two would contradict `cut`. */
function shown(milli, cut) {
  const two = Math.floor(milli / 10) * 10;
  return (milli / 1000).toFixed(3).slice(0, cut !== null && (two >= cut) !== (milli >= cut) ? 5 : 4);
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
    accent: dark ? '#6aa9e6' : '#1f6fb2', warn: dark ? '#f0b25a' : '#8a5200', flag: dark ? '#ff9d8a' : '#b3261e', cross: dark ? '#e6e9ef99' : '#222b3d99', hatch: dark ? '#8b92a1' : '#868d99',
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

/** `way`: 1 for a dot, -1 for a cross, each with a rim that shows on any cell. */
function drawHold(ctx, theme, way, x, y, s) {
  ctx.beginPath();
  if (way > 0) ctx.arc(x, y, s - 0.5, 0, 7);
  else { ctx.moveTo(x - s, y - s); ctx.lineTo(x + s, y + s); ctx.moveTo(x + s, y - s); ctx.lineTo(x - s, y + s); }
  ctx.strokeStyle = way > 0 ? theme.text : theme.back;
  ctx.lineWidth = way > 0 ? 2 : 3.5;
  ctx.stroke();
  if (way > 0) { ctx.fillStyle = theme.back; ctx.fill(); return; }
  ctx.strokeStyle = theme.text;
  ctx.lineWidth = 1.5;
  ctx.stroke();
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
    this.rows = []; // grid rows that are shown, from the top
    this.spot = []; // grid row -> its place among them, -1 for one that is not shown
  }

  /** Sizes in CSS pixels, all multiples of a device pixel. */
  arrange() {
    const { n } = this.grid, m = this.rows.length, dpr = (this.dpr = window.devicePixelRatio || 1), snap = (x) => Math.floor(x * dpr) / dpr;
    const scroller = this.$('.scroller'), spacer = this.$('.spacer');
    this.width = this.root.clientWidth;
    const most = tallest(), rowH = snap(clamp((most - HEAD) / Math.max(1, m), 17, 24)), tall = HEAD + (m ? m * rowH : 60);
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
    return Math.max(...wide) + MARK + 24 + (this.flags.size ? FLAG : 0);
  }

  /** One pixel a cell, row by row as they are shown; `draw` enlarges it. */
  paint() {
    const { n, milli } = this.grid, { kept } = this.result, m = this.rows.length;
    this.bits.width = n;
    this.bits.height = Math.max(1, m);
    if (!m) return;
    const image = new ImageData(n, m), px = image.data;
    for (let v = 0, j = 0; v < m; v++) {
      for (let c = 0, i = this.rows[v] * n; c < n; c++, i++, j += 4) {
        if (milli[i] === GAP) continue;
        const [low, high] = kept[i] ? this.theme.kept : this.theme.left, t = milli[i] / 1000;
        for (let k = 0; k < 3; k++) px[j + k] = low[k] + (high[k] - low[k]) * t;
        px[j + 3] = 255;
      }
    }
    this.bits.getContext('2d').putImageData(image, 0, 0);
  }

  draw() {
    if (!this.width) return; // in a closed tab: the observer calls again
    const { ctx, dpr, theme } = this, { W, H, rowH, cellW, labelW, countX } = this.size, { n } = this.grid;
    const m = this.rows.length, scroller = this.$('.scroller'), sx = Math.round(scroller.scrollLeft), sy = Math.round(scroller.scrollTop);
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
    if (!m) this.drawNothing();
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

  drawBody([v0, v1], [c0, c1]) {
    const { ctx, theme } = this, { rowH, cellW } = this.size, { n, milli, pages, rows } = this.grid, { x, y } = this.from;
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(this.bits, c0, v0, c1 - c0, v1 - v0, x + c0 * cellW, y + v0 * rowH, (c1 - c0) * cellW, (v1 - v0) * rowH);
    for (let v = v0; v < v1; v++) {
      for (let c = c0, i = this.rows[v] * n + c0; c < c1; c++, i++) {
        if (milli[i] !== GAP) continue;
        ctx.fillStyle = this.hatches[pages[c].unreadable];
        ctx.fillRect(x + c * cellW, y + v * rowH, cellW, rowH);
      }
    }
    ctx.fillStyle = theme.back;
    for (let c = c0; c < c1; c++) ctx.fillRect(x + (c + 1) * cellW - 1, y + v0 * rowH, 1, (v1 - v0) * rowH);
    for (let v = v0; v < v1; v++) ctx.fillRect(x + c0 * cellW, y + (v + 1) * rowH - 1, (c1 - c0) * cellW, 1);
    if (cellW >= 26) this.drawNumbers([v0, v1], [c0, c1]);
    ctx.fillStyle = theme.group;
    for (let v = Math.max(1, v0); v < v1 && this.grouped; v++) {
      const here = rows[this.rows[v]].group, above = rows[this.rows[v - 1]].group;
      if (here !== above) ctx.fillRect(x, y + v * rowH - 1, n * cellW, 1);
    }
    this.drawCross();
    if (this.hold) this.drawHolds([v0, v1], [c0, c1]);
    if (this.hover?.kind === 'cell') this.outline(this.hover, theme.muted, []);
    this.outline(this.open, theme.text, []);
    if (this.root.getRootNode().activeElement === this.canvas) this.outline(this.cursor, theme.text, [3, 2]);
  }

  /** Thin lines along the row and the column that are open. */
  drawCross() {
    const { ctx, theme } = this, { rowH, cellW } = this.size, { n } = this.grid, { x, y } = this.from;
    const { r, c } = this.open, v = r < 0 ? -1 : this.spot[r], m = this.rows.length;
    ctx.fillStyle = theme.cross;
    if (v >= 0) for (const edge of [v, v + 1]) ctx.fillRect(x, y + edge * rowH - 1, n * cellW, 1);
    if (c >= 0) for (const edge of [c, c + 1]) ctx.fillRect(x + edge * cellW - 1, y, 1, m * rowH);
  }

  drawNumbers([v0, v1], [c0, c1]) {
    const { ctx, theme } = this, { rowH, cellW } = this.size, { n, milli } = this.grid, { x, y } = this.from;
    ctx.textAlign = 'center';
    this.font(10.5, 500);
    for (let v = v0; v < v1; v++) {
      for (let c = c0; c < c1; c++) {
        const i = this.rows[v] * n + c;
        if (milli[i] === GAP) continue;
        const text = shown(milli[i], this.inForce.milli);
        ctx.fillStyle = this.result.kept[i] ? theme.onKept : theme.onLeft;
        ctx.fillText(text.startsWith('0') ? text.slice(1) : '1.0', x + (c + 0.5) * cellW - 0.5, y + (v + 0.5) * rowH);
      }
    }
  }

  /** A dot where a person keeps the page, a cross where one leaves it out; in the corner where the cell has a number. */
  drawHolds([v0, v1], [c0, c1]) {
    const { ctx, theme } = this, { rowH, cellW } = this.size, { n, milli } = this.grid, { x, y } = this.from;
    const s = clamp(cellW / 2 - 0.5, 2, 3.5);
    for (let v = v0; v < v1; v++) {
      for (let c = c0, i = this.rows[v] * n + c0; c < c1; c++, i++) {
        if (!this.hold[i]) continue;
        const corner = cellW >= 26 && milli[i] !== GAP, left = x + c * cellW - 0.5, top = y + v * rowH - 0.5;
        drawHold(ctx, theme, this.hold[i], corner ? left + cellW - s - 1 : left + cellW / 2, corner ? top + s + 1 : top + rowH / 2, s);
      }
    }
  }

  outline({ r, c }, colour, dash) {
    const v = r < 0 ? -1 : this.spot[r];
    if (v < 0 || c < 0) return;
    const { ctx, theme } = this, { rowH, cellW } = this.size, x = this.from.x + c * cellW, y = this.from.y + v * rowH;
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

  drawRows([v0, v1]) {
    const { ctx, theme } = this, { rowH, labelW, countX } = this.size, { rows } = this.grid, { perRow, gaps, open } = this.result;
    const hovered = this.hover && this.hover.kind !== 'page' ? this.hover.r : -1;
    for (let v = v0; v < v1; v++) {
      const r = this.rows[v], top = this.from.y + v * rowH, mid = top + rowH / 2, here = r === this.open.r;
      if (here || r === hovered) {
        ctx.fillStyle = theme.band;
        ctx.fillRect(0, top, labelW - 4, rowH - 1);
        ctx.fillRect(countX + 3, top, COUNT - 3, rowH - 1);
      }
      if (here) { ctx.fillStyle = theme.accent; ctx.fillRect(0, top, 3, rowH - 1); }
      const mark = this.marks[rows[r].id];
      if (mark) this.drawMark(mark, 6, mid);
      this.drawLabel(rows[r], r, MARK + 8, mid, here);
      if (this.flags.has(rows[r].id)) this.drawFlag(labelW - 8 - FLAG + 4, mid);
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
    const { ctx, theme } = this, flag = this.flags.has(row.id) ? FLAG : 0, room = this.size.labelW - left - 8 - flag;
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

  /** A pennant on its pole. */
  drawFlag(left, mid) {
    const { ctx, theme } = this;
    ctx.fillStyle = theme.flag;
    ctx.fillRect(left, mid - 6, 1.5, 12);
    ctx.beginPath();
    ctx.moveTo(left + 1.5, mid - 6);
    ctx.lineTo(left + 10, mid - 2.5);
    ctx.lineTo(left + 1.5, mid + 1);
    ctx.closePath();
    ctx.fill();
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

  drawNothing() {
    const { ctx, theme } = this, { W, H } = this.size;
    ctx.fillStyle = theme.muted;
    this.font(12.5);
    ctx.textAlign = 'center';
    ctx.fillText('No criterion is like that. Show all, or change the filter above.', W / 2, HEAD + (H - HEAD) / 2);
  }
}
