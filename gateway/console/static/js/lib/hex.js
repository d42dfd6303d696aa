// @ts-check
/** Bytes that are no text: out of the API's base64, and as people read them. */

const ROW = 16; // bytes

/** `00000000  7b 22 61 …  {"a…`. @param {Uint8Array} data */
export function hex(data) {
  const lines = [];
  for (let at = 0; at < data.length; at += ROW) {
    const row = [...data.subarray(at, at + ROW)];
    const text = row.map((each) => (each >= 32 && each < 127 ? String.fromCharCode(each) : ".")).join("");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${row.map((each) => each.toString(16).padStart(2, "0")).join(" ").padEnd(ROW * 3)} ${text}`);
  }
  return lines.join("\n");
}

/** @param {string} value @param {string | undefined} encoding */
export const bytesOf = (value, encoding) => (encoding === "base64" ? Uint8Array.from(atob(value), (each) => each.charCodeAt(0)) : new TextEncoder().encode(value));
