// A table with a search and filters. Rows are values by column; only a page of them is drawn.
"use strict";

EmoS.browser = {
  step: 50,

  async start(host) {
    const table = await EmoS.load(`browser-${host.dataset.browser}`);
    const items = table.columns.some((column) => column.kind === "item")
      ? await EmoS.load("items")
      : null;
    const state = { host, table, items, at: 0, found: [], wanted: {}, text: "" };
    state.count = EmoS.browser.length(table);
    state.lower = null; // made when a reader first searches
    host.append(
      EmoS.browser.filters(state),
      (state.status = EmoS.el("p", { class: "status", role: "status" })),
      (state.body = EmoS.el("div", {})),
    );
    EmoS.browser.apply(state);
  },

  length: (table) => table.data[table.columns[0].key].length,

  // What a column shows in a row, as text.
  text(state, column, row) {
    const value = state.table.data[column.key][row];
    if (value === null || value === undefined) return "";
    if (column.kind === "item") return state.items.ids[value];
    if (column.kind === "behind") return String(value[0]);
    if (column.kind === "lines")
      return value.map((line) => line.map((part) => (Array.isArray(part) ? part[0] : part)).join("")).join(" ");
    return column.names[value] ?? (typeof value === "number" ? EmoS.number(value) : String(value));
  },

  filters(state) {
    const form = EmoS.el("div", { class: "filters" });
    const search = EmoS.el("input", { type: "search", autocomplete: "off" });
    search.addEventListener("input", () => {
      state.text = search.value.trim().toLowerCase();
      EmoS.browser.apply(state);
    });
    form.append(EmoS.el("label", {}, EmoS.say("search"), search));
    for (const column of state.table.columns.filter((one) => one.choose)) {
      const select = EmoS.browser.choice(state, column);
      form.append(EmoS.el("label", {}, column.title, select));
    }
    return form;
  },

  choice(state, column) {
    const values = state.table.data[column.key];
    const counts = new Map();
    for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
    const select = EmoS.el("select", {}, EmoS.el("option", { value: "" }, EmoS.say("all")));
    const known = [...counts.keys()];
    known.forEach((value, number) => {
      const name = column.names[value] ?? (value === null || value === "" ? "–" : String(value));
      const title = `${name} (${EmoS.number(counts.get(value))})`;
      select.append(EmoS.el("option", { value: String(number) }, title));
    });
    select.addEventListener("change", () => {
      if (select.value === "") delete state.wanted[column.key];
      else state.wanted[column.key] = known[Number(select.value)];
      EmoS.browser.apply(state);
    });
    return select;
  },

  apply(state) {
    const began = performance.now();
    const { data, columns } = state.table;
    const wanted = Object.entries(state.wanted).map(([key, value]) => [data[key], value]);
    if (state.text && !state.lower) {
      state.lower = Array.from({ length: state.count }, (_, row) =>
        columns.map((column) => EmoS.browser.text(state, column, row)).join("\n").toLowerCase(),
      );
    }
    state.found = [];
    for (let row = 0; row < state.count; row += 1) {
      if (wanted.some(([values, value]) => values[row] !== value)) continue;
      if (state.text && !state.lower[row].includes(state.text)) continue;
      state.found.push(row);
    }
    state.at = 0;
    EmoS.browser.draw(state);
    state.host.dataset.filteredMs = (performance.now() - began).toFixed(1);
  },

  draw(state) {
    const rows = state.found.slice(state.at, state.at + EmoS.browser.step);
    state.status.textContent = EmoS.say("shown", { n: state.found.length, all: state.count });
    if (!rows.length) {
      state.body.replaceChildren(EmoS.el("p", { class: "note" }, EmoS.say("none")));
      return;
    }
    const columns = state.table.columns.filter((column) => column.kind !== "lines");
    const opens = state.table.columns.filter((column) => column.kind === "lines");
    const head = columns.map((column) => EmoS.el("th", { scope: "col" }, column.title));
    if (opens.length) head.push(EmoS.el("th", { scope: "col" }, EmoS.say("open")));
    const table = EmoS.el(
      "table",
      {},
      EmoS.el("caption", {}, state.table.caption),
      EmoS.el("thead", {}, EmoS.el("tr", {}, head)),
      EmoS.el("tbody", {}, rows.map((row) => EmoS.browser.row(state, columns, opens, row))),
    );
    const region = { class: "scroll", tabindex: "0", role: "region", "aria-label": state.table.caption };
    state.body.replaceChildren(EmoS.el("div", region, table), EmoS.browser.pages(state));
  },

  row(state, columns, opens, row) {
    const cells = columns.map((column) => EmoS.browser.cell(state, column, row));
    const line = EmoS.el("tr", {}, cells);
    if (!opens.length) return line;
    const button = EmoS.el("button", { type: "button", "aria-expanded": "false" }, EmoS.say("open"));
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!open));
      if (open) line.nextElementSibling.remove();
      else line.after(EmoS.browser.opened(state, opens, row, cells.length + 1));
    });
    line.append(EmoS.el("td", {}, button));
    return line;
  },

  cell(state, column, row) {
    const value = state.table.data[column.key][row];
    if (column.kind === "item" && value !== null && value !== undefined) {
      const link = EmoS.el("a", { class: "number", href: `#i-${value}` }, state.items.ids[value]);
      return EmoS.el("td", {}, link);
    }
    if (column.kind === "behind" && value)
      return EmoS.el("td", { class: "figure" }, EmoS.behind(value));
    const properties = column.kind === "number" ? { class: "figure" } : {};
    return EmoS.el("td", properties, EmoS.browser.text(state, column, row));
  },

  opened(state, opens, row, width) {
    const lines = opens.flatMap((column) => state.table.data[column.key][row] || []);
    const list = lines.map((line) => EmoS.el("p", {}, EmoS.phrase(line)));
    return EmoS.el("tr", { class: "opened" }, EmoS.el("td", { colspan: String(width) }, list));
  },

  pages(state) {
    const turn = (title, by) => {
      const at = state.at + by * EmoS.browser.step;
      const button = EmoS.el("button", { type: "button" }, EmoS.say(title));
      button.disabled = at < 0 || at >= state.found.length;
      button.addEventListener("click", () => {
        state.at = at;
        EmoS.browser.draw(state);
        state.host.scrollIntoView();
      });
      return button;
    };
    const last = Math.min(state.at + EmoS.browser.step, state.found.length);
    const here = `${EmoS.number(state.at + 1)}–${EmoS.number(last)}`;
    return EmoS.el("p", { class: "pages" }, turn("previous", -1), ` ${here} `, turn("next", 1));
  },
};
