"""The page that shows what was made: one HTML file, charts as SVG, every figure counted from the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from huijiang.synth.calibration import REGISTER, Calibration, scaled
from huijiang.synth.charts import bars
from huijiang.synth.defects import MISSING, PARTS, RATES
from tiaowen.vocabulary.model import Vocabulary

if TYPE_CHECKING:
    from huijiang.synth.county import Made

DEFECTS: Final = {
    "duplicate_persons": ("同一人登记两次", "人"),
    "wrong_person_checks": ("证件号码校验位不对", "个号码"),
    "wrong_code_checks": ("信用代码校验位不对", "个代码"),
    "overlapping_spells": ("参保起止重叠", "段现参保"),
    "late_registrations": ("参保登记晚于入职", "份满 200 天的工作"),
}
HIGH: Final = ("高级工", "技师", "高级技师", "特级技师", "首席技师")


@dataclass(frozen=True)
class Chart:
    """A finding, its drawing, its figures, and how they are defined."""

    finding: str
    defined: str
    svg: Markup
    head: tuple[str, ...]
    rows: list[tuple[object, ...]]


def render(made: Made, vocabulary: Vocabulary, calibration: Calibration) -> str:
    """The page as HTML; the same county gives the same text."""
    environment = Environment(
        loader=PackageLoader("huijiang.synth", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    report = Environment(loader=PackageLoader("tiaowen.report", "templates"), autoescape=True)
    css = report.loader.get_source(report, "report.css")[0] if report.loader is not None else ""
    tables = [(vocabulary.tables[name].label, name, rows) for name, rows in made.rows.items()]
    covers = [
        (vocabulary.tables[each["table"]].label, vocabulary.regions.name(each["place"]) if each["place"] else "不限",
         each["since"] or "不限", "、".join(each["by"]))
        for each in made.covers
    ]  # fmt: skip
    return environment.get_template("county.html").render(
        css=Markup(css), charts=charts(made, vocabulary), tables=tables, covers=covers,
        people=made.people, seed=made.seed, place=vocabulary.regions.path(made.region), document=calibration.document,
        whole=REGISTER, skilled=calibration.skilled, high_skilled=calibration.high_skilled,
        scaled_skilled=scaled(calibration.skilled, made.people),
        scaled_high=scaled(calibration.high_skilled, made.people), on=made.on.isoformat(), rows=sum(made.rows.values()),
    )  # fmt: skip


def charts(made: Made, vocabulary: Vocabulary) -> list[Chart]:
    picture = made.picture
    on = made.on.isoformat()
    levels = [("没有等级" if name == "∅" else name, many) for name, many in picture.levels]
    skilled = sum(many for name, many in picture.levels if name != "∅")
    high = sum(many for name, many in picture.levels if name in HIGH)
    firms = sum(many for _, many, _ in picture.firms)
    large = sum(people for size, _, people in picture.firms if size in ("300–999", "1000+"))
    staff = sum(people for _, _, people in picture.firms)
    most_year = max(picture.years, key=lambda each: each[1] + each[2])
    streets = [(vocabulary.regions.name(code), many) for code, many in picture.streets]
    found = [
        (DEFECTS[name][0], hit, f"{seen:,} {DEFECTS[name][1]}", share(RATES[name], PARTS), share(hit, seen))
        for name, (hit, seen) in picture.defects.items()
    ]
    unknown = [
        (f"{vocabulary.tables[table].label}：{vocabulary.tables[table].columns[column].label}", hit, f"{seen:,} 行",
         share(MISSING[table, column], PARTS), share(hit, seen))
        for table, column, hit, seen in picture.missing
    ]  # fmt: skip

    def drawn(finding: str, rows: list[tuple[str, int]]) -> Markup:
        return bars(finding, [(name, [many]) for name, many in rows])

    finding = [
        f"在本区就业的技能人才 {skilled:,} 人，其中高技能人才 {high:,} 人，占 {share(high, skilled)}",
        f"{firms:,} 家有人的企业里，三百人以上的用了 {share(large, staff)} 的人",
        f"{most_year[0]} 年发证最多，{most_year[1] + most_year[2]:,} 本",
        f"{streets[0][0]}就业最多，{streets[0][1]:,} 人",
        f"{picture.industries[0][0]}占就业的 {share(picture.industries[0][1], sum(n for _, n in picture.industries))}",
        f"放进去的差错五种，共 {sum(each[1] for each in found):,} 处",
        f"{len(unknown)} 栏里有 {sum(each[1] for each in unknown):,} 格不知道",
    ]
    rates = ("差错", "有", "数了", "定的比例", "实有比例")
    return [
        Chart(finding[0], f"人，按证书表里的最高等级；{on}", drawn(finding[0], levels), ("等级", "人"), list(levels)),
        Chart(finding[1], f"按现职工数；{on}", drawn(finding[1], [(a, b) for a, b, _ in picture.firms]),
              ("职工数", "企业（家）", "职工（人）"), list(picture.firms)),
        Chart(finding[2], "按发证日期的年份；深色为高级工及以上，浅色为其余；2015 年起，2026 年到 6 月 30 日",
              bars(finding[2], [(a, [b, c]) for a, b, c in picture.years]), ("年", "高级工及以上", "其余"), list(picture.years)),
        Chart(finding[3], f"工作单位所在镇街；{on}", drawn(finding[3], streets), ("镇街", "人"), list(streets)),
        Chart(finding[4], f"工作单位的行业门类，在本区就业的人；{on}", drawn(finding[4], picture.industries), ("行业", "人"),
              list(picture.industries)),
        Chart(finding[5], "从写好的文件里数出", drawn(finding[5], [(a, b) for a, b, *_ in found]), rates, list(found)),
        Chart(finding[6], "从写好的文件里数出空格", drawn(finding[6], [(a, b) for a, b, *_ in unknown]), rates, list(unknown)),
    ]  # fmt: skip


def share(part: int, whole: int) -> str:
    """A percentage with one digit, half up, in whole numbers."""
    tenths = (2000 * part + whole) // (2 * whole) if whole else 0
    return f"{tenths // 10}.{tenths % 10} %"
