// A table with a search and filters. Rows are values by column; only a page of them is drawn.
// The address may ask for rows: #b-audit:verdict=differs/table=2 sets filters, and #c-2:joy:all
// opens the row of a key where the table has an address.
"use strict";

EmoS.browser = {
  step: 50,
  states: [],

  async start(host) {
    const table = await EmoS.load(`browser-${host.dataset.browser}`);
    const items = table.columns.some((column) => column.kind === "item")
      ? await EmoS.load("items")
      : null;
    const state = { host, table, items, at: 0, found: [], terms: [], opened: new Map() };
    state.name = host.dataset.browser;
    state.count = table.data[table.columns[0].key].length;
    state.lower = null; // made when a reader goes to the search
    state.filters = table.columns.filter((column) => column.choose).map((column) => EmoS.browser.filter(state, column));
    state.heading = host.querySelector("h3, h4, h5");
    state.heading.tabIndex = -1;
    host.append(
      EmoS.browser.form(state),
      (state.status = EmoS.el("p", { class: "status", role: "status" })),
      (state.body = EmoS.el("div", {})),
    );
    EmoS.browser.apply(state);
    if (!EmoS.browser.states.length) EmoS.browser.listen();
    EmoS.browser.states.push(state);
  },

  // What a column shows in a row, as text.
  text(state, column, row) {
    const value = state.table.data[column.key][row];
    if (value === null || value === undefined) return "";
    if (column.kind === "item") return state.items.ids[value];
    if (column.kind === "behind") return String(value[0]);
    if (column.kind === "lines") return value.map((line) => EmoS.browser.line(column, line)).join(" ");
    return EmoS.own(column.names, value) ?? (typeof value === "number" ? EmoS.number(value) : String(value));
  },

  line: (column, line) =>
    line.map((part) => (Array.isArray(part) ? part[0] : (EmoS.own(column.names, part) ?? part))).join(""),

  // The values of a column and which of them each row has; `wanted` is the one chosen, or -1.
  filter(state, column) {
    const values = state.table.data[column.key];
    const order = Object.keys(column.names);
    const rank = (value) => (order.includes(value) ? order.indexOf(value) : order.length);
    const known = [...new Set(values)].sort(
      (one, other) =>
        (one === null) - (other === null) || rank(one) - rank(other) ||
        String(one).localeCompare(String(other), "en", { numeric: true }),
    );
    const place = new Map(known.map((value, number) => [value, number]));
    const codes = Int32Array.from(values, (value) => place.get(value));
    const titles = known.map((value) =>
      value === null || value === "" ? "–" : (EmoS.own(column.names, value) ?? String(value)),
    );
    return { column, known, titles, codes, wanted: -1 };
  },

  form(state) {
    const form = EmoS.el("div", { class: "filters" });
    const search = EmoS.el("input", { type: "search", autocomplete: "off", spellcheck: "false" });
    search.addEventListener("focus", () => EmoS.browser.lower(state));
    search.addEventListener("input", () => {
      state.terms = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      EmoS.browser.apply(state);
    });
    state.search = search;
    const buttons = state.filters.filter((filter) => filter.column.choose === "buttons");
    for (const filter of buttons) form.append(EmoS.browser.buttons(state, filter));
    form.append(EmoS.el("label", {}, EmoS.say("search"), search));
    for (const filter of state.filters)
      if (!buttons.includes(filter)) form.append(EmoS.browser.list(state, filter));
    state.clear = EmoS.el("button", { type: "button", class: "clear" }, EmoS.say("clear"));
    state.clear.addEventListener("click", () => {
      EmoS.browser.reset(state);
      EmoS.browser.apply(state);
      search.focus();
    });
    form.append(state.clear);
    return form;
  },

  choose(state, filter, wanted) {
    filter.wanted = wanted;
    EmoS.browser.apply(state);
  },

  reset(state) {
    state.search.value = "";
    state.terms = [];
    for (const filter of state.filters) filter.wanted = -1;
  },

  list(state, filter) {
    const all = EmoS.el("option", { value: "-1" }, EmoS.say("all"));
    const options = filter.known.map((_, number) => EmoS.el("option", { value: String(number) }));
    const select = EmoS.el("select", {}, all, options);
    if (filter.column.lang) for (const option of options) option.lang = filter.column.lang;
    select.addEventListener("change", () => EmoS.browser.choose(state, filter, Number(select.value)));
    filter.tell = (counts) => {
      select.value = String(filter.wanted);
      options.forEach((option, number) => {
        option.textContent = `${filter.titles[number]} (${EmoS.number(counts[number])})`;
        option.disabled = counts[number] === 0 && filter.wanted !== number;
      });
    };
    return EmoS.el("label", {}, filter.column.title, select);
  },

  // A button per value, pressed while it is chosen; pressed again it lets go.
  buttons(state, filter) {
    const count = (n) => EmoS.el("span", { class: "count" }, EmoS.number(n));
    const button = (number, title, value) => {
      const element = EmoS.el("button", { type: "button", "data-value": value }, title);
      element.addEventListener("click", () =>
        EmoS.browser.choose(state, filter, filter.wanted === number ? -1 : number),
      );
      return element;
    };
    const all = button(-1, EmoS.say("all"));
    const each = filter.known.map((value, number) => button(number, filter.titles[number], value));
    filter.tell = (counts) => {
      const total = counts.reduce((sum, one) => sum + one, 0);
      [all, ...each].forEach((element, at) => {
        const title = at ? filter.titles[at - 1] : EmoS.say("all");
        const left = at ? counts[at - 1] : total;
        element.setAttribute("aria-pressed", String(filter.wanted === at - 1));
        element.disabled = left === 0 && filter.wanted !== at - 1;
        element.replaceChildren(title, " ", count(left));
      });
    };
    const legend = EmoS.el("legend", {}, filter.column.title);
    return EmoS.el("fieldset", { class: "choices" }, legend, all, each);
  },

  // What the search looks through, a text per row.
  lower(state) {
    const { columns } = state.table;
    state.lower ??= Array.from({ length: state.count }, (_, row) =>
      columns.map((column) => EmoS.browser.text(state, column, row)).join("\n").toLowerCase(),
    );
    return state.lower;
  },

  // The rows that fit, and for every filter how many rows each of its values would leave.
  apply(state) {
    const began = performance.now();
    const { filters, terms } = state;
    const lower = terms.length ? EmoS.browser.lower(state) : null;
    const counts = filters.map((filter) => new Array(filter.known.length).fill(0));
    state.found = [];
    for (let row = 0; row < state.count; row += 1) {
      if (lower && !terms.every((term) => lower[row].includes(term))) continue;
      let missed = -1;
      let misses = 0;
      for (let at = 0; at < filters.length && misses < 2; at += 1) {
        const { wanted, codes } = filters[at];
        if (wanted >= 0 && codes[row] !== wanted) {
          missed = at;
          misses += 1;
        }
      }
      if (misses === 0) {
        state.found.push(row);
        for (let at = 0; at < filters.length; at += 1) counts[at][filters[at].codes[row]] += 1;
      } else if (misses === 1) counts[missed][filters[missed].codes[row]] += 1;
    }
    filters.forEach((filter, at) => filter.tell(counts[at]));
    state.clear.hidden = !terms.length && filters.every((filter) => filter.wanted < 0);
    state.at = 0;
    EmoS.browser.draw(state);
    state.host.dataset.filteredMs = (performance.now() - began).toFixed(1);
  },

  go(state) {
    state.heading.scrollIntoView({ behavior: "instant" });
    state.heading.focus({ preventScroll: true });
  },

  listen() {
    const all = () => EmoS.browser.states.forEach(EmoS.browser.route);
    window.addEventListener("hashchange", all);
    // Following a link that is already in the address changes nothing that could be heard.
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]");
      if (link && link.getAttribute("href") === window.location.hash) all();
    });
  },

  route(state) {
    const asked = window.location.hash.slice(1);
    const { address, data } = state.table;
    if (asked.startsWith(`b-${state.name}:`)) EmoS.browser.narrow(state, asked);
    else if (address && asked.startsWith(`${address}-`))
      EmoS.browser.reveal(state, data.key.indexOf(EmoS.browser.plain(asked.slice(address.length + 1))));
  },

  plain(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text; // somebody typed it
    }
  },

  narrow(state, asked) {
    EmoS.browser.reset(state);
    for (const part of asked.slice(`b-${state.name}:`.length).split("/")) {
      const [key, value] = part.split("=").map(EmoS.browser.plain);
      const filter = state.filters.find((one) => one.column.key === key);
      if (filter) filter.wanted = filter.known.findIndex((one) => String(one) === value);
    }
    EmoS.browser.apply(state);
    EmoS.browser.go(state);
  },

  reveal(state, row) {
    if (row < 0) return;
    if (!state.found.includes(row)) {
      EmoS.browser.reset(state);
      EmoS.browser.apply(state);
    }
    const at = state.found.indexOf(row);
    state.at = at - (at % EmoS.browser.step);
    EmoS.browser.draw(state);
    const button = state.opened.get(row);
    if (!button) return;
    button.click();
    button.scrollIntoView({ block: "center", behavior: "instant" });
    button.focus({ preventScroll: true });
  },
};
