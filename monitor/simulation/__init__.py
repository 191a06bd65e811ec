"""A simulated athlete wearing a simulated sensor, with its truth."""
