"use strict";
// Sorts the tables, and searches the students.  Without it the page shows the same, in one order.

for (const table of document.querySelectorAll("table.sortable")) {
  for (const header of table.tHead.rows[0].cells) {
    addButton(table, header);
  }
}
searchStudents(document.getElementById("class"));

function addButton(table, header) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...header.childNodes);
  header.append(button);
  button.addEventListener("click", () => sort(table, header));
}

function sort(table, header) {
  const descending = header.getAttribute("aria-sort") === "ascending";
  for (const other of header.parentElement.cells) {
    other.removeAttribute("aria-sort");
  }
  header.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const rows = [...table.tBodies[0].rows];
  const key = (row) => value(row.cells[header.cellIndex], header.dataset.kind);
  rows.sort((a, b) => compare(key(a), key(b), descending ? -1 : 1));
  table.tBodies[0].append(...rows);
}

function value(cell, kind) {
  const text = cell.dataset.value ?? cell.textContent.trim();
  return kind === "number" && text !== "" ? Number(text) : text;
}

// Empty cells come last in both directions.
function compare(a, b, direction) {
  if (a === "" || b === "") {
    return (a === "") - (b === "");
  }
  if (typeof a === "number") {
    return direction * (a - b);
  }
  return direction * a.localeCompare(b, "en", { numeric: true });
}

function searchStudents(table) {
  const search = document.getElementById("search");
  const status = document.getElementById("status");
  const rows = [...table.tBodies[0].rows];
  const update = () => {
    const words = plain(search.value).split(/\s+/);
    for (const row of rows) {
      const text = plain(`${row.textContent} ${row.dataset.search}`);
      const wanted = status.value === "" || row.dataset.status === status.value;
      row.hidden = !(wanted && words.every((word) => text.includes(word)));
    }
    const shown = rows.filter((row) => !row.hidden).length;
    document.getElementById("shown").textContent = `${shown} of ${rows.length} shown`;
  };
  search.addEventListener("input", update);
  status.addEventListener("change", update);
  document.querySelector(".controls").hidden = false;
  update(); // what the browser kept of an earlier visit
}

// Without accents, so that a keyboard that lacks them finds everybody.
function plain(text) {
  return text.normalize("NFKD").replace(/\p{Mark}/gu, "").toLowerCase();
}
