"""What all tests share: properties are judged by what they find, not by how long it took.

A check tries the same examples every time, so that what is red is red for everybody;
`HYPOTHESIS_PROFILE=searching` tries others each time.
"""

import os

from hypothesis import settings

settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
