"""How the shipped embedding model is made: one module a stage, runnable, resumable, seeded.

`python -m training --data DIR --out DIR` runs every stage in order; see `training.__main__`.
Training imports `rag` and `benchmarks.datasets`, never the reverse.
"""
