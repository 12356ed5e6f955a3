// The buttons that decide, by the short way. Python joins gone.js, line.js and this file. Words are untrusted: textContent only.

class Saved {
  constructor(root) {
    this.root = root;
    this.passing = false;
    this.turn = Promise.resolve(); // decisions one after the other
    this.listener = (event) => this.clicked(event);
  }

  accept(data, send) {
    Object.assign(this, { data, send });
    if (this.own && this.own.about === data.about && this.own.seen > data.seen) return; // older than what stands here
    this.own = undefined;
    this.say(data.said);
    setTimeout(() => { if (!this.own) this.mark(null); }, 150); // by then the buttons are drawn anew
  }

  get seen() { return this.own?.about === this.data.about ? this.own.seen : this.data.seen; }

  say(said) {
    this.root.querySelector('.said').replaceChildren(...said.map(([icon, words]) => {
      const line = document.createElement('p');
      if (icon) line.append(Object.assign(document.createElement('i'), { textContent: icon, ariaHidden: 'true' }));
      line.append(words);
      return line;
    }));
  }

  place(outcome) { return document.querySelector(`.st-key-${CSS.escape(this.data.buttons[outcome])}`); }

  /** Show which button was chosen until the script has drawn them anew. */
  mark(chosen) {
    const colour = getComputedStyle(this.root).getPropertyValue('--st-primary-color');
    for (const outcome of Object.keys(this.data.buttons)) {
      const place = this.place(outcome);
      place?.style.setProperty('--cs-chosen', colour);
      place?.classList.toggle('cs-chosen', outcome === chosen);
      place?.classList.toggle('cs-left', chosen !== null && outcome !== chosen);
    }
  }

  clicked(event) {
    if (this.passing || !this.data.line || !(event.target instanceof Element)) return;
    const outcome = Object.keys(this.data.buttons).find((name) => this.place(name)?.contains(event.target));
    const button = event.target.closest('button'), there = document.querySelector(`.st-key-${CSS.escape(this.data.settled)}`);
    // While all is drawn anew, a button may be about another criterion: the script knows which.
    if (!outcome || !button || button.disabled || !there) return;
    event.stopPropagation();
    event.preventDefault();
    const { of, about, line, field } = this.data, { seen } = this;
    const why = document.querySelector(`.st-key-${CSS.escape(field)} textarea`)?.value ?? null;
    // All that it says is from this moment: by its turn the screen may show another criterion, or another case.
    this.turn = this.turn.then(() => this.decide(line, { of, about, outcome, why, seen })).catch(() => null);
  }

  async decide(line, said) {
    const { of, about, outcome } = said, here = () => this.data.of === of && this.data.about === about;
    if (here()) said.seen = this.seen; // a decision made here in between is in nobody's way
    const answer = await ask(line, 'decide', said).catch(() => null);
    if (!answer && !here()) { this.send('missed', said); return; }
    if (!answer) { // what is wrong is said by the script; the button may be another one by now
      this.passing = true;
      this.place(outcome)?.querySelector('button')?.click();
      this.passing = false;
      return;
    }
    if (here()) {
      this.own = { about, seen: answer.seen };
      this.say(answer.said);
      this.mark(outcome);
    }
    this.send('stored', { seen: answer.seen });
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.sv'), saved = (root.saved ??= new Saved(root));
  saved.accept(data, setTriggerValue);
  document.addEventListener('click', saved.listener, true);
  return whenGone(root, () => document.removeEventListener('click', saved.listener, true));
}
