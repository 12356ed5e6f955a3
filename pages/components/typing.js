// Whether somebody types. Python joins this file into the modules of the components that listen to keys.

function typing(event) {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  return target.tagName === 'INPUT' && !/^(button|checkbox|radio|range|submit)$/.test(target.type);
}
