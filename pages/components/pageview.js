// The bar, zoom, turning pages, keys. Python joins gone.js, outbox.js, line.js, activity.js, pageview_text.js,
// pageview_leaf.js, pageview_ahead.js and this file.

const LEVELS = [75, 100, 125, 150, 200], FIT = 0, WHOLE = -1, PIXELS_PER_POINT = 96 / 72;
const GAP = 10, BESIDE_FROM = 640; // px
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const memory = new Map(); // component key -> zoom, images and pictures, for when Streamlit mounts the component again

class View {
  constructor(root) {
    this.root = root;
    this.$ = (selector) => root.querySelector(selector);
    this.sheet = this.$('.sheet');
    this.spare = this.$('.frame').cloneNode(true);
    this.main = new Leaf(this.$('.frame'), this);
    this.sayings = new Map();
    this.outbox = new Outbox();
    this.ahead = new Ahead(this);
    this.boxing = false;
    this.observer = new ResizeObserver(() => this.size());
    this.sight = new IntersectionObserver((entries) => { window.chartsieveSeen?.count(); this.inSight = entries.at(-1).isIntersecting; });
    this.$('.prev').onclick = () => this.turn(-1);
    this.$('.next').onclick = () => this.turn(1);
    this.$('.in').onclick = () => this.zoomTo(LEVELS.find((level) => level > this.percent + 0.5) ?? LEVELS.at(-1));
    this.$('.out').onclick = () => this.zoomTo(LEVELS.findLast((level) => level < this.percent - 0.5) ?? LEVELS[0]);
    this.$('.fit').onclick = () => this.zoomTo(FIT);
    this.$('.whole').onclick = () => this.zoomTo(WHOLE);
    this.$('.rotate').onclick = () => this.tell('rotate', { page: this.main.page.page });
    this.$('.box').onclick = (event) => this.setBoxing(!this.boxing, event.detail === 0);
    this.$('.number').onkeydown = (event) => this.typed(event);
    this.$('.number').onblur = () => { this.typing = false; this.name(this.ahead.page); };
    this.$('.number').onfocus = (event) => event.target.select();
    root.onkeydown = (event) => this.pressed(event);
    root.addEventListener('copy', (event) => this.copied(event));
  }

  get leaves() { return this.beside ? [this.main, this.beside] : [this.main]; }

  accept(data, key) {
    const mine = (this.mine = memory.get(key) ?? { token: null, zoom: FIT, kept: new Kept() });
    memory.set(key, mine);
    if (mine.token !== data.zoom_token) Object.assign(mine, { token: data.zoom_token, zoom: data.zoom });
    this.data = data;
    const { wants } = data;
    this.$('.which').hidden = wants.page;
    this.$('.go').hidden = !wants.page;
    this.$('.rotate').hidden = !wants.rotate;
    this.$('.box').hidden = !wants.cite;
    if (!wants.cite && this.boxing) this.setBoxing(false);
    this.sheet.style.height = typeof data.height === 'number' ? `${data.height}px` : data.height;
    this.ahead.follow();
    this.ahead.listen();
    this.size();
    this.observer.observe(this.sheet);
    this.sight.observe(this.sheet);
    for (const leaf of this.leaves) leaf.words.watch();
    this.watch();
  }

  /** The second page: a frame of its own while there is one. */
  place(beside) {
    if (!beside) {
      this.beside?.words.rest();
      this.beside?.frame.remove();
      this.sayings.delete(this.beside);
      this.beside = undefined;
    } else {
      this.beside ??= new Leaf(this.$('.spread').appendChild(this.spare.cloneNode(true)), this);
      this.beside.frame.classList.add('beside');
      this.beside.boxing = this.boxing;
      this.beside.accept(beside);
    }
    for (const leaf of this.leaves) leaf.$('.tag').hidden = !beside;
    if (beside) this.beside.$('.tag').textContent = `Page ${beside.page}`;
  }

  /** A page with all that is drawn on it, and the one beside it. */
  present(page, beside) {
    this.name(page.page);
    this.place(beside);
    this.main.accept(page, this.mine.kept.image(page.page, page.src));
    this.legend();
  }

  /** Number of the page in the bar. */
  name(page) {
    const { pages } = this.data;
    this.$('.which').textContent = `Page ${page} of ${pages}`;
    this.$('.of').textContent = `of ${pages}`;
    this.main.$('.tag').textContent = `Page ${page}`;
    const number = this.$('.number');
    if (!number.matches(':focus') || !this.typing) number.value = String(page);
    number.style.width = `${String(pages).length + 2.5}ch`;
    this.$('.prev').disabled = page <= 1;
    this.$('.next').disabled = page >= pages;
  }

  // ---- what a leaf says ----

  waiting(leaf) { if (leaf === this.main) this.root.dataset.ready = ''; }

  arrived(leaf, current) {
    this.say(leaf, '');
    this.size();
    if (leaf !== this.main) return;
    this.root.dataset.ready = String(leaf.ready);
    this.mine.kept.keepImage(leaf.number, leaf.drawn, leaf.image);
    this.watch();
    if (current) this.reveal(leaf.page);
  }

  /** Scroll to the hit of the search, else to the first mark, when the page or its marks are new. */
  reveal({ page, boxes, hits }) {
    const now = hits.find(([current]) => current)?.[1][0], sight = JSON.stringify([page, boxes, now]);
    if (this.seen === sight) return;
    this.seen = sight;
    const [x, y, w] = now ? [now[0], now[1], now[2] - now[0]] : (boxes[0] ?? [0, 0, 0]), { frame } = this.main;
    this.sheet.scrollTop = frame.offsetTop + y * frame.clientHeight - this.sheet.clientHeight / 3;
    this.sheet.scrollLeft = frame.offsetLeft + (x + w / 2) * frame.clientWidth - this.sheet.clientWidth / 2;
  }

  /** A sentence in place of the page; "" for the page itself. */
  say(leaf, text) {
    this.sayings.set(leaf, text);
    leaf.frame.classList.toggle('waiting', text !== '');
    this.$('.state').textContent = [...this.sayings.values()].find(Boolean) ?? '';
  }

  live(text) { this.$('.live').textContent = text; }

  /** Words are selected on one page at a time. */
  picked(leaf) { for (const other of this.leaves) if (other !== leaf) other.release(); }

  copied(event) {
    const text = this.leaves.map((leaf) => leaf.words.text).find(Boolean);
    if (!text) return;
    event.clipboardData.setData('text/plain', text);
    event.preventDefault();
  }

  /** Tell Python; a citation is about what the screen was about when it was asked for. */
  tell(name, value) { return this.outbox.post(name, name === 'cite' ? { ...value, about: this.main.page.about ?? this.data.about } : value); }

  /** What was not reported of the time goes along with any message. */
  timed() {
    const { watch } = this.data, seen = watch ? window.chartsieveSeen?.take(watch.of) : null;
    return seen ? { seen } : null;
  }

  watch() {
    const { watch, beside } = this.data;
    if (!watch) { window.chartsieveSeen?.rest(this); return; }
    const pages = this.main.ready === undefined ? [] : [this.main.ready];
    if (beside && this.beside?.ready && this.beside.ready !== pages[0]) pages.push(this.beside.ready);
    const report = (seen, leaving) => {
      if (leaving && this.data.line) tellLeaving(this.data.line, 'seen', { seen });
      else this.outbox.post('seen', { seen });
    };
    clock().watch(this, { ...watch, pages, report, inSight: () => this.inSight });
  }

  rest() {
    this.observer.disconnect();
    this.sight.disconnect();
    this.ahead.rest();
    this.outbox.rest();
    for (const leaf of this.leaves) leaf.words.rest();
    window.chartsieveSeen?.rest(this);
  }

  legend() {
    const pages = this.leaves.map((leaf) => leaf.page);
    const has = { mark: pages[0].boxes.length, cited: pages.some((p) => p.citations.length), hit: pages.some((p) => p.hits.length) };
    for (const [name, yes] of Object.entries(has)) this.$(`[data-key=${name}]`).hidden = !yes;
    this.$('.legend').hidden = !has.cited && !has.hit;
  }

  // ---- zoom ----

  get stacked() { return !this.beside || this.root.clientWidth < BESIDE_FROM; }

  /** Room for one page, in CSS pixels. */
  get room() { return this.stacked ? this.sheet.clientWidth : Math.floor((this.sheet.clientWidth - GAP) / 2); }

  /** Zoom in force, in per cent of the size on paper. */
  get percent() { return (100 * this.widthOf(this.main)) / (this.main.page.width * PIXELS_PER_POINT); }

  /** Width of a page in CSS pixels. */
  widthOf(leaf) {
    const { zoom } = this.mine, { naturalWidth: wide, naturalHeight: high } = leaf.image;
    if (zoom === FIT) return this.room;
    if (zoom === WHOLE) return Math.min(this.room, (this.sheet.clientHeight * wide) / high || Infinity);
    return (leaf.page.width * PIXELS_PER_POINT * zoom) / 100;
  }

  size() {
    if (!this.main.page) return;
    const { zoom } = this.mine, fit = zoom === FIT, whole = zoom === WHOLE;
    this.root.classList.toggle('two', !this.stacked);
    for (const leaf of this.leaves) {
      if (leaf.page) leaf.frame.style.width = fit && this.stacked ? '100%' : `${this.widthOf(leaf)}px`;
      leaf.words.size();
    }
    this.$('.percent').textContent = `${Math.round(this.percent)} %`;
    this.$('.fit').setAttribute('aria-pressed', String(fit));
    this.$('.whole').setAttribute('aria-pressed', String(whole));
    this.$('.in').disabled = this.percent >= LEVELS.at(-1);
    this.$('.out').disabled = this.percent <= LEVELS[0];
    this.root.dataset.zoom = fit ? 'fit' : whole ? 'page' : String(zoom);
  }

  /** The middle of what is in sight stays there. */
  zoomTo(zoom) {
    const { sheet } = this, middle = (sheet.scrollTop + sheet.clientHeight / 2) / sheet.scrollHeight;
    const centre = (sheet.scrollLeft + sheet.clientWidth / 2) / sheet.scrollWidth;
    this.mine.zoom = zoom;
    this.size();
    sheet.scrollTop = middle * sheet.scrollHeight - sheet.clientHeight / 2;
    sheet.scrollLeft = centre * sheet.scrollWidth - sheet.clientWidth / 2;
  }

  // ---- turning ----

  turn(step) {
    if (this.data.wants.page) { this.ahead.go(this.ahead.page + step); return; }
    const to = this.data.page + step;
    if (to >= 1 && to <= this.data.pages) this.tell('turn', { step });
  }

  // ---- keys ----

  /** Keys in the field for the number are no shortcuts of the screen: Streamlit would take them as such. */
  typed(event) {
    event.stopPropagation();
    this.typing = true;
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    const field = this.$('.number'), page = Number(field.value.trim()), { pages } = this.data;
    this.typing = false;
    if (event.key === 'Enter') {
      if (!Number.isInteger(page) || page < 1 || page > pages) {
        this.live(`There are pages 1 to ${pages}`);
        this.hint(`There are pages 1 to ${pages}.`);
        this.name(this.ahead.page);
      } else this.ahead.go(page);
    }
    this.sheet.focus({ preventScroll: true });
  }

  /** A line over the page for a while, or until it is taken away. */
  hint(text, stays = false) {
    clearTimeout(this.fading);
    this.$('.hint').textContent = text;
    if (text && !stays) this.fading = setTimeout(() => this.hint(this.boxing ? this.boxHint : ''), 4000);
  }

  get boxHint() { return 'Drag over the place to cite. By key: arrows move, Shift and arrows resize, Enter cites, Esc ends.'; }

  setBoxing(on, byKey = false) {
    this.boxing = on;
    for (const leaf of this.leaves) leaf.boxing = on;
    this.$('.box').setAttribute('aria-pressed', String(on));
    this.hint(on ? this.boxHint : '', true);
    if (on) this.sheet.focus({ preventScroll: true });
    if (on && byKey) this.main.startBox();
  }

  cite() {
    if (this.boxing) { this.main.citeBox(); return; }
    if (this.leaves.some((leaf) => leaf.cite()) || this.main.citeStrongest()) return;
    this.hint('Nothing to cite yet: select words on the page, or press B and draw a box.');
  }

  escape() {
    if (this.boxing) { this.setBoxing(false); return true; }
    return this.leaves.map((leaf) => leaf.release()).some(Boolean);
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'r' || event.key === 'c') event.stopPropagation(); // Streamlit's own keys: rerun, clear the cache
    const act = this.boxKey(event) ?? this.key(event);
    if (!act || act() === false) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** While a box is drawn, arrows and Enter belong to it. */
  boxKey({ key, shiftKey, target }) {
    if (!this.boxing) return undefined;
    if (ARROWS[key]) return () => this.main.step(...ARROWS[key], shiftKey);
    return key === 'Enter' && this.main.box && target.tagName !== 'BUTTON' ? () => this.main.citeBox() : undefined;
  }

  key(event) {
    const { wants } = this.data, once = (act) => () => { if (!event.repeat) act(); };
    const page = wants.page && {
      Home: () => this.ahead.go(1), End: () => this.ahead.go(this.data.pages), g: () => this.$('.number').focus(),
    };
    const cite = wants.cite && {
      e: once(() => this.cite()), b: once(() => this.setBoxing(!this.boxing, true)), Escape: () => this.escape(),
    };
    const keys = {
      ArrowLeft: () => this.turn(-1), ArrowRight: () => this.turn(1),
      PageUp: () => this.scroll(-1), PageDown: () => this.scroll(1),
      '+': () => this.$('.in').click(), '-': () => this.$('.out').click(), 0: () => this.zoomTo(FIT), ...page, ...cite,
    };
    return keys[event.key] ?? keys[event.key.toLowerCase()];
  }

  scroll(way) { this.sheet.scrollBy({ top: way * 0.85 * this.sheet.clientHeight }); }
}

export default function ({ data, key, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.pv'), view = (root.view ??= new View(root));
  view.accept(data, key);
  view.outbox.accept(setTriggerValue, data.heard, () => view.timed());
  // For the other components of the screen: whether the page is shown, for a criterion.
  const show = (page, about) => { if (root.isConnected) view.ahead.go(page, about, 'outside'); return root.isConnected; };
  if (data.line) window.chartsieveShow = show;
  return whenGone(root, () => {
    view.rest();
    if (window.chartsieveShow === show) window.chartsieveShow = undefined;
  });
}
