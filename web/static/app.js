// What every page does by itself: counting clocks, rows that are links, the keyboard, the menu.
// Pages work without it.

const two = (n) => String(n).padStart(2, "0");
const clock = (seconds) => {
  const s = Math.max(0, Math.round(seconds));
  const h = Math.floor(s / 3600), m = Math.floor((s % 3600) / 60);
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
};

// The server's clock, not the visitor's: each answer says what time it was there.
let ahead = 0;
export const serverNow = () => Date.now() + ahead;
export const learnServerTime = (iso) => { const at = Date.parse(iso); if (at) ahead = at - Date.now(); };
const told = performance.getEntriesByType("navigation")[0]?.serverTiming?.find((t) => t.name === "now");
if (told) learnServerTime(told.description);

// data-since counts up, data-until counts down; both hold an instant in ISO 8601.
const tick = () => {
  for (const place of document.querySelectorAll("[data-since]"))
    place.textContent = clock((serverNow() - Date.parse(place.dataset.since)) / 1000);
  for (const place of document.querySelectorAll("[data-until]"))
    place.textContent = Math.max(0, Math.ceil((Date.parse(place.dataset.until) - serverNow()) / 1000));
};
setInterval(tick, 500);
tick();
document.addEventListener("dozvon:changed", tick);

// A row leads where its link leads; a click on a control inside stays there.
document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-toggle]");
  if (toggle) document.querySelector(`.${CSS.escape(toggle.dataset.toggle)}`)?.classList.toggle("open");
  else if (!event.target.closest(".rail")) document.querySelector(".rail.open")?.classList.remove("open");
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  const row = event.target.closest("tr[data-href]");
  if (!row || event.target.closest("a, button, input, select, label") || String(getSelection())) return;
  if (event.ctrlKey || event.metaKey) window.open(row.dataset.href);
  else location.href = row.dataset.href;
});

document.addEventListener("submit", (event) => {
  const asked = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (asked && !window.confirm(asked)) event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form?.requestSubmit();
});

// A button that copies: the clipboard is closed to pages without https, the selection is not.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
    else document.execCommand("copy");
    button.textContent = button.dataset.copied;
  } catch {
    field.focus(); // what is selected can be copied by hand
  }
});

// "/" searches, "g" and a letter goes somewhere.
const places = { d: "/desk", l: "/live", c: "/callbacks", a: "/calls", k: "/clients", r: "/reports", o: "/office" };
let going = 0;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  } else if (event.key === "g") going = Date.now();
  else if (going && Date.now() - going < 1200 && places[event.key]) {
    const link = document.querySelector(`.rail a[href="${places[event.key]}"]`);
    if (link) location.href = link.href;
    going = 0;
  } else going = 0;
});
