"""./run picture: draw an HTML file with the machine's own Chromium, as PNG or PDF."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import sync_playwright

from tools.machine import find_browser
from tools.progress import SetupError

# No call home, no download and no first-run page: the browser opens what it is given, and that only.
QUIET_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch_options() -> dict[str, Any]:
    """Arguments for Playwright's `chromium.launch`, for tests and pictures alike."""
    browser = find_browser()
    if browser is None:
        raise SetupError("no Chromium on this machine; './run setup' installs it or says how.")
    # Chromium's sandbox refuses to start as root, as containers and servers often run.
    root_only = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": str(browser), "headless": True, "args": [*QUIET_FLAGS, *root_only]}


def draw(source: Path, target: Path, *, width: int, height: int | None, scale: float) -> None:
    """Write `target` (.png or .pdf) from `source`; no height means the whole page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        try:
            page = browser.new_page(viewport={"width": width, "height": height or 900}, device_scale_factor=scale)
            page.goto(source.resolve().as_uri(), wait_until="load")
            if target.suffix == ".pdf":
                page.pdf(path=target, format="A4", print_background=True, prefer_css_page_size=True)
            else:
                page.screenshot(path=target, full_page=height is None)
        finally:
            browser.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run picture", description=__doc__)
    parser.add_argument("source", type=Path, help="the HTML file")
    parser.add_argument("target", type=Path, help="the .png or .pdf to write")
    parser.add_argument("--width", type=int, default=1280, help="of the window, in CSS pixels")
    parser.add_argument("--height", type=int, help="of the window, in CSS pixels; without it the whole page is drawn")
    parser.add_argument("--scale", type=float, default=1.0, help="device pixels per CSS pixel")
    chosen = parser.parse_args()
    if not chosen.source.is_file():
        parser.error(f"{chosen.source} is not a file")
    if chosen.target.suffix not in (".png", ".pdf"):
        parser.error(f"{chosen.target} must end in .png or .pdf")
    draw(chosen.source, chosen.target, width=chosen.width, height=chosen.height, scale=chosen.scale)
    print(f"{chosen.target}: {chosen.target.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SetupError as error:
        sys.exit(f"picture: {error}")
