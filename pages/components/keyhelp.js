// The keys of a screen in one line. `?` works wherever the focus is, except where somebody types.

const open = new Map(); // component key -> whether the line is shown, for when Streamlit mounts the component again

export default function ({ data, key, parentElement }) {
  const root = parentElement.querySelector('.kh'), button = root.querySelector('button'), line = root.querySelector('.line');
  const show = (yes) => {
    open.set(key, yes);
    line.hidden = !yes;
    button.setAttribute('aria-expanded', String(yes));
  };
  root.listener ??= (event) => {
    if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
    event.preventDefault();
    show(line.hidden);
  };
  line.textContent = data.line;
  show(open.get(key) ?? false);
  button.onclick = () => show(line.hidden);
  document.addEventListener('keydown', root.listener);
  return whenGone(root, () => document.removeEventListener('keydown', root.listener));
}
