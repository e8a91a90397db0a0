"""The page's frame: templates, style sheets, scripts, and what they are packed with."""
