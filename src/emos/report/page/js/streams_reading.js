// Monologues: reading one utterance (by pointer, touch or keyboard), the list of turning points, and
// the same as tables.
"use strict";

Object.assign(EmoS.streams, {
  // ---- Which utterance

  over(state, target) {
    const found = target.closest("[data-at]");
    if (!found) return;
    const [track, at] = [Number(found.dataset.track), Number(found.dataset.at)];
    EmoS.streams.light(state, track, at);
    EmoS.streams.tell(state, found, track, at);
  },

  // Nothing is pointed at: back to what the keyboard is on, or to what was chosen.
  rest(state) {
    const focused = state.band.querySelector(".utterance:focus-visible");
    if (focused && focused.getAttribute("aria-selected") !== "true") {
      EmoS.streams.over(state, focused);
    } else {
      state.tip.hidden = true;
      EmoS.streams.light(state, state.track, state.chosen);
    }
  },

  click(state, target) {
    const found = target.closest("[data-at]");
    if (found) EmoS.streams.pick(state, Number(found.dataset.track), Number(found.dataset.at));
  },

  pick(state, track, at) {
    Object.assign(state, { track, chosen: at });
    EmoS.streams.redraw(state);
    const option = EmoS.streams.option(state, track, at);
    option.focus({ preventScroll: true });
    EmoS.streams.rest(state);
    // Bring what there is to read into view, as far as what was chosen stays there too.
    const hidden = state.card.getBoundingClientRect().bottom - window.innerHeight;
    const room = option.getBoundingClientRect().top - EmoS.streams.HEAD;
    if (hidden > 0 && room > 0) window.scrollBy(0, Math.min(hidden, room));
  },

  option: (state, track, at) =>
    state.band.querySelector(`.utterance[data-track="${track}"][data-at="${at}"]`),

  key(state, event) {
    const from = event.target.closest(".utterance");
    if (!from) return;
    const track = Number(from.dataset.track);
    const at = Number(from.dataset.at);
    const last = state.one.tracks[track].utterances.length - 1;
    const moves = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last };
    if (event.key === "Escape") {
      state.tip.hidden = true;
      return;
    }
    if (event.key === "Enter" || event.key === " ") {
      EmoS.streams.pick(state, track, at);
    } else if (event.key in moves) {
      EmoS.streams.go(state, track, Math.min(Math.max(moves[event.key], 0), last));
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      EmoS.streams.cross(state, track + (event.key === "ArrowUp" ? -1 : 1), track, at);
    } else {
      return;
    }
    event.preventDefault();
  },

  go(state, track, at) {
    const option = EmoS.streams.option(state, track, at);
    for (const one of option.parentElement.children) one.tabIndex = one === option ? 0 : -1;
    option.focus();
  },

  // To the utterance of another annotator that starts nearest.
  cross(state, to, track, at) {
    const other = state.one.tracks[to];
    if (!other) return;
    const { start } = state.scale;
    const here = start(state.one.tracks[track].utterances[at], at);
    const far = other.utterances.map((u, place) => Math.abs(start(u, place) - here));
    EmoS.streams.go(state, to, far.indexOf(Math.min(...far)));
  },

  light(state, track, at) {
    for (const one of state.band.querySelectorAll(".lit")) one.classList.remove("lit");
    if (at === null) return;
    const wanted = `[data-track="${track}"][data-at="${at}"]`;
    for (const one of state.band.querySelectorAll(wanted)) one.classList.add("lit");
  },

  // ---- What it says

  // Beside what is pointed at, as long as it is.
  tell(state, beside, number, at) {
    const { tip } = state;
    tip.replaceChildren(...EmoS.streams.brief(state, number, at));
    tip.hidden = false;
    const around = state.body.getBoundingClientRect();
    const box = beside.getBoundingClientRect();
    const left = Math.min(box.left, around.right - tip.offsetWidth) - around.left;
    const below = box.bottom + 8 + tip.offsetHeight < window.innerHeight;
    const top = below ? box.bottom + 8 : box.top - tip.offsetHeight - 12;
    tip.style.left = `${Math.max(left, 0)}px`;
    tip.style.top = `${top - around.top}px`;
  },

  // What was chosen, with everything there is on it.
  fill(state) {
    if (state.chosen === null) {
      state.card.replaceChildren(EmoS.el("p", { class: "note" }, state.say("hint")));
      return;
    }
    const track = state.one.tracks[state.track];
    const u = track.utterances[state.chosen];
    state.card.replaceChildren(
      ...EmoS.streams.brief(state, state.track, state.chosen),
      EmoS.streams.details(state, track, u, state.chosen),
    );
  },

  brief(state, number, at) {
    const track = state.one.tracks[number];
    const u = track.utterances[at];
    const who = state.one.tracks.length > 1 ? track.origin || "–" : "";
    const place = `${at + 1} / ${track.utterances.length}`;
    const head = [place, EmoS.streams.when(u), u.speaker, who].filter((part) => part);
    return [
      EmoS.el("p", { class: "head" }, head.join(" · ")),
      EmoS.streams.labels(state, u),
      ...EmoS.streams.texts(u),
    ];
  },

  when(u) {
    const known = Number.isFinite(u.start) || Number.isFinite(u.end);
    return known ? `${EmoS.minutes(u.start)}–${EmoS.minutes(u.end)}` : "";
  },

  labels(state, u) {
    const { say } = state;
    const list = EmoS.el("p", { class: "labels" });
    const name = u.primary ? EmoS.label("basic7", u.primary) : say("no_primary");
    const primary = EmoS.el("span", { class: "primary" }, name);
    list.append(u.primary ? EmoS.streams.paint(state, primary, u.primary) : primary);
    for (const label of u.fine || []) {
      list.append(EmoS.el("span", { class: "fine" }, EmoS.label("goemotions", label)));
    }
    for (const word of u.aside || []) {
      list.append(EmoS.el("span", { class: "fine outside" }, `${word} *`));
    }
    if (u.intensity !== undefined) {
      list.append(EmoS.el("span", { class: "strength" }, say("intensity_of", { n: u.intensity })));
    }
    return list;
  },

  // The utterance in both languages, the page's own first.
  texts(u) {
    const order = EmoS.words.language === "zh" ? ["zh", "en"] : ["en", "zh"];
    const known = order.filter((language) => u[language]);
    return known.map((language) =>
      EmoS.el("p", { class: "text", lang: language === "zh" ? "zh-CN" : "en" }, u[language]),
    );
  },

  // An utterance in one breath, for those who hear the page.
  spoken(state, u) {
    const { say } = state;
    const name = u.primary ? EmoS.label("basic7", u.primary) : say("no_primary");
    const fine = [...(u.fine || []).map((one) => EmoS.label("goemotions", one)), ...(u.aside || [])];
    const strength = u.intensity === undefined ? "" : say("intensity_of", { n: u.intensity });
    const text = EmoS.words.language === "zh" ? u.zh || u.en : u.en || u.zh;
    const parts = [EmoS.streams.when(u), name, fine.join(", "), strength, text];
    return parts.filter((part) => part).join(". ");
  },

  details(state, track, u, at) {
    const { say } = state;
    const list = EmoS.el("dl", {});
    const add = (key, value) => {
      if (!value) return;
      list.append(EmoS.el("dt", {}, say(key)), EmoS.el("dd", {}, value));
    };
    for (const key of ["evidence", "audio", "visual", "note"]) add(key, u[key]);
    if (u.primary_raw !== u.primary) add("typed", u.primary_raw);
    add("turns_here", EmoS.streams.turnsAt(state, track, at));
    add("outside_here", (u.aside || []).join(", "));
    add("place", [track.file, u.place].filter((part) => part).join(" "));
    return list;
  },

  // Under which definitions the emotion turns where this utterance starts.
  turnsAt(state, track, at) {
    if (at === 0) return state.say("first");
    const turning = state.data.definitions.filter((name) => track.turns[name][at - 1] === true);
    return turning.map((name) => state.say(`turn_${name}`)).join("; ") || state.say("none");
  },

  // ---- Turning points in a list

  listTurns(state) {
    const { say, definition } = state;
    const track = state.one.tracks[state.track];
    const found = track.turns[definition].flatMap((turn, at) => (turn === true ? [at + 1] : []));
    if (!found.length) {
      state.turns.replaceChildren();
      return;
    }
    const origin = track.origin || "–";
    const several = state.one.tracks.length > 1;
    const title = say(several ? "where_of" : "where", { origin, n: found.length });
    const list = EmoS.el("ol", { "aria-label": title });
    for (const at of found) {
      const [before, after] = [track.utterances[at - 1], track.utterances[at]];
      const change = EmoS.streams.change(definition, before, after);
      const when = state.scale.timed ? EmoS.minutes(after.start) : `${at + 1}.`;
      const go = () => EmoS.streams.pick(state, state.track, at);
      list.append(EmoS.el("li", {}, EmoS.el("button", { type: "button", onclick: go }, `${when} ${change}`)));
    }
    state.turns.replaceChildren(EmoS.el("p", { class: "title" }, title), list);
  },

  change(definition, before, after) {
    const primary = (u) => (u.primary ? EmoS.label("basic7", u.primary) : "?");
    const fine = (u) => {
      const words = (u.fine || []).map((one) => EmoS.label("goemotions", one));
      return [...words, ...(u.aside || [])].join(", ") || "–";
    };
    const same = before.primary === after.primary;
    const told = definition === "secondary" || (definition === "either" && same) ? fine : primary;
    return `${told(before)} → ${told(after)}`;
  },

  // ---- The same as tables, made when they are opened

  offerMore(state) {
    const { say, one } = state;
    const opened = [...state.more.children].map((each) => each.open);
    const about = ["summary", "trajectory"].filter((key) => one[key]);
    const parts = [
      about.length ? [say("about"), () => EmoS.streams.about(state, about)] : null,
      [say("as_table"), () => EmoS.streams.table(state)],
      one.sentences.length
        ? [say("sentences", { n: one.sentences.length }), () => EmoS.streams.sentences(state)]
        : null,
    ];
    state.more.replaceChildren(
      ...parts
        .filter((part) => part)
        .map(([title, make], number) => {
          const part = EmoS.el("details", {}, EmoS.el("summary", {}, title));
          part.addEventListener("toggle", () => part.children[1] || part.append(make()));
          part.open = opened[number] === true;
          return part;
        }),
    );
  },

  about(state, keys) {
    const list = EmoS.el("dl", {});
    const { say, one } = state;
    for (const key of keys) {
      list.append(EmoS.el("dt", {}, say(key)), EmoS.el("dd", {}, one[key]));
    }
    return list;
  },

  table(state) {
    const { say, one, definition } = state;
    const track = one.tracks[state.track];
    const names = (layer, labels) => labels.map((label) => EmoS.label(layer, label));
    const rows = track.utterances.map((u, at) => {
      const turn = at === 0 ? "" : track.turns[definition][at - 1];
      return [
        String(at + 1),
        EmoS.streams.when(u),
        turn === null ? "?" : turn ? "●" : "",
        u.primary ? EmoS.label("basic7", u.primary) : "?",
        [...names("goemotions", u.fine || []), ...(u.aside || []).map((word) => `${word} *`)].join(", "),
        EmoS.number(u.intensity),
        u.zh || "",
        u.en || "",
        u.place || "",
      ];
    });
    const heads = ["number", "time", "turn", "emotion", "secondary", "intensity", "zh", "en", "place"];
    const caption = say("table_of", { title: one.title, file: track.file || "–" });
    return EmoS.streams.sheet(caption, heads.map((head) => say(head)), rows, [6, 7]);
  },

  sentences(state) {
    const { say, one } = state;
    const rows = one.sentences.map(([start, end, text, flag], at) => [
      String(at + 1),
      EmoS.streams.when({ start, end }),
      text || "",
      flag || "",
    ]);
    const heads = ["number", "time", "text", "flag"].map((head) => say(head));
    const caption = say("sentences_of", { title: one.title, file: one.sentences_file || "–" });
    return EmoS.streams.sheet(caption, heads, rows, [2]);
  },

  // `texts` are the columns of sentences, which need room.
  sheet(caption, heads, rows, texts) {
    const kind = (at) => ({ class: texts.includes(at) ? "text" : null });
    const cells = (tag, row) =>
      EmoS.el("tr", {}, row.map((cell, at) => EmoS.el(tag, kind(at), cell)));
    const table = EmoS.el(
      "table",
      {},
      EmoS.el("caption", {}, caption),
      EmoS.el("thead", {}, cells("th", heads)),
      EmoS.el("tbody", {}, rows.map((row) => cells("td", row))),
    );
    const scroll = { class: "scroll", tabindex: "0", role: "region", "aria-label": caption };
    return EmoS.el("div", scroll, table);
  },
});
