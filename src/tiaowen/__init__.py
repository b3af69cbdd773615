"""条文 Tiaowen: policy documents that people read and the engine runs.

The core does no I/O; `tiaowen.files` reads folders, `tiaowen.cli` is the command.
"""

from __future__ import annotations

__version__ = "0.1.0"
