"""How long a question takes on one core, and how much memory, beside what a tutorial would build.

    python -m benchmarks.latency --data DIR --work DIR [--passages 10000]

Two libraries: the seed article, and sections of Canadian law, French and English alternately, of
about so many passages. The peer is the plain chain of LangChain's splitter (500 characters, 50 of
overlap), all-MiniLM-L6-v2 and a flat FAISS index over the same articles: it only finds the five
nearest chunks, the product also chooses its quotes. Building takes long on a processor (about
half an hour for 10,000 passages on two cores) and is kept in --work.

The questions are the first words of sentences of the articles, and everyday ones, which the
product refuses after reading more. Each is measured in a process of its own that is bound to one
core, with the model in memory.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.datasets import law_sections
from benchmarks.off_topic import EVERYDAY
from benchmarks.peer import NAME, peer_folder
from rag.segmenter import find_sentences

if TYPE_CHECKING:
    from rag.library import Library

SEEDS = Path(__file__).parent.parent / "seeds"
SECTIONS = 25  # of law, an article
WARM_UP = 10  # questions that do not count
K = 5
CHUNK, OVERLAP = 500, 50  # characters: about as long as the product's passages
SEED = 20240611


@dataclass(frozen=True, slots=True)
class Timing:
    """What questions cost one system on one library.

    Attributes:
        passages: How many it searches.
        questions: How many were asked.
        middle: Median of a question, in milliseconds.
        slow: 95th percentile, in milliseconds.
        memory: Peak of the process, in MB.
    """

    passages: int
    questions: int
    middle: float
    slow: float
    memory: float


def write_law(data: Path, folder: Path, most: int) -> None:
    """Write articles of law until a library of them has so many passages.

    Args:
        data: The data folder.
        folder: Where they are written; nothing is, where there are some already.
        most: Passages; the last article may pass it.
    """
    from rag.embedder import SentenceTransformerEmbedder
    from rag.indexer import SPECIAL_TOKENS
    from rag.library import PASSAGE_TOKENS
    from rag.loader import load_all
    from rag.settings import BUNDLED_MODEL
    from rag.splitter import split
    from rag.words import detect_language

    if folder.exists():
        return
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    unfinished.mkdir(parents=True, exist_ok=True)
    embedder = SentenceTransformerEmbedder(str(BUNDLED_MODEL))
    passages = 0
    for number, text in enumerate(law_articles(data)):
        path = unfinished / f"{number:05}.txt"
        path.write_text(text, encoding="utf-8", newline="")
        for document in load_all([path], detect_language):
            slices = split(document, embedder.count_tokens, PASSAGE_TOKENS - SPECIAL_TOKENS)
            passages += len(slices)
        if passages >= most:
            break
    unfinished.rename(folder)


def law_articles(data: Path) -> Iterator[str]:
    """Yield texts of law sections, a paragraph each: odd ones English, even ones French."""
    sections = law_sections(data)
    for first in range(0, len(sections), SECTIONS):
        own = sections[first : first + SECTIONS]
        yield "\n\n".join(section.text.french for section in own)
        yield "\n\n".join(section.text.english for section in own)


def make_questions(texts: Sequence[str], count: int) -> list[str]:
    """Ask about sentences of the articles, by their first words.

    Args:
        texts: The articles.
        count: How many questions; a sentence is asked about again where there are too few.
    """
    chance = random.Random(SEED)  # noqa: S311  sampling, not secrecy
    some = chance.sample(list(texts), min(count, len(texts)))
    asked = [
        f"{' '.join(text[start:end].split()[:8]).rstrip('.:;,')} ?"
        for text in some
        for start, end in find_sentences(text)
        if end - start > 40
    ]
    chance.shuffle(asked)
    return list(islice(cycle(asked), count))


def build(articles: Path, folder: Path) -> list[str]:
    """Index articles for both systems, unless that was done before, and return their texts."""
    from rag.library import Library
    from rag.settings import Settings

    library = Library.build([articles], folder / "index", progress=True, settings=Settings())
    texts = [document.text for document in library.documents()]
    if not (folder / "peer.faiss").exists():
        build_peer(texts, folder)
    return texts


def build_peer(texts: Sequence[str], folder: Path) -> None:
    """Cut, embed and index texts as a tutorial does."""
    import faiss
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)
    chunks = [chunk for text in texts for chunk in splitter.split_text(text)]
    vectors = _peer_model().encode(chunks, normalize_embeddings=True, show_progress_bar=True)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, np.float32))
    (folder / "peer.json").write_text(json.dumps(chunks), encoding="utf-8")
    faiss.write_index(index, str(folder / "peer.faiss"))


def _peer_model() -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(peer_folder()), device="cpu", local_files_only=True)


def time_product(folder: Path, questions: Sequence[str], core: int) -> Timing:
    """Ask the library in a folder; run in a process of its own."""
    _use_one_core(core)
    from rag.library import Library
    from rag.settings import Settings

    library: Library = Library.open(folder / "index", settings=Settings())
    return _time(lambda question: library.ask(question, K), questions, library.state().passages)


def time_peer(folder: Path, questions: Sequence[str], core: int) -> Timing:
    """Ask the peer's index in a folder; run in a process of its own."""
    _use_one_core(core)
    import faiss

    index = faiss.read_index(str(folder / "peer.faiss"))
    chunks = json.loads((folder / "peer.json").read_text(encoding="utf-8"))
    model = _peer_model()

    def retrieve(question: str) -> list[str]:
        vector = model.encode([question], normalize_embeddings=True, show_progress_bar=False)
        _, found = index.search(vector, K)
        return [chunks[i] for i in found[0] if i >= 0]

    return _time(retrieve, questions, len(chunks))


def _use_one_core(core: int) -> None:
    """Bind this process before any library counts the cores."""
    os.sched_setaffinity(0, {core})
    os.environ["OMP_NUM_THREADS"] = "1"
    import torch

    torch.set_num_threads(1)


def _time(ask: Callable[[str], object], questions: Sequence[str], passages: int) -> Timing:
    for question in questions[:WARM_UP]:
        ask(question)
    times = []
    for question in questions:
        started = time.perf_counter()
        ask(question)
        times.append(1000 * (time.perf_counter() - started))
    middle, slow = np.percentile(times, [50, 95])
    return Timing(passages, len(times), float(middle), float(slow), _peak_memory())


def _peak_memory() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(kilobytes) / 1000


def measure(name: str, articles: Path, folder: Path, count: int) -> Iterator[str]:
    """Build what is missing, then yield a row of the table for each system."""
    folder.mkdir(parents=True, exist_ok=True)
    questions = make_questions(build(articles, folder), count)
    everyday = [text for pair in EVERYDAY for text in pair][:count]
    core = max(os.sched_getaffinity(0))
    systems: dict[str, tuple[Callable[..., Timing], list[str]]] = {
        "Guillemets, quotes": (time_product, questions),
        "Guillemets, what nothing answers": (time_product, everyday),
        f"LangChain, FAISS, {NAME}": (time_peer, questions),
    }
    for system, (run, asked) in systems.items():
        with multiprocessing.get_context("spawn").Pool(1) as process:
            found: Timing = process.apply(run, (folder, asked, core))
        yield (
            f"| {name} | {system} | {found.passages:,} | {found.middle:.0f} | {found.slow:.0f} "
            f"| {found.memory:.0f} |"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, build, measure, print each row as soon as it is known."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.latency",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, help="folder of the data sets (the seed alone)")
    parser.add_argument("--work", type=Path, help="where what is built is kept (nowhere)")
    parser.add_argument("--passages", type=int, default=10_000, help="of the law library (10,000)")
    parser.add_argument("--questions", type=int, default=200, help="asked of each (200)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        print("| articles | system | passages | p50 (ms) | p95 (ms) | peak memory (MB) |")
        print("| --- | --- | ---: | ---: | ---: | ---: |", flush=True)
        for row in measure("the seed article", SEEDS, work / "seed", options.questions):
            print(row, flush=True)
        if options.data:
            name = f"law-{options.passages}"
            write_law(options.data, work / name / "articles", options.passages)
            law = measure("Canadian law", work / name / "articles", work / name, options.questions)
            for row in law:
                print(row, flush=True)


if __name__ == "__main__":
    main()
