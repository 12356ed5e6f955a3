// One page image with marks over it. Titles and alternative text are untrusted: setAttribute and textContent only.

const LEVELS = [75, 100, 125, 150, 200], FIT = 0, WHOLE = -1, PIXELS_PER_POINT = 96 / 72, SVG = 'http://www.w3.org/2000/svg';
const memory = new Map(); // component key -> zoom, for when Streamlit mounts the component again

class View {
  constructor(root) {
    this.root = root;
    this.$ = (selector) => root.querySelector(selector);
    this.sheet = this.$('.sheet');
    this.image = this.$('img');
    this.observer = new ResizeObserver(() => this.size());
    this.$('.prev').onclick = () => this.turn(-1);
    this.$('.next').onclick = () => this.turn(1);
    this.$('.in').onclick = () => this.zoomTo(LEVELS.find((level) => level > this.percent + 0.5) ?? LEVELS.at(-1));
    this.$('.out').onclick = () => this.zoomTo(LEVELS.findLast((level) => level < this.percent - 0.5) ?? LEVELS[0]);
    this.$('.fit').onclick = () => this.zoomTo(FIT);
    this.$('.whole').onclick = () => this.zoomTo(WHOLE);
    this.image.onload = () => this.loaded();
    this.image.onerror = () => this.say('The image of this page cannot be shown. The page itself is safe: open it again.');
    root.onkeydown = (event) => this.pressed(event);
  }

  accept(data, key) {
    this.data = data;
    this.mine = memory.get(key) ?? { token: null, zoom: FIT };
    memory.set(key, this.mine);
    if (this.mine.token !== data.zoom_token) this.mine = Object.assign(this.mine, { token: data.zoom_token, zoom: data.zoom });
    this.$('.which').textContent = `Page ${data.page} of ${data.pages}`;
    this.$('.prev').disabled = data.page <= 1;
    this.$('.next').disabled = data.page >= data.pages;
    this.image.setAttribute('alt', data.alt);
    this.sheet.style.height = typeof data.height === 'number' ? `${data.height}px` : data.height;
    this.drawMarks();
    this.size();
    this.show();
    this.observer.observe(this.sheet);
  }

  show() {
    const { src, page, boxes } = this.data, sight = JSON.stringify([page, boxes]);
    this.reveal = this.sight !== sight;
    this.sight = sight;
    if (this.source === src && this.root.dataset.ready) { this.loaded(); return; }
    this.source = src;
    const shown = this.root.dataset.ready && src; // the old page stays until the new one is decoded
    this.root.dataset.ready = '';
    this.$('svg').style.visibility = 'hidden';
    if (!shown) this.say('Drawing the page…');
    if (src) this.image.setAttribute('src', src); else this.image.removeAttribute('src');
  }

  /** A sentence in place of the page; "" for the page itself. */
  say(text) {
    this.root.classList.toggle('waiting', text !== '');
    this.$('.state').textContent = text;
  }

  loaded() {
    this.say('');
    this.$('svg').style.visibility = '';
    this.root.dataset.ready = String(this.data.page);
    this.size();
    if (!this.reveal) return;
    this.reveal = false;
    const [x, y, w] = this.data.boxes[0] ?? [0, 0, 0], frame = this.$('.frame');
    this.sheet.scrollTop = y * frame.clientHeight - this.sheet.clientHeight / 3;
    this.sheet.scrollLeft = (x + w / 2) * frame.clientWidth - this.sheet.clientWidth / 2;
  }

  drawMarks() {
    const marks = this.data.boxes.map(([x, y, width, height, strength, title], index) => {
      const rect = document.createElementNS(SVG, 'rect'), label = title || `Marked place ${index + 1}`;
      const attributes = { x, y, width, height, tabindex: 0, role: 'button', 'aria-label': label };
      for (const [name, value] of Object.entries(attributes)) rect.setAttribute(name, value);
      rect.style.fillOpacity = 0.25 + 0.5 * strength;
      rect.onclick = () => this.send('box', { page: this.data.page, index });
      rect.onkeydown = (event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        rect.onclick();
      };
      if (title) rect.append(Object.assign(document.createElementNS(SVG, 'title'), { textContent: title }));
      return rect;
    });
    this.$('svg').replaceChildren(...marks);
    this.root.dataset.boxes = String(marks.length);
  }

  /** Zoom in force, in per cent of the size on paper. */
  get percent() {
    if (this.mine.zoom > 0) return this.mine.zoom;
    return (100 * (this.mine.zoom === FIT ? this.sheet.clientWidth : this.wide)) / (this.data.width * PIXELS_PER_POINT);
  }

  /** Width at which the whole page is in sight, in CSS pixels. */
  get wide() {
    const { sheet, image } = this;
    return Math.min(sheet.clientWidth, (sheet.clientHeight * image.naturalWidth) / image.naturalHeight || Infinity);
  }

  size() {
    const fit = this.mine.zoom === FIT, whole = this.mine.zoom === WHOLE;
    const pixels = whole ? this.wide : (this.data.width * PIXELS_PER_POINT * this.mine.zoom) / 100;
    this.$('.frame').style.width = fit ? '100%' : `${pixels}px`;
    this.$('.percent').textContent = `${Math.round(this.percent)} %`;
    this.$('.fit').setAttribute('aria-pressed', String(fit));
    this.$('.whole').setAttribute('aria-pressed', String(whole));
    this.$('.in').disabled = this.percent >= LEVELS.at(-1);
    this.$('.out').disabled = this.percent <= LEVELS[0];
    this.root.dataset.zoom = fit ? 'fit' : whole ? 'page' : String(this.mine.zoom);
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

  turn(step) {
    const to = this.data.page + step;
    if (to >= 1 && to <= this.data.pages) this.send('turn', step);
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'r' || event.key === 'c') event.stopPropagation(); // Streamlit's own keys: rerun, clear the cache
    const act = {
      ArrowLeft: () => this.turn(-1), ArrowRight: () => this.turn(1),
      '+': () => this.$('.in').click(), '-': () => this.$('.out').click(), 0: () => this.zoomTo(FIT),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }
}

export default function ({ data, key, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.pv'), view = (root.view ??= new View(root));
  view.send = setTriggerValue;
  view.accept(data, key);
  return () => view.observer.disconnect();
}
