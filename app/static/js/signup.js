// Newsletter forms without a page load. Without this script they post and come back.
// Its words stand on the script element, so that they come translated.
(() => {
  "use strict";
  const words = document.currentScript.dataset;
  const solver = new URL("proof.js", document.currentScript.src);
  const patience = 20000;
  const prove = 428;

  const make = (tag, text, properties = {}) =>
    Object.assign(document.createElement(tag), properties, { textContent: text });

  const show = (element, ...children) => {
    element.replaceChildren(...children);
    element.hidden = !children.length;
  };

  const post = async (form, extra) => {
    const body = new URLSearchParams(new FormData(form));
    for (const [name, value] of Object.entries(extra)) body.set(name, value);
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), patience);
    try {
      const answer = await fetch(form.getAttribute("action"), {
        method: "POST", body, headers: { Accept: "application/json" }, signal: stop.signal,
      });
      const read = answer.ok || [422, prove].includes(answer.status);
      return { status: answer.status, ok: answer.ok, data: read ? await answer.json() : {} };
    } catch {
      return { status: 0, ok: false, data: {} };
    } finally {
      clearTimeout(timer);
    }
  };

  // Asked for while somebody abuses our forms: a second of work, out of the page's way.
  const solve = (challenge) => new Promise((resolve, reject) => {
    const worker = new Worker(solver);
    const end = (how) => ({ data }) => {
      worker.terminate();
      how(data);
    };
    worker.onmessage = end(resolve);
    worker.onerror = end(reject);
    worker.postMessage(challenge);
  });

  const enhance = (form) => {
    const field = form.querySelector("input[type=email]");
    const error = document.getElementById(`${field.id}-error`);
    const suggestion = document.getElementById(`${field.id}-suggestion`);
    const status = form.querySelector("[role=status]");
    const box = form.querySelector("fieldset [name=list]");
    const places = { email: [field, error] };
    if (box) places.list = [box, form.querySelector("fieldset > .error")];
    let busy = false;

    const clear = () => {
      for (const [at, sentence] of Object.values(places)) {
        at.removeAttribute("aria-invalid");
        show(sentence);
      }
      show(suggestion);
      show(status);
      status.hidden = false;
    };

    const say = (state, ...children) => {
      form.dataset.state = state;
      status.replaceChildren(...children);
    };

    const refuse = (name, text) => {
      const [at, sentence] = places[name] || places.email;
      at.setAttribute("aria-invalid", "true");
      show(sentence, text);
    };

    const suggest = (address) => {
      const question = make("p", `${words.suggest} `);
      question.append(make("bdi", address, { dir: "ltr" }), "?");
      const choices = make("p", "", { className: "choices" });
      const button = (text, act) =>
        choices.append(make("button", text, { type: "button", className: "button quiet", onclick: act }));
      button(words.take.replace("{}", address), () => {
        field.value = address;
        send();
      });
      button(words.keep, () => send({ as_typed: "1" }));
      show(suggestion, question, choices);
    };

    const done = (data) => {
      const thanks = make("p", words.done);
      const waiting = String(data.waiting || "");
      if (/^\/(?!\/)/.test(waiting)) thanks.append(" ", make("a", words.waiting, { href: waiting }));
      form.querySelector(".fields").hidden = true;
      status.tabIndex = -1;
      say("done", thanks);
      status.focus();
    };

    const send = async (extra = {}) => {
      if (busy) return;
      busy = true;
      clear();
      say("sending", make("p", words.sending));
      let answer = await post(form, extra);
      for (let turn = 0; answer.status === prove && turn < 3; turn += 1) {
        say("sending", make("p", words.proving));
        const { challenge } = answer.data;
        try {
          answer = await post(form, { ...extra, challenge, number: await solve(challenge) });
        } catch {
          return form.submit(); // Without workers it goes as without script: by the code.
        }
      }
      const { status: code, ok, data } = answer;
      busy = false;
      if (ok) return done(data);
      const mistakes = Object.entries(data.errors || {});
      const likely = data.suggestion && data.suggestion.email;
      if (mistakes.length || likely) {
        say("error");
        for (const [name, text] of mistakes) refuse(name, text);
        if (likely) suggest(likely);
      } else {
        say("error", make("p", { 403: words.refused, 429: words.limit }[code] || words.failed));
      }
      (form.querySelector("[aria-invalid]") || field).focus();
    };

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const by = event.submitter;
      send(by && by.name ? { [by.name]: by.value } : {});
    });
  };

  // Only that a form came into view is told, and only if the browser does not object.
  const slugs = (form) => {
    const alone = form.getAttribute("action").match(/\/newsletters\/([^/]+)\/subscribe$/);
    return alone ? [alone[1]] : [...form.querySelectorAll("[name=list]")].map((one) => one.value);
  };

  const watch = (forms) => {
    const watcher = new IntersectionObserver((entries) => {
      const seen = entries.filter((one) => one.isIntersecting).map((one) => one.target);
      if (!seen.length) return;
      const body = new URLSearchParams({ path: location.pathname });
      for (const form of seen) {
        watcher.unobserve(form);
        for (const slug of slugs(form)) body.append("list", slug);
      }
      navigator.sendBeacon("/newsletters/seen", body);
    }, { threshold: 0.5 });
    forms.forEach((form) => watcher.observe(form));
  };

  const forms = document.querySelectorAll("form[data-signup]");
  forms.forEach(enhance);
  const unwatched = navigator.globalPrivacyControl || navigator.doNotTrack === "1";
  if (!unwatched && window.IntersectionObserver) watch(forms);
})();
