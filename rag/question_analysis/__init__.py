"""What a question asks for, which names it has, and what a sentence holds of them."""
