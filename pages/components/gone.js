// What a component puts away when it goes. Python joins this file into the modules of the components that need it.
// Streamlit tidies up after a call that was overtaken while the module loaded, and does so after the next call has begun:
// what that one has set up, in the same element, must stay.

const lastCalls = new WeakMap(); // element -> its last call

function whenGone(root, tidy) {
  const call = {};
  lastCalls.set(root, call);
  return () => { if (lastCalls.get(root) === call) tidy(); };
}
