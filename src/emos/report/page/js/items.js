// One item: what it is, its labels, its votes and the workbook cells they were typed in.
"use strict";

EmoS.items = {
  // The votes on an item in a few words: "A1 Joy · A2 Neutral".
  brief(items, place) {
    const { names } = items;
    return items.votes[place]
      .slice(0, 6)
      .map((vote) => `${names.annotator[vote[0]] ?? "–"} ${EmoS.items.answer(names, vote)}`)
      .join(" · ");
  },

  answer(names, vote) {
    const layer = names.layer[vote[1]];
    const labels = vote[2].map((label) => EmoS.label(layer, names.labels[label]));
    return labels.length ? labels.join(", ") : EmoS.say(names.status[vote[3]] || "blank");
  },

  fact(items, name, place) {
    const value = items.facts[name] ? items.facts[name][place] : null;
    if (value === null || value === -1) return null;
    return items.names[name] ? items.names[name][value] : value;
  },

  async detail(place) {
    const items = await EmoS.load("items");
    const body = EmoS.el("div", { class: "item" });
    body.append(
      EmoS.items.facts(items, place),
      ...EmoS.items.labels(items, place),
      ...EmoS.items.votes(items, place),
      ...(await EmoS.items.repairs(place)),
    );
    return body;
  },

  facts(items, place) {
    const list = EmoS.el("dl", {});
    const add = (title, value) =>
      list.append(EmoS.el("dt", {}, EmoS.say(title)), EmoS.el("dd", {}, String(value)));
    const names = ["transcript", "subset", "batch", "language", "speaker", "group", "source_id"];
    for (const name of [...names, "source_label", "source_url", "media"]) {
      const value = EmoS.items.fact(items, name, place);
      if (value !== null && value !== "") add(name, value);
    }
    const start = EmoS.items.fact(items, "start_s", place);
    const end = EmoS.items.fact(items, "end_s", place);
    if (start !== null) add("times", `${EmoS.minutes(start)}–${EmoS.minutes(end)}`);
    return list;
  },

  // Each label with how it came about.
  labels(items, place) {
    const { names } = items;
    return items.labels[place].flatMap((row) => {
      const [layer, label, confidence, tier, original, reason, different, counted] = row;
      const at = names["label layer"][layer];
      const level = names["label tier"][tier];
      const told = [
        ["label", label < 0 ? "–" : EmoS.label(at, names["label label"][label])],
        ["confidence", confidence === null ? null : confidence.toFixed(4)],
        ["tier", level ? EmoS.say(level) : null],
        ["original", original < 0 ? null : EmoS.label(at, names["label original"][original])],
        ["reason", EmoS.items.reason(names["label reason"][reason])],
        ["unique_labels", different === null ? null : EmoS.number(different)],
        ["counted", counted === null ? null : EmoS.number(counted)],
      ].filter(([, value]) => value !== null && value !== undefined);
      const list = told.flatMap(([title, value]) => [
        EmoS.el("dt", {}, EmoS.say(title)),
        EmoS.el("dd", {}, value),
      ]);
      return [EmoS.el("h3", {}, `${EmoS.say("labels")}: ${EmoS.layer(at)}`), EmoS.el("dl", {}, list)];
    });
  },

  votes(items, place) {
    const { names } = items;
    const votes = items.votes[place];
    if (!votes.length) return [EmoS.el("p", { class: "note" }, EmoS.say("no_votes"))];
    const folder = EmoS.items.folder(votes.map((vote) => names.file[vote[4]]).filter(Boolean));
    const order = [...votes].sort((one, other) => one[1] - other[1] || one[0] - other[0]);
    const rows = order.map((vote) => {
      const [annotator, layer, , status, file, sheet, cell, , aside] = vote;
      const left = aside ? EmoS.say("aside", { tokens: aside.join(", ") }) : "";
      const path = names.file[file];
      return [
        EmoS.layer(names.layer[layer]),
        names.annotator[annotator] ?? "–",
        [EmoS.items.answer(names, vote), left].filter(Boolean).join("; ") || names.status[status],
        EmoS.items.typed(names, vote) || "–",
        [names.sheet[sheet], cell].filter(Boolean).join("!") || "–",
        path === undefined ? "–" : path.slice(folder.length),
      ];
    });
    const heads = ["layer", "annotator", "answer", "typed", "cell", "file"];
    const told = folder ? [EmoS.say("folder", { folder })] : [];
    if (votes.some((vote) => EmoS.items.renamed(names, vote))) told.push(EmoS.say("renamed"));
    const notes = told.map((note) => EmoS.el("p", { class: "note" }, note));
    return [EmoS.items.table("votes", heads, rows), ...notes];
  },

  // The cell as typed. Most hold the labels and nothing else, which the page does not carry twice.
  typed(names, vote) {
    return vote[7] === 1 ? vote[2].map((label) => names.labels[label]).join(";") : vote[7];
  },

  // Whether the file is called after A1, A2, ... where the real one may be called after a person.
  renamed(names, vote) {
    const who = names.annotator[vote[0]];
    return /^A\d+$/.test(who ?? "") && (names.file[vote[4]] ?? "").includes(`/${who}.`);
  },

  // How a label was decided, in words where they are known.
  reason(code) {
    if (code === undefined) return null;
    return EmoS.has(`reason_${code}`) ? `${EmoS.say(`reason_${code}`)} (${code})` : code;
  },

  // The folder that all of these files lie in, with a slash at its end.
  folder(files) {
    if (!files.length) return "";
    let parts = files[0].split("/").slice(0, -1);
    for (const file of files) {
      const here = file.split("/").slice(0, -1);
      const differs = parts.findIndex((part, number) => part !== here[number]);
      if (differs >= 0) parts = parts.slice(0, differs);
    }
    return parts.length ? `${parts.join("/")}/` : "";
  },

  // What the ledger says of this item, where the page has the ledger.
  async repairs(place) {
    const ledger = await EmoS.load("browser-ledger");
    if (!ledger || !ledger.data.item) return [];
    const { data } = ledger;
    const rows = data.item.flatMap((item, row) => (item === place ? [row] : []));
    if (!rows.length) return [];
    const shown = (key, row) => {
      const { names } = ledger.columns.find((column) => column.key === key);
      return EmoS.own(names, data[key][row]) ?? data[key][row];
    };
    const lines = rows.map((row) => {
      const change = [data.before[row], data.after[row]].filter(Boolean).join(" → ");
      const told = [shown("rule", row), change, shown("note", row)];
      return EmoS.el("li", {}, told.filter(Boolean).join(" · "));
    });
    return [EmoS.el("h3", {}, EmoS.say("repairs")), EmoS.el("ul", {}, lines)];
  },

  table(title, heads, rows) {
    const head = heads.map((name) => EmoS.el("th", { scope: "col" }, EmoS.say(name)));
    const body = rows.map((row) =>
      EmoS.el("tr", {}, row.map((value) => EmoS.el("td", {}, String(value)))),
    );
    return EmoS.el(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": EmoS.say(title) },
      EmoS.el(
        "table",
        { class: title },
        EmoS.el("caption", {}, EmoS.say(title)),
        EmoS.el("thead", {}, EmoS.el("tr", {}, head)),
        EmoS.el("tbody", {}, body),
      ),
    );
  },
};
