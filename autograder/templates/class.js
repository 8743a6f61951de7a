"use strict";
// Sorting and searching of a class report; without it the tables are plain and whole.
(() => {
  const MANY = 300;
  // Letters alike in every script's usual forms: "bjork" finds "Björk".
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  const value = (row, column) => {
    const cell = row.cells[column];
    const key = cell.dataset.sort;
    if (key === undefined) return cell.textContent.trim();
    return key === "" ? null : Number(key);
  };

  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));

  const sort = (table, column, down) => {
    const body = table.tBodies[0];
    const keyed = Array.from(body.rows, (row) => [value(row, column), row]);
    keyed.sort(([a], [b]) => {
      // What has no value comes last either way.
      const none = (a === null || a === "") - (b === null || b === "");
      return none || (down ? compare(b, a) : compare(a, b));
    });
    body.append(...keyed.map(([, row]) => row));
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach((head, column) => {
      if (head.classList.contains("fixed")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      const arrow = document.createElement("span");
      arrow.className = "arrow";
      arrow.setAttribute("aria-hidden", "true");
      button.append(arrow);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sort(table, column, down);
      });
    });
  }

  const box = document.getElementById("search");
  if (box === null) return;
  const table = document.getElementById("students-table");
  if (table.tBodies[0].rows.length > MANY) {
    // A table is laid out whole after every change; as a grid, the rows in sight alone. Its roles
    // are said aloud, because some browsers forget them of a grid.
    table.classList.add("many");
    table.setAttribute("role", "table");
    for (const part of [table.tHead, table.tBodies[0]]) {
      part.setAttribute("role", "rowgroup");
      for (const row of part.rows) {
        row.setAttribute("role", "row");
        for (const cell of row.cells) {
          const head = part === table.tHead ? "columnheader" : "rowheader";
          cell.setAttribute("role", cell.tagName === "TH" ? head : "cell");
        }
      }
    }
  }
  const form = document.getElementById("searching");
  const said = document.getElementById("found");
  const rows = Array.from(document.querySelectorAll("#students-table tbody tr"), (row) => [
    row, plain(`${row.textContent} ${row.dataset.find}`).replace(/\s+/g, " ")
  ]);

  const search = () => {
    // Words in any order; "words in quotes" as they stand.
    const wanted = Array.from(plain(box.value).matchAll(/"([^"]+)"?|(\S+)/g), (m) => m[1] || m[2]);
    let count = 0;
    for (const [row, text] of rows) {
      const fits = wanted.every((word) => text.includes(word));
      if (row.hidden === fits) row.hidden = !fits;
      if (fits) count += 1;
    }
    said.textContent = wanted.length
      ? `${count} of ${rows.length} students` : `${rows.length} students`;
  };

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  box.addEventListener("input", search);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && box.value !== "") {
      box.value = "";
      search();
      event.preventDefault();
    }
  });
  for (const button of document.querySelectorAll("button.find")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      box.value = button.dataset.search;
      search();
      document.getElementById("students").scrollIntoView();
      box.focus({ preventScroll: true });
    });
  }
  search();
})();
