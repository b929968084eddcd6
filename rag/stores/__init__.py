"""Where passages are kept: SQLite and FAISS files, and two stores read as one."""
