"""A simulation as one self-contained, printable HTML page: charts drawn here, every chart with its table."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tiaowen.simulate.charts import chart
from tiaowen.simulate.sections import Sections, shown
from tiaowen.simulate.simulation import Simulation
from tiaowen.vocabulary.model import Vocabulary

WORDS = {
    "zh": {
        "title": "政策模拟",
        "table_word": "数据表",
        "rerun_word": "重新计算的规则（其余沿用现行结果）",
        "definition": "日期 {on}。确定：条件都已知且符合的金额；至多：未知的条件都符合时的金额。"
        "得益与受损按每个收款方的确定金额比较。地区为单位所在地或个人就业地。",
        "about": "截至 {on}，地区 {region}，政策版本 {release}。",
        "everywhere": "全部文件",
    },
    "en": {
        "title": "What if",
        "table_word": "Table",
        "rerun_word": "Rules computed again (the rest is taken from the base)",
        "definition": "As of {on}. Sure: all conditions known and met; at most: if every unknown condition is met. "
        "Winners and losers compare what each payee surely gets. Place: where a firm is or a person works.",
        "about": "As of {on}, place {region}, release {release}.",
        "everywhere": "all documents",
    },
}


@cache
def _environment(package: str) -> Environment:
    loader = PackageLoader(package, "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True)  # fmt: skip


def render(found: Simulation, vocabulary: Vocabulary, lang: str = "zh") -> str:
    """The page in Chinese (`zh`) or English (`en`)."""
    words = WORDS[lang]
    css, _, _ = _environment("tiaowen.report").loader.get_source(  # type: ignore[union-attr]
        _environment("tiaowen.report"), "report.css"
    )
    sections = Sections(found, vocabulary, lang)
    values = {"on": found.on, "region": found.region or words["everywhere"], "release": found.release[:12]}
    return _environment("tiaowen.simulate").get_template("simulation.html").render(
        found=found, lang=lang, css=Markup(css), names=sections.names, sections=sections.every(), chart=chart,
        shown=shown, headlines=[sections.headline(at) for at in range(1, len(found.sides))],
        title=words["title"], table_word=words["table_word"], rerun_word=words["rerun_word"],
        definition=words["definition"].format(**values), about=words["about"].format(**values),
    )  # fmt: skip
