"""Everyday questions that no library of articles answers, in English and in French.

The quoter learns from them to refuse; other ones are kept for measuring (`benchmarks.off_topic`).
"""

from __future__ import annotations

from typing import Final

EVERYDAY: Final[tuple[tuple[str, str], ...]] = (
    ("Can you book me a table for two tonight?", "Peux-tu réserver une table pour deux ce soir ?"),
    ("Which bus goes to the station?", "Quel bus va à la gare ?"),
    ("Why does my printer keep jamming?", "Pourquoi mon imprimante bourre-t-elle sans cesse ?"),
    ("Who is calling me?", "Qui m'appelle ?"),
    ("Is the pharmacy still open?", "La pharmacie est-elle encore ouverte ?"),
    ("What do you think of my new haircut?", "Que penses-tu de ma nouvelle coupe ?"),
    ("Which mattress is best for back pain?", "Quel matelas choisir contre le mal de dos ?"),
    ("Could you translate this letter for me?", "Pourrais-tu me traduire cette lettre ?"),
    ("What is the Wi-Fi password?", "Quel est le mot de passe du Wi-Fi ?"),
    ("How many steps have I walked today?", "Combien de pas ai-je faits aujourd'hui ?"),
    ("Does my insurance cover a cracked screen?", "Mon assurance couvre-t-elle un écran fêlé ?"),
    ("Who won the match last night?", "Qui a gagné le match d'hier soir ?"),
    ("What can I cook with leftover rice?", "Que cuisiner avec un reste de riz ?"),
    ("How old are you?", "Quel âge as-tu ?"),
    ("Where can I park near here?", "Où puis-je me garer par ici ?"),
    ("Why is my dog limping?", "Pourquoi mon chien boite-t-il ?"),
    ("Do I need a visa for my holiday?", "Me faut-il un visa pour mes vacances ?"),
    ("What gift would please my mother?", "Quel cadeau ferait plaisir à ma mère ?"),
    ("Which film should we watch?", "Quel film regarder ce soir ?"),
    ("How is traffic on the ring road?", "Comment ça roule sur le périphérique ?"),
    ("How much should I tip the driver?", "Combien de pourboire laisser au chauffeur ?"),
    ("When do the clocks change?", "Quand change-t-on d'heure ?"),
    ("Where is the nearest cash machine?", "Où est le distributeur le plus proche ?"),
    ("Why does my car make a squeaking noise?", "Pourquoi ma voiture grince-t-elle ?"),
    ("How do I plant tomatoes on a balcony?", "Comment planter des tomates sur un balcon ?"),
    ("Who wrote the e-mail I got this morning?", "Qui a écrit le courriel reçu ce matin ?"),
)
