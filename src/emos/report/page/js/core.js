// What every script of the page stands on: data, words, elements. Text from data only ever
// becomes text: nothing here or elsewhere sets innerHTML.
"use strict";

const EmoS = { panels: {}, data: {}, words: null };

// Decode a block of data; each is decoded once.
EmoS.load = async (name) => {
  if (!(name in EmoS.data)) EmoS.data[name] = EmoS.decode(name);
  return EmoS.data[name];
};

EmoS.decode = async (name) => {
  const block = document.querySelector(`script[data-name="${name}"]`);
  if (!block) return null;
  const bytes = Uint8Array.from(atob(block.textContent), (letter) => letter.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(plain).json();
};

// A sentence of the page's language, with what is in braces filled in.
EmoS.say = (key, values = {}) => {
  let form = EmoS.words.known[key.includes(".") ? key : `script.${key}`];
  if (form === undefined) return key;
  if (typeof form !== "string") form = form[String(values.n) === "1" && form.one ? "one" : "other"];
  return form.replace(/\{(\w+)(?::[^}]*)?\}/g, (_, name) => EmoS.number(values[name]));
};

EmoS.has = (key) => `script.${key}` in EmoS.words.known;

// Whole numbers with commas, as on the rest of the page.
EmoS.number = (value) =>
  Number.isInteger(value) ? value.toLocaleString("en-US") : String(value ?? "–");

// A value of a record; a label may be called what every object has ("constructor").
EmoS.own = (record, name) =>
  record && Object.hasOwn(record, name) ? record[name] : undefined;

// A layer as a reader knows it.
EmoS.layer = (name) => EmoS.own(EmoS.words.layers, name) ?? name;

EmoS.label = (layer, label) => EmoS.own(EmoS.own(EmoS.words.labels, layer), label) ?? label;

EmoS.minutes = (seconds) => {
  if (seconds === null || seconds === undefined) return "–";
  const whole = Math.floor(seconds);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
};

// An element; children that are texts become text nodes, null ones are left out.
EmoS.el = (tag, properties, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
};

// A sentence given as texts and [text, set] pairs; the pairs lead to their items.
EmoS.phrase = (parts) =>
  parts.map((part) => (Array.isArray(part) ? EmoS.behind(part) : String(part)));

EmoS.behind = (pair) =>
  pair[1] === null || pair[1] === undefined
    ? String(pair[0])
    : EmoS.el("a", { class: "number", href: `#s-${pair[1]}` }, String(pair[0]));

EmoS.announce = (text) => {
  document.getElementById("live").textContent = text;
};
