"""Writes what each bad document provokes beside it; the difference is for reading before it is kept."""

from __future__ import annotations

from tests.tiaowen.check.fixtures import BAD, found_in, shown


def main() -> None:
    for path in BAD:
        path.with_suffix(".expected").write_text(shown(found_in(path)), encoding="utf-8")


if __name__ == "__main__":
    main()
