// @ts-check
/** The table of pages, the side bar, and the address bar: which page a URL is, and how to get to another. See docs/console.md. */

/** Where each page is under `/a/{account}`: its pattern and its file in js/pages/. @type {[pattern: string, page: string][]} in the order in which they are tried */
const ROUTES = [
  ["/", "home"],
  ["/in", "in"],
  ["/in/new", "webhook"],
  ["/in/log", "in-log"],
  ["/in/log/{id}", "request"],
  ["/in/{id}", "webhook"],
  ["/out/log", "out-log"],
  ["/out/log/{id}", "attempt"],
  ["/out/deliveries/{id}", "delivery"],
  ["/out/queue", "queue"],
  ["/events", "events"],
  ["/events/{id}", "event"],
  ["/customers/{customer}", "customer"],
  ["/sites", "sites"],
  ["/sites/new", "site"],
  ["/sites/{id}", "site"],
  ["/subscriptions", "subscriptions"],
  ["/subscriptions/new", "subscription"],
  ["/subscriptions/{id}", "subscription"],
  ["/settings", "settings"],
  ["/ops", "ops"],
  ["/ops/rejected", "rejected"],
  ["/ops/rejected/{id}", "rejected-record"],
  ["/resends", "resends"],
  ["/resends/{id}", "resend"],
  ["/rejected", "rejected"],
  ["/rejected/{id}", "rejected-record"],
];

/** The side bar: a group's name, or "" for none, and its links. An entry whose page does not exist yet is left out.
 * @type {[group: string, links: [label: string, path: string][]][]} */
export const NAVIGATION = [
  ["", [["Home", "/"], ["Events", "/events"]]],
  ["Incoming", [["Webhooks", "/in"], ["Log", "/in/log"]]],
  ["Outgoing", [["Trusted sites", "/sites"], ["Subscriptions", "/subscriptions"], ["Log", "/out/log"], ["Queue", "/out/queue"], ["Resends", "/resends"]]],
  ["", [["Rejected", "/rejected"], ["Settings", "/settings"]]],
];
/** Only the operator's. @type {[label: string, path: string][]} */
export const OPERATOR = [["System", "/ops"]];

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
