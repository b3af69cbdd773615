"""A simulation as one self-contained, printable HTML page: no script, no font, no file besides."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from tiaowen.simulate.charts import chart
from tiaowen.simulate.sections import Section, Sections, shown
from tiaowen.simulate.simulation import Side, Simulation
from tiaowen.simulate.words import word
from tiaowen.vocabulary.model import Vocabulary

_CHINESE = re.compile("([\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+)")


@cache
def _environment(package: str) -> Environment:
    loader = PackageLoader(package, "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True)  # fmt: skip


def _source(package: str, name: str) -> str:
    environment = _environment(package)
    text, _, _ = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
    return text


def render(found: Simulation, vocabulary: Vocabulary, lang: str = "zh") -> str:
    """The page in Chinese (`zh`) or English (`en`)."""

    def mixed(text: object) -> Markup:
        """Names in policies stay Chinese, and say so on the English page."""
        if lang == "zh" or isinstance(text, Markup):
            return escape(text)
        parts = _CHINESE.split(str(text))
        chinese = Markup('<span lang="zh-Hans">{}</span>')
        return Markup("").join(chinese.format(each) if at % 2 else escape(each) for at, each in enumerate(parts))

    def computed(side: Side) -> str:
        names = [found.names.get(key, key) for key in side.computed]
        return word(lang, "computed", "、".join(names)) if names else word(lang, "computed none")

    def number(section: Section, at: int) -> bool:
        return at in section.money or any(isinstance(row[at], int) for row in section.rows)

    sections = Sections(found, vocabulary, lang)
    about = word(lang, "about", found.on, found.region or word(lang, "everywhere"), found.release[:12])
    return _environment("tiaowen.simulate").get_template("simulation.html").render(
        found=found, lang=lang, w=lambda key: word(lang, key), mixed=mixed, computed=computed, number=number,
        css=Markup(_source("tiaowen.report", "report.css") + _source("tiaowen.simulate", "simulation.css")),
        names=sections.names, sections=sections.every(), chart=chart, shown=shown, about=about,
        panels=[sections.panel(at) for at in range(1, len(found.sides))],
    )  # fmt: skip
