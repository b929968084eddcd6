"""The chat page's side of the server: its HTML, and what its script asks for."""
