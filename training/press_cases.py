"""`python -m training.press_cases --out DIR`: the press as a library to ask, with its questions.

Writes every article of `training.press` to `DIR/articles`, and the questions on those of the
development split to `DIR/french.jsonl` and `DIR/english.jsonl`. Neither the embedding model nor the
reader learns from those; the few coefficients of `rag/quoter.json` are fitted on them too. Then
`python -m rag build DIR/articles --index DIR/index` and `python -m rag eval DIR/french.jsonl
--index DIR/index` measure the product on news.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.corpus import join_articles, write_articles
from training.press import press
from training.written_questions import written_questions


def write(out: Path) -> None:
    """Write articles and cases to a folder."""
    articles, asked = press(), list(written_questions(press("dev")))
    write_articles(articles, out / "articles")
    texts = join_articles(articles)[0]
    for number, language in enumerate(("french", "english")):
        cases = [
            {
                "question": each.asked()[number][0],
                "quotes": [texts[each.title][start:end] for start, end in each.gold],
                "kind": "unanswerable" if not each.gold else "several" if each.gold[1:] else "one",
            }
            for each in asked
        ]
        lines = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)
        (out / f"{language}.jsonl").write_text(lines, encoding="utf-8")


def main() -> None:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(
        prog="python -m training.press_cases",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    write(parser.parse_args().out)


if __name__ == "__main__":
    main()
