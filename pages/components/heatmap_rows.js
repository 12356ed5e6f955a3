// What a rule keeps, what the tool found by it, and the order of the rows: as core/selection.py, core/lengths.py and
// core/rows.py have it. heatmap_draw.js and heatmap.js, put behind this file, draw it and add the controls.
// Probabilities (scores, where there is no recalibration) are integer thousandths, compared with >=.

const GAP = 65535;
const EVIDENCE = {
  found: 'Found', weak: 'Weak matches only', none_found: 'Looked, none found', could_not_read: 'Could not read',
  not_scored: 'Not scored',
}; // in the order in which rows are sorted by it
const DECISIONS = ['met', 'not_met', 'insufficient', 'not_applicable'];

/** A rule as Python or the reviewer named it, for telling two apart. */
const ruleSignature = ({ milli, top_k: k, budget }) => JSON.stringify([milli, k, budget ?? null]);

const tokensOf = (page) => (page.unreadable ? 0 : Math.ceil(page.chars / 4));

/** 1-based rank of each page within its row, ties by page order; 0 for a gap. And the columns by rank, row by row. */
function rankRows(milli, rows, pages) {
  const rank = new Uint16Array(milli.length), ranked = [];
  for (let r = 0; r < rows; r++) {
    const at = r * pages, known = [];
    for (let c = 0; c < pages; c++) if (milli[at + c] !== GAP) known.push(c);
    known.sort((a, b) => milli[at + b] - milli[at + a] || a - b).forEach((c, i) => { rank[at + c] = i + 1; });
    ranked.push(known);
  }
  return { rank, ranked };
}

/** Tokens of each page and of all that rank above it in its row, each text once; 0 for a gap. */
function spentRows(ranked, pages) {
  const spent = new Uint32Array(ranked.length * pages.length);
  ranked.forEach((known, r) => {
    const texts = new Set();
    let sum = 0;
    for (const c of known) {
      if (!texts.has(pages[c].text)) { texts.add(pages[c].text); sum += tokensOf(pages[c]); }
      spent[r * pages.length + c] = sum;
    }
  });
  return spent;
}

/**
 * What `rule` and the pages held by hand keep. `kept`: 0 left out, 1 kept for a score or by hand, 2 kept only because
 * there is no score; `union` the same over all rows. `ruled` counts the scored pages that the rule alone keeps. `open`:
 * 1 where a criterion keeps nothing and readable pages still wait for a score, so that nobody may say that none was
 * found. `missing` counts the cells of readable pages that are kept without a score.
 */
function apply(grid, { milli: cut, k, budget }, hold) {
  const { n, m, milli, rank, spent, pages } = grid, kept = new Uint8Array(n * m), union = new Uint8Array(n);
  const perRow = new Uint16Array(m), gaps = new Uint16Array(m), ruled = new Uint16Array(m), open = new Uint8Array(m);
  let found = 0, none = 0, missing = 0, waiting = 0;
  for (let i = 0, r = 0; r < m; r++) {
    for (let c = 0; c < n; c++, i++) {
      const p = milli[i], held = hold ? hold[i] : 0, gap = p === GAP;
      const rule = gap || ((cut === null || p >= cut) && (k === null || rank[i] <= k)
        && (budget === null || rank[i] === 1 || spent[i] <= budget));
      if (rule && !gap) ruled[r]++;
      if (gap && !pages[c].unreadable) open[r] = 1;
      if (held ? held < 0 : !rule) continue;
      if (gap && !held) {
        kept[i] = 2; gaps[r]++;
        if (!union[c]) union[c] = 2;
        if (!pages[c].unreadable) missing++;
      } else { kept[i] = 1; perRow[r]++; union[c] = 1; }
    }
    if (perRow[r]) open[r] = 0;
    found += perRow[r] > 0;
    waiting += open[r];
    none += !perRow[r] && !open[r] && !ruled[r]; // what a person left out was found
  }
  return { kept, union, perRow, gaps, ruled, open, found, none, missing, waiting, ...sizes(grid, union) };
}

/** Pages, characters and tokens of what is kept for any criterion, and of the whole chart. */
function sizes({ pages }, union) {
  let total = 0, all = 0, allTokens = 0;
  pages.forEach((page, c) => { total += union[c] > 0; all += page.chars; allTokens += Math.ceil(page.chars / 4); });
  const { chars, tokens } = printed(pages, (c) => union[c]);
  return { total, tokens, saved: allTokens - tokens, share: all ? chars / all : 1 };
}

/** As in the context pack: a text that stands on several pages counts once. */
function printed(pages, isKept) {
  const texts = new Set();
  let chars = 0, tokens = 0;
  pages.forEach((page, c) => {
    if (!isKept(c) || page.unreadable || texts.has(page.text)) return;
    texts.add(page.text);
    chars += page.chars;
    tokens += tokensOf(page);
  });
  return { chars, tokens };
}

/** Evidence state of each row by the rule alone, as core.selection.evidence. */
function evidenceOf({ m, best, waits, unread, weak }, ruled) {
  return Array.from({ length: m }, (_, r) => {
    if (ruled[r] && best[r] >= weak) return 'found';
    if (waits[r]) return 'not_scored';
    if (ruled[r]) return 'weak';
    return unread ? 'could_not_read' : 'none_found';
  });
}

/** Rows that `order` shows, in its order, as core.rows.ordered: the row `current` is always among them. */
function orderRows({ rows, best }, order, { evidence, perRow, marks, flags, current }) {
  const groups = [...new Set(rows.map((row) => row.group))], states = Object.keys(EVIDENCE);
  const keys = {
    listed: (r) => r,
    group: (r) => groups.indexOf(rows[r].group),
    evidence: (r) => states.indexOf(evidence[r]),
    best: (r) => (best[r] < 0 ? 1 : -best[r]),
    kept: (r) => -perRow[r],
    decision: (r) => DECISIONS.indexOf(marks[rows[r].id]) + 1,
  };
  const key = keys[order.sort], sign = order.reverse ? -1 : 1;
  const shown = (row, r) => (order.group === null || order.group === row.group)
    && (order.evidence === null || order.evidence === evidence[r])
    && !(order.undecided && marks[row.id]) && !(order.flagged && !flags.has(row.id));
  return rows.map((row, r) => r).filter((r) => r === current || shown(rows[r], r))
    .sort((a, b) => sign * (key(a) - key(b)) || a - b);
}

function uint16(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0)), view = new DataView(bytes.buffer);
  return Uint16Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i, true));
}

function unpack(data) {
  const pages = data.pages.map(([number, label, chars, unreadable, copy, text]) =>
    ({ number, label, chars, unreadable, copy, text: text || number }));
  const rows = data.rows.map(([id, question, group]) => ({ id, question, group }));
  const milli = uint16(data.milli), n = pages.length, m = rows.length, { rank, ranked } = rankRows(milli, m, n);
  const { digest, recalibrated, weak } = data, raw = data.raw ? uint16(data.raw) : null;
  const best = ranked.map((known, r) => (known.length ? milli[r * n + known[0]] : -1));
  const waits = rows.map((_, r) => pages.some((page, c) => milli[r * n + c] === GAP && !page.unreadable));
  const unread = pages.some((page) => page.unreadable), spent = spentRows(ranked, pages);
  return { digest, recalibrated, weak, pages, rows, n, m, milli, raw, rank, spent, best, waits, unread };
}

/** (rows, pages) 1 where a person keeps the page, -1 where one leaves it out; null when nobody holds any. */
function holdsOf({ rows, pages, n, m }, pins) {
  if (!pins.length) return null;
  const hold = new Int8Array(n * m), row = new Map(rows.map(({ id }, r) => [id, r]));
  const column = new Map(pages.map(({ number }, c) => [number, c]));
  for (const [id, number, way] of pins) {
    if (row.has(id) && column.has(number)) hold[row.get(id) * n + column.get(number)] = way;
  }
  return hold;
}
