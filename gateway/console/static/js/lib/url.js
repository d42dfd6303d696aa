// @ts-check
/** Filters live in the URL under the API's own names. This is the way from one to the other. */
import { absolute } from "./time.js";

export const DEFAULT_FROM = "-24h";

/** What the page's query is as a query of the API: relative times become moments; without a range, the last 24 hours.
 * @param {URLSearchParams} query @param {Record<string, any>} [more] */
export function apiQuery(query, more = {}) {
  const found = new URLSearchParams(query);
  if (!found.has("from") && !found.has("to")) found.set("from", DEFAULT_FROM);
  for (const name of ["from", "to"]) {
    const text = found.get(name);
    if (text) found.set(name, absolute(text));
  }
  for (const [name, value] of Object.entries(more)) if (value !== undefined && value !== null) found.set(name, String(value));
  return found;
}

/** What all rows of a page's filters are, not those of one page of them. @param {URLSearchParams} query */
export function wholeQuery(query) {
  const found = apiQuery(query);
  ["cursor", "limit"].forEach((name) => found.delete(name));
  return found;
}

/** The same query with some values changed; null and "" remove. A changed filter begins at the first page.
 * @param {URLSearchParams} query @param {Record<string, string | null>} changes */
export function withChanges(query, changes) {
  const found = new URLSearchParams(query);
  found.delete("cursor");
  for (const [name, value] of Object.entries(changes)) value === null || value === "" ? found.delete(name) : found.set(name, value);
  return found;
}

/** @param {string} path @param {URLSearchParams | string} query */
export const joined = (path, query) => (String(query) ? `${path}?${query}` : path);

/** The URL with its range frozen to what it means now. @param {URL} url */
export function frozen(url) {
  const found = new URL(url);
  const query = apiQuery(found.searchParams);
  if (!query.has("to")) query.set("to", new Date().toISOString());
  found.search = query.toString();
  return found;
}

/** The filters in words, for the page's title. @param {URLSearchParams} query */
export const inWords = (query) => [...query].filter(([name]) => !["cursor", "limit", "tab"].includes(name)).map(([name, value]) => `${name.replace(/_id$/, "").replaceAll("_", " ")} ${value}`).join(", ");
