"""The county's picture as one self-contained, printable HTML page: no script, no font, no file besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from huijiang.picture.outlook import judge, scale, target_section, what_if_section
from huijiang.picture.owed import ORGANISATION, PERSON, County
from huijiang.picture.sections import Words, money_sections
from huijiang.synth.calibration import REGISTER
from tiaowen.plan.rules import DocumentPlan
from tiaowen.population.targets import Counted
from tiaowen.simulate.simulation import Simulation
from tiaowen.vocabulary.model import Vocabulary


@dataclass(frozen=True)
class Picture:
    """All that the page and the terminal show.  `region` is a code, `on` the day of the register."""

    county: County
    targets: list[Counted]
    what_if: Simulation
    vocabulary: Vocabulary
    region: str
    people: int
    on: str
    release: str
    plans: Sequence[DocumentPlan]

    def own_targets(self) -> list[Counted]:
        """Targets of the documents of the county itself."""
        own = {plan.id for plan in self.plans if plan.region == self.region}
        return [each for each in self.targets if each.target.document in own]


@cache
def _environment(package: str) -> Environment:
    return Environment(loader=PackageLoader(package, "templates"), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True)  # fmt: skip


def render(picture: Picture, lang: str, other: str = "", made: str = "", command: str = "") -> str:
    """The page in Chinese (`zh`) or English (`en`).

    `other`: the file of the other language; `made`: the page of the register; `command`: how to run it again.
    """
    w = Words(lang, picture.vocabulary)
    county = picture.county
    own = picture.own_targets()
    above = [each for each in picture.targets if each not in own and each.target.mode != "reported"]
    place = picture.vocabulary.regions.name(picture.region)
    sections = [
        *money_sections(county, w, picture.on),
        target_section(judge(own, picture.people), above, w, place, picture.people),
        what_if_section(picture.what_if, w),
    ]  # fmt: skip
    report = _environment("tiaowen.report")
    css = report.loader.get_source(report, "report.css")[0] if report.loader is not None else ""
    return _environment("huijiang.picture").get_template("picture.html").render(
        css=Markup(css), lang=lang, w=w, sections=sections, place=w.policy(place), other=other, made=made,
        command=command, people=f"{picture.people:,}", whole=f"{REGISTER:,}", scale=scale(picture.people),
        on=picture.on, release=picture.release[:12], plans=picture.plans, title=f"{place} · {picture.on}",
        paid={"people": w("people", f"{county.payees.get(PERSON, (0, 0))[0]:,}"),
              "firms": w("firms", f"{county.payees.get(ORGANISATION, (0, 0))[0]:,}"),
              "sure": w.yuan(county.total.low)},
        command_code=Markup("<code>{}</code>").format(command), made_link=Markup('<a href="{0}">{0}</a>').format(made),
        possible=w.yuan(county.total.high - county.total.low), opened=f"{county.total.open:,}",
    )  # fmt: skip
