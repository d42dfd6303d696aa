// @ts-check
/** A trusted site and a subscription as their forms hold them: the texts that were typed, beside the JSON source. */
import { MASK, read as readWebhook, typed, veiled as veiledWebhook, write as writeWebhook } from "./definition.js";
import { slice } from "./json.js";

/** The fields of each type of authentication. @type {Record<string, string[]>} */
export const FIELDS = {
  none: [],
  basic: ["username", "password"],
  standard_webhooks: [],
  aws: ["region", "service", "access_key_id", "secret_access_key", "algorithm_prefix", "vendor_key"],
  aws_s3: ["region", "service", "access_key_id", "secret_access_key", "filename"],
};
export const SECRET = ["password", "secret_access_key"];
const NAMES = [...new Set(Object.values(FIELDS).flat())];

/** @typedef {{name: string, url: string, content_type: string, timeout: string, proxy: string, parallel: string, ordering: string, delays: string[],
 *   type: string, auth: Record<string, string>, kept: string[], secrets: any[], added: string}} SiteDraft `kept`: secrets that are stored, and stay when their input is blank
 * @typedef {{name: string, site: string, actions: string[], filters: import("./definition.js").Group, bare: boolean, path: string, active: boolean}} SubscriptionDraft */

/** @param {string} source @returns {SiteDraft} */
function readSite(source) {
  const given = JSON.parse(source);
  const auth = given.authentication ?? { type: "none" };
  const kept = SECRET.filter((name) => auth[name] === MASK);
  return {
    name: given.name ?? "",
    url: given.url ?? "",
    content_type: given.content_type ?? "json",
    timeout: String(given.timeout_seconds ?? 1),
    proxy: given.proxy ?? "direct",
    parallel: String(given.parallel ?? 1),
    ordering: given.ordering ?? "none",
    delays: given.retry_delays ?? [],
    type: auth.type,
    auth: Object.fromEntries(NAMES.map((name) => [name, kept.includes(name) ? "" : (auth[name] ?? "")])),
    kept,
    secrets: (auth.secrets ?? []).filter((/** @type {any} */ each) => typeof each !== "string"),
    added: (auth.secrets ?? []).find((/** @type {any} */ each) => typeof each === "string") ?? "",
  };
}

/** @param {Record<string, string>} fields */
const whole = (fields) => ({ text: `{${Object.entries(fields).map(([name, source]) => `${JSON.stringify(name)}:${source}`).join(",")}}`, fields });

/** @param {SiteDraft} draft */
function writeSite(draft) {
  const auth = FIELDS[draft.type].map((name) => [name, draft.auth[name] || (draft.kept.includes(name) ? MASK : "")]);
  const secrets = [...draft.secrets.map(({ id, hint }) => ({ id, hint })), ...(draft.added ? [draft.added] : [])];
  return {
    ...whole({
      name: JSON.stringify(draft.name.trim()),
      url: JSON.stringify(draft.url.trim()),
      content_type: JSON.stringify(draft.content_type),
      timeout_seconds: typed(draft.timeout),
      proxy: JSON.stringify(draft.proxy),
      parallel: typed(draft.parallel),
      ordering: JSON.stringify(draft.ordering),
      retry_delays: JSON.stringify(draft.delays),
      authentication: JSON.stringify({ type: draft.type, ...Object.fromEntries(auth), ...(draft.type === "standard_webhooks" ? { secrets } : {}) }),
    }),
    ids: new Map(),
  };
}

/** @param {SiteDraft} draft @returns {SiteDraft} */
const veiledSite = (draft) => ({ ...draft, auth: Object.fromEntries(Object.entries(draft.auth).map(([name, text]) => [name, SECRET.includes(name) && text ? MASK : text])), added: draft.added && MASK });

/** @type {import("../ui/editing.js").Kind} */
export const SITE = { path: "/sites", noun: "site", read: readSite, write: writeSite, veiled: veiledSite };

/** A condition is a filter; it is read and written as those of incoming webhooks are. @param {string} source of the condition */
const condition = (source) => readWebhook(`{"filters":${source || "null"}}`);

/** @param {string} source @returns {SubscriptionDraft} */
function readSubscription(source) {
  const given = JSON.parse(source);
  const { filters, bare } = condition(slice(source, ["condition"]));
  return { name: given.name ?? "", site: given.site_id ?? "", actions: given.actions ?? [], filters, bare, path: given.path ?? "", active: given.active ?? true };
}

/** @param {SubscriptionDraft} draft */
function writeSubscription(draft) {
  const { fields, ids } = writeWebhook({ ...readWebhook("{}"), filters: draft.filters, bare: draft.bare });
  return {
    ...whole({
      name: JSON.stringify(draft.name.trim()),
      site_id: JSON.stringify(draft.site),
      actions: JSON.stringify(draft.actions),
      condition: fields.filters,
      path: draft.path.trim() ? JSON.stringify(draft.path.trim()) : "null",
      active: String(draft.active),
    }),
    ids: new Map([...ids].filter(([path]) => path.startsWith("filters")).map(([path, id]) => [path.replace("filters", "condition"), id])),
  };
}

/** @type {import("../ui/editing.js").Kind} */
export const SUBSCRIPTION = { path: "/subscriptions", noun: "subscription", read: readSubscription, write: writeSubscription, veiled: (draft) => ({ ...draft, filters: veiledWebhook({ ...readWebhook("{}"), filters: draft.filters }).filters }) };

/** A condition in words: `data.points greater than 100`. @param {string} source @returns {string} */
export function inWords(source) {
  /** @param {import("./definition.js").Node} node @param {boolean} inner @returns {string} */
  const said = (node, inner) => {
    if (node.kind === "criterion") return [node.attribute, node.operator.replaceAll("_", " "), node.secret ? MASK : node.value.text].filter(Boolean).join(" ");
    const text = node.members.map((each) => said(each, true)).join(node.kind === "all" ? " and " : " or ");
    return inner && node.members.length > 1 ? `(${text})` : text;
  };
  return source && source !== "null" ? said(condition(source).filters, false) : "";
}

/** A duration of the API in seconds: `10s`, `5m`, `1h`. @param {string} text */
export function seconds(text) {
  const [, count, unit] = /^([\d.]+)(ms|s|m|h|d)$/.exec(text) ?? [];
  return Number(count) * ({ ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 }[unit] ?? 0) || 0;
}
