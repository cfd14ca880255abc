// The editor's comforts: it saves by itself, shows the text beside the fields, reads what is
// pasted, takes pictures that are dropped, and knows who else is here. Without it forms do the same.
(() => {
  "use strict";
  const asked = document.querySelector("[data-publish-now]");
  document.addEventListener("keydown", (event) => {
    if (asked && (event.ctrlKey || event.metaKey) && event.key === "Enter") { asked.requestSubmit(); }
  });
  const form = document.querySelector("[data-editor]");
  if (!form) { return; }
  const to = form.dataset;
  const body = form.elements.body;
  const version = form.elements.builds_on;
  const status = form.querySelector("[data-status]");
  const preview = document.querySelector("[data-preview]");
  const pictures = document.querySelector("[data-picture]");
  const fields = ["headline", "dek", "body", "slug", "excerpt", "related"];
  const saveAfter = 2500;
  const showAfter = 400;
  const keepalive = 60000;
  const FORBIDDEN = 403;
  const CONFLICT = 409;
  const UNPROCESSABLE = 422;

  const written = () => JSON.stringify(fields.map((name) => form.elements[name].value));
  let kept = written();
  let stopped = "held" in to;
  let waiting = stopped;
  let failed = false;
  let leaving = false;
  let saving = null;
  let saveTimer = 0;
  let showTimer = 0;
  let shownLast = 0;

  const say = (text, wrong = false) => {
    status.textContent = text;
    status.classList.toggle("wrong", wrong);
  };

  const guarded = (extra = {}) => {
    const data = new FormData();
    data.set("csrf_token", form.elements.csrf_token.value);
    for (const [name, value] of Object.entries(extra)) { data.set(name, value); }
    return data;
  };

  const post = (url, data, options = {}) => fetch(url, {
    method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "manual", ...options,
  });

  // Whoever was signed out, and signed in again in another window, goes on here.
  const renew = async () => {
    const answer = await fetch(window.location.href, { redirect: "manual" });
    if (!answer.ok) { return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("[name=csrf_token]");
    for (const one of token ? document.querySelectorAll("[name=csrf_token]") : []) {
      one.value = token.value;
    }
  };

  const dirty = () => written() !== kept;

  const autosave = async () => {
    clearTimeout(saveTimer);
    if (saving) { await saving; }
    if (stopped || !dirty()) { return !stopped; }
    saving = send();
    const done = await saving;
    saving = null;
    return done;
  };

  const send = async () => {
    const sent = written();
    say(to.saving);
    try {
      const answer = await post(to.autosave, new FormData(form));
      const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      failed = !answer.ok;
      if (answer.ok) {
        kept = sent;
        version.value = said.version;
        for (const other of document.querySelectorAll("form:not([data-editor]) [name=builds_on]")) {
          other.value = said.version;
        }
        say(said.text);
        return true;
      }
      if (answer.status === CONFLICT) {
        stopped = true;
        say(`${said.text} ${to.compare}`, true);
        return false;
      }
      const isOut = answer.type === "opaqueredirect" || answer.status === FORBIDDEN;
      say(said.text || (isOut ? to.signedOut : to.offline), true);
      if (isOut) { await renew(); }
      if (answer.status !== UNPROCESSABLE) { later(saveAfter * 2); }
    } catch {
      failed = true;
      say(to.offline, true);
      later(saveAfter * 2);
    }
    return false;
  };

  const later = (after) => {
    clearTimeout(saveTimer);
    saveTimer = setTimeout(autosave, after);
  };

  const show = async () => {
    const mine = ++shownLast;
    try {
      const answer = await post(to.shown, guarded({ body: body.value }));
      if (answer.ok && mine === shownLast) { preview.innerHTML = await answer.text(); }
    } catch { /* the next word tries again */ }
  };

  form.addEventListener("input", (event) => {
    if (!stopped) {
      say(to.typing);
      later(saveAfter);
    }
    if (event.target === body) {
      clearTimeout(showTimer);
      showTimer = setTimeout(show, showAfter);
    }
  });

  // A press of Save goes the way of the form: nothing may change under it.
  form.addEventListener("submit", () => { leaving = true; clearTimeout(saveTimer); });
  window.addEventListener("pageshow", () => { leaving = false; });

  // What is typed last is sent while the page closes, if a browser lets it; else it asks first.
  const fits = () => new Blob([written()]).size < keepalive;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") { autosave(); }
  });
  window.addEventListener("pagehide", () => {
    if (leaving || stopped) { return; }
    if (dirty() && fits()) {
      const data = new FormData(form);
      data.set("leave", "yes");
      post(to.autosave, data, { keepalive: true }).catch(() => {});
    } else {
      navigator.sendBeacon(to.leave, guarded());
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && dirty() && (stopped || failed || !fits())) { event.preventDefault(); }
  });

  // Whoever had it has gone: what is here is saved by itself from now on, or made new if untouched.
  const begin = () => {
    waiting = false;
    if (!dirty()) {
      leaving = true;
      window.location.reload();
      return;
    }
    stopped = false;
    document.querySelector("[data-held-by]")?.remove();
    say(to.free);
    autosave();
  };

  setInterval(async () => {
    if (stopped && !waiting) { return; }
    try {
      const answer = await post(to.beat, guarded());
      if (waiting) {
        if (answer.ok) { begin(); }
      } else if (answer.status === CONFLICT) {
        const said = await answer.json();
        stopped = true;
        say(`${said.text} ${to.compare}`, true);
      }
    } catch { /* the next beat tries again */ }
  }, Number(to.beatSeconds) * 1000);

  const insert = (text) => {
    body.focus();
    // Through the browser's own way, so that it can be undone there.
    if (!document.execCommand("insertText", false, text)) {
      body.setRangeText(text, body.selectionStart, body.selectionEnd, "end");
      body.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  body.addEventListener("paste", async (event) => {
    const file = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
    const html = event.clipboardData.getData("text/html");
    const plain = event.clipboardData.getData("text/plain");
    if (file && !plain) { event.preventDefault(); take(file); return; }
    if (!html) { return; }
    event.preventDefault();
    const light = html.replace(/src="data:[^"]*"/g, 'src=""');
    say(to.reading);
    try {
      const answer = await post(to.pasted, guarded({ document: new Blob([light]) }));
      const said = await answer.json();
      insert(answer.ok && said.markdown ? said.markdown : plain);
      if (said.text) { say(said.text, true); }
    } catch {
      insert(plain);
    }
  });

  const take = (file) => {
    const chosen = new DataTransfer();
    chosen.items.add(file);
    pictures.elements.picture.files = chosen.files;
    pictures.scrollIntoView({ block: "center" });
    pictures.elements.alt.focus();
  };

  for (const place of [body, pictures]) {
    place.addEventListener("dragover", (event) => {
      if (![...event.dataTransfer.types].includes("Files")) { return; }
      event.preventDefault();
      place.classList.add("dropping");
    });
    place.addEventListener("dragleave", () => place.classList.remove("dropping"));
    place.addEventListener("drop", (event) => {
      place.classList.remove("dropping");
      if (!event.dataTransfer.files.length) { return; }
      event.preventDefault();
      take(event.dataTransfer.files[0]);
    });
  }

  const pictureStatus = pictures.querySelector("[data-picture-status]");
  pictures.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = pictures.querySelector("[type=submit]");
    button.disabled = true;
    pictureStatus.textContent = pictures.dataset.sending;
    for (const one of pictures.elements) { one.removeAttribute("aria-invalid"); }
    try {
      const answer = await post(pictures.action, new FormData(pictures));
      const said = await answer.json();
      pictureStatus.textContent = said.text;
      if (answer.ok) {
        pictures.reset();
        if (said.markdown) { insert(`\n\n${said.markdown}\n\n`); }
      } else if (pictures.elements[said.field]) {
        pictures.elements[said.field].setAttribute("aria-invalid", "true");
        pictures.elements[said.field].focus();
      }
    } catch {
      pictureStatus.textContent = to.offline;
    }
    button.disabled = false;
  });

  const publish = async () => {
    if (await autosave()) { window.location.assign(to.publish); }
  };
  document.querySelector("[data-publish-way]").addEventListener("click", (event) => {
    if (dirty() && !event.ctrlKey && !event.metaKey) { event.preventDefault(); publish(); }
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) { return; }
    if (event.key === "s") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[value=save]"));
    } else if (event.key === "Enter") {
      event.preventDefault();
      publish();
    }
  });
})();
