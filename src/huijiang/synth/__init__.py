"""A synthetic county: invented people and firms, in the shape and with the flaws of real registers."""

from huijiang.synth.county import Made, make_county
from huijiang.synth.errors import SynthError

__all__ = ["Made", "SynthError", "make_county"]
