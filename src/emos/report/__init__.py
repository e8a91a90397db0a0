"""Pictures of results: one specification gives the page to explore and the figure to print."""
