"""What an upload is, told from its bytes; the name that it came with decides nothing."""

from huijiang.files.content.inspecting import LARGEST, Found, Refused, inspect, plain_name

__all__ = ["LARGEST", "Found", "Refused", "inspect", "plain_name"]
