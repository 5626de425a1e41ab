// A list by keys, outside of fields: j and k (or the arrows) go from row to row, o opens, x chooses.
//
// <div data-rows> ... <tr data-row> ... <a href>  <input type="checkbox"> ... </tr> </div>
//
// The row that is meant is the one whose link has the focus: Enter opens it, Tab goes on from it, a reader hears it.

const rowsOf = () => [...document.querySelectorAll("[data-rows] [data-row]")];
const linkOf = (row) => row.querySelector("a[href]");

function goTo(step) {
  const rows = rowsOf();
  if (!rows.length) return;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + step, 0), rows.length - 1);
  linkOf(rows[next])?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], [popover]:popover-open")) return;
  const row = rowsOf().find((one) => one.contains(document.activeElement));
  if (event.key === "j" || event.key === "ArrowDown") goTo(1);
  else if (event.key === "k" || event.key === "ArrowUp") goTo(-1);
  else if (event.key === "o" && row) linkOf(row)?.click();
  else if (event.key === "x" && row) row.querySelector("input[type=checkbox]")?.click();
  else return;
  event.preventDefault();
});
