// The last script: everything is defined, so begin. `data-ready` on the root says that every number
// can be followed; a fault is shown, since a page that stays silent looks complete.
"use strict";

(async () => {
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
  } catch (fault) {
    document.getElementById("main").prepend(
      EmoS.el("p", { class: "warning", role: "alert" }, `This page is damaged: ${fault.message}`),
    );
    throw fault;
  }
})();
