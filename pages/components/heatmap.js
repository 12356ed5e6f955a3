// The heatmap's controls, pointer and words. Python joins gone.js, line.js, heatmap_rows.js, heatmap_draw.js and this file.
// Criterion and page texts are untrusted: they reach the page through textContent and fillText alone.

const MOVES = { // key -> rows, columns
  ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
  Home: [0, -1e6], End: [0, 1e6], PageUp: [-10, 0], PageDown: [10, 0],
};
// What the screen calls the number that the rule compares: only a recalibrated score is a probability.
const WORDS = {
  probability: {
    name: 'Probability', more: 'more probable', above: 'Every page whose probability reaches the threshold',
    200: '0.20 leaves out faint traces; a page that is worded otherwise than the criterion may lie below it',
    400: '0.40 keeps pages that may well matter; expect to miss some',
    600: '0.60 keeps pages that more likely matter than not: a short list that misses pages',
    800: '0.80 keeps only pages that the scorer is nearly sure of; with some scorers there are none',
  },
  score: {
    name: 'Score', more: 'higher the score', above: 'Every page whose score reaches the threshold',
    200: '0.20 leaves out the weakest pages; unrelated pages may still score up to 0.29',
    400: '0.40 leaves out unrelated pages; expect to miss some that matter',
    600: '0.60 keeps strong matches: a short list that misses pages',
    800: '0.80 keeps the strongest matches alone; for many criteria there are none',
  },
};
const MOVING = 3000; // ms after an arrow key
const START = { sort: 'listed', reverse: false, group: null, evidence: null, undecided: false, flagged: false };
const dollars = (sum) => (sum > 0 && sum < 0.005 ? 'less than $0.01' : `$${sum.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',')}`);
const memory = new Map(); // component key -> what the reviewer had set, for when Streamlit mounts the component again

class View extends Picture {
  constructor(root) {
    super(root);
    this.observer = new ResizeObserver(() => {
      if (root.clientWidth === this.width) return;
      this.arrange();
      this.draw();
    });
    this.listen();
  }

  /**
   * New data, theme or decisions from Python. Rule and cursor are taken over when their token is new, the rule also when
   * the scorer is. A rule that went either way last is no news: what the reviewer is setting just now stays.
   */
  accept(data, key) {
    const fresh = !this.grid;
    this.mine = memory.get(key) ?? { ruleToken: null, cursorToken: null, orderToken: null, order: START };
    memory.set(key, this.mine);
    if (!this.has(data, key)) return;
    this.take(data);
    this.theme = readTheme(this.root);
    this.root.classList.toggle('dark', this.theme.dark);
    const other = this.mine.fingerprint !== data.fingerprint;
    if (other || this.mine.ruleToken !== data.rule.token) {
      this.mine.ruleToken = data.rule.token;
      this.mine.fingerprint = data.fingerprint;
      if (other || this.sent !== ruleSignature(data.rule)) this.impose(data.rule);
    } else if (fresh) { this.rule = this.mine.rule; this.sent = this.signature(); }
    if (this.mine.cursorToken !== data.cursor_token) {
      this.mine.cursorToken = data.cursor_token;
      this.mine.cell = data.cursor;
    }
    // Who is on the way to a cell by key is not taken elsewhere.
    const moving = performance.now() - (this.moved ?? -Infinity) < MOVING;
    this.point(this.mine.cell, fresh || (this.pointed !== data.cursor_token && !moving));
    this.pointed = data.cursor_token;
    this.observer.observe(this.root);
    this.name();
    this.showRule();
    this.count();
    this.showOrder();
    this.reorder();
    this.legend();
    if (this.mustReveal) { this.reveal(); this.draw(); }
    this.canvas.setAttribute('aria-label', `${this.grid.m} criteria by ${this.grid.n} pages. Arrow keys move, Enter opens the page.`);
    this.root.dataset.ready = data.digest;
  }

  /** Whether the numbers are here. Python sends them once, on the line where that reaches: they would come along with
   *  every answer. */
  has(data, key) {
    this.latest = data;
    if (this.grid?.digest !== data.digest) this.grid = data.pages ? unpack(data) : this.mine.grid;
    const there = this.grid?.digest === data.digest;
    // Older numbers stay at hand, and the focus with them, until the newer ones are here; but not before any were drawn.
    this.root.inert = !there && !this.root.dataset.ready;
    if (there) this.mine.grid = this.grid;
    else if (this.asking !== data.digest) this.fetch(data, key);
    return there;
  }

  async fetch({ digest, line }, key) {
    this.asking = digest;
    const answer = await ask(line, 'heat', { digest }).catch(() => null);
    this.asking = null;
    if (this.latest.digest !== digest) return;
    if (!answer) { this.send.trigger('unreached', true); return; }
    this.mine.grid = unpack(answer);
    this.accept(this.latest, key);
  }

  /** What belongs to the case and may change with every answer of Python, besides rule and cursor. */
  take(data) {
    this.marks = data.marks;
    this.flags = new Set(data.flags);
    this.certified = data.certified;
    this.price = data.price;
    const pins = JSON.stringify(data.pins) + data.digest;
    if (this.pins !== pins) { this.pins = pins; this.hold = holdsOf(this.grid, data.pins); }
    if (this.mine.orderToken !== data.order_token) {
      this.mine.orderToken = data.order_token;
      this.mine.order = data.order;
    }
    this.root.classList.toggle('tabled', data.table);
  }

  impose({ milli, top_k: k, budget }) {
    const before = this.rule ?? { cut: 400, best: 5 };
    const mode = milli === null ? 'best' : k === null ? 'threshold' : 'both';
    // A budget alone is "the best", as many as it holds: K stays empty then.
    const best = k ?? (mode === 'best' ? null : before.best ?? 5);
    this.rule = this.mine.rule = { mode, cut: milli ?? before.cut, best, budget };
    this.sent = this.signature();
  }

  /** Opened cell, as Python or the reviewer named it. */
  point(cell, reveal) {
    const r = this.grid.rows.findIndex((row) => row.id === cell.row);
    const c = this.grid.pages.findIndex((page) => page.number === cell.page);
    this.open = { r, c };
    if (reveal) { this.cursor = { r: Math.max(0, r), c: Math.max(0, c) }; this.mustReveal = r >= 0 || c >= 0; }
    this.cursor = { r: clamp(this.cursor.r, 0, this.grid.m - 1), c: clamp(this.cursor.c, 0, this.grid.n - 1) };
  }

  get inForce() {
    const { mode, cut, best, budget } = this.rule;
    return { milli: mode === 'best' ? null : cut, k: mode === 'threshold' ? null : best, budget };
  }

  signature() { const { milli, k, budget } = this.inForce; return ruleSignature({ milli, top_k: k, budget }); }

  // ---- controls ----

  listen() {
    const range = this.$('.threshold'), topk = this.$('.topk'), budget = this.$('.budget');
    range.oninput = () => { this.rule.cut = Math.round(range.valueAsNumber * 100) * 10; this.changed(); };
    range.onchange = () => this.commit();
    topk.oninput = () => {
      const k = Math.floor(topk.valueAsNumber);
      if (k >= 1) { this.rule.best = Math.min(k, this.grid.n); this.changed(false); }
      else if (topk.value === '' && this.rule.mode === 'best' && this.rule.budget) { this.rule.best = null; this.changed(false); }
    };
    topk.onchange = () => { this.showRule(); this.commit(); };
    budget.oninput = () => {
      const tokens = Math.floor(budget.valueAsNumber);
      if (budget.value !== '' && !(tokens >= 1)) return;
      this.rule.budget = budget.value === '' ? null : Math.min(tokens, 1e9);
      this.changed(false);
    };
    budget.onchange = () => { this.complete(); this.changed(); this.commit(); };
    for (const radio of this.root.querySelectorAll('.modes input')) {
      radio.onchange = () => { this.rule.mode = radio.value; this.complete(); this.changed(); this.commit(); };
    }
    for (const button of this.root.querySelectorAll('.presets button')) {
      button.onclick = () => { this.rule.cut = Number(button.dataset.milli); this.changed(); this.commit(); };
    }
    // Streamlit sees the component, not the input, as the target: its shortcuts would fire while the slider is moved.
    for (const part of ['.rule', '.cut', '.view']) this.$(part).onkeydown = (event) => event.stopPropagation();
    this.$('.scroller').onscroll = () => { this.leave(); this.draw(); };
    this.canvas.onpointermove = (event) => this.aim(event);
    this.canvas.onpointerleave = () => { this.leave(); this.draw(); };
    this.canvas.onclick = (event) => this.clicked(event);
    this.canvas.onkeydown = (event) => this.pressed(event);
    this.canvas.onblur = () => { this.leave(); this.draw(); };
    const order = (change) => { this.mine.order = { ...this.mine.order, ...change }; this.order(); };
    this.$('.sort').onchange = (event) => order({ sort: event.target.value, reverse: false });
    this.$('.reverse').onclick = () => order({ reverse: !this.mine.order.reverse });
    this.$('.group').onchange = (event) => order({ group: event.target.selectedIndex ? event.target.value : null });
    this.$('.evidence').onchange = (event) => order({ evidence: event.target.value || null });
    for (const name of ['undecided', 'flagged']) this.$(`.${name}`).onchange = (event) => order({ [name]: event.target.checked });
    this.$('.all').onclick = () => { order({ group: null, evidence: null, undecided: false, flagged: false }); this.$('.sort').focus(); };
  }

  changed(rewrite = true) { if (rewrite) this.showRule(); this.recount(); }

  /** Only "the best" within a budget goes without a K. */
  complete() {
    const { mode, best, budget } = this.rule;
    if (best === null && (mode === 'both' || !budget)) this.rule.best = 5;
  }

  /** Tell Python, once the keys rest: every message is a run of the script. */
  commit() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.sent === this.signature()) return;
      this.sent = this.signature();
      const { milli, k, budget } = this.inForce, { ruleToken: token, fingerprint } = this.mine;
      // Rows that are sorted by what the rule keeps move now, not under a drag.
      this.reorder();
      const threshold = milli === null ? null : milli / 1000;
      this.send.state('rule', { threshold, top_k: k, token_budget: budget, token, fingerprint });
    }, 120);
  }

  /** The reviewer sorts or filters. */
  order() {
    this.showOrder();
    this.reorder();
    this.cursor.r = this.spot[this.cursor.r] < 0 ? this.rows[0] ?? 0 : this.cursor.r;
    this.$('.scroller').scrollTop = 0;
    this.send.state('order', { ...this.mine.order });
  }

  /** Rows as the order has them: the picture follows. */
  reorder() {
    const { evidence, perRow } = this.result, { marks, flags } = this, current = this.open.r;
    this.rows = orderRows(this.grid, this.mine.order, { evidence, perRow, marks, flags, current });
    this.spot = new Array(this.grid.m).fill(-1);
    this.rows.forEach((r, v) => { this.spot[r] = v; });
    this.grouped = ['listed', 'group'].includes(this.mine.order.sort);
    const all = this.rows.length === this.grid.m;
    this.$('.all').hidden = all;
    this.$('.all').textContent = `${count(this.rows.length)} of ${count(this.grid.m)}: show all`;
    this.root.dataset.rows = this.rows.map((r) => this.grid.rows[r].id).join(' ');
    this.arrange();
    this.paint();
    this.draw();
  }

  showOrder() {
    const { sort, reverse, group, evidence } = this.mine.order, groups = [...new Set(this.grid.rows.map((row) => row.group))];
    const option = (value, text) => Object.assign(document.createElement('option'), { value, textContent: text });
    const choice = this.$('.group'), names = JSON.stringify(groups);
    if (this.groups !== names) {
      this.groups = names;
      choice.replaceChildren(option('', 'Any group'), ...groups.map((name) => option(name, name || 'No group')));
    }
    choice.hidden = groups.length < 2;
    choice.selectedIndex = group === null ? 0 : groups.indexOf(group) + 1;
    this.$('.sort').value = sort;
    this.$('.sort').querySelector('[value=group]').hidden = groups.length < 2;
    this.$('.reverse').setAttribute('aria-pressed', String(reverse));
    this.$('.evidence').value = evidence ?? '';
    for (const name of ['undecided', 'flagged']) this.$(`.${name}`).checked = this.mine.order[name];
    for (const part of [choice, this.$('.evidence')]) part.classList.toggle('set', part.selectedIndex > 0);
  }

  showRule() {
    const { mode, cut, best, budget } = this.rule, range = this.$('.threshold'), topk = this.$('.topk');
    for (const radio of this.root.querySelectorAll('.modes input')) radio.checked = radio.value === mode;
    range.value = String(cut / 1000);
    range.style.setProperty('--at', `${cut / 10}%`);
    this.$('.value').textContent = (cut / 1000).toFixed(cut % 10 ? 3 : 2);
    topk.max = String(this.grid.n);
    const write = (field, number) => { if (field.value !== String(number ?? '')) field.value = number ?? ''; };
    write(topk, best);
    write(this.$('.budget'), budget);
    const off = mode === 'best';
    this.$('.cut').classList.toggle('off', off);
    this.$('.best').classList.toggle('off', mode === 'threshold');
    range.disabled = off;
    topk.disabled = mode === 'threshold';
    for (const button of this.root.querySelectorAll('.presets button')) {
      button.disabled = off;
      button.setAttribute('aria-pressed', String(!off && Number(button.dataset.milli) === cut));
    }
  }

  /** The rule is new: select again, show the counts, draw. */
  recount() {
    const started = performance.now();
    this.count();
    this.paint();
    this.draw();
    this.root.dataset.drawms = (performance.now() - started).toFixed(1);
  }

  /** Select and show the counts. */
  count() {
    const { m, n, pages } = this.grid, result = (this.result = apply(this.grid, this.inForce, this.hold));
    result.evidence = evidenceOf(this.grid, result.ruled);
    const put = (name, text) => { this.$(`[data-count=${name}]`).textContent = text; };
    put('pages', `${count(result.total)} of ${count(n)}`);
    put('text', `${Math.round(100 * result.share)} %`);
    put('tokens', count(result.tokens));
    const cost = this.price === null ? '' : `, ${dollars((result.saved * this.price) / 1e6)}`;
    this.$('.saved').textContent = `tokens, about${result.saved > 0 ? `; ${count(result.saved)} saved${cost}` : ''}`;
    put('found', `${count(result.found)} of ${count(m)}`);
    put('none', count(result.none));
    const unread = pages.filter((page, c) => page.unreadable && result.union[c]).length, { missing } = result;
    put('unread', plural(unread, 'page'));
    put('missing', plural(missing, 'cell'));
    put('waiting', count(result.waiting));
    this.$('.none').textContent = unread || missing ? 'none found where read' : 'with none found';
    const show = (name, yes) => { this.$(`[data-show=${name}]`).hidden = !yes; };
    show('unread', unread > 0);
    show('missing', missing > 0 && result.waiting === 0);
    // What is still to be scored stands where "none found" will, and the line keeps its length.
    show('waiting', result.waiting > 0);
    show('none', result.waiting === 0);
    this.here();
    this.promise();
    const { milli, k, budget } = this.inForce;
    Object.assign(this.root.dataset, {
      kept: result.total, found: result.found, cells: result.perRow.reduce((a, b) => a + b, 0), tokens: result.tokens,
      threshold: milli === null ? '' : milli / 1000, topk: k ?? '', budget: budget ?? '',
    });
  }

  /** What is kept for the open criterion. */
  here() {
    const { r } = this.open, { n, rows, pages } = this.grid, { kept, perRow, gaps } = this.result;
    this.$('.here').hidden = r < 0;
    if (r < 0) return;
    const { chars, tokens } = printed(pages, (c) => kept[r * n + c]), besides = gaps[r] ? ` and ${count(gaps[r])} without a score` : '';
    this.$('.here b').textContent = rows[r].id;
    this.$('.here span').textContent = `${plural(perRow[r], 'page')}${besides}, ${plural(chars, 'character')}, about ${plural(tokens, 'token')}`;
  }

  /** What is promised of the rule in force; of any other setting nothing is. */
  promise() {
    const holds = this.certified !== null && this.signature() === ruleSignature(this.certified), line = this.$('.promise');
    line.classList.toggle('holds', holds);
    const [promise, whole] = holds ? this.certified.words : [];
    line.textContent = promise ?? 'Not certified at this setting';
    line.title = whole ?? 'How much evidence this setting misses has not been checked on labelled cases';
  }

  /** Calls the numbers what they are. */
  name() {
    const terms = (this.terms = WORDS[this.grid.recalibrated ? 'probability' : 'score']);
    this.$('.above').title = terms.above;
    this.$('.more').textContent = terms.more;
    for (const button of this.root.querySelectorAll('.presets button')) button.title = terms[button.dataset.milli];
  }

  legend() {
    const { pages, milli, n } = this.grid, show = (key, yes) => { this.$(`[data-key=${key}]`).hidden = !yes; };
    show('gap', milli.some((p, i) => p === GAP && !pages[i % n].unreadable));
    show('unreadable', pages.some((p) => p.unreadable));
    show('copy', pages.some((p) => p.copy));
    const used = Object.keys(MARKS).filter((mark) => Object.values(this.marks).includes(mark));
    show('marks', used.length > 0);
    this.$('.marks').textContent = `Decided: ${used.map((mark) => MARKS[mark].join(' ')).join(', ')}`;
    for (const [key, way] of [['keep', 1], ['drop', -1]]) {
      const held = this.hold?.reduce((sum, one) => sum + (one === way), 0) ?? 0;
      show(key, held > 0);
      this.$(`[data-key=${key}] span`).textContent = count(held);
    }
    show('flag', this.flags.size > 0);
  }

  // ---- pointing ----

  hit(event) {
    const box = this.canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    const { n } = this.grid, { rowH, cellW, labelW, countX } = this.size;
    const c = Math.floor((x - this.from.x) / cellW), v = Math.floor((y - this.from.y) / rowH), r = this.rows[v];
    const inRows = y >= HEAD && r !== undefined, inCols = x >= labelW && x < countX && c >= 0 && c < n;
    if (inRows && inCols) return { kind: 'cell', r, c };
    if (inRows && (x < labelW || x >= countX)) return { kind: 'row', r, c: this.best(r) };
    return y < HEAD && inCols ? { kind: 'page', r: Math.max(0, this.open.r), c } : null;
  }

  /** The row's highest page; where nothing is scored, the open one. */
  best(r) {
    const { n, rank } = this.grid;
    for (let c = 0; c < n; c++) if (rank[r * n + c] === 1) return c;
    return Math.max(0, this.open.c);
  }

  aim(event) {
    const at = this.hit(event), old = this.hover;
    this.canvas.style.cursor = at ? 'pointer' : 'default';
    if (at?.kind !== old?.kind || at?.r !== old?.r || at?.c !== old?.c) { this.hover = at; this.draw(); this.describe(); }
    if (at) this.placeTip(event.clientX, event.clientY);
  }

  leave() { this.hover = null; this.$('.tip').classList.remove('on'); }

  clicked(event) {
    const at = this.hit(event);
    if (at) this.choose(at);
  }

  choose({ r, c }) {
    const cell = { row: this.grid.rows[r].id, page: this.grid.pages[c].number };
    this.cursor = { r, c };
    this.open = { r, c };
    this.mine.cell = cell;
    this.here();
    this.reorder();
    this.reveal();
    this.draw();
    if (window.chartsieveShow?.(cell.page, cell.row)) return; // the page view shows it at once, and tells Python
    // How long the page before was read goes with the click: it would cost a run of the script of its own.
    const seen = window.chartsieveSeen?.take?.();
    this.send.trigger('cell', seen ? { ...cell, seen } : cell);
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'r' || event.key === 'c') event.stopPropagation(); // Streamlit's own keys: rerun, clear the cache
    const opens = event.key === 'Enter' || event.key === ' ';
    if (!opens && !MOVES[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    if (opens) { this.moved = undefined; this.choose(this.cursor); return; }
    if (!this.rows.length) return;
    const { n } = this.grid, { r, c } = this.cursor, [dr, dc] = MOVES[event.key];
    const v = clamp(Math.max(0, this.spot[r]) + dr, 0, this.rows.length - 1);
    this.cursor = { r: this.rows[v], c: clamp(c + dc, 0, n - 1) };
    this.moved = performance.now();
    this.hover = { kind: 'cell', ...this.cursor };
    this.reveal();
    this.draw();
    this.describe();
    const box = this.canvas.getBoundingClientRect(), { cellW, rowH } = this.size;
    this.placeTip(box.left + this.from.x + (this.cursor.c + 0.5) * cellW, box.top + this.from.y + (v + 1) * rowH);
    this.$('.live').textContent = this.words(this.cursor).join('. ');
  }

  /** Scroll so that the cursor is in sight. */
  reveal() {
    const scroller = this.$('.scroller'), { r, c } = this.cursor, { W, H, rowH, cellW, labelW, countX } = this.size;
    const y = Math.max(0, this.spot[r]) * rowH, x = c * cellW, seenH = H - HEAD, seenW = Math.min(W, countX) - labelW;
    scroller.scrollTop = clamp(scroller.scrollTop, y + rowH - seenH, y);
    scroller.scrollLeft = clamp(scroller.scrollLeft, x + cellW - seenW, x);
    this.mustReveal = false;
  }

  // ---- words ----

  /** [where, how high and why kept, criterion] of a cell. */
  words({ r, c }) {
    const { n, milli, raw, rows, pages } = this.grid, i = r * n + c, { milli: cut } = this.inForce;
    const page = pages[c], row = rows[r], question = `${row.id} ${row.question}`;
    const printedAs = page.label ? ` (printed ${page.label})` : '', copy = page.copy ? ', copy of an earlier page' : '';
    const where = `Page ${page.number}${printedAs}${copy}`;
    const held = this.hold?.[i] ? `${this.hold[i] > 0 ? 'kept' : 'left out'} by the reviewer` : '';
    if (milli[i] === GAP) return [where, `${page.unreadable ? 'This page is not read' : 'Not scored'}: ${held || 'kept'}`, question];
    const value = `${this.terms.name} ${shown(milli[i], cut)}`;
    const score = raw && raw[i] !== GAP ? `, score ${shown(raw[i], null)}` : '';
    return [where, `${value}${score}: ${held || this.why(i)}`, question];
  }

  /** Why a scored cell is kept or left out, as core.selection says it. */
  why(i) {
    const { milli, rank } = this.grid, { milli: cut, k, budget } = this.inForce;
    if (this.result.kept[i]) return `kept, rank ${rank[i]}`;
    if (cut !== null && milli[i] < cut) return `left out, below ${this.$('.value').textContent}`;
    if (k !== null && rank[i] > k) return `left out, rank ${rank[i]}, beyond the best ${k}`;
    return `left out, rank ${rank[i]}, beyond the budget of ${plural(budget, 'token')}`;
  }

  /** The same three lines for whatever is pointed at. */
  describe() {
    const tip = this.$('.tip'), at = this.hover, { grid, result } = this;
    tip.classList.toggle('on', at !== null);
    if (!at) return;
    let [where, how, what] = this.words(at);
    const kept = result.perRow[at.r];
    if (at.kind === 'row') {
      const row = grid.rows[at.r], gaps = result.gaps[at.r] ? `, besides ${count(result.gaps[at.r])} not scored` : '';
      [where, what] = [row.group ? `${row.id}, ${row.group}` : row.id, row.question];
      how = `${EVIDENCE[result.evidence[at.r]]}: ${kept ? plural(kept, 'page') : 'no page'} kept${gaps}`;
    } else if (at.kind === 'page') {
      let rows = 0;
      for (let r = 0; r < grid.m; r++) rows += result.kept[r * grid.n + at.c] === 1;
      const criteria = rows === 1 ? '1 criterion' : `${count(rows)} criteria`;
      const state = ['Left out', `Kept for ${criteria}`, 'Kept because it was not scored'][result.union[at.c]];
      const page = grid.pages[at.c];
      [how, what] = [page.unreadable ? 'Kept because it is not read' : state, plural(page.chars, 'character')];
    }
    this.$('.where').textContent = where;
    this.$('.how').textContent = how;
    this.$('.what').textContent = what;
  }

  placeTip(clientX, clientY) {
    const tip = this.$('.tip'), stage = this.$('.stage').getBoundingClientRect();
    const x = clientX - stage.left + 14, y = clientY - stage.top + 16;
    tip.style.left = `${clamp(x, 0, Math.max(0, stage.width - tip.offsetWidth))}px`;
    tip.style.top = `${clientY + 24 + tip.offsetHeight > window.innerHeight ? y - tip.offsetHeight - 28 : y}px`;
  }
}

export default function ({ data, key, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector('.hm'), view = (root.view ??= new View(root));
  view.send = { state: setStateValue, trigger: setTriggerValue };
  view.accept(data, key);
  return whenGone(root, () => { clearTimeout(view.timer); view.observer.disconnect(); });
}
