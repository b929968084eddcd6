"""Follow-ups become whole questions; whole questions stay as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.datamodels import Answer, Quote, Turn
from rag.errors import QuestionError
from rag.followups.courtesies import is_small_talk, without_courtesy
from rag.followups.followup import (
    LONGEST,
    LONGEST_FOLLOW_UP,
    LONGEST_TURN,
    TURNS,
    resolve,
    take_up,
    to_turns,
    topic,
)
from rag.question_analysis.answer_type import asked_for

BRIDGE = "Quand le pont de Vauclair a-t-il fermé aux camions ?"
FERRY = "Why will the night ferry to Skerry stop in June 2022?"
OATH = "À quoi le pacte engage-t-il la Norvège ?"
SOLDIERS = "How many sailors did North Wales send to Malta?"


def after(earlier: str, question: str, *quotes: str) -> str:
    return resolve(question, [Turn(earlier, quotes)])


class TestReplacing:
    @pytest.mark.parametrize(
        ("earlier", "question", "expected"),
        [
            (OATH, "Et la Suède ?", "À quoi le pacte engage-t-il la Suède ?"),
            (OATH, "Et le Japon ?", "À quoi le pacte engage-t-il le Japon ?"),
            (OATH, "Et pour la Suède ?", "À quoi le pacte engage-t-il la Suède ?"),
            (OATH, "Qu'en est-il de la Suède ?", "À quoi le pacte engage-t-il la Suède ?"),
            (OATH, "Quid du Japon ?", "À quoi le pacte engage-t-il le Japon ?"),
            (OATH, "Et en 2022 ?", "À quoi le pacte engage-t-il la Norvège en 2022 ?"),
            (OATH, "En 2022 ?", "À quoi le pacte engage-t-il la Norvège en 2022 ?"),
            ("Qui gouverne en France ?", "Et le Canada ?", "Qui gouverne au Canada ?"),
            ("Qui gouverne en France ?", "Et à Moscou ?", "Qui gouverne à Moscou ?"),
            ("Quand est né Hugo ?", "Et Émile Zola ?", "Quand est né Émile Zola ?"),
            ("Quel est le rôle du roi Louis ?", "Et Anne ?", "Quel est le rôle d'Anne ?"),
            ("Que fit Ève en 1901 ?", "Et en 1910 ?", "Que fit Ève en 1910 ?"),
            (SOLDIERS, "And Ireland?", "How many sailors did North Wales send to Ireland?"),
            ("Who leads Wales?", "What about the Orkneys?", "Who leads the Orkneys?"),
            (FERRY, "and in 2023?", "Why will the night ferry to Skerry stop in June 2023?"),
            (
                "What did Oslo sign in May 2021?",
                "In March 2020?",
                "What did Oslo sign in March 2020?",
            ),
            ("Where was Hugo born?", "And Emma's mother?", "Where was Emma's mother born?"),
            ("How big is Oslo's port?", "And Bergen?", "How big is Bergen's port?"),
        ],
    )
    def test_a_thing_takes_the_place_of_its_kind(
        self, earlier: str, question: str, expected: str
    ) -> None:
        assert after(earlier, question) == expected

    def test_a_resolved_question_can_be_taken_up_again(self) -> None:
        resolved = after("Qui est Victor Hugo ?", "Quand est-il né ?")
        assert resolved == "Quand est-il né ? (Victor Hugo)"
        assert after(resolved, "Et Émile Zola ?") == "Quand est-il né ? (Émile Zola)"

    @pytest.mark.parametrize(
        ("earlier", "question", "expected"),
        [
            # There is no thing of the same kind, or it is there already.
            ("Qui a voté ?", "Et les femmes ?", "Et les femmes ? (Qui a voté)"),
            (
                "Quel pacte lie Oslo et Riga ?",
                "Et Riga ?",
                "Et Riga ? (Quel pacte lie Oslo et Riga)",
            ),
            (BRIDGE, "Et lui ?", f"Et lui ? ({BRIDGE[:-2]})"),
            (FERRY, "What about its crew?", f"What about its crew? ({FERRY[:-1]})"),
            # The two are in different languages.
            (FERRY, "Et la Norvège ?", f"Et la Norvège ? ({FERRY[:-1]})"),
            (OATH, "and Sweden?", f"And Sweden? ({OATH[:-2]})"),
        ],
    )
    def test_else_the_question_is_added(self, earlier: str, question: str, expected: str) -> None:
        assert after(earlier, question) == expected


class TestAskingAgain:
    @pytest.mark.parametrize(
        ("earlier", "question", "expected"),
        [
            (BRIDGE, "Pourquoi ?", "Pourquoi le pont de Vauclair a-t-il fermé aux camions ?"),
            (BRIDGE, "Et pourquoi ?", "Pourquoi le pont de Vauclair a-t-il fermé aux camions ?"),
            ("Where was Ada Lovelace born?", "When?", "When was Ada Lovelace born?"),
            ("Did Oslo sign?", "When?", "When did Oslo sign?"),
            ("Qui a signé le pacte ?", "Quand ?", "Quand ? (Qui a signé le pacte)"),
            ("Who signed the pact?", "When was that?", "When was that? (Who signed the pact)"),
            ("Quelle ville a brûlé ?", "C'était quand ?", "C'était quand ? (Quelle ville a brûlé)"),
            ("Qui sont les rameurs ?", "Combien sont-ils ?", "Combien sont-ils ? (les rameurs)"),
            (BRIDGE, "Why?", "Why? (le pont de Vauclair a fermé aux camions)"),
        ],
    )
    def test_of_what_was_asked(self, earlier: str, question: str, expected: str) -> None:
        assert after(earlier, question) == expected

    def test_what_asked_before_does_not_ask_again(self) -> None:
        # "Combien" would have a number looked for, where nothing else is.
        earlier = "Combien de rameurs ont gagné ?"
        assert "ombien" not in after(earlier, "Est-ce que cela dure ?")
        resolved = after("Quelle part de l'île le lac occupe-t-il ?", "Combien d'îles a-t-elle ?")
        assert resolved == "Combien d'îles a-t-elle ? (part de l'île le lac occupe)"
        resolved = after("How much of Skye is covered by peat?", "How many lakes does it have?")
        assert resolved == "How many lakes does it have? (Skye is covered by peat)"
        for question in ("Qui les a entraînés ?", "Où vivent-ils ?"):
            resolved = after(earlier, question)
            assert resolved != question
            assert asked_for(resolved) == asked_for(question)


class TestAddingTheTopic:
    @pytest.mark.parametrize(
        "question",
        [
            "Qui l'a signé ?",
            "Quand a-t-il été signé ?",
            "Quel est son but ?",
            "Et combien de pays y ont adhéré ?",
            "Qui a pris sa place ?",
            "Que s'est-il passé après cette signature ?",
            "Et quel âge avait-elle ?",
            "Qu'est-ce que cela lui a valu ?",
            "Comment l'équipe a-t-elle réagi ?",
            "Et qui accompagnait l'auteur ?",
            "Qui avait signé les accords l'année d'avant ?",
            "Combien en reste-t-il ?",
            "Que pense-t-il de la Russie ?",
            "Quels peintres peut-on y voir ?",
            "Who signed it?",
            "When did she resign?",
            "What is their budget?",
            "How did the team respond?",
            "What happened after that?",
            "And which lands were seized in that period?",
            "Which painters can you see there?",
            "Who took over from him?",
            "How old was he?",
            "Where do they live?",
        ],
    )
    def test_to_a_question_that_leans_on_it(self, question: str) -> None:
        resolved = after(OATH, question)
        assert resolved.endswith(" (À quoi le pacte engage-t-il la Norvège)")
        asked = resolved.removesuffix(" (À quoi le pacte engage-t-il la Norvège)")
        assert question.lower().endswith(asked.lower())
        assert asked[0].isupper()

    def test_through_a_chain(self) -> None:
        questions = ["Qui est Camille Claudel ?", "Où est-elle née ?", "Et qui était son maître ?"]
        turns: list[Turn] = []
        for question in questions:
            turns.append(Turn(resolve(question, turns)))
        assert turns[-1].question == "Qui était son maître ? (Camille Claudel)"
        assert resolve("Pourquoi ?", turns) == "Pourquoi ? (Camille Claudel, maître)"

    def test_a_new_topic_drops_the_old(self) -> None:
        turns = [Turn(OATH)]
        turns.append(Turn(resolve("Qui a peint la Joconde ?", turns)))
        assert (
            resolve("Quand l'a-t-il peinte ?", turns)
            == "Quand l'a-t-il peinte ? (Qui a peint la Joconde)"
        )

    def test_a_question_without_topic_leaves_it_to_the_quote(self) -> None:
        assert topic("Pourquoi ?", ["Hier, la ville de Brest a voté."]) == "ville de Brest"

    @pytest.mark.parametrize(
        ("earlier", "question", "expected"),
        [
            ("Pourquoi le pont a-t-il fermé ?", "Qui l'a dit ?", "le pont a fermé"),
            ("Où le maire s'est-il caché ?", "Qui l'a vu ?", "le maire s'est caché"),
            ("Quand a-t-il fermé le pont ?", "Qui l'a dit ?", "a-t-il fermé le pont"),
            ("Why did Oslo sign?", "Who saw it?", "did Oslo sign"),
            ("Which state closed its port?", "Who saw it?", "Which state closed its port"),
            ("Combien de rameurs ont gagné ?", "Qui les a vus ?", "Combien de rameurs ont gagné"),
            ("Combien de rameurs ont gagné ?", "Est-ce que cela dure ?", "rameurs ont gagné"),
            ("Quels sont les effets du pacte ?", "Qui les a vus ?", "les effets du pacte"),
            ("Qui a signé ?", "Et l'Ukraine, qu'en pense-t-elle ?", "Qui a signé"),
            ("Who signed?", "What does Kyiv think of it?", "Who signed"),
            ("Why did Oslo pay Riga?", "And Bergen's reaction?", "Why did Oslo pay Riga"),
        ],
    )
    def test_in_words_that_are_a_sentence(self, earlier: str, question: str, expected: str) -> None:
        assert after(earlier, question).endswith(f" ({expected})")


class TestSmallTalk:
    @pytest.mark.parametrize(
        "said",
        [
            *"merci ok thanks bonjour Parfait. super cool oui Non! lol hello yes bye".split(),
            "d'accord", "D’accord.", "Merci beaucoup !", "ok merci", "Great, thanks!", "très bien",
            "thank you very much", "au revoir", "Ok. Merci 🙏", "Merci à vous, bonne journée !",
            "merci pour tout", "Merci pour votre aide !", "thank u", "Thanks for the answer.",
            "ok ?", "Nice job!", "c'est noté, merci", "Bonjour, ça va ?", "Hi, how are you?",
            "👍 ok", "Got it.",
        ],
    )  # fmt: skip
    def test_it_asks_nothing(self, said: str) -> None:
        assert is_small_talk(said)
        assert after(OATH, said) == said
        assert take_up(said, [Turn(OATH)]) == said
        assert to_turns([OATH, said]) == [Turn(OATH)]
        assert resolve("Et la Suède ?", [Turn(OATH), Turn(said)]) == after(OATH, "Et la Suède ?")

    @pytest.mark.parametrize(
        "asked",
        [
            "", "?", "…", "Pourquoi ?", "Vraiment ?", "Qui dit merci ?", "Non ?",
            "Salut les Terriens", "Le Bien et le Mal", "Super Bowl", "Hi-fi", "Bonjour tristesse",
            "okapi", "topaze", "No. 5", "Nice", "Merci pour le chocolat",
            "non-agression", "ok " * 60, "Yes Minister", "Oui-Oui", "Very Good Trip", "Top Gun",
        ],
    )  # fmt: skip
    def test_the_rest_may_ask(self, asked: str) -> None:
        assert not is_small_talk(asked)

    @pytest.mark.parametrize(
        ("question", "asked"),
        [
            ("Merci. Et la Suède ?", "Et la Suède ?"),
            ("Ok, et pourquoi ?", "et pourquoi ?"),
            ("Thanks! Great. Who signed it?", "Who signed it?"),
            ("Bonjour, qui l'a signé ?", "qui l'a signé ?"),
        ],
    )
    def test_before_a_question_it_goes(self, question: str, asked: str) -> None:
        assert without_courtesy(question) == asked
        assert after(OATH, question) == after(OATH, asked) != question

    @pytest.mark.parametrize(
        "question", ["Merci, qu'est-ce que la photosynthèse ?", "Super Bowl ?"]
    )
    def test_it_carries_no_topic_over(self, question: str) -> None:
        assert after(OATH, question) == question

    def test_hostile_text_is_read_at_once(self) -> None:
        for text in ("merci " * 20_000, "ok," * 30, "ha" * 50, "merci" + " " * 94 + "x"):
            is_small_talk(text)
            without_courtesy(text)


class TestStandingAlone:
    @pytest.mark.parametrize(
        "question",
        [
            "Qui a peint la Joconde ?",
            "Pourquoi la Russie a-t-elle envahi l'Ukraine ?",
            "Quand Victor Hugo a-t-il publié son premier roman ?",
            "Où est né Victor Hugo et quand est-il mort ?",
            "pourquoi victor hugo est-il parti ?",
            "Descartes est-il pour ou contre les passions ?",
            "Combien de soldats sont-ils en poste à Tunis ?",
            "Quelle course Hans Herrmann a-t-il gagnée ?",
            "Quelle ville a perdu sa gare ?",
            "Quelle heure est-il ?",
            "Y a-t-il des reptiles en Bretagne ?",
            "Combien y a-t-il de langues officielles au Nunavut ?",
            "Faut-il un visa pour entrer au Japon ?",
            "Est-il vrai que le pont de Brest ferme ?",
            "Qu'est-ce que la photosynthèse ?",
            "Qu'est-ce qui a causé la crise de 1929 ?",
            "Qui a donné son nom à la tour Eiffel ?",
            "Quand il était enfant, où vivait Victor Hugo ?",
            "Quel est l'autre nom de la Transnistrie ?",
            "Comment fonctionne un moteur électrique et à quoi sert-il ?",
            "Et où est née Marie Curie ?",
            "Qu'est-ce que la Russie reproche à l'Ukraine ?",
            "Quelles sont les conséquences du réchauffement ?",
            "Ce que dit Kant du devoir est-il clair ?",
            "What is photosynthesis?",
            "Why do cats purr when they sleep?",
            "Where was Victor Hugo when he wrote his last novel?",
            "Is it true that the ferry stops in June?",
            "How long does it take to learn Chinese?",
            "What time is it?",
            "Is there a doctor on Skerry?",
            "Who signed the treaty that ended the war?",
            "Which pump stops when it is dry?",
            "What do people do when they retire?",
            "In his youth, where did Goethe live?",
            "What did Oslo and Riga sign?",
            "Which team lost its coach?",
            "And who painted the Mona Lisa?",
            "Does the law apply to those who live abroad?",
            "Who are you?",
            "Que sais-tu faire ?",
            "Merci !",
            "traité russo-coréen",
            "???",
            "",
        ],
    )
    @pytest.mark.parametrize("earlier", [BRIDGE, FERRY])
    def test_it_stays_as_it_is(self, question: str, earlier: str) -> None:
        assert after(earlier, question) == question

    def test_a_question_resolved_before_stays(self) -> None:
        resolved = after(OATH, "Qui l'a signé ?")
        assert after(BRIDGE, resolved) == resolved

    def test_a_long_question_says_what_it_is_about(self) -> None:
        long = "Et lui " + "vraiment " * (LONGEST_FOLLOW_UP // 8) + "?"
        assert after(OATH, long) == long

    def test_a_history_without_words_is_none(self) -> None:
        assert resolve("Pourquoi ?", [Turn(" ?! ")]) == "Pourquoi ?"


WORDS = [
    *"et la le l' d' de Russie en 2022 il elle a-t-il who when that it its".split(),
    *"( ) ? , . Oslo's".split(),
    *"pourquoi quoi combien Qu'en est-il what about du au is did y ce cette 's’".split(),
    "\u00a0",
]
TEXTS = st.one_of(
    st.text(max_size=400),
    st.lists(
        st.sampled_from(WORDS),
        max_size=12,
    ).map(" ".join),
)
LONG_TEXTS = st.one_of(TEXTS, TEXTS.map(lambda text: (text * 2000)[:2100]))


class TestLaws:
    @given(question=TEXTS)
    def test_without_a_history_nothing_changes(self, question: str) -> None:
        assert resolve(question, []) == question

    @given(question=TEXTS, earlier=st.lists(st.tuples(LONG_TEXTS, LONG_TEXTS), max_size=3))
    def test_any_text_is_resolved(self, question: str, earlier: list[tuple[str, str]]) -> None:
        turns = [Turn(asked, (quote,)) for asked, quote in earlier]
        resolved = resolve(question, turns)
        assert len(resolved) <= max(LONGEST, len(question))
        assert bool(resolved) == bool(question)
        assert any(map(str.isalnum, resolved)) == any(map(str.isalnum, question))
        assert resolve(question, turns) == resolved

    @given(history=st.lists(LONG_TEXTS, max_size=9))
    def test_any_history_is_read(self, history: list[str]) -> None:
        turns = to_turns(history)
        assert len(turns) <= TURNS
        assert all(0 < len(turn.question) <= LONGEST_TURN for turn in turns)

    @pytest.mark.parametrize("unit", ["a-t-il ", "(", "'", "l'", "it ", "1 ", "de la ", "A", "- "])
    def test_hostile_text_takes_no_time(self, unit: str) -> None:
        text = unit * 2000
        resolve(text[:LONGEST_FOLLOW_UP], [Turn(text, (text,))])
        resolve("Et Oslo ?", [Turn(text, (text,))])


class TestReadingTheHistory:
    def test_every_form(self) -> None:
        quote = Quote("0" * 16, 0, 2, "Oui", 0.5)
        history = [
            OATH,
            Turn(BRIDGE, ("Un câble a cédé.",)),
            Answer("Et ?", True, 0.9, [quote], searched_as=FERRY),
            {
                "question": "When?",
                "searched_as": "When does it stop?",
                "quotes": ["June.", {"text": "2"}],
            },
            {"question": "Qui a peint la Joconde ?"},
        ]
        assert to_turns(history) == [
            Turn(OATH),
            Turn(BRIDGE, ("Un câble a cédé.",)),
            Turn(FERRY, ("Oui",)),
            Turn("When does it stop?", ("June.", "2")),
            Turn("Qui a peint la Joconde ?"),
        ]

    def test_what_was_searched_is_found_where_it_is_not_told(self) -> None:
        turns = to_turns([OATH, "Qui l'a signé ?", Answer("Et la Suède ?", False, 0.0)])
        assert [turn.question for turn in turns] == [
            OATH,
            "Qui l'a signé ? (À quoi le pacte engage-t-il la Norvège)",
            "Qui l'a signé ? (À quoi le pacte engage-t-il la Suède)",
        ]

    def test_only_the_last_turns_count(self) -> None:
        history = [f"Que fait Oslo en {year} ?" for year in range(1990, 2020)]
        assert [turn.question for turn in to_turns(history)] == history[-TURNS:]

    def test_overlong_and_broken_text_is_cut(self) -> None:
        [turn] = to_turns([{"question": "Oslo " * 9999, "quotes": ["\ud800a" * 9999] * 99}])
        assert len(turn.question) == LONGEST_TURN
        assert len(turn.quotes) == 3
        assert turn.quotes[0] == "a" * (LONGEST_TURN // 2)

    @pytest.mark.parametrize(
        "history",
        [
            "Qui ?",
            b"Qui",
            None,
            3,
            {"question": "Qui ?"},
            [None],
            [3],
            [b"Qui"],
            [["Qui ?", "Lui."]],
            [{"role": "user", "content": "Qui ?"}],
            [{"question": None}],
            [{"question": "Qui ?", "searched_as": 3}],
            [{"question": "Qui ?", "quotes": "Lui."}],
            [{"question": "Qui ?", "quotes": [3]}],
            [{"question": "Qui ?", "quotes": [{"words": "Lui."}]}],
            [{"question": "Qui ?", "quotes": 3}],
        ],
    )
    def test_anything_else_is_refused_in_a_sentence(self, history: object) -> None:
        with pytest.raises(QuestionError, match=r"^[^\n]+; give [^\n]+$"):
            to_turns(history)  # type: ignore[arg-type]
