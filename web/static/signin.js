// Offers to take tel: links where the browser allows it, and selects what is shown once.

const place = document.getElementById("take-tel");
if (place && "registerProtocolHandler" in navigator && window.isSecureContext) {
  place.hidden = false;
  document.getElementById("take-tel-insecure").hidden = true;
  place.querySelector("button").addEventListener("click", () => {
    const told = place.querySelector("[role=status]");
    try {
      navigator.registerProtocolHandler("tel", `${location.origin}/dial?uri=%s`);
      told.textContent = place.dataset.done;
    } catch (error) {
      told.textContent = String(error.message ?? error);
    }
  });
}

for (const shown of document.querySelectorAll("[data-select]")) {
  shown.select();
  shown.addEventListener("focus", () => shown.select());
}
