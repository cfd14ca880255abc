// Passkeys: a form is filled in by the browser's own ceremony, then sent like any other.
(() => {
  "use strict";
  const toBytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  };
  const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));

  const make = async (asked) => {
    const made = await navigator.credentials.create({ publicKey: {
      ...asked,
      challenge: toBytes(asked.challenge),
      user: { ...asked.user, id: toBytes(asked.user.id) },
      excludeCredentials: named(asked.excludeCredentials),
    } });
    return answer(made, ["clientDataJSON", "attestationObject"]);
  };

  const ask = async (asked) => {
    const signed = await navigator.credentials.get({ publicKey: {
      ...asked,
      challenge: toBytes(asked.challenge),
      allowCredentials: named(asked.allowCredentials),
    } });
    return answer(signed, ["clientDataJSON", "authenticatorData", "signature", "userHandle"]);
  };

  const answer = (credential, parts) => {
    const response = {};
    for (const part of parts) {
      const held = credential.response[part];
      if (held) { response[part] = toText(held); }
    }
    return JSON.stringify({
      id: credential.id, rawId: toText(credential.rawId), type: credential.type, response,
    });
  };

  const options = async (form) => {
    const body = new FormData(form);
    const address = document.querySelector("[data-passkey-address]");
    if (address && address.value) { body.set("email", address.value); }
    const answered = await fetch(form.dataset.options, { method: "POST", body });
    if (answered.redirected) { window.location.assign(answered.url); return null; }
    const said = await answered.json();
    if (!answered.ok) { throw new Error(said.error || form.dataset.down); }
    return said;
  };

  const trouble = (form, sentence) => {
    const line = form.querySelector("[data-passkey-error]");
    line.textContent = sentence;
    line.hidden = false;
  };

  const run = async (form) => {
    let asked;
    try {
      asked = await options(form);
    } catch (error) {
      trouble(form, error instanceof TypeError || error instanceof SyntaxError ? form.dataset.down : error.message);
      return;
    }
    if (!asked) { return; }
    try {
      form.elements.answer.value = await (form.dataset.passkey === "make" ? make : ask)(asked);
    } catch (error) {
      trouble(form, error.name === "InvalidStateError" ? form.dataset.known : form.dataset.refused);
      return;
    }
    form.submit();
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const press = form.querySelector("[data-passkey-press]");
    if (!window.PublicKeyCredential) { trouble(form, form.dataset.none); return; }
    press.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (press.disabled) { return; }
      press.disabled = true;
      form.querySelector("[data-passkey-error]").hidden = true;
      await run(form);
      press.disabled = false;
    });
  });
})();
