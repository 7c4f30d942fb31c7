"use strict";
// The page can be read without this; it adds search, filters, order and a theme.
(() => {
  const all = (root, what) => Array.from(root.querySelectorAll(what));

  for (const list of all(document, "[data-list]")) {
    const form = list.querySelector("form");
    const rows = all(list, "tbody tr");
    const body = list.querySelector("tbody");
    const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    const count = list.querySelector(".count");

    const show = () => {
      const asked = form.querySelector("[data-search]").value.toLowerCase().split(/\s+/);
      const selects = all(form, "select").filter((one) => one.value !== "");
      const only = all(form, "[data-only]").filter((one) => one.checked);
      let shown = 0;
      for (const row of rows) {
        const fits = asked.every((word) => texts.get(row).includes(word))
          && selects.every((one) => row.dataset[one.dataset.key] === one.value)
          && only.every((one) => row.dataset[one.dataset.only] === "yes");
        row.hidden = !fits;
        shown += fits ? 1 : 0;
      }
      count.textContent = `${shown} of ${rows.length} shown`;
    };

    form.hidden = false;
    form.addEventListener("input", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(show));
    show();

    all(list, "th[data-sort]").forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of all(list, "th")) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const by = (row) => {
          const cell = row.cells[place];
          const value = cell.dataset.by ?? cell.textContent.replaceAll(",", "");
          return head.dataset.sort === "number" ? Number(value) : value.toLowerCase();
        };
        const order = (a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0);
        rows.sort(down ? (a, b) => order(b, a) : order);
        body.append(...rows);
      });
    });

    for (const button of all(document.getElementById("releases"), "[data-set]")) {
      const select = form.querySelector(`select[data-key="${button.dataset.set}"]`);
      if (!select || !document.getElementById("releases").contains(list)) continue;
      button.addEventListener("click", () => {
        select.value = button.dataset.value;
        show();
        form.scrollIntoView({ block: "start" });
        select.focus({ preventScroll: true });
      });
    }
  }

  const theme = document.getElementById("theme");
  const themes = ["system", "light", "dark"];
  let chosen = 0;
  theme.hidden = false;
  theme.addEventListener("click", () => {
    chosen = (chosen + 1) % themes.length;
    theme.textContent = `Theme: ${themes[chosen]}`;
    if (chosen === 0) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = themes[chosen];
  });

  // What is folded is printed, too.
  addEventListener("beforeprint", () => {
    for (const one of all(document, "details")) one.open = true;
  });
})();
