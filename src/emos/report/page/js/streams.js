// Monologues over time: a band of primary emotions with intensity on top, a row for every secondary
// label, and turning points under the definition that is chosen. An annotator's band stands above
// the settled one. What is shown where is computed in Python; this file only draws it.
"use strict";

EmoS.panels.streams = (host, data, say) => {
  const S = EmoS.streams;
  const state = { data, say, language: "", listed: [], definition: "primary" };
  const step = (by, title) =>
    EmoS.el("button", { type: "button", onclick: () => S.step(state, by) }, title);
  state.choose = EmoS.el("select", {
    onchange: (event) => S.open(state, Number(event.target.value)),
  });
  state.back = step(-1, say("previous"));
  state.next = step(1, say("next"));
  state.body = EmoS.el("div", { class: "streams" });
  const choose = EmoS.el("label", {}, say("monologue"), state.choose);
  const steps = EmoS.el("span", { class: "steps" }, state.back, state.next);
  host.append(EmoS.el("div", { class: "filters" }, S.languages(state), choose, steps), state.body);
  if (data.left_out) {
    host.append(EmoS.el("p", { class: "note" }, say("left_out", { n: data.left_out })));
  }
  S.list(state);
};

EmoS.streams = {
  NARROWEST: 13, // pixels of the shortest utterance: room for its letter
  WIDEST: 3000, // pixels of a band, however short an utterance is
  HEAD: 70, // pixels at the top of the window that the page's contents take, with some air
  GUTTER: 130, // pixels that the names of rows take, at most
  STEPS: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200],

  // ---- Which monologue

  languages(state) {
    const found = [...new Set(state.data.monologues.map((one) => one.language))].sort();
    if (found.length < 2) return null;
    const select = EmoS.el("select", {
      onchange: (event) => {
        state.language = event.target.value;
        EmoS.streams.list(state);
      },
    });
    select.append(EmoS.el("option", { value: "" }, state.say("all")));
    for (const one of found) {
      const name = EmoS.streams.told(`language_${one}`) || one || "–";
      select.append(EmoS.el("option", { value: one }, name));
    }
    return EmoS.el("label", {}, state.say("language"), select);
  },

  told: (key) => EmoS.words.known[`streams.${key}`],

  list(state) {
    const all = state.data.monologues.map((one, at) => [one, at]);
    const wanted = all.filter(([one]) => !state.language || one.language === state.language);
    state.listed = wanted.map(([, at]) => at);
    const option = ([one, at]) => {
      const n = one.tracks.at(-1).utterances.length;
      return EmoS.el("option", { value: at }, state.say("option", { title: one.title, n }));
    };
    state.choose.replaceChildren(...wanted.map(option));
    EmoS.streams.open(state, state.listed.includes(state.at) ? state.at : state.listed[0]);
  },

  step(state, by) {
    EmoS.streams.open(state, state.listed[state.listed.indexOf(state.at) + by]);
  },

  open(state, at) {
    const one = state.data.monologues[at];
    Object.assign(state, { at, one, track: one.tracks.length - 1, chosen: null });
    state.choose.value = String(at);
    const place = state.listed.indexOf(at);
    state.back.disabled = place === 0;
    state.next.disabled = place === state.listed.length - 1;
    state.scale = EmoS.streams.scale(one);
    if (state.body.hasChildNodes()) EmoS.announce(one.title);
    EmoS.streams.draw(state);
  },

  // Seconds to shares of the width. Without times, an utterance is as long as any other.
  scale(one) {
    const known = (u) => Number.isFinite(u.start) && Number.isFinite(u.end);
    const timed = one.tracks.every((track) => track.utterances.every(known));
    const span = (u, at) => (timed ? [u.start, u.end] : [at, at + 1]);
    const spans = one.tracks.flatMap((track) => track.utterances.map(span));
    const first = Math.min(...spans.map(([start]) => start));
    const end = Math.max(...spans.map(([, last]) => last));
    const from = first > end - first ? first : 0; // a clip may be counted in its film's time
    const length = end - from || 1;
    const shortest = Math.min(length, ...spans.map(([a, b]) => b - a).filter((one) => one > 0));
    return {
      timed,
      from,
      end,
      length,
      pixels: Math.min((EmoS.streams.NARROWEST * length) / shortest, EmoS.streams.WIDEST),
      place(element, start, stop) {
        element.style.left = `${((start - from) / length) * 100}%`;
        if (stop !== undefined) element.style.width = `${((stop - start) / length) * 100}%`;
        return element;
      },
      put(element, u, at) {
        return this.place(element, ...span(u, at));
      },
      start: (u, at) => span(u, at)[0],
    };
  },

  // ---- One monologue

  draw(state) {
    const { one, say, scale } = state;
    const settled = one.tracks.at(-1);
    const facts = [
      one.id,
      say("utterances", { n: settled.utterances.length }),
      scale.timed ? EmoS.minutes(scale.length) : say("untimed"),
      say("settled_by", { origin: settled.origin || "–" }),
    ];
    state.count = EmoS.el("p", { class: "status", role: "status" });
    const named = say("band", { title: one.title });
    state.band = EmoS.el("div", { class: "band", role: "region", "aria-label": named });
    state.band.addEventListener("scroll", () => EmoS.streams.rest(state));
    state.card = EmoS.el("div", { class: "card", role: "region", "aria-label": say("utterance") });
    state.tip = EmoS.el("div", { class: "tip", "aria-hidden": "true", hidden: true });
    state.turns = EmoS.el("div", { class: "turns" });
    state.more = EmoS.el("div", {});
    state.body.replaceChildren(
      EmoS.el("h3", {}, one.title),
      EmoS.el("p", { class: "facts" }, facts.join(" · ")),
      EmoS.streams.definitions(state),
      state.count,
      state.band,
      EmoS.streams.legend(state),
      state.card,
      state.turns,
      state.more,
      state.tip,
    );
    EmoS.streams.redraw(state);
  },

  // Everything that depends on the definition or on what is chosen.
  redraw(state) {
    EmoS.streams.drawBand(state);
    EmoS.streams.tellCounts(state);
    EmoS.streams.listTurns(state);
    EmoS.streams.offerMore(state);
    EmoS.streams.fill(state);
    EmoS.streams.rest(state);
  },

  definitions(state) {
    const { say, data, one } = state;
    const set = EmoS.el("fieldset", { class: "definitions" });
    set.append(EmoS.el("legend", {}, say("turning_points")));
    for (const name of data.definitions) {
      const n = one.tracks.at(-1).turns[name].filter((turn) => turn === true).length;
      const radio = EmoS.el("input", {
        type: "radio",
        name: "streams-definition",
        value: name,
        checked: name === state.definition,
        onchange: () => {
          state.definition = name;
          EmoS.streams.redraw(state);
        },
      });
      set.append(EmoS.el("label", {}, radio, ` ${say(`turn_${name}`)} (${n})`));
    }
    return set;
  },

  tellCounts(state) {
    const { say, definition, one } = state;
    const several = one.tracks.length > 1;
    const apart = EmoS.words.language === "zh" ? "" : " ";
    const told = one.tracks.map((track) => {
      const turns = track.turns[definition];
      const n = turns.filter((turn) => turn === true).length;
      const origin = track.origin || "–";
      const count = say(several ? "count_of" : "count", { n, all: turns.length, origin });
      const unknown = turns.filter((turn) => turn === null).length;
      return unknown ? count + apart + say("undefined", { n: unknown }) : count;
    });
    state.count.textContent = [say(`meaning_${definition}`), ...told].join(apart);
  },

  legend(state) {
    const all = state.one.tracks.flatMap((track) => track.utterances.map((u) => u.primary));
    const shown = new Set([...state.data.primary, ...all].filter((one) => one && all.includes(one)));
    const list = EmoS.el("ul", { class: "legend", "aria-label": state.say("legend") });
    for (const label of shown) {
      const letter = EmoS.streams.letter(label);
      const key = EmoS.el("span", { class: "key", "aria-hidden": "true" }, letter);
      list.append(
        EmoS.el("li", {}, EmoS.streams.paint(state, key, label), EmoS.label("basic7", label)),
      );
    }
    for (const [mark, key] of [["▼", "turn_mark"], ["?", "unknown_mark"]]) {
      if (key === "turn_mark" || EmoS.streams.unknown(state)) {
        list.append(EmoS.el("li", {}, `${mark} ${state.say(key)}`));
      }
    }
    return list;
  },

  unknown: (state) =>
    state.one.tracks.some((track) => Object.values(track.turns).some((row) => row.includes(null))),

  letter: (label) => (label ? EmoS.streams.told(`short_${label}`) || label[0] : "?"),

  // The fixed colour of a class; text on it is black or white, whichever stands out more.
  paint(state, element, label) {
    if (Object.hasOwn(state.data.colours, label)) {
      const colour = state.data.colours[label];
      const part = (at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2;
      const light = 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
      element.style.backgroundColor = colour;
      element.style.color = light > 0.18 ? "#000" : "#fff";
    } else {
      element.classList.add("uncoloured");
    }
    return element;
  },

  // ---- The band

  drawBand(state) {
    const { one, band, scale } = state;
    const S = EmoS.streams;
    const inner = EmoS.el("div", { class: "inner" });
    inner.style.minWidth = `${Math.round(scale.pixels)}px`;
    one.tracks.forEach((track, number) => inner.append(S.track(state, track, number)));
    inner.append(S.fine(state), S.axis(state));
    const kept = band.scrollLeft;
    band.replaceChildren(inner);
    band.scrollLeft = kept;
    inner.addEventListener("mousemove", (event) => {
      const where = `${event.screenX} ${event.screenY}`;
      // A band that is drawn anew under a resting pointer is not pointed at.
      if (where !== state.pointer) S.over(state, event.target);
      state.pointer = where;
    });
    inner.addEventListener("mouseleave", () => S.rest(state));
    inner.addEventListener("focusin", (event) => S.over(state, event.target));
    inner.addEventListener("focusout", () => S.rest(state));
    inner.addEventListener("click", (event) => S.click(state, event.target));
    inner.addEventListener("keydown", (event) => S.key(state, event));
  },

  row(title, lane, kind) {
    const gutter = EmoS.el("div", { class: "gutter" }, title);
    return EmoS.el("div", { class: `row ${kind}` }, gutter, lane);
  },

  track(state, track, number) {
    const { say, one } = state;
    const origin = track.origin || "–";
    const box = EmoS.el("div", {
      class: "utterances",
      role: "listbox",
      "aria-orientation": "horizontal",
      "aria-label": say("track", { origin }),
    });
    box.append(...track.utterances.map((u, at) => EmoS.streams.utterance(state, u, number, at)));
    const lane = EmoS.el("div", { class: "lane" }, EmoS.streams.marks(state, track), box);
    const settled = number === one.tracks.length - 1;
    const title = one.tracks.length > 1 ? origin : say("primary");
    return EmoS.streams.row(title, lane, settled ? "settled" : "annotator");
  },

  utterance(state, u, number, at) {
    const { letter, paint, spoken } = EmoS.streams;
    const bar = EmoS.el("span", { class: "intensity" });
    bar.style.height = `${Math.min(Math.max(u.intensity || 0, 0), 5) * 12}%`;
    const ribbon = EmoS.el(
      "span",
      { class: "ribbon" },
      EmoS.el("span", { class: "short" }, letter(u.primary)),
      EmoS.el("span", { class: "full" }, u.primary ? EmoS.label("basic7", u.primary) : "?"),
    );
    const here = state.track === number;
    const option = EmoS.el(
      "div",
      {
        class: "utterance",
        role: "option",
        tabindex: at === ((here && state.chosen) || 0) ? "0" : "-1",
        "aria-selected": String(here && state.chosen === at),
        "aria-label": spoken(state, u),
        "data-track": number,
        "data-at": at,
      },
      paint(state, bar, u.primary),
      paint(state, ribbon, u.primary),
    );
    return state.scale.put(option, u, at);
  },

  // Where the emotion turns, does not, or cannot be told to, under the chosen definition.
  marks(state, track, kinds = ["turn", "same", "unknown"]) {
    const marks = EmoS.el("div", { class: "marks", "aria-hidden": "true" });
    track.turns[state.definition].forEach((turn, before) => {
      const kind = turn === null ? "unknown" : turn ? "turn" : "same";
      if (!kinds.includes(kind)) return;
      const start = state.scale.start(track.utterances[before + 1], before + 1);
      marks.append(state.scale.place(EmoS.el("span", { class: kind }), start));
    });
    return marks;
  },

  // A row per secondary label of the track that is looked at; words outside the set come last.
  fine(state) {
    const { say, one, scale } = state;
    const track = one.tracks[state.track];
    const inside = new Map(state.data.secondary.map((label) => [label, []]));
    const outside = new Map();
    const note = (rows, label, place) => rows.set(label, [...(rows.get(label) || []), place]);
    track.utterances.forEach((u, at) => {
      for (const label of u.fine || []) note(inside, label, [u, at]);
      for (const word of u.aside || []) note(outside, word, [u, at]);
    });
    const origin = track.origin || "–";
    const title = one.tracks.length > 1 ? say("secondary_of", { origin }) : say("secondary");
    const block = EmoS.el("div", { class: "fine", role: "img", "aria-label": title });
    block.append(EmoS.el("p", { class: "title" }, title));
    const add = (name, places, kind) => {
      const lane = EmoS.el("div", { class: "lane" }, EmoS.streams.marks(state, track, ["turn"]));
      for (const [u, at] of places) {
        const chip = EmoS.el("span", { class: "chip", "data-track": state.track, "data-at": at });
        lane.append(scale.put(chip, u, at));
      }
      block.append(EmoS.streams.row(name, lane, `label ${kind}`));
    };
    for (const [label, places] of inside) {
      if (places.length) add(EmoS.label("goemotions", label), places, "inside");
    }
    for (const [word, places] of outside) add(`${word} *`, places, "outside");
    if (outside.size) block.append(EmoS.el("p", { class: "title" }, `* ${say("outside")}`));
    return block;
  },

  axis(state) {
    const { scale, say } = state;
    const width = Math.max(state.body.clientWidth - EmoS.streams.GUTTER, scale.pixels);
    const fits = (step) => (scale.length / step) * 60 <= width;
    const step = EmoS.streams.STEPS.find(fits) || 7200;
    const lane = EmoS.el("div", { class: "lane" });
    const last = scale.timed ? scale.end : scale.end - 1; // without times: the last utterance
    for (let at = Math.ceil(scale.from / step) * step; at <= last; at += step) {
      const title = scale.timed ? EmoS.minutes(at) : String(at + 1);
      lane.append(scale.place(EmoS.el("span", {}, title), at));
    }
    const row = EmoS.streams.row(say(scale.timed ? "time" : "number"), lane, "axis");
    row.setAttribute("aria-hidden", "true");
    return row;
  },
};
