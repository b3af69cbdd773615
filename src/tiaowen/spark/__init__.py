"""Spark as an optional extra: the population run's own statements on Spark SQL, equal row for row."""
