// Seconds during which pages were on a screen that somebody was using. Python joins this file into the page view's module.
// Other components take along what is not reported yet: window.chartsieveSeen?.take() gives {of, seconds: [[page, s], ...]}
// or null, and a page's seconds are given out once.

const LONGEST_STEP = 2.5, MOST_SECONDS = 120; // s: counted at once, whatever the clock says; in one report for one page

class SeenClock {
  constructor() {
    this.pending = new Map(); // what is watched (a case) -> { active, pages: page -> seconds }
    this.watches = new Map(); // view -> { of, pages, every, idle, inSight, report }
    this.of = null;
    this.last = this.touched = performance.now();
    const touch = () => { this.count(); this.touched = performance.now(); };
    for (const name of ['pointermove', 'pointerdown', 'keydown', 'wheel', 'scroll', 'touchmove']) {
      window.addEventListener(name, touch, { capture: true, passive: true });
    }
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) { this.count(true); this.report(1, true); } else this.count();
    });
    window.addEventListener('blur', () => this.count(true));
    window.addEventListener('focus', () => this.count());
  }

  /** From now on `pages` of the case `of` are what `view` shows. */
  watch(view, watch) {
    this.count();
    this.watches.set(view, watch);
    this.of = watch.of;
    this.timer ??= setInterval(() => { this.count(); this.report(); }, 1000);
  }

  rest(view) {
    this.count();
    this.watches.delete(view);
    if (this.watches.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Add the time since the last count to the pages in sight; `ended`: the document was in use until this moment. */
  count(ended = false) {
    const now = performance.now(), seconds = Math.min(LONGEST_STEP, Math.max(0, (now - this.last) / 1000));
    this.last = now;
    if (!ended && (document.hidden || !document.hasFocus())) return;
    for (const { of, pages, idle, inSight } of this.watches.values()) {
      if (now - this.touched > idle * 1000 || !inSight()) continue;
      const kept = this.pending.get(of) ?? { active: 0, pages: new Map() };
      this.pending.set(of, kept);
      kept.active += seconds;
      for (const page of pages) kept.pages.set(page, (kept.pages.get(page) ?? 0) + seconds);
    }
  }

  /** Tell Python once there is enough to tell. `leaving`: the document may be gone in a moment. */
  report(least, leaving = false) {
    for (const { of, every, report } of this.watches.values()) {
      if ((this.pending.get(of)?.active ?? 0) < (least ?? every)) continue;
      const seen = this.take(of);
      if (seen) report(seen, leaving);
    }
  }

  /** What was not reported yet of the case `of`, by default of the one watched last. */
  take(of = this.of) {
    this.count();
    const kept = this.pending.get(of);
    if (!kept) return null;
    this.pending.delete(of);
    const seconds = [...kept.pages].map(([page, s]) => [page, Math.round(Math.min(s, MOST_SECONDS) * 10) / 10]);
    const told = seconds.filter(([, s]) => s > 0);
    return told.length ? { of, seconds: told } : null;
  }
}

const clock = () => (window.chartsieveSeen ??= new SeenClock());
