// @ts-check
/** Speaks with the API by the session's cookie. What it answers with an error is a Problem; no answer at all is Offline. */

/** An error of the API (RFC 9457). */
export class Problem extends Error {
  /** @param {number} status @param {any} document @param {number} retryAfter seconds */
  constructor(status, document, retryAfter = 0) {
    super(document?.detail || document?.title || `The server answered ${status}`);
    this.status = status;
    this.title = document?.title || `Error ${status}`;
    this.detail = document?.detail || "";
    this.code = String(document?.type || "").replace("/docs#", "");
    this.request = document?.request_id || document?.instance || "";
    /** @type {{path: string, message: string}[]} */
    this.errors = document?.errors || [];
    this.retryAfter = retryAfter;
  }
}

/** Nobody answered. */
export class Offline extends Error {}

/** @typedef {{as_of: string | null, stale: boolean}} Freshness */

/** The source text of answers, for what must be shown exactly as it is. @type {WeakMap<object, string>} */
const sources = new WeakMap();
/** @type {(freshness: Freshness) => void} */
let onFreshness = () => {};

/** Told of `as_of` and `stale` of every list. @param {(freshness: Freshness) => void} listener */
export const watchFreshness = (listener) => (onFreshness = listener);

/** The JSON text that this answer of `get` came as. @param {object} answer */
export const sourceOf = (answer) => sources.get(answer) ?? "";

/** @param {Record<string, any> | URLSearchParams} query */
function queryText(query) {
  const given = query instanceof URLSearchParams ? [...query] : Object.entries(query).filter(([, v]) => v !== undefined && v !== null && v !== "");
  return new URLSearchParams(/** @type {any} */ (given)).toString();
}

/**
 * @param {string} method @param {string} path
 * @param {{body?: any, query?: Record<string, any> | URLSearchParams, signal?: AbortSignal}} [options]
 */
export async function call(method, path, { body, query, signal } = {}) {
  const text = query ? queryText(query) : "";
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", "X-Hookline-Console": "1" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response, content;
  try {
    response = await fetch(path + (text ? `?${text}` : ""), { method, headers, signal, credentials: "same-origin", body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body) });
    content = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Offline("Hookline does not answer");
  }
  const answer = parsed(content);
  if (!response.ok) throw new Problem(response.status, answer, Number(response.headers.get("Retry-After")) || 0);
  if (answer && typeof answer === "object") {
    sources.set(answer, content);
    if ("as_of" in answer) onFreshness({ as_of: answer.as_of, stale: Boolean(answer.stale) });
  }
  return answer;
}

/** @param {string} text */
function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** @param {string} path @param {{query?: Record<string, any> | URLSearchParams, signal?: AbortSignal}} [options] */
export const get = (path, options) => call("GET", path, options);
/** @param {string} path @param {any} [body] @param {{signal?: AbortSignal}} [options] */
export const post = (path, body, options) => call("POST", path, { body, ...options });
/** @param {string} path */
export const remove = (path) => call("DELETE", path);
