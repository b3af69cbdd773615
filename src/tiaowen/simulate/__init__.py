"""What if: a patch of blocks against a population, and what it changes for whom."""

from tiaowen.simulate.errors import PatchError
from tiaowen.simulate.patch import Scenario, patched_library, read_scenario
from tiaowen.simulate.simulation import Simulation, simulate, simulate_library

__all__ = ["PatchError", "Scenario", "Simulation", "patched_library", "read_scenario", "simulate", "simulate_library"]
