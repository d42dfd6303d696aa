// @ts-check
/** A live stream: rows as they come, gaps said; closed while the tab is hidden, resumed where it was. */

/** @typedef {{row: (row: any) => void, gap: (skipped: number) => void, state: (open: boolean) => void}} Listener */

/** Follow a stream of the API; answers what stops it. @param {string} url @param {Listener} listener @returns {() => void} */
export function follow(url, listener) {
  /** @type {EventSource | null} */
  let source = null;
  let last = "";
  const open = () => {
    if (source || document.hidden) return;
    const address = new URL(url, location.origin);
    if (last) address.searchParams.set("last_event_id", last);
    source = new EventSource(address);
    source.onopen = () => listener.state(true);
    source.onerror = () => {
      listener.state(false);
      if (source?.readyState === EventSource.CLOSED) {
        close();
        again = setTimeout(open, 2000);
      }
    };
    const row = (/** @type {MessageEvent} */ event) => {
      last = event.lastEventId || last;
      listener.row(JSON.parse(event.data));
    };
    source.addEventListener("row", row);
    source.onmessage = row;
    source.addEventListener("gap", (event) => listener.gap(JSON.parse(/** @type {MessageEvent} */ (event).data).skipped));
  };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let again;
  const close = () => {
    source?.close();
    source = null;
  };
  const visibility = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", visibility);
  open();
  return () => {
    clearTimeout(again);
    document.removeEventListener("visibilitychange", visibility);
    close();
  };
}
