// How a browser draws its rows: a page of them, each of which may open.
"use strict";

Object.assign(EmoS.browser, {
  draw(state) {
    const rows = state.found.slice(state.at, state.at + EmoS.browser.step);
    const key = state.found.length === state.count ? "shown_all" : "shown";
    state.status.textContent = EmoS.say(key, { n: state.found.length, all: state.count });
    state.opened.clear();
    if (!rows.length) {
      state.body.replaceChildren(EmoS.el("p", { class: "note" }, EmoS.say("none")));
      return;
    }
    const columns = state.table.columns.filter((column) => column.drawn && column.kind !== "lines");
    const opens = state.table.columns.filter((column) => column.drawn && column.kind === "lines");
    // On a phone each row is a card (CSS). A browser forgets what is a table there unless told.
    const head = columns.map((column) => EmoS.browser.head(column.title, column));
    if (opens.length) head.unshift(EmoS.browser.head(EmoS.browser.unseen(EmoS.say("open"))));
    const table = EmoS.el(
      "table",
      { role: "table" },
      EmoS.el("caption", { class: "unseen" }, state.table.caption),
      EmoS.el("thead", { role: "rowgroup" }, EmoS.el("tr", { role: "row" }, head)),
      EmoS.el(
        "tbody",
        { role: "rowgroup" },
        rows.map((row) => EmoS.browser.row(state, columns, opens, row)),
      ),
    );
    const region = { class: "scroll", tabindex: "0", role: "region", "aria-label": state.table.caption };
    state.body.replaceChildren(EmoS.el("div", region, table), ...EmoS.browser.pages(state));
  },

  unseen: (text) => EmoS.el("span", { class: "unseen" }, text),

  figure: (column) => (column && ["number", "behind"].includes(column.kind) ? "figure" : null),

  head: (title, column) =>
    EmoS.el("th", { scope: "col", role: "columnheader", class: EmoS.browser.figure(column) }, title),

  row(state, columns, opens, row) {
    const line = EmoS.el("tr", { role: "row" }, columns.map((column) => EmoS.browser.cell(state, column, row)));
    if (!opens.length) return line;
    const what = columns.slice(0, 3).map((column) => EmoS.browser.text(state, column, row));
    const button = EmoS.el(
      "button",
      { type: "button", class: "open", "aria-expanded": "false" },
      EmoS.say("open"),
      EmoS.browser.unseen(`: ${what.filter(Boolean).join(", ")}`),
    );
    button.addEventListener("click", () => EmoS.browser.toggle(button, line, () =>
      EmoS.browser.opened(state, opens, row, columns.length + 1)));
    state.opened.set(row, button);
    line.prepend(EmoS.el("td", { role: "cell" }, button));
    return line;
  },

  toggle(button, line, content) {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) line.nextElementSibling.remove();
    else line.after(content());
  },

  cell(state, column, row) {
    const value = state.table.data[column.key][row];
    const told = EmoS.browser.text(state, column, row);
    const properties = {
      role: "cell",
      class: EmoS.browser.figure(column),
      lang: (EmoS.own(column.names, value) === undefined && told && column.lang) || null,
      "data-title": column.title,
    };
    let content = told;
    if (column.kind === "item" && told)
      content = EmoS.el("a", { class: "number", href: `#i-${value}` }, told);
    else if (column.kind === "behind" && value) content = EmoS.behind(value);
    else if (column.kind === "typed" && told) content = EmoS.typed(told);
    else if (column.choose === "buttons" && told)
      content = EmoS.el("span", { class: "badge", "data-value": value }, told);
    return EmoS.el("td", properties, content);
  },

  opened(state, opens, row, width) {
    const parts = opens.flatMap((column) => {
      const lines = state.table.data[column.key][row] || [];
      if (!lines.length) return [];
      return [
        EmoS.el("p", { class: "part" }, column.title),
        ...lines.map((line) => EmoS.browser.told(column, line)),
      ];
    });
    const { address, data } = state.table;
    if (address) {
      const here = `#${address}-${data.key[row]}`;
      const link = EmoS.el("a", { href: here }, here);
      parts.push(EmoS.el("p", { class: "part" }, EmoS.say("address"), " ", link));
    }
    const cell = EmoS.el("td", { role: "cell", colspan: String(width) }, parts);
    return EmoS.el("tr", { role: "row", class: "opened" }, cell);
  },

  // A line, and in which language it is where that is not the page's.
  told(column, line) {
    const named = line.map((part) => (Array.isArray(part) ? undefined : EmoS.own(column.names, part)));
    const lang = named.some((name) => name !== undefined) ? null : column.lang || null;
    return EmoS.el("p", { lang }, EmoS.phrase(line.map((part, at) => named[at] ?? part)));
  },

  pages(state) {
    if (state.found.length <= EmoS.browser.step) return [];
    const turn = (title, by) => {
      const at = state.at + by * EmoS.browser.step;
      const button = EmoS.el("button", { type: "button" }, EmoS.say(title));
      button.disabled = at < 0 || at >= state.found.length;
      button.addEventListener("click", () => {
        state.at = at;
        EmoS.browser.draw(state);
        EmoS.browser.go(state);
      });
      return button;
    };
    const last = Math.min(state.at + EmoS.browser.step, state.found.length);
    const here = `${EmoS.number(state.at + 1)}–${EmoS.number(last)}`;
    return [EmoS.el("p", { class: "pages" }, turn("previous", -1), ` ${here} `, turn("next", 1))];
  },
});
