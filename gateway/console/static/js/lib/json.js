// @ts-check
/**
 * JSON as its source text: a tokenizer that remembers where each value stands, so that numbers beyond 2^53, the order
 * of keys and duplicate keys are shown as they came. Nothing is ever parsed and written again.
 */

/** @typedef {{kind: "object" | "array" | "string" | "number" | "word", start: number, end: number, entries?: Entry[]}} Node */
/** @typedef {{key: string | null, node: Node}} Entry `key` is source text with its quotes; null in an array */

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/sy;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const DEEPEST = 500;

/** The tree of a JSON text; null when it is not JSON. @param {string} text @returns {Node | null} */
export function tree(text) {
  let at = 0;
  /** @param {RegExp} pattern */
  const take = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found ? found[0] : null;
  };
  /** @param {string} sign */
  const sign = (sign) => {
    take(SPACE);
    const there = text[at] === sign;
    if (there) at += 1;
    return there;
  };
  /** @param {number} depth @returns {Node} */
  const value = (depth) => {
    take(SPACE);
    const start = at;
    if (depth > DEEPEST) throw new SyntaxError("too deep");
    if (sign("{")) return { kind: "object", start, entries: entries(depth, "}", true), end: at };
    if (sign("[")) return { kind: "array", start, entries: entries(depth, "]", false), end: at };
    if (take(STRING) !== null) return { kind: "string", start, end: at };
    if (take(NUMBER) !== null) return { kind: "number", start, end: at };
    if (take(WORD) !== null) return { kind: "word", start, end: at };
    throw new SyntaxError(`no value at ${at}`);
  };
  /** @param {number} depth @param {string} close @param {boolean} keyed @returns {Entry[]} */
  const entries = (depth, close, keyed) => {
    /** @type {Entry[]} */
    const found = [];
    if (sign(close)) return found;
    do {
      take(SPACE);
      const key = keyed ? take(STRING) : null;
      if (keyed && (key === null || !sign(":"))) throw new SyntaxError(`no key at ${at}`);
      found.push({ key, node: value(depth + 1) });
    } while (sign(","));
    if (!sign(close)) throw new SyntaxError(`no ${close} at ${at}`);
    return found;
  };
  try {
    const found = value(0);
    take(SPACE);
    return at === text.length ? found : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The tree of the text of late: of one answer many values are taken. @type {{text: string, root: Node | null}} */
let last = { text: "", root: null };

/** The source text of a value inside a JSON text, by keys and indexes: `slice(text, ["items", 0, "data"])`; "" when it is not there.
 * @param {string} text @param {(string | number)[]} path */
export function slice(text, path) {
  if (last.text !== text) last = { text, root: tree(text) };
  let node = last.root;
  for (const step of path) {
    const entry = typeof step === "number" ? node?.entries?.[step] : node?.entries?.find((each) => each.key !== null && name(each.key) === step);
    node = entry?.node ?? null;
  }
  return node ? text.slice(node.start, node.end) : "";
}

/** A key or string without its quotes and escapes. @param {string} source */
export function name(source) {
  try {
    return String(JSON.parse(source));
  } catch {
    return source;
  }
}

/** The same text with a line a value, for comparing; what is no JSON stays as it is. @param {string} text */
export function pretty(text) {
  /** @param {Node} at @param {string} indent @returns {string} */
  const lines = (at, indent) => {
    if (!at.entries?.length) return text.slice(at.start, at.end);
    const inner = at.entries.map(({ key, node }) => `${indent}  ${key === null ? "" : `${key}: `}${lines(node, `${indent}  `)}`);
    return `${text[at.start]}\n${inner.join(",\n")}\n${indent}${text[at.end - 1]}`;
  };
  const root = tree(text);
  return root ? lines(root, "") : text;
}
