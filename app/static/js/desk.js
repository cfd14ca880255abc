// Keys, and small comforts: every page works without them.
(() => {
  "use strict";
  const sheet = document.getElementById("keys");
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
  const rows = () => [...document.querySelectorAll("[data-rows] tbody tr")];
  const openSheet = () => { if (!sheet.open) { sheet.showModal(); } };
  let waiting = 0;

  const toRow = (step) => {
    const all = rows();
    if (!all.length) { return; }
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.max(0, Math.min(all.length - 1, here + (here < 0 ? 1 : step)))];
    const way = next.querySelector("a, button, input");
    if (way) { way.focus(); } else { next.tabIndex = -1; next.focus(); }
  };

  const go = (key) => {
    const way = document.querySelector(`[data-desk-menu] a[data-key="${CSS.escape(key)}"]`);
    if (way) { window.location.assign(way.href); }
  };

  const plain = {
    "?": openSheet,
    "/": () => document.querySelector("[data-search]")?.focus(),
    j: () => toRow(1),
    k: () => toRow(-1),
    g: () => { waiting = Date.now(); },
    n: () => {
      const field = document.querySelector(".feed-line input[type=text]");
      const url = document.body.dataset.newLine;
      if (field) { field.focus(); } else if (url) { window.location.assign(url); }
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "Escape") {
      document.querySelector("[data-desk-menu][open]")?.removeAttribute("open");
      return;
    }
    if (typing(event.target) || sheet.open) { return; }
    if (Date.now() - waiting < 1500 && event.key !== "g") {
      waiting = 0;
      event.preventDefault();
      go(event.key);
      return;
    }
    if (Object.hasOwn(plain, event.key)) {
      event.preventDefault();
      plain[event.key]();
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]")) {
      event.preventDefault();
      openSheet();
    }
    const menu = document.querySelector("[data-desk-menu][open]");
    if (menu && !menu.contains(event.target)) { menu.removeAttribute("open"); }
  });

  // A form that acts once is sent once; whoever comes back by the browser's button may send again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("once" in form.dataset)) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-once]").forEach((form) => { delete form.dataset.sent; });
  });
})();
