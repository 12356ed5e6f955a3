// The short way to Python: a question and its answer over HTTP, without a run of the screen's script. Python joins this
// file into the modules of the components that ask. See line.py.

const request = ({ token }, said) => ({
  method: 'POST', cache: 'no-store', credentials: 'same-origin', body: JSON.stringify(said),
  headers: { 'Content-Type': 'application/json', 'X-Chartsieve-Line': token },
});

/** Tell something although the document is about to go. */
function tellLeaving(line, name, said) {
  fetch(`${line.path}/${name}`, { ...request(line, said), keepalive: true }).catch(() => null);
}

/** The answer; null where there is none and the long way is to be gone. Throws what Python says is wrong. */
async function ask(line, name, said, { signal, patience = 4000 } = {}) {
  if (!line) return null;
  const limit = AbortSignal.timeout(patience);
  let answer;
  try {
    const until = signal ? AbortSignal.any([signal, limit]) : limit;
    const response = await fetch(`${line.path}/${name}`, { ...request(line, said), signal: until });
    if (!response.ok) return null;
    answer = await response.json();
  } catch { return null; }
  if (answer.problem) throw new Error(answer.problem);
  return answer;
}
