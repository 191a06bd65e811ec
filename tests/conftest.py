"""What all tests share: properties are judged by what they find, not by how long it took."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
