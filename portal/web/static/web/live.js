// Regions that refresh themselves: an element with data-live, hx-get and hx-trigger="every ...".
//
// - The region's ETag goes along as If-None-Match; a 304 leaves the page as it is.
// - Nothing is swapped under a reader's hands: not while a field inside has the focus, holds half-typed text, or a
//   popover, dialog or details inside was opened. The next answer is taken when the hands are off.
// - A focused link or button keeps the focus across a swap.
// - Elements with data-announce="key" say their text to screen readers when their data-status changed, else they are silent.
// - Signed out or cut off, the page says so and keeps what it shows.

const FIELDS = "input:not([type=hidden]), textarea, select, [contenteditable]";

const isLive = (element) => element instanceof Element && element.hasAttribute("data-live");

function isChanged(field) {
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  if (field.matches("select")) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.isContentEditable ? field === document.activeElement : field.value !== field.defaultValue;
}

function isInUse(region) {
  if (region.contains(document.activeElement) && document.activeElement.matches(FIELDS)) return true;
  if ([...region.querySelectorAll(FIELDS)].some(isChanged)) return true;
  return region.querySelector(":popover-open, dialog[open], details[open]:not([data-open])") !== null;
}

function statesIn(region) {
  return new Map([...region.querySelectorAll("[data-announce]")].map((element) => [element.dataset.announce, element.dataset.status]));
}

// How the focused link or button can be found again after a swap.
function focusedSelector(region) {
  const focused = document.activeElement;
  if (!focused || focused === region || !region.contains(focused)) return null;
  if (focused.id) return `#${CSS.escape(focused.id)}`;
  const tag = focused.tagName.toLowerCase();
  for (const name of ["href", "value", "name"]) {
    const value = focused.getAttribute(name);
    if (value) return `${tag}[${name}="${CSS.escape(value)}"]`;
  }
  return tag;
}

const before = new WeakMap(); // Answer to what stood in the region when it came.

function say(text) {
  const note = document.getElementById("offline");
  document.getElementById("offline-text").textContent = text;
  note.hidden = text === "";
}

document.addEventListener("htmx:configRequest", (event) => {
  const region = event.detail.elt;
  if (!isLive(region)) return;
  if (document.hidden || region.dataset.ended) event.preventDefault();
  else if (region.dataset.etag) event.detail.headers["If-None-Match"] = region.dataset.etag;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const region = event.detail.elt;
  if (!isLive(region)) return;
  const answer = event.detail.xhr;
  if (answer.status === 304) {
    event.detail.shouldSwap = false;
    say("");
  } else if (answer.status === 200 && !answer.getResponseHeader("X-Fragment")) {
    // Led elsewhere, to the sign-in page: a page is no fragment.
    event.detail.shouldSwap = false;
    region.dataset.ended = "yes";
    say("You are signed out. What you see is as it was; sign in again to go on.");
  } else if (answer.status === 200 && isInUse(region)) {
    event.detail.shouldSwap = false;
  } else if (answer.status === 200) {
    region.dataset.etag = answer.getResponseHeader("ETag") ?? "";
    before.set(answer, { states: statesIn(region), focused: focusedSelector(region) });
    say("");
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  const region = event.detail.elt;
  const stood = before.get(event.detail.xhr);
  if (!isLive(region) || !stood) return;
  if (stood.focused) region.querySelector(stood.focused)?.focus({ preventScroll: true });
  const news = [...region.querySelectorAll("[data-announce]")].filter((element) => {
    const old = stood.states.get(element.dataset.announce);
    return old !== undefined && old !== element.dataset.status;
  });
  if (news.length) {
    document.getElementById("announcer").textContent = news.map((element) => element.innerText.replace(/\s+/g, " ").trim()).join(". ");
  }
});

for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(name, (event) => {
    if (isLive(event.detail.elt)) say("No connection to the portal. What you see is as it was; it goes on by itself.");
  });
}
