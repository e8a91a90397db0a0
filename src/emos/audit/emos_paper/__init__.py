"""The audit of the EmoS paper: per table, what it prints (TOML) and how it is recomputed (Python).

What ``computed`` follows
    The rule that the paper states. It states no reading of misspelt labels, so votes are read as
    the release's own derived files read them: labels that are no label are dropped. The value
    after repair stands beside it as an alternative. Where the paper leaves a base or a spelling
    open and one rule gives all cells of a table, that is taken as the table's rule (Tables 9, 10).
What is ``differs`` and what ``not recoverable``
    ``differs``: the paper says what was counted on which clips, the release has them, and neither
    that rule nor another one found gives the printed value. ``not recoverable``: the release lacks
    what the value was made from (model outputs, training settings), or the paper leaves open what
    was counted (Table 2's unions, most of Table 3, Table 4's tendencies) and no reading tried
    gives it; ``computed`` is then our reading, if there is one.
"""
