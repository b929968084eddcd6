"""Who says a sentence, and which sentences it leans on."""
