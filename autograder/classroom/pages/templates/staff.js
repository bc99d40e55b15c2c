"use strict";
// Leads through those who were chosen on the index, in its order.  Without it, or without a choice, the links
// lead through the whole class.

const STATE = "#?"; // see index.js, which writes what follows into the address
const around = document.querySelector(".around ul");
const given = new URLSearchParams(location.hash.startsWith(STATE) ? location.hash.slice(STATE.length) : "");
const keys = (given.get("keys") ?? "").split("/");
const here = around ? keys.indexOf(around.dataset.key) : -1;

if (here !== -1) {
  const [before, middle, after] = around.children;
  lead(before, "prev", "← Previous", keys[here - 1]);
  lead(after, "next", "Next →", keys[here + 1]);
  const index = middle.querySelector("a");
  index.textContent = `${here + 1} of ${keys.length} chosen`;
  index.href += STATE + given.get("chosen");
}

function lead(item, rel, words, key) {
  item.replaceChildren();
  if (key !== undefined) {
    const link = document.createElement("a");
    link.rel = rel;
    link.href = `${encodeURIComponent(key)}.html${location.hash}`;
    link.textContent = words;
    item.append(link);
  }
}
