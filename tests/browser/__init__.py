"""Tests that open a page in Chromium. What a test can use:

- `open_page(path, ...)`, a fixture: the page, watched. When the test ends, a console error, a
  script error, a dialog, a broken rule of the page's security policy or a request for anything but
  the page itself fails it.
- `timing.ready_ms(page)`, `timing.change_ms(page, action)`: how long a reader waits.
- `looking.axe(page)`, `undrawn(page)`, `sideways(page)`: barriers, missing glyphs, what sticks out;
  `screenshot(page, name)` for people to look at.
"""
