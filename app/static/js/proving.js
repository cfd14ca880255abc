// Does the work that a payment page costs while somebody tries cards, and sends the form again.
// Without it, or without workers, the sentence above the form holds: wait a minute, press.
(() => {
  "use strict";
  const { dataset: words, src } = document.currentScript;
  const form = document.querySelector(".join-form");
  const said = form.querySelector(".trouble");
  const wait = said.textContent;
  const worker = new Worker(new URL("proof.js", src));
  const say = (text, tone) => Object.assign(said, { textContent: text, className: tone });
  say(words.proving, "unpaid");
  worker.onerror = () => say(wait, "trouble");
  worker.onmessage = ({ data }) => {
    worker.terminate();
    form.elements.namedItem("number").value = data;
    if (words.byHand) say(words.byHand, "unpaid"); // It went round once: never for ever.
    else form.requestSubmit();
  };
  worker.postMessage(form.elements.namedItem("challenge").value);
})();
