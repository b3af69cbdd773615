"""Benchmarks: measured, never asserted.  `./run bench` fills bench/RESULTS.md."""
