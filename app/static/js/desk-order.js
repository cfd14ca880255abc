// Dragging rows into another order; the buttons beside them do the same without.
(() => {
  "use strict";
  const form = document.querySelector("[data-order]");
  if (!form) { return; }
  const list = form.querySelector("ol");
  let dragged = null;

  const slugs = () => [...list.children].map((row) => row.dataset.slug).join(",");

  [...list.children].forEach((row) => { row.draggable = true; });

  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li");
    dragged.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.slug);
  });

  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!dragged || !over) { return; }
    event.preventDefault();
    if (over === dragged) { return; }
    const box = over.getBoundingClientRect();
    const after = event.clientY > box.top + box.height / 2;
    list.insertBefore(dragged, after ? over.nextSibling : over);
  });

  list.addEventListener("drop", (event) => { event.preventDefault(); });

  list.addEventListener("dragend", () => {
    if (!dragged) { return; }
    dragged.classList.remove("dragged");
    dragged = null;
    const order = form.elements.namedItem("order");
    if (order.value !== slugs()) {
      order.value = slugs();
      form.submit();
    }
  });
})();
