// @ts-check
/** Resends of many: what runs first, then what has ended. */
import { html } from "../../lit/lit-html.js";
import { number } from "../lib/time.js";
import { when } from "../ui/bits.js";
import { filterWords, siteNames } from "../ui/filter-words.js";
import { badge } from "../ui/status.js";
import { empty } from "../ui/says.js";
import { pager, table } from "../ui/table.js";

/** @param {import("../ui/filter-words.js").Names} names @returns {import("../ui/table.js").Column[]} */
const columns = (names) => [
  { id: "created_at", label: "Started", cell: (row) => when(row.created_at) },
  { id: "state", label: "State", cell: (row) => badge(row.state) },
  { id: "sent", label: "Sent", number: true, cell: (row) => `${number(row.sent)} of ${number(row.count)}` },
  { id: "failed", label: "Left out", number: true, cell: (row) => (row.failed ? number(row.failed) : "") },
  { id: "filter", label: "What", cell: (row) => html`<bdi>${filterWords(row.filter, names)}</bdi>` },
  { id: "author", label: "By", cell: (row) => html`<bdi>${row.author}</bdi>` },
];

/** @param {any} row */
const rank = (row) => ["running", "paused"].indexOf(row.state) >>> 0; // what has ended comes last

export default {
  title: () => "Resends",
  /** @param {import("../run.js").Ctx} ctx */
  load: (ctx) => Promise.all([ctx.get("/resends", { cursor: ctx.query.get("cursor"), after: ctx.after }), siteNames(ctx)]),
  /** @param {import("../run.js").Ctx} ctx @param {[page: any, names: import("../ui/filter-words.js").Names]} data */
  view(ctx, [page, names]) {
    const rows = [...page.items].sort((a, b) => rank(a) - rank(b));
    const nothingThere = () => empty("Nothing was sent again in bulk yet", html`<p>Filter the <a href=${ctx.href("/out/log?status=failed")}>outgoing log</a> down to what should go out again, then press Resend: it says how many messages that are before anything is sent.</p>`);
    return html`${table({ name: "resends", caption: "Resends, what runs first", columns: columns(names), rows, key: (row) => row.id, href: (row) => ctx.href(`/resends/${encodeURIComponent(row.id)}`), empty: nothingThere })}${pager(ctx, page)}`;
  },
};
