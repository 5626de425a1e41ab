// The time left, redrawn by the minute between two answers of the server.
//
// <span data-due="2027-03-02T15:35:00+00:00">4 h 53 min</span>        left until an instant, day and night
// <span data-due="..." data-open="1804154400/1804176000 ...">16 h</span>  counted only inside these spans (epoch seconds)
//
// The figure is always computed from instants and the server's clock, never counted down, so that it cannot drift: a
// sleeping laptop shows the right minute when it wakes. Wording as in portal/web/figures.py (left_text).

const NBSP = "\u00a0";
let ahead = 0; // Milliseconds by which the server's clock is ahead of this computer's.

const stated = document.querySelector('meta[name="server-now"]')?.content;
if (stated) ahead = Date.parse(stated) - Date.now();

document.addEventListener("htmx:afterRequest", (event) => {
  const date = event.detail.xhr?.getResponseHeader("Date");
  // The header is cut to seconds: half of one is the best guess, and less than two are no news.
  const measured = date ? Date.parse(date) + 500 - Date.now() : NaN;
  if (Math.abs(measured - ahead) > 2000) ahead = measured;
});

function leftUntil(due, spans, now) {
  if (!spans || now >= due) return due - now;
  return spans.split(" ").reduce((sum, span) => {
    const [start, end] = span.split("/").map((seconds) => Number(seconds) * 1000);
    return sum + Math.max(0, Math.min(end, due) - Math.max(start, now));
  }, 0);
}

function leftText(milliseconds) {
  const minutes = Math.floor(Math.abs(milliseconds) / 60000);
  let text = `under${NBSP}1${NBSP}min`;
  if (milliseconds === 0) text = `0${NBSP}min`;
  else if (minutes > 0) {
    const hours = Math.floor(minutes / 60);
    const parts = [];
    if (hours) parts.push(`${hours.toLocaleString("en-US")}${NBSP}h`);
    if (minutes % 60) parts.push(`${minutes % 60}${NBSP}min`);
    text = parts.join(NBSP);
  }
  return milliseconds < 0 ? `${text}${NBSP}over` : text;
}

function redraw() {
  const now = Date.now() + ahead;
  for (const element of document.querySelectorAll("[data-due]")) {
    const left = leftUntil(Date.parse(element.dataset.due), element.dataset.open, now);
    const text = leftText(left);
    if (element.textContent !== text) element.textContent = text;
    const note = element.parentElement.querySelector("[data-left-note]");
    if (note) note.hidden = left < 0;
  }
}

setInterval(redraw, 5000);
document.addEventListener("visibilitychange", redraw);
document.addEventListener("htmx:afterSwap", redraw);
