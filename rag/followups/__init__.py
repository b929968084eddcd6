"""A follow-up such as "And Russia?" → the question it stands for, from the turns before it."""
