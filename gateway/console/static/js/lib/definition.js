// @ts-check
/**
 * An incoming webhook as the editor holds it. What may be any JSON is held as the text that people see beside the source
 * that it came as: what nobody touched is sent back to the letter, numbers beyond 2^53 too.
 */
import { name as textOf, slice, tree } from "./json.js";

/**
 * @typedef {{text: string, kept: string}} Value `kept`: the JSON source that `text` was made of, "" for none
 * @typedef {{id: string, kind: "criterion", attribute: string, operator: string, value: Value, secret: boolean}} Criterion
 * @typedef {{id: string, kind: "all" | "any", members: Node[]}} Group
 * @typedef {Criterion | Group} Node
 * @typedef {{id: string, from: string, to: string, default: Value, replace: {value: Value, with: Value}[], offered?: boolean}} Row
 * @typedef {{name: string, method: string, endpoint: string, action: string, filters: Group, bare: boolean, mapping: Row[], success: Value, error: Value,
 *   on_filtered: string, attribute: string, window: string, type: string, header: string, algorithm: string, encoding: string, secrets: {source: string, hint: string}[], added: string}} Draft
 */

let made = 0;
const id = () => `n${(made += 1)}`;
export const UNARY = ["exists", "does_not_exist", "is_empty", "is_not_empty"];
export const LISTED = ["in", "not_in"];
export const MASK = "••••";

/** JSON source as a person edits it: texts without quotes, unless they would be read as something else. @param {string} source */
export function shown(source) {
  if (!source || source === "null") return "";
  const text = source.startsWith('"') ? textOf(source) : source;
  return text === source || typed(text) === JSON.stringify(text) ? text : source;
}

/** What was typed as JSON source: JSON is taken as it is, all else is a text, nothing is null. @param {string} text */
export function typed(text) {
  const trimmed = text.trim();
  return trimmed === "" ? "null" : tree(trimmed) ? trimmed : JSON.stringify(text);
}

/** @param {string} source @returns {Value} */
export const value = (source) => ({ text: shown(source), kept: source });
/** @param {Value} one */
const sourceOfValue = (one) => (one.kept && one.text === shown(one.kept) ? one.kept : typed(one.text));

/** A criterion's value: texts as they are, lists with commas. @param {string} source */
function operand(source) {
  if (source.startsWith('"')) return textOf(source);
  const list = source.startsWith("[") ? JSON.parse(source) : null;
  const plain = list?.every((/** @type {any} */ each) => typeof each === "string" && each.trim() === each && each && !each.includes(","));
  return list && plain ? list.join(", ") : source === "null" ? "" : source;
}

/** @param {Criterion} criterion */
function operandSource({ operator, value: { text, kept } }) {
  const list = LISTED.includes(operator);
  if (kept && kept.startsWith("[") === list && text === operand(kept)) return kept;
  if (!list) return JSON.stringify(text);
  return text.trim().startsWith("[") && tree(text.trim()) ? text.trim() : JSON.stringify(text.split(",").map((each) => each.trim()).filter(Boolean));
}

/** @param {string} [attribute] @param {string} [operator] @param {string} [source] @param {boolean} [secret] @returns {Criterion} */
export const criterion = (attribute = "", operator = "exists", source = "", secret = false) => ({ id: id(), kind: "criterion", attribute, operator, value: { text: operand(source), kept: source }, secret });
/** @param {"all" | "any"} [kind] @param {Node[]} [members] @returns {Group} */
export const group = (kind = "all", members = []) => ({ id: id(), kind, members });
/** @param {string} [from] @param {string} [to] @param {boolean} [offered] @returns {Row} */
export const row = (from = "", to = "", offered = false) => ({ id: id(), from, to, default: value(""), replace: [], offered });

/** A definition as the API gives it; what is missing is blank. @param {string} text its JSON source @returns {Draft} */
export function read(text) {
  const given = JSON.parse(text);
  const at = (/** @type {(string | number)[]} */ ...path) => slice(text, path);
  /** @param {any} from @param {(string | number)[]} path @returns {Node} */
  const node = (from, path) => {
    const kind = "all" in from ? "all" : "any" in from ? "any" : null;
    if (kind) return group(kind, from[kind].map((/** @type {any} */ each, /** @type {number} */ i) => node(each, [...path, kind, i])));
    return criterion(from.attribute, from.operator, at(...path, "value"), Boolean(from.secret));
  };
  const filters = given.filters ? node(given.filters, ["filters"]) : group();
  const bare = filters.kind === "criterion";
  const verification = given.verification ?? { type: "none" };
  return {
    name: given.name ?? "",
    method: given.method ?? "POST",
    endpoint: given.endpoint ?? "",
    action: given.action ?? "",
    filters: filters.kind === "criterion" ? group("all", [filters]) : filters,
    bare,
    mapping: (given.mapping ?? []).map((/** @type {any} */ each, /** @type {number} */ i) => ({
      ...row(each.from ?? "", each.to ?? ""),
      default: value(at("mapping", i, "default")),
      replace: (each.replace ?? []).map((/** @type {any} */ _, /** @type {number} */ j) => ({ value: value(at("mapping", i, "replace", j, "value")), with: value(at("mapping", i, "replace", j, "with")) })),
    })),
    success: value(at("success_response")),
    error: value(at("error_response")),
    on_filtered: given.on_filtered ?? "reject",
    attribute: given.deduplicate?.attribute ?? "",
    window: given.deduplicate?.window ?? "72h",
    type: verification.type,
    header: verification.header ?? "",
    algorithm: verification.algorithm ?? "sha256",
    encoding: verification.encoding ?? "hex",
    secrets: (verification.secrets ?? []).map((/** @type {any} */ each, /** @type {number} */ i) => ({ source: at("verification", "secrets", i), hint: each.hint ?? "" })),
    added: "",
  };
}

/** @param {[name: string, source: string | null][]} fields */
const object = (fields) => `{${fields.filter(([, source]) => source !== null).map(([name, source]) => `${JSON.stringify(name)}:${source}`).join(",")}}`;

/** @param {Row} each */
export const isBlank = (each) => !each.from && !each.default.text.trim();

/** The JSON source of a draft, and which of its parts is where: paths of the API to ids. What is blank is left out.
 * @param {Draft} draft @returns {{text: string, fields: Record<string, string>, ids: Map<string, string>}} */
export function write(draft) {
  /** @type {Map<string, string>} */
  const ids = new Map();
  /** @param {Node} one @param {string} path @returns {string | null} */
  const node = (one, path) => {
    if (one.kind === "criterion") {
      if (!one.attribute.trim() && !one.value.text) return null;
      ids.set(path, one.id);
      return criterionSource(one);
    }
    /** @type {string[]} */
    const members = [];
    for (const each of one.members) {
      const source = node(each, `${path}.${one.kind}.${members.length}`);
      if (source !== null) members.push(source);
    }
    if (members.length) ids.set(path, one.id);
    return members.length ? `{"${one.kind}":[${members.join(",")}]}` : null;
  };
  const only = draft.bare && draft.filters.kind === "all" && draft.filters.members.length === 1 && draft.filters.members[0].kind === "criterion" ? draft.filters.members[0] : draft.filters;
  const rows = draft.mapping.filter((each) => !isBlank(each));
  rows.forEach((each, i) => ids.set(`mapping.${i}`, each.id));
  /** @type {Record<string, string>} */
  const fields = {
    name: JSON.stringify(draft.name.trim() || draft.endpoint.trim()),
    method: JSON.stringify(draft.method),
    endpoint: JSON.stringify(draft.endpoint.trim()),
    filters: node(only, "filters") ?? "null",
    action: JSON.stringify(draft.action),
    mapping: `[${rows.map(rowSource).join(",")}]`,
    success_response: sourceOfValue(draft.success),
    error_response: sourceOfValue(draft.error),
    on_filtered: JSON.stringify(draft.on_filtered),
    deduplicate: draft.attribute.trim() ? object([["attribute", JSON.stringify(draft.attribute.trim())], ["window", JSON.stringify(draft.window.trim())]]) : "null",
    verification: verificationSource(draft),
  };
  return { text: object(Object.entries(fields)), fields, ids };
}

/** @param {Criterion} one */
function criterionSource(one) {
  const unary = UNARY.includes(one.operator);
  return object([["attribute", JSON.stringify(one.attribute.trim())], ["operator", JSON.stringify(one.operator)], ["value", unary ? null : operandSource(one)], ["secret", one.secret && !unary ? "true" : null]]);
}

/** @param {Row} each */
function rowSource(each) {
  const pairs = each.replace.filter((pair) => pair.value.text || pair.with.text).map((pair) => object([["value", sourceOfValue(pair.value)], ["with", sourceOfValue(pair.with)]]));
  return object([["from", each.from ? JSON.stringify(each.from.trim()) : null], ["to", JSON.stringify(each.to.trim())], ["default", each.default.text.trim() ? sourceOfValue(each.default) : null], ["replace", `[${pairs.join(",")}]`]]);
}

/** @param {Draft} draft */
function verificationSource({ type, header, algorithm, encoding, secrets, added }) {
  if (type === "none") return '{"type":"none"}';
  const all = [...secrets.map((each) => each.source), ...(added ? [JSON.stringify(added)] : [])];
  const hmac = type === "hmac" ? [["header", JSON.stringify(header.trim())], ["algorithm", JSON.stringify(algorithm)], ["encoding", JSON.stringify(encoding)]] : [];
  return object([["type", JSON.stringify(type)], ["secrets", `[${all.join(",")}]`], .../** @type {[string, string][]} */ (hmac)]);
}

/** Where a node stands. @param {Group} root @param {string} wanted @returns {{parent: Group, index: number} | null} */
export function placeOf(root, wanted) {
  for (const [index, each] of root.members.entries()) {
    if (each.id === wanted) return { parent: root, index };
    const inner = each.kind === "criterion" ? null : placeOf(each, wanted);
    if (inner) return inner;
  }
  return null;
}

/** One step up or down, into the group that is there and out of the one that ends. @param {Group} root @param {Node} node @param {1 | -1} way */
export function move(root, node, way) {
  const place = placeOf(root, node.id);
  if (!place) return;
  const { parent, index } = place;
  const neighbour = parent.members[index + way];
  const outer = placeOf(root, parent.id);
  if (!neighbour && !outer) return;
  parent.members.splice(index, 1);
  if (!neighbour && outer) outer.parent.members.splice(outer.index + (way > 0 ? 1 : 0), 0, node);
  else if (neighbour.kind !== "criterion" && node.kind === "criterion") way > 0 ? neighbour.members.unshift(node) : neighbour.members.push(node);
  else parent.members.splice(index + way, 0, node);
}

/** The same with dots for what was typed as secret. @param {Draft} draft @returns {Draft} */
export function veiled(draft) {
  const node = (/** @type {any} */ one) => (one.kind !== "criterion" ? { ...one, members: one.members.map(node) } : one.secret ? { ...one, value: { text: MASK, kept: "" } } : one);
  return { ...draft, filters: node(draft.filters), added: draft.added ? MASK : "" };
}
