"""Parts of the generator of the demo corpus; run ``scripts/make_demo_corpus.py``."""
