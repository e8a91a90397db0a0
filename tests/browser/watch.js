// Runs in every page before the page's own scripts; playwright puts it outside the page's policy.
(() => {
  document.addEventListener("securitypolicyviolation", (event) =>
    emosViolation(`${event.effectiveDirective} forbids ${event.blockedURI || "inline"} ${event.sample}`),
  );

  // What a reader sees is there when the frame with it has been drawn.
  const afterFrame = (then) => requestAnimationFrame(() => setTimeout(then));
  const everything = { subtree: true, childList: true, attributes: true, characterData: true };

  // When <html data-NAME="true"> was set and the next frame drawn.
  const SIGNS = ["ready", "complete"];
  const when = {};
  const seen = Object.fromEntries(
    SIGNS.map((name) => [name, new Promise((resolve) => (when[name] = resolve))]),
  );
  const signs = new MutationObserver(() => {
    const set = document.documentElement?.dataset ?? {};
    for (const name of SIGNS.filter((one) => set[one] === "true" && when[one])) {
      const tell = when[name];
      delete when[name];
      afterFrame(() => tell(performance.now()));
    }
  });
  const attributeFilter = SIGNS.map((name) => `data-${name}`);
  signs.observe(document, { subtree: true, childList: true, attributeFilter });

  // From the first input, change or click after start() to the last frame that shows a consequence;
  // null if there was none. `quiet` milliseconds without a change end it.
  let measured;
  const start = (quiet) => {
    let begun = null;
    let shown = null;
    let timer;
    let finish;
    const begin = (event) => {
      if (begun !== null) return;
      begun = event.timeStamp;
      timer = setTimeout(end, quiet);
    };
    const observer = new MutationObserver(() => {
      if (begun === null) return;
      afterFrame(() => {
        shown = performance.now();
        clearTimeout(timer);
        timer = setTimeout(end, quiet);
      });
    });
    const end = () => {
      observer.disconnect();
      finish(shown === null ? null : shown - begun);
    };
    for (const kind of ["input", "change", "click"]) {
      addEventListener(kind, begin, { capture: true });
    }
    observer.observe(document, everything);
    measured = new Promise((resolve) => (finish = resolve));
  };

  window.emosWatch = { seen, start, measured: () => measured };
})();
