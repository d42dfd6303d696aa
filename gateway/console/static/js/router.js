// @ts-check
/** The address bar: which page a URL is, and how to get to another. */
import { ROUTES } from "./routes.js";

/** @typedef {{page: string, account: string, path: string, params: Record<string, string>, query: URLSearchParams, hash: string}} Match */

const PATTERNS = ROUTES.map(([pattern, page]) => ({
  page,
  names: [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
  test: new RegExp(`^${pattern.replace(/\{\w+\}/g, "([^/]+)")}$`),
}));

/** @type {() => void} */
let changed = () => {};

/** Called after every move. @param {() => void} listener */
export const onMove = (listener) => (changed = listener);

/** What a URL shows. @param {URL} [url] @returns {Match} */
export function match(url = new URL(location.href)) {
  const whole = url.pathname;
  const common = { query: url.searchParams, hash: decoded(url.hash.slice(1)), params: {} };
  if (whole === "/login") return { ...common, page: "login", account: "", path: whole };
  if (whole === "/") return { ...common, page: "start", account: "", path: whole };
  const [, account, rest] = /^\/a\/([^/]+)(\/.*)?$/.exec(whole) ?? [];
  const path = (rest ?? "/").replace(/(.)\/$/, "$1");
  for (const { page, names, test } of PATTERNS) {
    const found = account && test.exec(path);
    if (found) return { ...common, page, account, path, params: Object.fromEntries(names.map((name, i) => [name, decoded(found[i + 1])])) };
  }
  return { ...common, page: "missing", account: account ?? "", path };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Go somewhere. @param {string} href @param {{replace?: boolean}} [options] */
export function go(href, { replace = false } = {}) {
  const url = new URL(href, location.href);
  if (url.href === location.href) replace = true;
  else if (!replace) history.replaceState({ ...history.state, scroll: scrollY }, "");
  history[replace ? "replaceState" : "pushState"]({}, "", url);
  changed();
}

/** Whether a page exists for a path under `/a/{account}`. @param {string} path */
export const exists = (path) => PATTERNS.some(({ test }) => test.test(path));

/** Follow links inside the console without loading anything anew. */
export function watchLinks() {
  addEventListener("popstate", () => changed());
  document.addEventListener("click", (event) => {
    const link = /** @type {HTMLElement} */ (event.target).closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const ours = link.origin === location.origin && (link.pathname === "/" || link.pathname === "/login" || link.pathname.startsWith("/a/"));
    if (!ours || link.target || link.hasAttribute("download") || link.getAttribute("href")?.startsWith("#")) return;
    event.preventDefault();
    go(link.href);
  });
}
