// @ts-check
/** What differs between two texts, line by line; and between two lists of headers. */

/** @typedef {{kind: "same" | "gone" | "new", text: string}} Line */

const MOST = 2000; // lines of each side that are compared one by one

/** @param {string} before @param {string} after @returns {Line[]} */
export function lines(before, after) {
  const [a, b] = [before.split("\n"), after.split("\n")];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  /** @param {string[]} found @param {Line["kind"]} kind @returns {Line[]} */
  const as = (found, kind) => found.map((text) => ({ kind, text }));
  const [left, right] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const middle = left.length > MOST || right.length > MOST ? [...as(left, "gone"), ...as(right, "new")] : common(left, right);
  return [...as(a.slice(0, head), "same"), ...middle, ...as(a.slice(a.length - tail), "same")];
}

/** The longest common subsequence. @param {string[]} a @param {string[]} b @returns {Line[]} */
function common(a, b) {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] = a[i] === b[j] ? lengths[(i + 1) * width + j + 1] + 1 : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
  /** @type {Line[]} */
  const found = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) found.push({ kind: "same", text: a[(j += 1, i++)] });
    else if (j >= b.length || (i < a.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) found.push({ kind: "gone", text: a[i++] });
    else found.push({ kind: "new", text: b[j++] });
  }
  return found;
}

/** Headers by name, in the order of the first list. @param {string[][]} before @param {string[][]} after
 * @returns {{name: string, before: string | null, after: string | null}[]} */
export function headers(before, after) {
  const names = [...new Set([...before, ...after].map(([name]) => name.toLowerCase()))];
  /** @param {string[][]} list @param {string} name */
  const value = (list, name) => {
    const found = list.filter(([each]) => each.toLowerCase() === name).map(([, text]) => text);
    return found.length ? found.join(", ") : null;
  };
  return names.map((name) => ({ name, before: value(before, name), after: value(after, name) }));
}
