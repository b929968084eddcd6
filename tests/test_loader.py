"""The loader: the decoded file as it stands, and the metadata it states."""

import hashlib
import os
import unicodedata
from pathlib import Path

import pytest
from child import NOBODY, in_child
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from rag.datamodels import Document
from rag.errors import (
    BinaryFileError,
    EmptyArticleError,
    EncodingError,
    NoArticlesError,
    SourceError,
    UnsupportedFormatError,
)
from rag.loader import TITLE_LENGTH, decode, find_articles, load, load_all, make_document
from rag.words import detect_language

SEED_SHA256 = "8463b736b0396ba031bc0c1b9520e17f05b5b08a4a76bce0b66cb04eb289739b"


def read(text: str, path: str = "a.txt") -> Document:
    return make_document(text, text.encode("utf-8", "surrogatepass"), path, detect_language)


def body(document: Document) -> str:
    return document.text[document.body_start : document.body_end]


def load_bytes(folder: Path, data: bytes, name: str = "a.txt") -> Document:
    (folder / name).write_bytes(data)
    return load(folder / name, detect_language)


class TestSeed:
    @pytest.fixture
    def seed(self) -> Document:
        (path,) = find_articles([ROOT / "seeds"])
        return load(path, detect_language)

    def test_it_is_the_file_as_received(self, seed: Document) -> None:
        assert seed.sha256 == SEED_SHA256
        assert seed.id == SEED_SHA256[:16]
        assert hashlib.sha256(seed.text.encode()).hexdigest() == SEED_SHA256

    def test_its_metadata_are_read(self, seed: Document) -> None:
        assert (seed.published, seed.source, seed.language) == ("2024-11", "Rfi", "fr")
        assert (
            seed.title
            == "Conclu au cours d'une rare visite de Vladimir Poutine à Pyongyang en juin"
        )
        assert seed.title in seed.text

    def test_its_body_lies_between_the_stamp_and_the_source(self, seed: Document) -> None:
        assert (seed.body_start, seed.body_end, len(seed.text)) == (14, 3706, 3773)
        assert body(seed).startswith("Conclu au cours")
        assert body(seed).endswith("précise-t-il.")


class TestDecoding:
    @pytest.mark.parametrize(
        ("data", "text"),
        [
            ("été".encode(), "été"),
            ("été".encode("utf-8-sig"), "été"),
            ("été".encode("utf-16"), "été"),
            (b"\xfe\xff" + "été".encode("utf-16-be"), "été"),
            ("« l’œuvre » coûte 3 €".encode("cp1252"), "« l’œuvre » coûte 3 €"),
            (b"one\r\ntwo\rthree\n", "one\r\ntwo\rthree\n"),
            ("e\u0301te\u0301".encode(), "e\u0301te\u0301"),
            ("10\u202f000\u00a0%".encode(), "10\u202f000\u00a0%"),
            ("a\u2028b\u0085c\u2029d".encode(), "a\u2028b\u0085c\u2029d"),
        ],
    )
    def test_characters_are_kept_as_they_are(self, data: bytes, text: str) -> None:
        assert decode(data, "a.txt") == text

    @pytest.mark.parametrize(
        "data",
        [
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            b"%PDF-1.4\n\x00\x01",
            "sans marque".encode("utf-16-le"),
            b"\xff\xfe\0\0a\0\0\0",  # UTF-32
            b"\x01\x02\x03\x04 text",
        ],
    )
    def test_what_is_not_text_is_refused(self, data: bytes) -> None:
        with pytest.raises(BinaryFileError, match=r"save it as UTF-8 text$"):
            decode(data, "a.txt")

    @pytest.mark.parametrize("data", [b"caf\x81 \xe9", b"\xff\xfea", b"\xff\xfe\x00\xd8a\x00"])
    def test_text_in_no_known_encoding_is_refused(self, data: bytes) -> None:
        with pytest.raises(EncodingError, match=r"save it again as UTF-8$"):
            decode(data, "a.txt")


class TestMetadata:
    def test_front_matter(self, articles: Path) -> None:
        orchard = load(articles / "orchard.txt", detect_language)
        assert orchard.title == "The orchard that feeds a school"
        assert (orchard.source, orchard.published) == ("Valley Post", "2022-09-14")
        assert orchard.language == "en"
        assert body(orchard).startswith("Pupils of Ashdown")

    def test_date_stamp_and_source_line(self, articles: Path) -> None:
        phare = load(articles / "phare.txt", detect_language)
        assert (phare.published, phare.source) == ("2023-05", "Ouest-Presse")
        assert body(phare).startswith("Le phare")
        assert body(phare).endswith("de Brest.")

    def test_a_markdown_heading_is_the_title_and_stays_in_the_body(self, articles: Path) -> None:
        pont = load(articles / "pont.md", detect_language)
        assert pont.title == "Le pont de Vauclair ferme"
        assert pont.body_start == 0

    def test_an_article_that_states_nothing_is_all_body(self, articles: Path) -> None:
        ferry = load(articles / "ferry.txt", detect_language)
        assert (ferry.source, ferry.published, ferry.language) == ("", "", "en")
        assert (ferry.body_start, ferry.body_end) == (0, len(ferry.text))
        assert ferry.title == "The night ferry to Skerry island will stop in June"

    @pytest.mark.parametrize(
        ("text", "title"),
        [
            (
                "Sardine : les ports en colère, et Brest\n\nElle part.",
                "Sardine : les ports en colère, et Brest",
            ),
            ("Par Léa Morin\n\nLe pont, fermé hier\n\nIl rouvrira.", "Le pont, fermé hier"),
            ("Le grand pont de la ville, fermé, bouge.\n\nIl rouvre.", "Le grand pont de la ville"),
            ("Par Léa Morin\n\n# Le pont ferme\n\nIl rouvrira.", "Le pont ferme"),
            ("Économie\n\nLe pont, fermé hier\n\nIl rouvrira.", "Le pont, fermé hier"),
            ("Économie verte\n\nLe pont a fermé hier.", "Économie verte"),
            (
                "Par Léa Morin\n\nLe grand pont de la ville, fermé, bouge.",
                "Le grand pont de la ville",
            ),
            ("Le grand pont de la ville ferme ! Il rouvre.", "Le grand pont de la ville ferme"),
        ],
    )
    def test_a_headline_on_a_line_of_its_own_is_kept_whole(self, text: str, title: str) -> None:
        assert read(text).title == title

    def test_windows_line_ends_change_nothing(self) -> None:
        text = "date 2020-01-02 Un chat dort.\r\n\r\n\r\nLe Monde\r\n"
        document = read(text)
        assert (document.published, document.source) == ("2020-01-02", "Le Monde")
        assert body(document) == "Un chat dort."
        front = read("---\r\ntitle: A\r\nlang: en\r\n---\r\nThe cat.\r\n")
        assert (front.title, front.language, body(front).strip()) == ("A", "en", "The cat.")

    def test_two_rules_are_not_a_front_matter(self) -> None:
        text = "---\nLe chat dort.\n---\nLe chien veille."
        assert "Le chat dort." in body(read(text))

    def test_a_last_line_that_is_not_set_off_is_text(self) -> None:
        assert body(read("Un chat dort.\n\nIl rêve")) == "Un chat dort.\n\nIl rêve"

    def test_a_last_sentence_is_not_a_source(self) -> None:
        text = "Un chat dort.\n\n\n\nIl rêve."
        assert body(read(text)) == text

    @pytest.mark.parametrize(
        "line", ["Il est parti hier matin", "he left the town at dawn", "Elle n'a rien dit à Paul"]
    )
    def test_nor_is_one_that_lacks_its_full_stop(self, line: str) -> None:
        document = read(f"Un chat dort.\n\n\n\n{line}\n")
        assert document.source == ""
        assert body(document).rstrip().endswith(line)

    @pytest.mark.parametrize(
        "line", ["Le Monde, avec AFP", "La Voix du Nord", "The Times of India"]
    )
    def test_a_source_may_name_two(self, line: str) -> None:
        document = read(f"Un chat dort.\n\n\n\n{line}\n")
        assert (document.source, body(document)) == (line, "Un chat dort.")

    @pytest.mark.parametrize("value", [">", "|", ">-", "|2"])
    def test_a_title_on_the_lines_below_is_not_read(self, value: str) -> None:
        document = read(f"---\ntitle: {value}\n  Un titre\ndate: 2024\n---\nUn chat dort.\n")
        assert (document.title, document.published) == ("Un chat dort.", "2024")

    @pytest.mark.parametrize(
        "text",
        ["---\ntitle: \u00a0Un chat\u202f\n---\nIl dort.", "#\u00a0 Un chat \u00a0\n\nIl dort.",
         "\u00a0\u202fUn chat\u00a0\n\nIl dort."],
    )  # fmt: skip
    def test_a_title_has_no_white_space_around_it(self, text: str) -> None:
        assert read(text).title == "Un chat"

    def test_old_line_ends_are_line_ends(self) -> None:
        text = "date 2020-01-02 # Un chat\r\rIl dort.\r\r\rLe Monde\r"
        document = read(text)
        assert document.text == text
        assert (document.published, document.source) == ("2020-01-02", "Le Monde")
        assert (document.title, body(document)) == ("Un chat", "# Un chat\r\rIl dort.")
        front = read("---\rtitle: A\rlang: en\r---\rThe cat.\r")
        assert (front.title, front.language, body(front)) == ("A", "en", "The cat.\r")

    def test_a_title_is_one_short_line_of_the_article(self) -> None:
        text = "mot " * 100
        title = read(text).title
        assert len(title) <= TITLE_LENGTH + 1
        assert title.rstrip("…") in text
        assert len(read("x" * 500).title) <= TITLE_LENGTH

    @pytest.mark.parametrize("text", ["", " \n\n", "…!?", "date 2024-11 ", "---\ntitle: A\n---\n"])
    def test_an_article_without_words_is_refused(self, text: str) -> None:
        with pytest.raises(EmptyArticleError, match=r"remove it, or fill it$"):
            read(text)

    @given(
        st.sampled_from(["", "date 2024 ", "\ufeff", "---\ntitle: x\n---\n", "# T\n", " \u00a0\n"]),
        st.text(st.sampled_from("ab .\n\r\t\u00a0\u2028\u0301é-#:"), max_size=60),
        st.sampled_from(["", "\n\n\n\nRfi", "\r\n\r\n\r\nRfi\r\n"]),
    )
    def test_the_text_never_moves(self, head: str, middle: str, tail: str) -> None:
        text = f"{head}mot{middle}{tail}"
        document = read(text)
        assert document.text == text
        assert 0 <= document.body_start < document.body_end <= len(text)
        assert "mot" in body(document)


class TestFinding:
    def test_folders_are_walked_in_order_and_other_kinds_left_out(self, articles: Path) -> None:
        (articles / "z").mkdir()
        (articles / "z" / "deep.TXT").write_text("Deep.")
        (articles / "photo.png").write_bytes(b"\x89PNG")
        (articles / ".hidden.txt").write_text("Hidden.")
        found = [str(path.relative_to(articles)) for path in find_articles([articles])]
        assert found == ["ferry.txt", "orchard.txt", "phare.txt", "pont.md", "z/deep.TXT"]

    def test_a_path_given_twice_is_read_once(self, articles: Path) -> None:
        assert len(find_articles([articles, articles / "pont.md", articles])) == 4

    def test_the_same_bytes_are_one_article(self, articles: Path) -> None:
        (articles / "copy.md").write_bytes((articles / "pont.md").read_bytes())
        documents = list(load_all(find_articles([articles]), detect_language))
        assert [Path(d.path).name for d in documents] == [
            "copy.md", "ferry.txt", "orchard.txt", "phare.txt",
        ]  # fmt: skip

    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    def test_file_names_may_have_accents(self, tmp_path: Path, form: str) -> None:
        name = unicodedata.normalize(form, "été à l'île.txt")  # type: ignore[arg-type]
        assert Path(load_bytes(tmp_path, b"Un chat.", name).path).name == name

    def test_a_file_name_that_is_not_text_can_be_stored(self, tmp_path: Path) -> None:
        name = os.fsdecode(b"caf\xe9.txt")
        document = load_bytes(tmp_path, b"Un chat.", name)
        assert document.path.encode().endswith(b"caf\\xe9.txt")

    def test_symbolic_links_that_loop_end(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("Un chat.")
        (tmp_path / "one").symlink_to(tmp_path)
        (tmp_path / "two").symlink_to(tmp_path)
        assert find_articles([tmp_path]) == [tmp_path / "a.txt"]

    def test_a_linked_folder_is_read(self, tmp_path: Path, articles: Path) -> None:
        (tmp_path / "library").mkdir()
        (tmp_path / "library" / "link").symlink_to(articles)
        assert len(find_articles([tmp_path / "library"])) == 4

    def test_a_pipe_with_the_name_of_an_article_is_left_out(self, articles: Path) -> None:
        os.mkfifo(articles / "pipe.txt")
        assert len(find_articles([articles])) == 4

    def test_nothing_to_read(self, tmp_path: Path) -> None:
        with pytest.raises(NoArticlesError, match=r"put files there that end in \.md, \.txt$"):
            find_articles([tmp_path])
        with pytest.raises(NoArticlesError):
            find_articles([])

    def test_a_missing_path(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match=r"give the path of an article or a folder$"):
            find_articles([tmp_path / "nowhere"])

    def test_an_unknown_kind(self, tmp_path: Path) -> None:
        (tmp_path / "a.docx").write_text("Un chat.")
        with pytest.raises(UnsupportedFormatError, match=r"use one of \.md, \.txt$"):
            find_articles([tmp_path / "a.docx"])

    def test_a_link_to_nowhere_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
        with pytest.raises(SourceError, match="cannot read"):
            list(load_all(find_articles([tmp_path]), detect_language))


class TestPermissions:
    def test_an_unreadable_file(self, reachable: Path) -> None:
        path = reachable / "a.txt"
        path.write_text("Un chat.")
        path.chmod(0)
        error = in_child(load, path, detect_language, user=NOBODY)
        assert isinstance(error, SourceError)
        assert str(error).endswith("check its permissions")

    @pytest.mark.parametrize("asked", [".", "a.txt", "inner"])
    def test_an_unreadable_folder(self, reachable: Path, asked: str) -> None:
        folder = reachable / "closed"
        (folder / "inner").mkdir(parents=True)
        (folder / "a.txt").write_text("Un chat.")
        folder.chmod(0o600)
        error = in_child(find_articles, [folder / asked], user=NOBODY)
        assert isinstance(error, SourceError)
        assert str(error).endswith("check its permissions")

    def test_an_unreadable_folder_inside(self, reachable: Path) -> None:
        (reachable / "shelf" / "closed").mkdir(parents=True)
        (reachable / "shelf" / "a.txt").write_text("Un chat.")
        (reachable / "shelf" / "closed").chmod(0)
        error = in_child(find_articles, [reachable / "shelf"], user=NOBODY)
        assert isinstance(error, SourceError)
        assert "closed" in str(error)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    with pytest.raises(SourceError, match="is no file; give the path of an article"):
        find_articles([pipe])
    with pytest.raises(NoArticlesError):
        find_articles([tmp_path])
