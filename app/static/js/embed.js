// A newsletter form on another site, without a page load. Without this script it posts and leads on.
// It sends no cookie, sets no style, and depends on nothing.
(() => {
  "use strict";
  const words = /* words */ {};
  let made = 0;

  const make = (tag, text = "", more) =>
    Object.assign(document.createElement(tag), more, { textContent: text });

  const enhance = (form) => {
    const find = (one) => form.querySelector(one);
    const add = (name, value) => form.append(make("input", "", { type: "hidden", name, value }));
    const { state, language, lists } = form.dataset;
    const field = find("[name=email]");
    if (!field || state) return;
    const say = words[language] || words.en;
    const note = find("[role=status]") || form.appendChild(make("div"));
    note.setAttribute("role", "status");
    note.id = note.id || `newsletter-note-${++made}`;
    note.tabIndex = -1;
    form.noValidate = true;
    form.dataset.state = "idle";
    if (!find("[name=list]"))
      for (const slug of (lists || "").match(/[^\s,]+/g) || []) add("list", slug);
    const from = find("[name=from]");
    if (from && !from.value) from.value = location.pathname;

    const tell = (state, ...said) => {
      form.dataset.state = state;
      note.replaceChildren(...said);
    };

    const refuse = (at, ...said) => {
      tell("error", ...said);
      at.setAttribute("aria-invalid", "true");
      at.setAttribute("aria-describedby", note.id);
      at.focus();
    };

    const choice = (text, act) => {
      const line = make("p");
      line.append(make("button", text, { type: "button", onclick: act }));
      return line;
    };

    const choices = (address) => {
      const question = make("p", `${say.suggest} `);
      question.append(make("bdi", address, { dir: "ltr" }), "?");
      const take = () => {
        field.value = address;
        send();
      };
      const keep = () => send("as_typed");
      return [question, choice(say.take.replace("{}", address), take), choice(say.keep, keep)];
    };

    const done = (waiting) => {
      const thanks = make("p", `${say.done} `);
      thanks.append(make("a", say.waiting, { href: new URL(waiting, form.action) }));
      form.replaceChildren(note);
      tell("done", thanks);
      note.focus();
    };

    const send = async (extra) => {
      if (form.dataset.state === "sending") return;
      form.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
      tell("sending", make("p", say.sending));
      const body = new URLSearchParams(new FormData(form));
      if (extra) body.set(extra, "1");
      const headers = { Accept: "application/json" };
      const signal = AbortSignal.timeout(20000);
      let status, data = {};
      try {
        const answer = await fetch(form.action, {
          method: "POST", body, headers, signal, credentials: "omit",
        });
        status = answer.status;
        data = await answer.json();
      } catch {
        // What cannot be read is told below by its status.
      }
      const { errors = {}, suggestion = {}, waiting } = data || {};
      const said = Object.values(errors).map((text) => make("p", text));
      const likely = suggestion.email;
      if (status === 200 && waiting) return done(waiting);
      if ((status === 422 || status === 429) && (said.length || likely)) {
        const at = errors.list && find("[name=list]:not([type=hidden])");
        return refuse(at || field, ...said, ...(likely ? choices(likely) : []));
      }
      if (!status || status >= 500) return refuse(field, make("p", say.failed));
      // An answer that this script does not know: our own page takes over.
      if (extra) add(extra, "1");
      tell("idle");
      HTMLFormElement.prototype.submit.call(form);
    };

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    });
  };

  const start = () => document.querySelectorAll("form[data-newsletter]").forEach(enhance);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
