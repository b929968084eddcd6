"""The local index under real faults: killed writers, full disks, flipped bits, other users."""

import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from child import NOBODY, in_child, run_until
from conftest import HashingEmbedder

from rag.errors import (
    BusyIndexError,
    DamagedIndexError,
    ForeignIndexError,
    IndexWriteError,
    LibraryIndexError,
    MissingIndexError,
    ModelMismatchError,
    OutdatedIndexError,
    RagError,
    UnknownDocumentError,
)
from rag.library import Library
from rag.settings import Settings
from rag.store import Change, IndexState
from rag.stores.local_database import DATABASE
from rag.stores.local_store import LocalStore

QUESTION = "À combien de kilomètres porte la lampe du phare ?"
NEW = "Le moulin de Saint-Aubin tourne de nouveau. Il moud deux tonnes de blé par semaine."
SETTINGS = Settings()


def build(articles: Path, index: Path, embedder: HashingEmbedder | None = None) -> Library:
    return Library.build(
        [articles], index, embedder=embedder or HashingEmbedder(), settings=SETTINGS
    )


def reopen(index: Path) -> Library:
    return Library.open(index, embedder=HashingEmbedder(), settings=SETTINGS)


def told(library: Library) -> list[object]:
    """What a reader is told, whatever ids the rows have."""
    answer = library.ask(QUESTION)
    hits = [(h.passage.document_id, h.passage.start, h.passage.text, h.score) for h in answer.hits]
    return [answer.confidence, answer.quotes, hits, library.documents()]


def told_by(index: Path) -> list[object]:
    return told(reopen(index))


def count_built(articles: Path, index: Path) -> int:
    return len(build(articles, index).documents())


def refused(articles: Path, index: Path) -> tuple[str, int]:
    """Try to build where it is not allowed; what is said, and how many texts were embedded."""
    embedder = HashingEmbedder()
    with pytest.raises(IndexWriteError) as raised:
        build(articles, index, embedder)
    return str(raised.value), len(embedder.embedded)


def vectors_file(index: Path) -> Path:
    (path,) = index.glob("vectors-*.faiss")
    return path


def flip(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 0x10
    path.write_bytes(data)


def edit(index: Path, statement: str) -> None:
    with sqlite3.connect(index / DATABASE) as db:
        db.execute(statement)
    db.close()


class TestKilledWriter:
    def test_at_every_file_operation(self, library: Library, articles: Path, index: Path) -> None:
        before = told(library)
        (articles / "moulin.txt").write_text(NEW)
        for point in range(1, 200):
            copy = index.with_name(f"copy-{point}")
            shutil.copytree(index, copy)
            done = not run_until(partial(_die_at, point), partial(build, articles, copy))
            survivor = reopen(copy)
            after = told(survivor)
            if not done and len(survivor.documents()) == 4:
                assert after == before
            build(articles, copy)
            assert len(reopen(copy).documents()) == 5
            reopen(copy).remove(reopen(copy).documents()[0].id)
            assert len(list(copy.glob("vectors-*"))) == 1
            shutil.rmtree(copy)
            if done:
                break
        assert done
        assert point > 8

    def test_at_any_time(self, library: Library, articles: Path, index: Path) -> None:
        before = told(library)
        (articles / "moulin.txt").write_text(NEW)
        for moment in range(12):
            copy = index.with_name(f"copy-{moment}")
            shutil.copytree(index, copy)
            ended = partial(_die_after, 0.0001 + moment * 0.004)
            assert run_until(ended, partial(build, articles, copy)) in (0, -signal.SIGALRM)
            survivor = reopen(copy)
            assert told(survivor) == before or len(survivor.documents()) == 5

    def test_a_first_build_leaves_nothing_to_believe(self, articles: Path, tmp_path: Path) -> None:
        for point in range(1, 200):
            index = tmp_path / f"index-{point}"
            done = not run_until(partial(_die_at, point), partial(build, articles, index))
            if not done and not _finished(index):
                with pytest.raises(MissingIndexError, match="type: python -m rag build"):
                    reopen(index)
            assert len(build(articles, index).documents()) == 4
            if done:
                break


def _die_at(point: int) -> None:
    """Kill this process, as by ``kill -9``, at its n-th operation on files or databases."""
    left = [point]

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(("os.", "sqlite3.")) or (event == "open" and _is_index(arguments)):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def _die_after(seconds: float) -> None:
    """Have the system end this process, without a handler, after a time."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _is_index(arguments: tuple[object, ...]) -> bool:
    return ".faiss" in str(arguments[0]) or "index" in str(arguments[0])


def _finished(index: Path) -> bool:
    try:
        reopen(index)
    except LibraryIndexError:
        return False
    return True


def build_on_full_disk(articles: Path, index: Path, limit: int) -> None:
    """Build where no file may grow beyond a limit in bytes; only for a child process."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    build(articles, index)


class TestFullDisk:
    @pytest.mark.parametrize("limit", [0, 1_000, 10_000, 40_000, 60_000, 70_000])
    def test_the_old_index_answers(
        self, library: Library, articles: Path, index: Path, limit: int
    ) -> None:
        before = told(library)
        for number in range(40):
            (articles / f"{number}.txt").write_text(f"{NEW} C'est le numéro {number}.")

        error = in_child(build_on_full_disk, articles, index, limit)
        assert isinstance(error, IndexWriteError), error
        assert str(error).endswith("choose another folder with --index")
        assert told(reopen(index)) == before
        vectors_file(index)
        assert len(build(articles, index).documents()) == 44
        vectors_file(index)

    @pytest.mark.parametrize("limit", [0, 1_000, 10_000, 40_000])
    def test_a_first_build(self, articles: Path, index: Path, limit: int) -> None:
        error = in_child(build_on_full_disk, articles, index, limit)
        assert isinstance(error, IndexWriteError), error
        with pytest.raises(MissingIndexError):
            reopen(index)
        assert len(build(articles, index).documents()) == 4


class TestDamagedVectors:
    @pytest.mark.parametrize("place", [0, 5, 21, 37, 0.3, 0.9, -1])
    def test_a_flipped_bit(
        self, library: Library, articles: Path, index: Path, place: float
    ) -> None:
        before, path = told(library), vectors_file(index)
        size = path.stat().st_size
        flip(path, int(place * size) if isinstance(place, float) else place % size)
        self.check_noticed_and_repaired(before, articles, index)

    @pytest.mark.parametrize("left", [0, 1, 100, -1])
    def test_truncation(self, library: Library, articles: Path, index: Path, left: int) -> None:
        before, path = told(library), vectors_file(index)
        path.write_bytes(path.read_bytes()[:left])
        self.check_noticed_and_repaired(before, articles, index)

    def test_deletion(self, library: Library, articles: Path, index: Path) -> None:
        before = told(library)
        vectors_file(index).unlink()
        self.check_noticed_and_repaired(before, articles, index)

    def check_noticed_and_repaired(self, before: list[object], articles: Path, index: Path) -> None:
        with pytest.raises(DamagedIndexError, match=rf"type: python -m rag build --index {index}$"):
            reopen(index)
        assert LocalStore(index).sources() == (str(articles),)
        assert told(build(articles, index)) == before
        assert not list(index.glob("*.damaged-*"))

    def test_a_change_to_a_damaged_index_is_refused(
        self, library: Library, articles: Path, index: Path
    ) -> None:
        (articles / "moulin.txt").write_text(NEW)
        vectors_file(index).unlink()
        with pytest.raises(DamagedIndexError, match="type: python -m rag build"):
            library.add([articles / "moulin.txt"])


class TestDamagedDatabase:
    def test_flipped_bits_are_noticed_or_harmless(self, library: Library, index: Path) -> None:
        before = told(library)
        good = (index / DATABASE).read_bytes()
        places = random.Random(1).sample(range(len(good)), 80)  # noqa: S311  no secret
        noticed = []
        for place in [*range(0, 100, 7), *places]:
            (index / DATABASE).write_bytes(good)
            flip(index / DATABASE, place)
            try:
                same = told(reopen(index)) == before
            except LibraryIndexError as error:
                noticed.append(str(error))
            else:
                assert same, place
        assert len(noticed) >= 10
        assert all(re.search("python -m rag build|with --index$", words) for words in noticed)

    def test_any_damage_to_the_schema_is_told_and_repaired(
        self, library: Library, articles: Path, index: Path
    ) -> None:
        before, path = told(library), index / DATABASE
        good = path.read_bytes()
        places = random.Random(2).sample(range(100, 4_096), 60)  # noqa: S311  no secret
        noticed = 0
        for place in [2_262, *places]:
            for aside in index.glob(f"{DATABASE}.damaged-*"):
                aside.unlink()
            path.write_bytes(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
            try:
                reopen(index)
            except LibraryIndexError:
                noticed += 1
                assert told(build(articles, index)) == before, place
                good = path.read_bytes()
        assert noticed >= 10

    @pytest.mark.parametrize("place", [17, *range(4_096, 12 * 4_096, 4_096)])
    def test_build_repairs_and_keeps_the_damaged_file(
        self, library: Library, articles: Path, index: Path, place: int
    ) -> None:
        before, path = told(library), index / DATABASE
        good = path.read_bytes()
        damaged = good[:place] + b"\xa5" * 100 + good[place + 100 :]
        path.write_bytes(damaged)
        with pytest.raises(DamagedIndexError, match=r"type: python -m rag build|rag build$"):
            told(reopen(index))
        assert told(build(articles, index)) == before
        kept = list(index.glob(f"{DATABASE}.damaged-*"))
        assert [file.read_bytes() for file in kept] == [damaged]

    @pytest.mark.parametrize("left", [1, 99, 4_096, 5_000, 0.5, 0.99])
    def test_truncation(self, library: Library, articles: Path, index: Path, left: float) -> None:
        before, path = told(library), index / DATABASE
        data = path.read_bytes()
        path.write_bytes(data[: int(left * len(data)) if isinstance(left, float) else left])
        with pytest.raises(LibraryIndexError, match="type: python -m rag build"):
            reopen(index)
        assert told(build(articles, index)) == before

    def test_deletion(self, library: Library, articles: Path, index: Path) -> None:
        before = told(library)
        (index / DATABASE).unlink()
        with pytest.raises(MissingIndexError, match=rf"type: python -m rag build --index {index}$"):
            reopen(index)
        assert told(build(articles, index)) == before

    def test_an_empty_file(self, library: Library, articles: Path, index: Path) -> None:
        before = told(library)
        (index / DATABASE).write_bytes(b"")
        with pytest.raises(MissingIndexError, match="type: python -m rag build"):
            reopen(index)
        assert told(build(articles, index)) == before

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE documents SET text = replace(text, 'lampe', 'coupe')",
            "UPDATE documents SET title = 'Un autre titre'",
            "UPDATE passages SET start = start + 1",
            'UPDATE sentences SET "end" = "end" - 1',
            "UPDATE sentences SET is_title = 1",
            "DELETE FROM passages WHERE id = 1",
            "DELETE FROM stems",
            "UPDATE stems SET words = 'chat'",
            "UPDATE meta SET value = 'x' WHERE key = 'words'",
            "UPDATE meta SET value = '7' WHERE key = 'words'",
            "UPDATE meta SET value = '[' WHERE key = 'sources'",
            "DELETE FROM meta WHERE key = 'vectors_file'",
            "DELETE FROM meta WHERE key = 'generation'",
            "DROP TABLE sentences",
            "DROP TABLE meta",
        ],
    )
    def test_altered_rows(
        self, library: Library, articles: Path, index: Path, statement: str
    ) -> None:
        before = told(library)
        edit(index, statement)
        with pytest.raises(DamagedIndexError, match="python -m rag build"):
            reopen(index)
        assert told(build(articles, index)) == before

    def test_altered_text_is_never_shown(self, library: Library, index: Path) -> None:
        edit(index, "UPDATE documents SET text = replace(text, 'lampe', 'coupe')")
        for show in (library.retrieve, library.ask):
            with pytest.raises(
                DamagedIndexError, match=rf"type: python -m rag build --index {index}$"
            ):
                show(QUESTION)

    def test_every_damaged_file_is_kept(self, articles: Path, index: Path) -> None:
        index.mkdir()
        for number in (1, 2, 3):
            (index / DATABASE).write_bytes(b"not a database " * 100 + bytes([number]))
            build(articles, index)
        (index / f"{DATABASE}.damaged-1").unlink()
        (index / DATABASE).write_bytes(b"not a database " * 100 + b"4")
        build(articles, index)
        kept = [path.read_bytes()[-1:] for path in index.glob(f"{DATABASE}.damaged-*")]
        assert sorted(kept) == [b"\2", b"\3", b"4"]

    def test_a_good_index_is_never_set_aside(self, library: Library, index: Path) -> None:
        before = told(library)
        with pytest.raises(BusyIndexError):
            LocalStore(index).set_aside()
        assert told(reopen(index)) == before


class TestOtherIndexes:
    def test_a_foreign_database_is_refused_and_untouched(self, articles: Path, index: Path) -> None:
        index.mkdir()
        edit(index, "CREATE TABLE recipes (name TEXT)")
        data = (index / DATABASE).read_bytes()
        for use in (lambda: reopen(index), lambda: build(articles, index)):
            with pytest.raises(ForeignIndexError, match=r"choose another folder with --index$"):
                use()
        assert (index / DATABASE).read_bytes() == data
        assert [path.name for path in index.iterdir()] == [DATABASE]

    def test_another_format_is_told_and_rebuilt(
        self, library: Library, articles: Path, index: Path
    ) -> None:
        before = told(library)
        edit(index, "PRAGMA user_version = 0")
        with pytest.raises(OutdatedIndexError, match=rf"python -m rag build --index {index}$"):
            reopen(index)
        assert LocalStore(index).sources() == (str(articles),)
        assert told(build(articles, index)) == before

    def test_another_model_is_told_and_everything_embedded_again(
        self, library: Library, articles: Path, index: Path
    ) -> None:
        other = HashingEmbedder("other", dimension=32)
        with pytest.raises(ModelMismatchError, match=r"--model 'my other'$"):
            Library.open(index, embedder=HashingEmbedder("my other"), settings=SETTINGS)
        with pytest.raises(ModelMismatchError, match=r"rag build --index .* --model other$"):
            Library.open(index, embedder=other, settings=SETTINGS)
        changed = HashingEmbedder(library.state().recipe.model, dimension=32)
        with pytest.raises(ModelMismatchError, match=rf"changed; type: python -m .* {index}$"):
            Library.open(index, embedder=changed, settings=SETTINGS)
        rebuilt = build(articles, index, other)
        assert rebuilt.state().dimension == 32
        assert len(other.embedded) == rebuilt.state().passages + rebuilt.state().sentences
        assert len(rebuilt.documents()) == len(library.documents()) == 4
        with pytest.raises(ModelMismatchError):
            reopen(index)

    def test_the_command_to_type_survives_a_space(self, tmp_path: Path) -> None:
        with pytest.raises(MissingIndexError, match=r"--index '.*my index'$"):
            reopen(tmp_path / "my index")

    def test_a_file_in_place_of_the_folder(self, articles: Path, index: Path) -> None:
        index.write_text("a file")
        with pytest.raises(IndexWriteError):
            build(articles, index)
        with pytest.raises(MissingIndexError):
            reopen(index)


class TestAtOnce:
    def test_first_builders(self, articles: Path, tmp_path: Path) -> None:
        for attempt in range(5):
            index = tmp_path / f"index-{attempt}"
            with ThreadPoolExecutor(4) as pool:
                results = list(pool.map(lambda _, i=index: _try_build(articles, i), range(4)))
            assert results == [None] * 4
            assert len(reopen(index).documents()) == 4

    @pytest.mark.parametrize("others", [1, 2])
    def test_a_builder_whom_another_overtook(
        self, articles: Path, index: Path, monkeypatch: pytest.MonkeyPatch, others: int
    ) -> None:
        """The other has built the same, or at first a part of it."""
        write, left = LocalStore.write, list(range(others))

        def overtaken(store: LocalStore, change: Change, generation: int) -> IndexState:
            if left:
                left.pop()
                write(store, replace(change, added=change.added[len(left) :]), generation)
            return write(store, change, generation)

        monkeypatch.setattr(LocalStore, "write", overtaken)
        embedder = HashingEmbedder()
        if others == 1:
            assert len(build(articles, index, embedder).documents()) == 4
        else:
            with pytest.raises(BusyIndexError, match=r"run the command again$"):
                build(articles, index, embedder)
        assert len(embedder.embedded) == len(set(embedder.embedded))

    def test_builders_in_other_processes(self, articles: Path, tmp_path: Path) -> None:
        for attempt in range(4):
            index = tmp_path / f"index-{attempt}"
            with ThreadPoolExecutor(4) as pool:
                work = [pool.submit(in_child, _try_build, articles, index) for _ in range(4)]
                results = [each.result() for each in work]
            assert any(result is None for result in results), results
            assert all(result is None or isinstance(result, BusyIndexError) for result in results)
            assert len(reopen(index).documents()) == 4

    def test_what_a_writer_has_not_committed_yet_is_not_swept_away(
        self, library: Library, index: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("rag.stores.local_database.BUSY_SECONDS", 0.1)
        store = LocalStore(index)
        with closing(sqlite3.connect(index / DATABASE, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            (index / "vectors-2.faiss").write_bytes(b"written, and current at the commit to come")
            with store._file.connect() as db:
                store._forget_old_vectors(db)
            assert (index / "vectors-2.faiss").exists()
        with store._file.connect() as db:
            store._forget_old_vectors(db)
        assert vectors_file(index).name == "vectors-1.faiss"
        assert len(library.documents()) == 4

    def test_many_writers_leave_a_whole_index(
        self, library: Library, articles: Path, index: Path
    ) -> None:
        for number in range(3):
            (articles / f"{number}.txt").write_text(f"{NEW} C'est le numéro {number}.")
        stop, errors, written = time.monotonic() + 1.5, [], []

        def work(number: int) -> None:
            writer = reopen(index)
            while time.monotonic() < stop and not errors:
                try:
                    (document,) = writer.add([articles / f"{number}.txt"])
                    writer.remove(document.id)
                    written.append(number)
                except (BusyIndexError, UnknownDocumentError):
                    continue
                except Exception as error:  # told below, whatever it is
                    errors.append(error)

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(work, range(3)))
        assert errors == []
        assert written
        assert {d.id for d in library.documents()} <= {d.id for d in reopen(index).documents()}

    def test_a_locked_database_is_told(
        self, library: Library, articles: Path, index: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("rag.stores.local_database.BUSY_SECONDS", 0.1)
        db = sqlite3.connect(index / DATABASE, isolation_level=None)
        db.execute("BEGIN IMMEDIATE")
        (articles / "moulin.txt").write_text(NEW)
        with pytest.raises(BusyIndexError, match=r"try again when it ends$"):
            library.add([articles / "moulin.txt"])
        assert len(library.documents()) == 4
        db.close()

    def test_readers_never_see_half_a_write(
        self, library: Library, articles: Path, index: Path
    ) -> None:
        (articles / "moulin.txt").write_text(NEW)
        four = {document.id for document in library.documents()}
        (moulin,) = {d.id for d in library.add([articles / "moulin.txt"])}
        stop, errors, seen = threading.Event(), [], set()

        def read(_: int) -> None:
            reader = reopen(index)
            while not stop.is_set():
                try:
                    answer = reader.ask("Combien de blé moud le moulin de Saint-Aubin ?")
                    seen.add(any(h.passage.document_id == moulin for h in answer.hits))
                    found = {document.id for document in reader.documents()}
                    assert found in (four, four | {moulin})
                except Exception as error:  # told below, whatever it is
                    errors.append(error)
                    return

        with ThreadPoolExecutor(3) as pool:
            readers = [pool.submit(read, number) for number in range(3)]
            until = time.monotonic() + 2
            while time.monotonic() < until and not errors:
                library.remove(moulin)
                library.add([articles / "moulin.txt"])
            stop.set()
        assert [reader.result() for reader in readers] == [None] * 3
        assert errors == []
        assert seen == {True, False}


def _try_build(articles: Path, index: Path) -> RagError | None:
    try:
        build(articles, index)
    except RagError as error:
        return error
    return None


class TestReadOnly:
    @pytest.fixture
    def shelf(self, reachable: Path, articles: Path) -> Path:
        index = reachable / "shelf"
        build(articles, index)
        for path in index.iterdir():
            path.chmod(0o444)
        index.chmod(0o555)
        return index

    def test_it_can_be_asked(self, shelf: Path) -> None:
        before = told(reopen(shelf))
        assert in_child(told_by, shelf, user=NOBODY) == before

    def test_a_build_that_changes_nothing_passes(self, shelf: Path, articles: Path) -> None:
        assert in_child(count_built, articles, shelf, user=NOBODY) == 4

    def test_a_write_is_refused(self, shelf: Path, articles: Path) -> None:
        (articles / "moulin.txt").write_text(NEW)
        error = in_child(count_built, articles, shelf, user=NOBODY)
        assert isinstance(error, IndexWriteError), error
        assert len(reopen(shelf).documents()) == 4

    def test_a_folder_that_cannot_be_made(self, reachable: Path, articles: Path) -> None:
        (reachable / "closed").mkdir(mode=0o555)
        error = in_child(count_built, articles, reachable / "closed" / "index", user=NOBODY)
        assert isinstance(error, IndexWriteError), error

    def test_so_is_it_before_anything_is_embedded(self, reachable: Path, articles: Path) -> None:
        (reachable / "closed").mkdir(mode=0o555)

        message, embedded = in_child(refused, articles, reachable / "closed", user=NOBODY)
        assert message.endswith("choose another folder with --index")
        assert embedded == 0

    @pytest.mark.parametrize("name", [DATABASE, "vectors-1.faiss", "."])
    def test_what_cannot_be_read_is_told(self, shelf: Path, name: str) -> None:
        (shelf / name).chmod(0)
        error = in_child(told_by, shelf, user=NOBODY)
        (shelf / name).chmod(0o755)
        assert isinstance(error, LibraryIndexError), error
        assert "permission" in str(error)

    def test_what_a_writer_committed_last_is_seen(self, shelf: Path, articles: Path) -> None:
        """A log that was not folded into the database yet is not ignored."""
        (articles / "moulin.txt").write_text(NEW)
        holder = sqlite3.connect(shelf / DATABASE)
        holder.execute("SELECT * FROM meta").fetchone()  # keeps the log from being folded in
        build(articles, shelf)
        assert in_child(told_by, shelf, user=NOBODY) == told(reopen(shelf))
        holder.close()


def test_no_file_is_left_open(library: Library) -> None:
    folder = Path("/proc/self/fd")
    if not folder.exists():
        pytest.skip("only Linux lists open files there")
    before = len(list(folder.iterdir()))
    for _ in range(20):
        library.ask(QUESTION)
    assert len(list(folder.iterdir())) == before
