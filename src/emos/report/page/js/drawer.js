// What opens when a number is followed: its items, and each item's votes. The address says what is
// open (#s-12 is a set, #i-345 an item), so that a link, Back and a bookmark work.
"use strict";

EmoS.drawer = {
  step: 50,
  from: null,

  start() {
    const drawer = document.getElementById("drawer");
    document.getElementById("drawer-close").addEventListener("click", EmoS.drawer.close);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !drawer.hidden) EmoS.drawer.close();
    });
    document.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#s-"], a[href^="#i-"]');
      if (link) EmoS.drawer.from = link;
      // Following a link that is already in the address changes nothing that could be heard.
      const address = link && (link.getAttribute("href") || "");
      if (address && address === window.location.hash) EmoS.drawer.route();
    });
    window.addEventListener("hashchange", EmoS.drawer.route);
    return EmoS.drawer.route();
  },

  async route() {
    const asked = /^#([si])-(\d+)$/.exec(window.location.hash);
    if (!asked) {
      const drawer = document.getElementById("drawer");
      const held = drawer.contains(document.activeElement); // Back goes to the number, as Escape does
      drawer.hidden = true;
      if (held && EmoS.drawer.from?.isConnected) EmoS.drawer.from.focus();
      return;
    }
    const number = Number(asked[2]);
    if (asked[1] === "s") await EmoS.drawer.openSet(number);
    else await EmoS.drawer.openItem(number);
  },

  close() {
    document.getElementById("drawer").hidden = true;
    window.history.pushState("", "", window.location.pathname + window.location.search);
    if (EmoS.drawer.from && EmoS.drawer.from.isConnected) EmoS.drawer.from.focus();
  },

  show(title, ...content) {
    const head = document.getElementById("drawer-title");
    head.textContent = title;
    document.getElementById("drawer-body").replaceChildren(...content);
    document.getElementById("drawer").hidden = false;
    document.getElementById("drawer").scrollTop = 0;
    head.focus({ preventScroll: true });
  },

  // An address of another page, or of this one as it was made from other data.
  nothing() {
    EmoS.drawer.show(EmoS.say("nothing_here"), EmoS.el("p", {}, EmoS.say("nothing_told")));
  },

  async openSet(number) {
    const { lists, sets } = await EmoS.load("sets");
    const set = sets[number];
    if (!set) {
      EmoS.drawer.nothing();
      return;
    }
    const what = EmoS.el("p", { class: "what" }, set.what);
    if (set.rows) {
      EmoS.drawer.show(EmoS.say("rows", { n: set.n }), what, EmoS.drawer.rows(set));
      return;
    }
    const items = await EmoS.load("items");
    let at = 0;
    const places = lists[set.list].map((step) => (at += step));
    const content = [what, await EmoS.drawer.list(items, places, set.notes)];
    if (places.length < set.n) {
      const here = { shown: places.length, n: set.n };
      content.splice(1, 0, EmoS.el("p", { class: "note" }, EmoS.say("of_these", here)));
    }
    EmoS.drawer.show(EmoS.say(set.notes ? "entries" : "items", { n: set.n }), ...content);
  },

  async openItem(place) {
    const items = await EmoS.load("items");
    if (!(place in items.ids)) {
      EmoS.drawer.nothing();
      return;
    }
    EmoS.drawer.show(items.ids[place], await EmoS.items.detail(place));
  },

  // A list that grows by a step at a time; each entry opens to the item's votes.
  async list(items, places, notes) {
    const list = EmoS.el("ol", { class: "items" });
    const more = EmoS.el("button", { type: "button", class: "more" });
    const grow = () => {
      const from = list.children.length;
      const upto = Math.min(from + EmoS.drawer.step, places.length);
      for (let row = from; row < upto; row += 1)
        list.append(EmoS.drawer.entry(items, places[row], notes ? notes[row] : null));
      more.hidden = upto >= places.length;
      const left = Math.min(EmoS.drawer.step, places.length - upto);
      more.textContent = EmoS.say("more", { n: left });
    };
    more.addEventListener("click", () => {
      const next = list.children.length;
      grow();
      list.children[next].querySelector("button").focus();
    });
    grow();
    if (places.length === 1) await EmoS.drawer.toggle(list.querySelector("button"));
    return EmoS.el("div", {}, list, more);
  },

  entry(items, place, note) {
    const text = EmoS.items.fact(items, "transcript", place) || "";
    return EmoS.el(
      "li",
      {},
      EmoS.el(
        "button",
        {
          type: "button",
          class: "entry",
          "aria-expanded": "false",
          "data-item": String(place),
          onclick: (event) => EmoS.drawer.toggle(event.currentTarget),
        },
        EmoS.el("span", { class: "id" }, items.ids[place]),
        note ? EmoS.el("span", { class: "remark" }, note) : null,
        text ? EmoS.el("span", { class: "said" }, text) : null,
        EmoS.el("span", { class: "brief" }, EmoS.items.brief(items, place)),
      ),
    );
  },

  async toggle(button) {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) button.nextElementSibling.remove();
    else button.after(await EmoS.items.detail(Number(button.dataset.item)));
  },

  rows(set) {
    const head = set.columns.map((name) => EmoS.el("th", { scope: "col" }, name));
    const body = set.rows.map((row) =>
      EmoS.el("tr", {}, row.map((value) => EmoS.el("td", {}, value))),
    );
    const table = EmoS.el(
      "table",
      {},
      EmoS.el("thead", {}, EmoS.el("tr", {}, head)),
      EmoS.el("tbody", {}, body),
    );
    const region = { class: "scroll", tabindex: "0", role: "region", "aria-label": set.what };
    return EmoS.el("div", region, table);
  },
};
