"use strict";
// Sorts the tables, and searches and filters the students.  Without it the page shows the same, in one order.
// What is chosen stands in the address, so that Back, a bookmark and a reload find it again.

const FILTERS = ["search", "part", "check", "status", "late"];
const STATE = "#?"; // how the address begins that says what is chosen; any other names a place of the page
const table = document.getElementById("class");
const everybody = [...table.tBodies[0].rows];
const { compare: inOrder } = new Intl.Collator("en", { numeric: true });
const folds = [...document.querySelectorAll("details")];

for (const one of document.querySelectorAll("table.sortable")) {
  addButtons(one);
}
for (const cell of document.querySelectorAll("[data-check]")) {
  addLink(cell);
}
for (const row of everybody) {
  row.plain = plain(`${row.cells[0].textContent} ${row.cells[1].textContent} ${row.dataset.search}`);
}
for (const name of FILTERS) {
  const control = document.getElementById(name);
  control.addEventListener(control.type === "search" ? "input" : "change", choose);
}
document.getElementById("everybody").addEventListener("click", () => {
  show(new URLSearchParams());
  choose();
  document.getElementById("search").focus();
});
for (const event of ["focusin", "pointerdown"]) {
  table.addEventListener(event, (happened) => takeAlong(happened.target.closest("tbody a")));
}
for (const fold of folds) {
  fold.addEventListener("toggle", remember);
}
window.addEventListener("hashchange", () => {
  if (location.hash.startsWith(STATE) || history.state) {
    show(chosenBefore());
  }
  if (!history.state && location.hash.startsWith(STATE)) {
    document.getElementById("students").scrollIntoView(); // a link to them was followed
  }
  remember();
});
document.querySelector(".controls").hidden = false;
for (const index of history.state?.open ?? []) {
  folds[index].open = true;
}
show(chosenBefore());

// What is chosen: in the controls, in the address, and beside it for an address that names a place.

function chosen() {
  const state = new URLSearchParams();
  for (const name of FILTERS) {
    const value = document.getElementById(name).value;
    if (value !== "") {
      state.set(name, value);
    }
  }
  const header = table.querySelector("[aria-sort]");
  if (header) {
    state.set(header.getAttribute("aria-sort"), header.cellIndex);
  }
  return state;
}

function chosenBefore() {
  const hash = location.hash;
  return new URLSearchParams(hash.startsWith(STATE) ? hash.slice(STATE.length) : history.state?.chosen ?? "");
}

function choose() {
  const state = chosen().toString();
  const place = state === "" ? location.pathname : STATE + state;
  history.replaceState(history.state, "", place);
  remember();
  filter();
}

function remember() {
  const open = [...folds.keys()].filter((index) => folds[index].open);
  history.replaceState({ chosen: chosen().toString(), open }, "");
}

function show(state) {
  for (const name of FILTERS) {
    document.getElementById(name).value = state.get(name) ?? "";
  }
  for (const header of table.tHead.rows[0].cells) {
    header.removeAttribute("aria-sort");
  }
  table.tBodies[0].append(...everybody);
  for (const direction of ["ascending", "descending"]) {
    const header = table.tHead.rows[0].cells[state.get(direction) ?? -1];
    if (header) {
      sort(table, header, direction);
    }
  }
  filter();
}

function filter() {
  const state = chosen();
  const words = plain(state.get("search") ?? "").split(" ");
  const has = (list, name) => !state.has(name) || list.split(" ").includes(state.get(name));
  const is = (value, name) => !state.has(name) || value === state.get(name);
  let shown = 0;
  for (const row of everybody) {
    const { parts, fails, status, late } = row.dataset;
    const wanted = has(parts, "part") && has(fails, "check") && is(status, "status") && is(late, "late");
    row.hidden = !(wanted && words.every((word) => row.plain.includes(word)));
    shown += !row.hidden;
  }
  document.getElementById("shown").textContent = `${shown} of ${everybody.length} shown`;
  document.getElementById("everybody").hidden = !FILTERS.some((name) => state.has(name));
}

// The page of a student leads on to the next one of those who are shown now; see staff.js.
function takeAlong(link) {
  const state = chosen();
  if (link && state.toString() !== "") {
    const rows = [...table.tBodies[0].rows].filter((row) => !row.hidden);
    const keys = rows.map((row) => row.dataset.key).join("/");
    link.hash = STATE + new URLSearchParams({ chosen: state, keys });
  } else if (link) {
    link.hash = "";
  }
}

// In small letters and digits alone, so that O'Brien is found by obrien and Zoë by zoe; see classroom/alphabet.py.
function plain(text) {
  const whole = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };
  const small = text.toLowerCase().normalize("NFKD").replace(/[ßæœøłđðþı]/g, (letter) => whole[letter]);
  return small.replace(/[^\p{Letter}\p{Number}\s]/gu, "").replace(/\s+/g, " ").trim();
}

// From the number of those who fail a check to who they are.
function addLink(cell) {
  if (cell.textContent.trim() !== "0") {
    const link = document.createElement("a");
    link.href = STATE + new URLSearchParams({ check: cell.dataset.check });
    link.append(...cell.childNodes);
    cell.append(link);
  }
}

// A heading is one stop of the tab key; arrows lead to its other columns.
function addButtons(table) {
  const headers = [...table.tHead.rows[0].cells];
  const buttons = headers.map((header) => {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = header.cellIndex === 0 ? 0 : -1;
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      sort(table, header, header.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending");
      if (table.id === "class") {
        choose();
      }
    });
    return button;
  });
  table.tHead.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = buttons[buttons.indexOf(document.activeElement) + step];
    if (next) {
      event.preventDefault();
      buttons.forEach((button) => (button.tabIndex = button === next ? 0 : -1));
      next.focus();
    }
  });
}

function sort(table, header, direction) {
  for (const other of header.parentElement.cells) {
    other.removeAttribute("aria-sort");
  }
  header.setAttribute("aria-sort", direction);
  const sign = direction === "ascending" ? 1 : -1;
  const rows = [...table.tBodies[0].rows].map((row) => [value(row.cells[header.cellIndex], header), row]);
  rows.sort(([a], [b]) => compare(a, b, sign));
  table.tBodies[0].append(...rows.map(([, row]) => row));
}

function value(cell, header) {
  const text = cell.dataset.value ?? cell.textContent.trim();
  return header.dataset.kind === "number" && text !== "" ? Number(text) : plain(text);
}

// Empty cells come last in both directions.
function compare(a, b, sign) {
  if (a === "" || b === "") {
    return (a === "") - (b === "");
  }
  return sign * (typeof a === "number" ? a - b : inOrder(a, b));
}
