"""Does a policy file account for every figure and every clause of the printed original?"""

from tiaowen.coverage.comparison import run
from tiaowen.coverage.report import CoverageReport

__all__ = ["CoverageReport", "run"]
