// @ts-check
/** Who is logged in, and which account is looked at. The key itself is never kept: the browser has a cookie that no script reads. */
import { Problem, get, post, remove } from "./lib/api.js";

/** @typedef {{kind: "operator" | "account", account: string | null, key_name: string, scope: "read" | "write", expires_at: string | null}} Session */

/** @type {{who: Session | null, accounts: string[]}} */
export const session = { who: null, accounts: [] };

/** Look who is logged in; null when nobody is. */
export async function known() {
  if (session.who) return session.who;
  try {
    session.who = await get("/v1/session");
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    session.who = null;
  }
  if (session.who) await accounts();
  return session.who;
}

async function accounts() {
  const who = session.who;
  session.accounts = who?.account ? [who.account] : (await get("/v1/accounts", { query: { limit: 500 } })).items.map((/** @type {any} */ each) => each.account).sort();
}

/** @param {{key: string} | {token: string}} secret */
export async function begin(secret) {
  session.who = await post("/v1/session", secret);
  await accounts();
}

export async function end() {
  await remove("/v1/session");
  forget();
}

/** Nobody is logged in any more. */
export function forget() {
  session.who = null;
  session.accounts = [];
}

/** Where a person begins: the account of the key, else the one of the last time, else the first. */
export function home() {
  const last = localStorage.getItem("account") ?? "";
  const account = session.who?.account ?? (session.accounts.includes(last) ? last : session.accounts[0]);
  return account ? `/a/${encodeURIComponent(account)}/` : "/a/none/";
}

export const mayWrite = () => session.who?.scope === "write";
