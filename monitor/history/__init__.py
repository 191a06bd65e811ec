"""What is remembered of every session: who trained, which sets and reps, what was said of them.

One SQLite file in the user's data folder, with the events' own fields as its columns. It holds
nothing that a recording does not hold too: it can be made anew from the recordings at any time.
"""

from monitor.history.store import History, PastSession, PastSet, history_path

__all__ = ["History", "PastSession", "PastSet", "history_path"]
