// Forms of the desk and the live page: sent without leaving the page, so that nothing typed is lost.

const told = document.getElementById("told");

// The last answer is shown for a while; the page stays where it is.
let fading = 0;
const say = (html) => {
  if (!told) return;
  told.innerHTML = html;
  clearTimeout(fading);
  fading = setTimeout(() => { told.replaceChildren(); }, 12000);
};

const drafts = { get: (name) => sessionStorage.getItem(name) || "", set: (name, text) => sessionStorage.setItem(name, text), drop: (name) => sessionStorage.removeItem(name) };

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-once], .desk-status form")) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  const body = new URLSearchParams(new FormData(form, event.submitter));
  if (event.submitter?.matches("[data-clears]")) for (const name of ["text", "said", "next"]) body.delete(name);
  form.dataset.busy = "1";
  const buttons = [...form.querySelectorAll("button")];
  buttons.forEach((b) => { b.disabled = true; });
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (answer.ok || answer.status === 422) say(await answer.text());
    if (answer.ok) {
      form.closest("details[open]")?.removeAttribute("open");
      if (form.dataset.draft) {
        drafts.drop(form.dataset.draft);
        delete form.dataset.dirty;
        if (new URLSearchParams(location.search).has("note")) history.replaceState(null, "", location.pathname);
      }
    } else if (answer.status !== 422) form.submit(); // let the page itself say what is wrong
  } catch {
    document.getElementById("offline")?.removeAttribute("hidden");
  }
  delete form.dataset.busy;
  buttons.forEach((b) => { b.disabled = false; });
});

// -- the note: what is typed is kept until it is saved ----------------------------------------------------

const restore = () => {
  const form = document.querySelector("form[data-draft]");
  if (!form || form.dataset.restored === form.dataset.draft) return;
  form.dataset.restored = form.dataset.draft;
  const text = drafts.get(form.dataset.draft), area = form.elements.text;
  if (text && area && !area.value) { area.value = text; form.dataset.dirty = "1"; }
};
document.addEventListener("dozvon:changed", restore);
restore();

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (!form) return;
  form.dataset.dirty = "1";
  if (event.target.name === "text") drafts.set(form.dataset.draft, event.target.value);
  if (event.target.name === "said" || event.target.name === "unit") propose(form);
});

let asking = 0;
const propose = (form) => {
  clearTimeout(asking);
  asking = setTimeout(async () => {
    const { said, unit, next } = form.elements;
    if (!said.value) return;
    const answer = await fetch(`/desk/next-contact?said=${encodeURIComponent(said.value)}&unit=${unit.value}`);
    if (answer.ok) next.value = await answer.text();
  }, 250);
};
