// The last script: everything is defined, so begin. `data-ready` on the root says that every number
// can be followed; a fault is shown, since a page that stays silent looks complete.
"use strict";

(async () => {
  // What scripts drew has moved the place that the address names: go there once all is drawn,
  // unless a reader has gone elsewhere since.
  let moved = false;
  for (const sign of ["wheel", "touchmove", "keydown", "pointerdown"])
    window.addEventListener(sign, () => (moved = true), { once: true, passive: true });
  const arrive = () => {
    if (moved) return;
    document.getElementById(window.location.hash.slice(1))?.scrollIntoView({ behavior: "instant" });
    EmoS.browser.states.forEach(EmoS.browser.route);
  };
  try {
    EmoS.words = await EmoS.load("words");
    await Promise.all([EmoS.load("items"), EmoS.load("sets")]);
    await EmoS.drawer.start();
    document.documentElement.dataset.ready = "true";
    for (const host of document.querySelectorAll("[data-browser]")) await EmoS.browser.start(host);
    for (const host of document.querySelectorAll("[data-panel]")) {
      const name = host.dataset.panel;
      host.replaceChildren();
      EmoS.panels[name](host, await EmoS.load(`panel-${name}`), (key, values) =>
        EmoS.say(`${name}.${key}`, values),
      );
    }
    document.documentElement.dataset.complete = "true";
    document.fonts.ready.then(arrive);
  } catch (fault) {
    document.getElementById("main").prepend(
      EmoS.el("p", { class: "warning", role: "alert" }, `This page is damaged: ${fault.message}`),
    );
    throw fault;
  }
})();
