// The characters of the text under `root` that its own fonts do not draw, as [characters, element].
async (root) => {
  const SIZE = 48;
  // Nobody's letters: not assigned in Unicode, or private. They show what "no glyph" looks like.
  const NOBODYS = ["\u0378", "\u2FE0", "\u{F0000}"];
  await document.fonts.ready;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.textBaseline = "middle";

  const pixels = (text) => {
    pen.clearRect(0, 0, SIZE, SIZE);
    pen.fillText(text, 4, SIZE / 2);
    return pen.getImageData(0, 0, SIZE, SIZE).data.join();
  };

  const found = new Map(); // font -> character -> an element that shows it
  const note = (element, text) => {
    const style = getComputedStyle(element);
    const font = `${style.fontStyle} ${style.fontWeight} ${SIZE / 2}px ${style.fontFamily}`;
    if (!found.has(font)) found.set(font, new Map());
    const known = found.get(font);
    for (const character of text) {
      if (/[\p{C}\p{Z}\p{M}]/u.test(character) || known.has(character)) continue;
      known.set(character, element);
    }
  };
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const unseen = element.closest("script, style, template, title:not(svg title), head");
    if (!unseen && element.checkVisibility()) note(element, texts.currentNode.data);
  }
  for (const box of root.querySelectorAll("input, textarea")) {
    if (box.checkVisibility()) note(box, box.value + box.placeholder);
  }

  const undrawn = [];
  for (const [font, characters] of found) {
    await document.fonts.load(font, [...characters.keys()].join("")); // unicode-range loads late
    pen.font = font;
    const empty = new Set(["", ...NOBODYS].map(pixels));
    const missing = [...characters].filter(([character]) => empty.has(pixels(character)));
    if (missing.length === 0) continue;
    const letters = missing.map(([character]) => character).join("");
    undrawn.push(`${letters} (<${missing[0][1].localName}>, ${font})`);
  }
  return undrawn;
};
