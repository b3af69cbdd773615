"""How generated tests run: the same examples each time in ./run test, fresh and many in ./run soak."""

from __future__ import annotations

import os

from hypothesis import settings

# No deadline: a slow machine is not a failing test. Measuring is for bench/.
settings.register_profile("test", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("soak", deadline=None, max_examples=5_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))
