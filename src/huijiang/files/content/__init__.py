"""What an upload is, told from its bytes; the name that it came with decides nothing."""

from huijiang.files.content.inspecting import LARGEST, Found, inspect, plain_name
from huijiang.files.content.refusing import Refused

__all__ = ["LARGEST", "Found", "Refused", "inspect", "plain_name"]
