// The last script: everything is defined, so begin. `data-ready` on the root says that every number
// can be followed; a fault is shown, since a page that stays silent looks complete.
"use strict";

(async () => {
  // What scripts and fonts draw moves the place that the address names: stay there until the page
  // is at rest, unless a reader goes elsewhere.
  const arrive = () => {
    document.getElementById(window.location.hash.slice(1))?.scrollIntoView({ behavior: "instant" });
    EmoS.browser.states.forEach(EmoS.browser.route);
  };
  const growth = new ResizeObserver(arrive);
  let moved = false;
  const leave = () => {
    moved = true;
    growth.disconnect();
  };
  for (const sign of ["wheel", "touchmove", "keydown", "pointerdown"])
    window.addEventListener(sign, leave, { once: true, passive: true });
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
    if (!moved) growth.observe(document.body);
    window.setTimeout(leave, 3000);
  } catch (fault) {
    document.getElementById("main").prepend(
      EmoS.el("p", { class: "warning", role: "alert" }, `This page is damaged: ${fault.message}`),
    );
    throw fault;
  }
})();
