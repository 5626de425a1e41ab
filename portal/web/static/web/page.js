// What every page does beyond HTML. Nothing here is needed to read or to send.

// A refused form: the reader begins at what has to be put right.
document.querySelector("[data-focus]")?.focus();

// Buttons that only a script can honour appear with it.
for (const button of document.querySelectorAll("[data-dismiss]")) button.hidden = false;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  if (button) button.closest(button.dataset.dismiss)?.remove();
});

// A second click while the first is on its way. The server answers it with the same page anyway (portal.web.once).
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
});

// A menu that is open over the page closes by Escape, and by whatever is done outside of it.
const openMenus = () => document.querySelectorAll("[data-menu][open]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
for (const done of ["click", "focusin"]) {
  document.addEventListener(done, (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
}

// "/" leads to what names it as its key, outside of fields.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
  // What the page itself names comes before what the frame around it does.
  const named = `[data-key="${CSS.escape(event.key)}"]`;
  const target = document.querySelector(`main ${named}`) ?? document.querySelector(named);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input")) target.focus();
  else target.click();
});
