"""From a finished set to its likely causes, what to change, and how to say so."""
