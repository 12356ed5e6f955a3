// Ahead of Python: a page that the reviewer asks for is shown at once, from what is kept here or from the line (line.js),
// and Python hears of it afterwards. What stands around the page follows within a moment; until then it is inert.

const ASKED_FOR = 3000, HELD_FOR = 5000, LOOK = 25, REST = 150, KEPT = 24; // ms, images

/** Images of pages while the packet looks the same, and pages with all that is drawn on them while that is the same. */
class Kept {
  constructor() { Object.assign(this, { imagesOf: '', images: new Map(), picturesOf: '', pictures: new Map() }); }

  keep({ images_of: images, pictures_of: pictures }) {
    if (this.imagesOf !== images) Object.assign(this, { imagesOf: images, images: new Map() });
    this.change(pictures);
  }

  change(of) { if (this.picturesOf !== of) Object.assign(this, { picturesOf: of, pictures: new Map() }); }

  keepImage(page, src, image = put('img', '', { draggable: 'false', src })) {
    const { images } = this, known = images.get(page);
    if (!this.imagesOf || known?.image === image) return;
    const kept = { src, image, decoded: false };
    images.delete(page);
    images.set(page, kept);
    image.decode().then(() => { kept.decoded = true; }, () => images.delete(page));
    while (images.size > KEPT) images.delete(images.keys().next().value);
  }

  /** The decoded image of the page, if there is one; with `src`, if it is that one. */
  image(page, src) {
    const kept = this.images.get(page);
    return kept?.decoded && (src === undefined || kept.src === src) ? kept.image : undefined;
  }

  keepPicture(answer) {
    if (!answer.of) return;
    this.change(answer.of);
    this.pictures.delete(answer.main.page);
    this.pictures.set(answer.main.page, answer);
    while (this.pictures.size > KEPT) this.pictures.delete(this.pictures.keys().next().value);
  }

  picture(page, about, two) {
    const known = this.pictures.get(page);
    return known?.about === about && known.two === two ? known : undefined;
  }
}

/** A text as a part of a key (keymap.py). */
const inKey = (text) => text.replace(/[^a-zA-Z0-9]/gu, (letter) => `_${letter.codePointAt(0).toString(16)}_`);

/** Open or close a part of the screen; where it takes the focus with it, it gives it back. */
function setOpen(part, open) {
  if (!part || part.inert === !open) return;
  if (!open) part.focused = part.contains(document.activeElement) ? document.activeElement : null;
  part.inert = !open;
  if (open && part.focused?.isConnected && document.activeElement === document.body) part.focused.focus({ preventScroll: true });
}

class Ahead {
  constructor(view) {
    this.view = view;
    this.listener = (event) => this.clicked(event);
  }

  get data() { return this.view.data; }

  get kept() { return this.view.mine.kept; }

  get two() { return Boolean(this.view.beside); }

  /** What the reviewer is on or has just asked for. */
  get asked() { return this.wish && performance.now() - this.wish.at < ASKED_FOR ? this.wish : this.data; }

  get page() { return this.asked.page; }

  get about() { return this.asked.about; }

  /** Show a page, for the criterion `about`, and tell Python. `from` says who asks. */
  async go(number, about = this.about, from = '') {
    const page = Math.min(this.data.pages, Math.max(1, number));
    if (page === this.page && about === this.about) return;
    const wish = (this.wish = { page, about, at: performance.now(), waits: true });
    this.asking?.abort();
    clearTimeout(this.resting);
    this.hold(wish);
    await this.bring(wish);
    wish.waits = false;
    if (wish === this.wish) wish.message = this.view.tell('page', { page, about, from, shown: wish.shown ?? '' });
  }

  async bring(wish) {
    const { page, about } = wish, { view, kept, two } = this, known = kept.picture(page, about, two);
    if (known) { wish.shown = known.of; this.show(known); return; }
    const image = kept.image(page);
    if (image && view.main.number !== page) { // without its marks, until they are here
      view.name(page);
      view.main.draw(kept.images.get(page).src, page, `Page ${page}`, image);
      view.sheet.scrollTop = 0;
    }
    this.asking = new AbortController();
    const answer = await this.fetch(page, about, { signal: this.asking.signal });
    if (answer && wish === this.wish) { wish.shown = answer.of; this.show(answer); }
  }

  /** From the line. Nothing where there is none, or none of the page: Python, which hears of it as well, says why. */
  async fetch(page, about, { signal } = {}, two = this.two) {
    const { line } = this.data;
    try {
      const answer = await ask(line, 'page', { page, about, two }, { signal });
      if (answer) return { ...answer, about, two, main: { ...answer.main, about } };
      if (line && !signal?.aborted && this.data.line) this.view.tell('unreached', {});
    } catch { /* said by Python */ }
    return undefined;
  }

  show(answer) {
    this.kept.keepPicture(answer);
    this.view.present(answer.main, answer.beside);
    this.view.size();
  }

  /** Take over what Python shows, unless it has not heard yet of a page that the reviewer has gone to. */
  follow() {
    const { data, view } = this;
    clearTimeout(this.patience);
    if (this.behind()) {
      this.patience = setTimeout(() => this.follow(), ASKED_FOR);
      return;
    }
    this.wish = undefined;
    this.kept.keep(data);
    clearTimeout(this.resting);
    if (data.kept) { this.again(); return; }
    if (data.pictures_of && !data.beside) this.kept.keepPicture({ main: data, about: data.about, two: false, of: data.pictures_of });
    view.present(data, data.beside);
    this.rested();
  }

  /** Python knows that the page is here already, and did not send it again. */
  async again() {
    const { data } = this, { page, about } = data, known = this.kept.picture(page, about, false);
    const answer = known ?? (await this.fetch(page, about, {}, false));
    if (data !== this.data || this.wish) return;
    if (!answer) { this.view.tell('unreached', {}); return; } // to have it sent
    this.show(answer);
    this.rested();
  }

  /** Everything stands: there is time to look ahead. */
  rested() {
    if (this.data.line) this.resting = setTimeout(() => this.look(), REST);
  }

  /** Whether what Python shows is older than what the reviewer asked for. */
  behind() {
    const { wish, data } = this;
    if (!wish || performance.now() - wish.at >= ASKED_FOR) return false;
    if (wish.page === data.page && wish.about === data.about) return false;
    if (wish.message?.id && data.heard.includes(wish.message.id)) return false; // it knows, and shows something else
    return wish.waits || this.view.main.number === wish.page;
  }

  /** Fetch the pages around this one, while nothing else is asked for. */
  async look() {
    const { page, about } = this.data, here = () => !this.wish && this.data.page === page && this.data.about === about;
    for (const number of [page + 1, this.stop(1), page - 1, page + 2]) {
      if (!here()) return;
      if (!number || number < 1 || number > this.data.pages || this.kept.picture(number, about, this.two)) continue;
      const answer = await this.fetch(number, about);
      if (!answer || !here() || answer.of !== this.data.pictures_of) return;
      this.kept.keepPicture(answer);
      if (this.kept.image(number, answer.main.src) === undefined) this.kept.keepImage(number, answer.main.src);
    }
  }

  // ---- from one kept page to the next ----

  /** The next kept page in that direction, if there is one. */
  stop(step) {
    const { stops, about } = this.data;
    if (!stops || about !== this.about) return undefined; // they are of the criterion that Python shows
    return step > 0 ? stops.pages.find((page) => page > this.page) : stops.pages.findLast((page) => page < this.page);
  }

  /** Streamlit's buttons for it, by the short way where the line reaches. */
  clicked(event) {
    const { stops, line } = this.data;
    if (!stops || !line || !(event.target instanceof Element)) return;
    const step = [[stops.before, -1], [stops.after, 1]].find(([name]) => event.target.closest(`.st-key-${CSS.escape(name)} button`))?.[1];
    if (!step) return;
    const page = this.stop(step);
    if (page === undefined && this.about === this.data.about) return;
    event.stopPropagation();
    event.preventDefault();
    if (page !== undefined) this.go(page);
  }

  listen() { document.addEventListener('click', this.listener, true); }

  /** What is about another page or criterion until it has followed takes no click, no key and no words. */
  hold(wish) {
    if (!this.data.settled.length) return;
    const keyed = (name) => document.querySelector(`.st-key-${name}`);
    const look = () => {
      const late = performance.now() - wish.at >= HELD_FOR, { page, about } = this.wish ?? this.data;
      const behind = this.data.settled.filter(([key, mark]) => {
        const there = late || keyed(mark.replace('{page}', page).replace('{about}', inKey(about))) !== null;
        setOpen(keyed(key), there);
        return !there;
      });
      // There and back again: what fits now may still be drawn for the page in between.
      if (late || (!behind.length && this.wish !== wish)) clearInterval(window.chartsieveHold);
    };
    clearInterval(window.chartsieveHold);
    window.chartsieveHold = setInterval(look, LOOK);
    look();
  }

  rest() {
    document.removeEventListener('click', this.listener, true);
    clearTimeout(this.patience);
    clearTimeout(this.resting);
  }
}
