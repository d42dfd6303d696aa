// @ts-check
/** The pages: where each is under `/a/{account}`, and the side bar. A page is a file of js/pages/; see docs/console.md. */

/** @type {[pattern: string, page: string][]} in the order in which they are tried */
export const ROUTES = [
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
