"""The command line: what the user asks for, what he is told, and how it ends."""
