"""The audit of the EmoS paper: per table, what it prints (TOML) and how it is recomputed."""
