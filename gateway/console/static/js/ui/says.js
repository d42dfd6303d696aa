// @ts-check
/** What the console says beside the page: toasts for eyes, one polite live region for readers. */

/** @typedef {{text: string, kind: string, action?: {label: string, do: () => void}}} Toast */

/** @type {{toasts: Toast[], live: string}} */
export const says = { toasts: [], live: "" };
/** @type {() => void} */
let draw = () => {};

/** @param {() => void} drawing */
export const sayWith = (drawing) => (draw = drawing);

/** Say it to readers. @param {string} text */
export function announce(text) {
  says.live = text;
  draw();
}

/** Say it to all, for a while; what failed stays until it is closed.
 * @param {string} text @param {{kind?: string, action?: Toast["action"]}} [options] */
export function toast(text, { kind = "done", action } = {}) {
  const one = { text, kind, action };
  says.toasts = [...says.toasts.slice(-3), one];
  if (kind !== "failed") setTimeout(() => close(one), 6000);
  announce(text);
}

/** @param {Toast} one */
export function close(one) {
  says.toasts = says.toasts.filter((each) => each !== one);
  draw();
}
