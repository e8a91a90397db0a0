// A text as it was typed, with what cannot be seen made visible: blanks at its ends and several in
// a row, line breaks, characters without a shape.
"use strict";

EmoS.typed = (text) => {
  const box = EmoS.el("span", { class: "typed" });
  const unseen = /( {4,})|([\u0000-\u001f\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060\u3000\ufeff])/;
  const parts = text.split(unseen);
  for (let at = 0; at < parts.length; at += 3) {
    if (parts[at]) box.append(parts[at]);
    const [blanks, letter] = [parts[at + 1], parts[at + 2]];
    const told = blanks ? EmoS.say("blanks", { n: blanks.length }) : letter && EmoS.code(letter);
    if (told) box.append(EmoS.el("span", { class: "unshown" }, told));
  }
  return box;
};

EmoS.code = (letter) => `U+${letter.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
