// @ts-check
/**
 * Runs the page of the address: loads its data, keeps the old while the new is under way, and knows every way that can
 * end. Pages only say what they load and how it looks.
 */
import { Offline, Problem, call, get } from "./lib/api.js";
import { apiQuery, joined, withChanges } from "./lib/url.js";
import { go, match } from "./router.js";
import { announce, toast } from "./ui/says.js";

/**
 * @typedef {import("./router.js").Match} Match
 * @typedef {{phase: "loading" | "done" | "failed", data: any, error: any}} Block
 * @typedef {object} Page
 * @property {(ctx: Ctx, data: any) => string} title the h1; `data` is undefined before it is loaded
 * @property {(ctx: Ctx) => Promise<any>} [load] all that the page shows first
 * @property {(ctx: Ctx, data: any) => any} view
 * @property {(ctx: Ctx, data: any) => any} [actions] buttons beside the h1
 * @property {(ctx: Ctx, data: any) => void} [ready] after the first load of a path: streams, focus
 * @property {(ctx: Ctx) => void} [leave]
 * @typedef {object} Ctx
 * @property {string} account
 * @property {string} path under /a/{account}
 * @property {Record<string, string>} params
 * @property {URLSearchParams} query
 * @property {string} hash
 * @property {AbortSignal} signal aborted when the page is left or loaded anew
 * @property {string | undefined} after the position that lists wait for after a write
 * @property {any} state the page's own, kept while the path stays the same
 * @property {any} data of the last load
 * @property {(path: string) => string} api `/v1/{account}` and the path; one that begins with `/v1/` is whole
 * @property {(path: string, more?: Record<string, any>) => Promise<any>} list GET with the page's filters, its range and `after`
 * @property {(path: string, query?: Record<string, any>) => Promise<any>} get
 * @property {(path: string, query?: Record<string, any>) => Promise<any>} keep GET once for all filters of the page, and again when it is loaded anew
 * @property {Map<string, Promise<any>>} kept what `keep` has asked for
 * @property {(method: string, path: string, body?: any) => Promise<any>} write does it, then loads the page again as it is after it
 * @property {(path: string) => string} href a link inside this account
 * @property {(changes: Record<string, string | null>, options?: {replace?: boolean}) => void} filter changes the query
 * @property {(href: string) => void} go to another page
 * @property {() => void} update draws again
 * @property {(position?: string | number | null) => void} reload
 * @property {(name: string, load: () => Promise<any>) => Block} block a part that loads, and fails, alone
 */

const SKELETON = 150; // ms before the skeleton is shown
const SLOW = 2000; // ms before the waiting is said
const LONGEST = 30; // seconds between two tries

/** What the shell draws. */
export const run = {
  /** @type {Page | null} */ page: null,
  /** @type {Ctx | null} */ ctx: null,
  /** @type {"loading" | "done" | "failed" | "cancelled"} */ phase: "loading",
  /** @type {any} */ error: null,
  loaded: false, // whether there is data to show
  waited: "", // "", "skeleton" or "slow"
  since: 0,
  retryAt: 0, // ms; a try by itself
};

/** @type {() => void} */
let draw = () => {};
/** @type {AbortController} */
let controller = new AbortController();
/** @type {ReturnType<typeof setTimeout>[]} */
let timers = [];
let tries = 0;

/** @param {() => void} drawing */
export const drawWith = (drawing) => (draw = drawing);

/** Show the page of the address. */
export async function show() {
  const found = match();
  const before = run.ctx;
  const same = run.page !== null && before !== null && before.account === found.account && before.path === found.path;
  if (same && String(before.query) === String(found.query)) {
    before.hash = found.hash; // only a selection
    return draw();
  }
  stop();
  if (!same) leave();
  const ctx = contextOf(found, same ? before : null, same ? before.kept : new Map());
  run.ctx = ctx;
  begin();
  if (!same) {
    run.loaded = false;
    run.page = null;
    const page = await pageOf(found.page);
    if (run.ctx !== ctx) return;
    run.page = page;
  }
  await load(ctx, !same);
}

function leave() {
  if (run.ctx) run.page?.leave?.(run.ctx);
}

function stop() {
  controller.abort();
  controller = new AbortController();
  timers.forEach(clearTimeout);
  timers = [];
}

function begin() {
  Object.assign(run, { phase: "loading", error: null, waited: "", since: Date.now(), retryAt: 0 });
  timers.push(setTimeout(() => wait("skeleton"), SKELETON), setTimeout(() => wait("slow"), SLOW));
  draw();
}

/** @param {string} how */
function wait(how) {
  run.waited = how;
  draw();
  if (how === "slow") timers.push(setTimeout(() => wait("slow"), 1000));
}

/** Have a page's files fetched while it is asked who is there; what fails is tried again where the page is shown. @param {string} name */
export const fetchPage = (name) => void import(`./pages/${name}.js`).catch(() => undefined);

/** @param {string} name @returns {Promise<Page>} */
async function pageOf(name) {
  try {
    return (await import(`./pages/${name}.js`)).default;
  } catch (error) {
    console.warn(error);
    return { title: () => "Hookline was updated", load: () => Promise.reject(new Stale()), view: () => "" };
  }
}

/** The page's file is gone: the server has another version, or is away. */
export class Stale extends Error {
  constructor() {
    super("This page could not be loaded: Hookline was updated meanwhile, or does not answer. Load the console again.");
  }
}

/** @param {Ctx} ctx @param {boolean} first */
async function load(ctx, first) {
  try {
    const data = run.page?.load ? await run.page.load(ctx) : undefined;
    if (run.ctx !== ctx || ctx.signal.aborted) return;
    ctx.data = data;
    Object.assign(run, { phase: "done", loaded: true, error: null });
    ctx.after = undefined;
    tries = 0;
    finish();
    if (first) run.page?.ready?.(ctx, data);
  } catch (error) {
    if (run.ctx === ctx && !ctx.signal.aborted) failed(ctx, error);
  }
}

function finish() {
  timers.forEach(clearTimeout);
  timers = [];
  run.waited = "";
  draw();
}

/** @param {Ctx} ctx @param {any} error */
function failed(ctx, error) {
  if (error instanceof Problem && error.status === 401) return toLogin();
  run.phase = "failed";
  run.error = error;
  finish();
  if (!isAway(error)) {
    if (!(error instanceof Problem) && !(error instanceof Stale)) console.error(error);
    return announce(`Failed: ${error.message}`);
  }
  tries += 1;
  const wait = Math.min(LONGEST, Math.max(error.retryAfter || 0, 2 ** (tries - 1)));
  run.retryAt = Date.now() + wait * 1000;
  timers.push(setTimeout(() => retry(), wait * 1000));
  draw();
}

/** Nobody there, or not for now. @param {any} error */
export const isAway = (error) => error instanceof Offline || (error instanceof Problem && error.status === 503);

/** To the login page, and back here afterwards. */
export function toLogin() {
  const back = location.pathname + location.search + location.hash;
  go(joined("/login", back === "/" ? "" : new URLSearchParams({ back })), { replace: true });
}

/** Load the page again. @param {string | number | null} [position] */
export function retry(position = null) {
  const before = run.ctx;
  if (!before) return;
  stop();
  const ctx = contextOf(match(), before);
  ctx.after = position === null || position === undefined ? undefined : String(position);
  run.ctx = ctx;
  begin();
  void load(ctx, false);
}

/** Stop waiting. */
export function cancel() {
  stop();
  run.phase = "cancelled";
  draw();
}

/** @param {Match} found @param {Ctx | null} before @param {Map<string, Promise<any>>} [kept] @returns {Ctx} */
function contextOf(found, before, kept = new Map()) {
  const { signal } = controller;
  const blocks = new Map();
  const base = `/v1/${encodeURIComponent(found.account)}`;
  /** @type {Ctx} */
  const ctx = {
    ...found,
    signal,
    after: undefined,
    state: before?.state ?? {},
    data: before?.data,
    api: (path) => (path.startsWith("/v1/") ? path : base + path),
    list: (path, more = {}) => get(ctx.api(path), { query: apiQuery(ctx.query, { ...more, after: ctx.after }), signal }),
    get: (path, query) => get(ctx.api(path), { query, signal }),
    kept,
    keep: (path, query) => {
      const asked = kept.get(path) ?? get(ctx.api(path), { query }); // without the signal: the next filter waits for it, too
      kept.set(path, asked);
      asked.catch(() => kept.delete(path));
      return asked;
    },
    write: async (method, path, body) => {
      const answer = await call(method, ctx.api(path), { body });
      ctx.reload(answer?.position ?? null);
      return answer;
    },
    href: (path) => `/a/${encodeURIComponent(found.account)}${path}`,
    filter: (changes, options) => go(joined(location.pathname, withChanges(ctx.query, changes)), options),
    go: (href) => go(href),
    update: () => draw(),
    reload: (position = null) => retry(position),
    block: (name, loading) => {
      const known = blocks.get(name);
      if (known) return known;
      /** @type {Block} */
      const block = { phase: "loading", data: undefined, error: null };
      blocks.set(name, block);
      loading().then(
        (data) => Object.assign(block, { phase: "done", data }),
        (error) => {
          if (signal.aborted) return;
          if (error instanceof Problem && error.status === 401) return toLogin();
          Object.assign(block, { phase: "failed", error });
        },
      ).then(() => draw());
      return block;
    },
  };
  return ctx;
}

/** Do something that a person asked for; says what failed. @param {() => Promise<any>} doing @param {string} [done] */
export async function attempt(doing, done = "") {
  try {
    const answer = await doing();
    if (done) toast(done);
    return answer;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) toLogin();
    else toast(/** @type {Error} */ (error).message, { kind: "failed" });
    return undefined;
  }
}
