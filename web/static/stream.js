// Keeps the live parts of a page ([data-live]) up to date: one connection for a whole browser.
//
// One tab leads: it holds the connection and hands everything to the others over a channel. Where
// the browser has locks, the lock says who leads; elsewhere a lease in its storage does. What is
// shown is patched, not replaced: focus, typed text and open menus stay.

// By the page's own address, with its version: imported under another it would run a second time.
const { learnServerTime, serverNow } = await import(document.querySelector('script[src*="/static/app.js"]').src);

const LEASE_MS = 4000, QUIET_MS = 40000, BAR_MS = 3000, LONGEST_BACKOFF_MS = 30000;
const STATUS = ["pops", "my-status"];
const channel = "BroadcastChannel" in window ? new BroadcastChannel("dozvon") : null;
const tab = Math.random().toString(36).slice(2);
const shown = new Map();      // id → the newest html, so that a tab that joins has it at once
const here = () => new Set([...STATUS, ...[...document.querySelectorAll("[data-live]")].map((e) => e.id)].filter(Boolean));
let wanted = here();
let source = null, leads = false, opens = "never", tries = 0, heardAt = 0, since = "", opened = false;
let bar = 0, again = 0;

// -- showing ---------------------------------------------------------------------------------------

const pageStyles = new URL("pages/desk.css", import.meta.url).href;
if (![...document.styleSheets].some((s) => s.href?.split("?")[0] === pageStyles)) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = pageStyles;
  document.head.append(link);
}

const keyOf = (node) => (node.nodeType === 1 ? node.dataset.key || node.id || "" : "");
const sameKind = (a, b) => a.nodeName === b.nodeName && keyOf(a) === keyOf(b);
const KEPT = new Set(["open", "disabled", "data-busy", "data-dirty", "data-restored"]);

const patchAttributes = (old, fresh) => {
  for (const { name } of [...old.attributes])
    if (!fresh.hasAttribute(name) && !KEPT.has(name)) old.removeAttribute(name);
  for (const { name, value } of [...fresh.attributes])
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
};

// Makes `old` look like `fresh`; what is alike stays the same element.
const patch = (old, fresh) => {
  if (old.nodeType !== 1) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  patchAttributes(old, fresh);
  if (old.dataset.since || old.dataset.until) return; // a clock of app.js
  if (old.nodeName === "TEXTAREA") return;            // what somebody types is his
  patchChildren(old, fresh);
};

const patchChildren = (parent, fresh) => {
  const keyed = new Map();
  for (const child of parent.childNodes) if (keyOf(child)) keyed.set(keyOf(child), child);
  let at = parent.firstChild;
  for (const child of [...fresh.childNodes]) {
    const found = keyOf(child) ? keyed.get(keyOf(child)) : at && !keyOf(at) && sameKind(at, child) ? at : null;
    if (found && sameKind(found, child)) {
      if (found !== at) parent.insertBefore(found, at);
      else at = at.nextSibling;
      patch(found, child);
    } else parent.insertBefore(child, at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
};

const show = (id, html) => {
  const place = document.getElementById(id);
  if (!place) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const form = place.querySelector("form[data-draft]");
  const next = fresh.content.querySelector("form[data-draft]");
  if (form?.dataset.dirty && form.dataset.draft !== next?.dataset.draft) return; // not while he writes
  patchChildren(place, fresh.content);
  window.htmx?.process?.(place);
  document.dispatchEvent(new CustomEvent("dozvon:changed", { detail: { id } }));
};

const FETCHED = { "rail-callbacks": "/desk/callbacks-count" }; // stands on every page
const fetchAgain = async (id) => {
  const address = document.getElementById(id)?.dataset.live || (document.getElementById(id) && FETCHED[id]);
  if (!address) return;
  try {
    const answer = await fetch(address + (address === "/desk/after" ? location.search : ""), { headers: { "HX-Request": "true" } });
    if (answer.ok && !answer.redirected) show(id, await answer.text());
  } catch { /* the bar says that there is no connection */ }
};

// A tab that is not looked at says in its title who calls.
const title = document.title;
document.addEventListener("dozvon:changed", ({ detail }) => {
  if (detail.id !== "pops") return;
  const name = document.querySelector("#pops h2")?.textContent.trim();
  document.title = name ? `☎ ${name.slice(0, 60)}` : title;
});

// -- the card that opens by itself: once for a browser, whatever tabs it has ----------------------------

const OPENED = "dozvon-opened";
const openCards = () => {
  if (!leads || opens === "never") return;
  for (const link of document.querySelectorAll(`a[data-opens="${opens}"]`)) {
    let known = [];
    try { known = JSON.parse(localStorage.getItem(OPENED) || "[]"); } catch { /* nothing kept */ }
    if (known.includes(link.dataset.call)) continue;
    localStorage.setItem(OPENED, JSON.stringify([...known, link.dataset.call].slice(-50)));
    window.open(link.href, "dozvon-card");
  }
};

// "answer" needs the card of the talk on every page, as "ring" needs the pops.
const listen = () => {
  if (opens !== "answer" || wanted.has("desk-talk")) return;
  wanted.add("desk-talk");
  restart();
};
const talkCards = (html) => {
  if (opens !== "answer" || document.getElementById("desk-talk")) return;
  let place = document.getElementById("dozvon-talk");
  if (!place) {
    place = document.createElement("div");
    place.id = "dozvon-talk";
    place.hidden = true;
    document.body.append(place);
  }
  place.innerHTML = html;
};

// -- what is told -----------------------------------------------------------------------------------------

const told = (kind, about) => {
  if (kind === "put") {
    shown.set(about.id, about.html);
    show(about.id, about.html);
    if (about.id === "desk-talk") talkCards(about.html);
    openCards();
  } else if (kind === "nudge") {
    // Many pages are told at once: they ask one after the other.
    setTimeout(() => fetchAgain(about.id), 50 + Math.random() * 400);
  } else if (kind === "hello") {
    opens = about.opens;
    learnServerTime(about.now);
    connected(true);
    listen();
    openCards();
  } else if (kind === "beat") learnServerTime(about.now);
  else if (kind === "bye" && about.why !== "stopping") location.reload();
  else if (kind === "lost") connected(false);
};

// The time without a connection is counted from its first moment, however often we try.
const connected = (yes) => {
  const place = document.getElementById("offline");
  if (yes) {
    clearTimeout(bar);
    bar = 0;
    if (place) place.hidden = true;
  } else bar ||= setTimeout(() => { if (place) place.hidden = false; }, BAR_MS);
};

const tell = (kind, about = {}) => {
  channel?.postMessage({ kind, about, from: tab });
  told(kind, about);
};

// -- the connection ----------------------------------------------------------------------------------------

const stop = () => {
  source?.close();
  source = null;
  clearTimeout(again);
};

const start = () => {
  stop();
  if (!leads) return;
  const from = since || new Date(serverNow() - performance.now()).toISOString();
  source = new EventSource(`/stream?want=${[...wanted].join(",")}&since=${encodeURIComponent(from)}`);
  heardAt = Date.now();
  for (const kind of ["hello", "put", "nudge", "beat", "bye"])
    source.addEventListener(kind, (event) => {
      heardAt = Date.now();
      since = new Date(serverNow()).toISOString();
      tries = 0;
      opened = true;
      tell(kind, JSON.parse(event.data));
      if (kind === "bye") retry();
    });
  source.onerror = retry;
};

const restart = () => { if (source) start(); };

const retry = () => {
  stop();
  if (!leads) return;
  tell("lost");
  const wait = Math.min(LONGEST_BACKOFF_MS, 500 * 2 ** tries++) * (0.5 + Math.random());
  again = setTimeout(start, wait);
  if (tries === 3 && opened) askWho();
};

// The stream may be refused because nobody is signed in any more: the page then says so itself.
const askWho = async () => {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
    if (answer.type === "opaqueredirect") location.reload();
  } catch { /* there is no connection at all */ }
};

setInterval(() => { if (source && Date.now() - heardAt > QUIET_MS) retry(); }, 5000);
addEventListener("online", () => { if (leads) { tries = 0; start(); } });
addEventListener("offline", () => connected(false));

// -- who leads ------------------------------------------------------------------------------------------------

const lead = () => {
  leads = true;
  start();
};

channel?.addEventListener("message", ({ data }) => {
  if (data.kind === "want") {
    const fresh = data.about.ids.filter((id) => !wanted.has(id));
    if (!leads) return;
    for (const id of data.about.ids)
      if (shown.has(id)) channel.postMessage({ kind: "put", about: { id, html: shown.get(id) }, from: tab });
    channel.postMessage({ kind: "hello", about: { opens, now: new Date(serverNow()).toISOString() }, from: tab });
    if (!source) channel.postMessage({ kind: "lost", about: {}, from: tab });
    if (fresh.length) {
      for (const id of fresh) wanted.add(id);
      restart();
    }
  } else if (!leads) told(data.kind, data.about);
});

const byLease = () => {
  const LEASE = "dozvon-lease";
  const look = () => {
    let lease = {};
    try { lease = JSON.parse(localStorage.getItem(LEASE) || "{}"); } catch { /* nobody leads */ }
    const free = !lease.tab || lease.tab === tab || Date.now() - lease.at > LEASE_MS;
    if (free && !document.hidden || lease.tab === tab) {
      localStorage.setItem(LEASE, JSON.stringify({ tab, at: Date.now() }));
      if (!leads) lead();
    } else if (leads) {
      leads = false;
      stop();
    }
  };
  addEventListener("pagehide", () => { if (leads) localStorage.removeItem(LEASE); });
  setInterval(look, LEASE_MS / 2);
  look();
};

for (const id of Object.keys(FETCHED)) fetchAgain(id);
channel?.postMessage({ kind: "want", about: { ids: [...wanted] }, from: tab });
if (!channel) lead();
else if (navigator.locks) navigator.locks.request("dozvon-stream", () => { lead(); return new Promise(() => {}); });
else byLease();

addEventListener("pagehide", stop);
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  if (leads) start();
  channel?.postMessage({ kind: "want", about: { ids: [...wanted] }, from: tab });
});
