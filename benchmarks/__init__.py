"""How good and how fast, against peers; runnable. Imports `rag`, never the reverse."""
