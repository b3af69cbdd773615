"""Does a policy file account for every figure and every clause of the printed original?"""

from tiaowen.coverage.report import CoverageReport
from tiaowen.coverage.run import run

__all__ = ["CoverageReport", "run"]
