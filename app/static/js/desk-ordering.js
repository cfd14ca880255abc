// Rows that are dragged into order; the buttons beside them do the same without it.
(() => {
  "use strict";
  document.querySelectorAll("form[data-ordering]").forEach((form) => {
    const list = form.querySelector("ol");
    const order = form.elements.namedItem("order");
    const keys = () => [...list.children].map((row) => row.dataset.key).join(",");
    let dragged = null;

    list.querySelectorAll(":scope > li").forEach((row) => { row.draggable = true; });
    list.addEventListener("dragstart", (event) => {
      dragged = event.target.closest("li");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged.dataset.key);
      dragged.classList.add("dragged");
    });
    list.addEventListener("dragover", (event) => {
      const over = event.target.closest("li");
      if (!dragged) { return; }
      event.preventDefault();
      if (!over || over === dragged) { return; }
      const box = over.getBoundingClientRect();
      const below = event.clientY > box.top + box.height / 2;
      list.insertBefore(dragged, below ? over.nextSibling : over);
    });
    list.addEventListener("drop", (event) => { event.preventDefault(); });
    list.addEventListener("dragend", () => {
      dragged?.classList.remove("dragged");
      dragged = null;
      if (keys() === order.value) { return; }
      // The order it was made from goes along as the mark; the new one is all that is sent.
      order.value = keys();
      form.submit();
    });
  });
})();
