// @ts-check
/** Something configured under somebody's hands: what was typed lives here until it is saved, wherever they go meanwhile. */
import { Problem, call, post, sourceOf } from "../lib/api.js";
import { criterion, isBlank, read, row, veiled, write } from "../lib/definition.js";
import { name as textOf, tree } from "../lib/json.js";
import { mayWrite } from "../session.js";
import { finished } from "./job.js";

/**
 * @typedef {import("../lib/definition.js").Draft} Draft
 * @typedef {{kind: "none" | "logged" | "pasted" | "next", id: string, row: any, text: string, headers: string, query: string, stop: (() => void) | null}} Sample
 * @typedef {object} Kind
 * @property {string} path of the API
 * @property {string} noun
 * @property {(source: string) => any} read the draft of a definition's JSON source
 * @property {(draft: any) => {text: string, fields: Record<string, string>, ids: Map<string, string>}} write the other way round
 * @property {(ed: Editing) => {body: string, ids: Map<string, string>} | null} [trial] what a dry run is asked; null: nothing
 * @property {(ed: Editing) => void} [after] what follows a dry run
 * @property {(draft: any) => any} veiled the same with dots for secrets that were typed
 * @typedef {object} Editing
 * @property {Kind} kind
 * @property {import("../run.js").Ctx} ctx the page that shows it
 * @property {string | null} id null: not saved yet
 * @property {number} revision that the draft was made from
 * @property {string} state
 * @property {any} draft of an incoming webhook: Draft
 * @property {{text: string, fields: Record<string, string>}} base as it was when it was loaded
 * @property {Record<string, string>} errors of the last save, by the id of the input
 * @property {Record<string, string>} live of the last dry run
 * @property {string[]} other errors that have no input
 * @property {boolean} conflict somebody else has saved
 * @property {Sample} sample
 * @property {{ids: Map<string, string>, answer: any, source: string} | null} result
 * @property {any} trouble of the last dry run
 * @property {boolean} pending
 * @property {number} asked
 * @property {any} timer
 * @property {AbortController | null} abort
 * @property {string} target where a click into the sample goes: "filter", or the id of a row; "" the next blank one
 * @property {Set<string>} paths suggestions, as filters name them
 * @property {any} recent the newest requests of its endpoint
 * @property {any} history the last what-if
 */

/** @type {Kind} */
const INCOMING = { path: "/incoming-webhooks", noun: "webhook", read, write, veiled, trial: trialOf, after: (ed) => void (ed.id && isDirty(ed) && ed.history?.asked !== ed.asked && history(ed, 500)) };
const PAUSE = 250; // ms after the last letter
/** @type {Map<string, Editing>} */
const all = new Map();
/** Leaving the console would lose what is typed: the browser asks. */
addEventListener("beforeunload", (event) => [...all.values()].some(isDirty) && event.preventDefault());
/** Of the last write: lists wait for it. */
export const written = { position: /** @type {number | null} */ (null) };

/** The one of a page, made by `first` where nobody has begun. @param {import("../run.js").Ctx} ctx @param {string} key @param {() => string} first its source @param {Kind} [kind] */
export function editing(ctx, key, first, kind = INCOMING) {
  const place = `${ctx.account}/${key}`;
  let one = all.get(place);
  if (!one) {
    const draft = kind.read(first());
    one = /** @type {Editing} */ ({ ctx, kind, id: null, revision: 0, state: "", draft, base: kind.write(draft), errors: {}, live: {}, other: [], conflict: false, result: null, trouble: null, pending: false, asked: 0, timer: 0, abort: null, target: "", paths: new Set(), recent: null, history: null, sample: { kind: "none", id: "", row: null, text: "", headers: "", query: "", stop: null } });
    all.set(place, one);
  }
  one.ctx = ctx;
  return one;
}

/** @param {Editing} ed */
export const forgetDraft = (ed) => [...all].forEach(([key, each]) => each === ed && all.delete(key));

/** What is saved, as somebody has it in hand; what was typed stays. @param {Editing} ed @param {any} answer */
export function take(ed, answer) {
  const blank = ed.draft.mapping?.filter((each) => isBlank(each) && each.to && each.offered);
  ed.draft = ed.kind.read(sourceOf(answer));
  ed.draft.mapping?.push(...blank);
  forgetDraft(ed); // under the address that it began at
  all.set(`${ed.ctx.account}/${answer.id}`, ed);
  Object.assign(ed, { id: answer.id, revision: answer.revision, state: answer.state, base: ed.kind.write(ed.draft), errors: {}, other: [], conflict: false });
  written.position = answer.position ?? written.position;
}

/** @param {Editing} ed */
export const isDirty = (ed) => ed.kind.write(ed.draft).text !== ed.base.text;

/** @param {Editing} ed @param {string} path */
export const at = (ed, path = "") => ed.ctx.api(`${ed.kind.path}${ed.id ? `/${encodeURIComponent(ed.id)}` : ""}${path}`);

/** Something was typed: try it out when the hands rest. @param {Editing} ed */
export function changed(ed) {
  ed.asked += 1;
  ed.pending = true;
  clearTimeout(ed.timer);
  ed.timer = setTimeout(() => void tryOut(ed), PAUSE);
  ed.ctx.update();
}

/** What the draft makes of the sample; an answer that is older than the last letter is never shown. @param {Editing} ed */
async function tryOut(ed) {
  const asked = ed.asked;
  const trial = mayWrite() ? ed.kind.trial?.(ed) : null;
  ed.abort?.abort();
  if (!trial) return settle(ed, null, null);
  const { body, ids } = trial;
  ed.abort = new AbortController();
  try {
    const answer = await post(at(ed, "/dry-run"), body, { signal: ed.abort.signal });
    if (asked === ed.asked) settle(ed, { ids, answer, source: sourceOf(answer) }, null);
  } catch (error) {
    if (asked === ed.asked) settle(ed, null, error, ids);
  }
  if (asked === ed.asked) ed.kind.after?.(ed);
}

/** @param {Editing} ed */
function trialOf(ed) {
  const on = sampleSource(ed);
  if (!on || !ed.draft.action) return null;
  const { name, endpoint } = ed.draft;
  const { text, ids } = write({ ...ed.draft, name: name || "unsaved", endpoint: endpoint || "unsaved" });
  return { body: `{"definition":${text},${on}}`, ids };
}

/** @param {Editing} ed @param {Editing["result"]} result @param {any} error @param {Map<string, string>} [ids] */
function settle(ed, result, error, ids = new Map()) {
  const placed = error instanceof Problem && error.status === 422 ? places(ids, error.errors) : null;
  Object.assign(ed, { result, pending: false, live: placed?.fields ?? {}, trouble: placed ? null : error });
  ed.ctx.update();
}

/** The sample as a dry run takes it; "" without one. @param {Editing} ed */
function sampleSource({ sample, draft }) {
  if (sample.kind === "logged" && sample.row) return `"request_id":${JSON.stringify(sample.id)}`;
  if (sample.kind !== "pasted") return "";
  const headers = sample.headers.split("\n").filter((line) => line.includes(":")).map((line) => [line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1).trim()]);
  return `"request":${JSON.stringify({ method: draft.method, query: sample.query.replace(/^\?/, ""), headers, body: sample.text })}`;
}

/** Errors of the API at the inputs that they are about. @param {Map<string, string>} ids @param {{path: string, message: string}[]} errors */
function places(ids, errors) {
  /** @type {{fields: Record<string, string>, other: string[]}} */
  const found = { fields: {}, other: [] };
  for (const { path, message } of errors) {
    const clean = path.replace(/^definition\.?/, "");
    const parts = clean.split(".");
    let most = parts.length;
    while (most && !ids.has(parts.slice(0, most).join("."))) most -= 1;
    const [owner, rest] = [ids.get(parts.slice(0, most).join(".")), parts.slice(most).join(".")];
    if (owner && most) found.fields[`${owner}-${rest || (parts[0] === "mapping" ? "from" : "value")}`] = message;
    else if (clean) found.fields[`f-${clean}`] = message;
    found.other.push(clean ? `${clean}: ${message}` : message);
  }
  return found;
}

/** Put what is wrong where it is, and go there; throws what is not about fields. @param {Editing} ed @param {Map<string, string>} ids @param {any} error */
function refused(ed, ids, error) {
  const of = { endpoint_taken: "endpoint", name_taken: "name" }[/** @type {any} */ (error).code];
  const errors = error instanceof Problem ? (error.errors.length ? error.errors : of ? [{ path: of, message: error.detail }] : []) : [];
  if (!errors.length) throw error;
  const placed = places(ids, errors);
  Object.assign(ed, { errors: placed.fields, other: placed.other });
  ed.ctx.update();
  requestAnimationFrame(() => jump(Object.keys(placed.fields)[0]));
  return false;
}

/** Save; answers whether it is saved, "conflict" where somebody else was first. Throws what is not about its fields.
 * @param {Editing} ed @returns {Promise<boolean | "conflict">} */
export async function save(ed) {
  if (saving.has(ed)) return false; // two presses are one
  saving.add(ed);
  try {
    return await saved(ed);
  } finally {
    saving.delete(ed);
  }
}

/** @type {Set<Editing>} */
const saving = new Set();

/** @param {Editing} ed @returns {Promise<boolean | "conflict">} */
async function saved(ed) {
  const { text, ids } = ed.kind.write(ed.draft);
  const head = ed.id ? `{"id":${JSON.stringify(ed.id)},"revision":${ed.revision},` : "{";
  try {
    const answer = await call(ed.id ? "PUT" : "POST", at(ed), { body: head + text.slice(1) });
    const typed = ed.kind.write(ed.draft).text === text ? null : ed.draft; // while it was under way
    take(ed, answer);
    if (typed) ed.draft = typed;
  } catch (error) {
    if (error instanceof Problem && error.code === "stale_revision") return (ed.conflict = true), "conflict";
    return refused(ed, ids, error);
  }
  changed(ed);
  return true;
}

/** @param {string | undefined} key */
export const jump = (key) => void (key && document.getElementById(key)?.focus());

/** @param {Editing} ed @param {string} key */
export const wrong = (ed, key) => ed.errors[key] ?? ed.live[key];

/** Another state; what was typed stays. @param {Editing} ed @param {string} verb */
export async function setState(ed, verb) {
  let answer;
  try {
    answer = await post(at(ed, `/${verb}`));
  } catch (error) {
    return refused(ed, new Map(), error);
  }
  if (!isDirty(ed)) return take(ed, answer);
  ed.state = answer.state;
  if (answer.revision === ed.revision + 1) ed.revision = answer.revision; // else somebody else was first, and saving will say so
}

/** What the draft would have made of the last requests, by a job where they are many. @param {Editing} ed @param {number} last */
export async function history(ed, last) {
  const mine = (ed.history = { last, answer: ed.history?.last === last ? ed.history.answer : null, source: "", busy: true, job: null, error: null, asked: ed.asked });
  ed.ctx.update();
  const done = (/** @type {any} */ found) => {
    if (ed.history === mine) Object.assign(mine, { busy: false }, found);
    ed.ctx.update();
  };
  try {
    const first = await post(at(ed, "/dry-run"), `{"definition":${write(ed.draft).text},"last":${last}}`);
    const answer = await finished(ed.ctx, first, (job) => ((mine.job = job), ed.ctx.update()), () => ed.history === mine);
    done({ answer, source: sourceOf(answer), job: null });
  } catch (error) {
    done({ error, answer: null });
  }
}

/** Whether the figures are those of what is typed now. @param {Editing} ed */
export const isFresh = (ed) => Boolean(ed.history?.answer) && !ed.history.busy && ed.history.asked === ed.asked;

/** An action's usual fields become blank rows, those of the action before go. @param {Editing} ed @param {string[]} fields */
export function offer(ed, fields) {
  const [known, wanted] = [ed.draft.mapping, ["customer", ...fields.map((each) => `data.${each}`)]];
  const kept = known.filter((each) => !isBlank(each) || !each.offered);
  const missing = wanted.filter((to) => !kept.some((each) => each.to === to));
  ed.draft.mapping = [...kept, ...missing.map((to) => known.find((each) => each.to === to) ?? row("", to, true))];
}

/** The row that the next click fills: the one that was chosen, else the next blank one. @param {Editing} ed */
export const targetRow = (ed) => ed.draft.mapping.find((each) => each.id === ed.target) ?? ed.draft.mapping.find((each) => isBlank(each) && each.to);

/** A value of the sample was clicked: map it, or filter on it. Answers what was done, in words.
 * @param {Editing} ed @param {string} attribute `body.PATH`, `headers.NAME` or `query.NAME` @param {string} source */
export function picked(ed, attribute, source) {
  const path = attribute.replace(/^body\./, "");
  if (ed.target === "filter" || !attribute.startsWith("body.")) {
    const hidden = source.includes("••••");
    ed.draft.filters.members.push(criterion(attribute, source === "null" || hidden ? "exists" : "equals", hidden ? "" : source));
    return changed(ed), `Filter on ${attribute}`;
  }
  let to = ed.target === "new" ? undefined : targetRow(ed);
  if (!to) ed.draft.mapping.push((to = row("", `data.${path.split(".").at(-1)}`)));
  to.from = path;
  if (ed.target !== "new") ed.target = "";
  return changed(ed), `${path} to ${to.to}`;
}

/** Remember what can be named. @param {Editing} ed @param {any} request of the log */
export function suggest(ed, request) {
  for (const [header] of request.headers) ed.paths.add(`headers.${header}`);
  for (const parameter of new URLSearchParams(request.query).keys()) ed.paths.add(`query.${parameter}`);
  const walk = (/** @type {import("../lib/json.js").Node} */ node, /** @type {string} */ path, depth = 0) => {
    if (path !== "body" && ed.paths.size < 500) ed.paths.add(path);
    if (depth < 6) node.entries?.slice(0, 100).forEach((each, i) => walk(each.node, `${path}.${each.key === null ? i : textOf(each.key)}`, depth + 1));
  };
  const root = tree(bodyText(request));
  if (root?.entries) walk(root, "body");
}

/** A body as JSON, forms too. @param {any} request */
export function bodyText({ headers, body, body_encoding }) {
  const form = headers.some(([name, value]) => name.toLowerCase() === "content-type" && value.includes("urlencoded"));
  if (!form || body_encoding === "base64" || body.startsWith("••••")) return body;
  const fields = new URLSearchParams(body);
  return JSON.stringify(Object.fromEntries([...new Set(fields.keys())].map((name) => [name, fields.getAll(name).length > 1 ? fields.getAll(name) : fields.get(name)])));
}
