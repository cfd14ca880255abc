// Says by itself what to do when nothing came, once two minutes have passed, whoever asked.
// Without this script a link does so: a page that loads itself anew would lose what is being typed.
(() => {
  "use strict";
  const part = document.querySelector("[data-late-in]");
  const show = () => {
    part.classList.add("late");
    part.querySelector("h2").textContent = part.dataset.late;
    part.querySelector("[role=status]").textContent = part.dataset.late;
    const reload = part.querySelector(".reload");
    if (reload) reload.hidden = true;
  };
  if (part) setTimeout(show, Number(part.dataset.lateIn) * 1000);
})();
