"""Answers taken away: citations, Markdown and JSON, and a proof that opens offline."""
