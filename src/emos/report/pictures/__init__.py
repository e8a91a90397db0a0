"""Pictures of results: one specification gives the picture on the page and the figure to print.

Each file with a ``PICTURE`` is one of them and joins by itself (`emos.report.pictures.registry`):
``numbers`` makes the table behind it, ``chart`` draws that table and nothing else.
"""
