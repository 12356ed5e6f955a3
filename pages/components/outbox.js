// Messages to Python, each of them once and in order. While the script runs, Streamlit keeps only the newest message of a
// component that it has not read yet: a second one would make it forget the first. So one is on its way at a time.
// Python joins this file into the modules of the components that use it; `data.heard` names what has arrived.

const RESEND = 8000; // ms without an answer

class Outbox {
  constructor() {
    this.name = Math.random().toString(36).slice(2, 12);
    this.count = 0;
    this.queue = []; // { name, value, id once sent }
  }

  /** After every answer of Python. `extra` gives what a message takes along at the moment it leaves. */
  accept(send, heard, extra = () => null) {
    Object.assign(this, { send, extra });
    if (this.queue[0]?.id && heard.includes(this.queue[0].id)) {
      this.queue.shift();
      clearTimeout(this.timer);
    }
    setTimeout(() => this.next()); // never while Streamlit is mounting the component
  }

  /** Gives what is on its way: its `id` is known once it has left. */
  post(name, value) {
    const last = this.queue.at(-1);
    if (name === 'page' && last?.name === name && !last.id) last.value = value; // only the last of several turns matters
    else this.queue.push({ name, value });
    const posted = this.queue.at(-1);
    this.next();
    return posted;
  }

  next() {
    const first = this.queue[0];
    if (!first || first.id) return;
    this.count += 1;
    first.id = `${this.name}.${this.count}`;
    first.value = { ...(first.value.seen ? null : this.extra()), ...first.value, id: first.id };
    this.transmit(first);
  }

  transmit(message) {
    this.send(message.name, message.value);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { if (this.queue[0] === message) this.transmit(message); }, RESEND);
  }

  rest() { clearTimeout(this.timer); }
}
