// Looks whether the payment has arrived; once the page says something else, shows it.
// Without this script the page loads itself again.
(() => {
  "use strict";
  const waiting = document.querySelector("[data-waiting]");
  const still = `data-waiting="${waiting?.dataset.waiting}"`;
  const quick = 20;
  let times = 0;

  const soon = () => {
    const seconds = Number(waiting.dataset.seconds) || 30;
    setTimeout(look, (times < quick ? seconds : 30) * 1000);
  };

  const look = async () => {
    times += 1;
    try {
      const answer = await fetch(location.pathname);
      if (answer.ok && !(await answer.text()).includes(still)) {
        location.replace(location.pathname);
        return;
      }
    } catch {
      // The line is bad: the next look may do better.
    }
    soon();
  };

  if (waiting) soon();
})();
