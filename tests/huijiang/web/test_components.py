"""Components say what they hold, in the right order, and refuse what they can't draw."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from huijiang.web.components import charts
from huijiang.web.components.benefits import Benefit, Totals
from huijiang.web.components.conditions import Condition
from huijiang.web.components.figures import percent
from huijiang.web.components.tables import Column, Table
from huijiang.web.components.tags import Tag


class Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.said.append(data.strip())


def drawn(template: str, **context: object) -> str:
    return Template("{% load huijiang %}" + template).render(Context(context))


def words(html: str) -> str:
    reader = Words()
    reader.feed(html)
    return " ".join(reader.said)


def test_unmet_conditions_come_before_unknown_ones_and_met_ones_are_folded() -> None:
    conditions = [
        Condition("met", "甲", "有"),
        Condition("unknown", "乙", "没有送来"),
        Condition("unmet", "丙", "没有"),
    ]
    html = drawn("{% conditions all %}", all=conditions)
    assert words(html) == (
        "还差 1 个条件，还缺 1 项信息 不满足： 丙 不满足 没有 还不知道： 乙 还不知道 没有送来 1 个条件已满足 满足： 甲 有"
    )
    assert html.index("<details") > html.index("乙")


def test_when_all_conditions_are_met_the_fold_says_so() -> None:
    assert "2 个条件全部满足" in drawn(
        "{% conditions all %}", all=[Condition("met", "甲", ""), Condition("met", "乙", "")]
    )


def test_a_state_that_does_not_exist_is_refused_with_the_ones_that_do() -> None:
    with pytest.raises(ValueError, match="expected one of unmet, unknown, met"):
        Condition("yes", "甲", "")
    with pytest.raises(ValueError, match="expected one of ready, ask, near, not"):
        Benefit("maybe", "甲", [])
    with pytest.raises(ValueError, match="expected one of grey"):
        Tag("甲", "pink")


def test_what_people_write_is_escaped_everywhere() -> None:
    bad = "<script>alert(1)</script>"
    html = drawn(
        "{% tag bad 'red' %}{% conditions all %}{% card title=bad %}{{ bad }}{% endcard %}{% notice title=bad %}{{ bad }}{% endnotice %}"
        "{% empty bad %}{% endempty %}{% masked bad %}{% table table %}{% next_step bad %}{% confirmation bad bad %}{% endconfirmation %}"
        "{% heading bad bad %}{{ bad }}{% endheading %}",
        bad=bad, all=[Condition("met", bad, bad, source=bad)], table=Table(bad, [Column(bad)], [[bad]]),
    )  # fmt: skip
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 15


def test_the_sum_says_that_nothing_can_be_claimed_rather_than_zero() -> None:
    assert (
        words(drawn("{% totals t %}", t=Totals(0, None, ask=2))) == "您现在还没有可以直接申领的 另有 2 项补信息后可判断"
    )


def test_a_table_with_a_row_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="row 2 has 1 cells, expected 2"):
        Table("名册", [Column("姓名"), Column("等级")], [["甲", "三级"], ["乙"]])


def test_a_table_keeps_its_roles_for_those_who_listen() -> None:
    html = drawn("{% table t %}", t=Table("名册", [Column("姓名"), Column("等级")], [["甲", "三级"]]))
    for role in ("table", "rowgroup", "row", "columnheader", "rowheader", "cell"):
        assert f'role="{role}"' in html


class Question(forms.Form):
    name = forms.CharField(label="姓名", help_text="与身份证一致")
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    day = forms.DateField(label="日期", required=False)


def test_the_error_summary_names_each_field_and_leads_to_it() -> None:
    html = drawn("{% error_summary form %}", form=Question({"name": "", "day": "昨天"}))
    assert words(html) == (
        "错误：有内容需要更正 姓名：还没有填写或选择 类别：还没有填写或选择 日期：输入一个有效的日期。"
    )
    assert 'href="#id_name"' in html
    assert 'href="#id_kind_0"' in html


def test_a_field_is_tied_to_its_hint_and_its_mistake() -> None:
    form = Question({"name": "", "kind": "a"})
    html = drawn("{% field form.name %}", form=form)
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html


def test_the_title_begins_with_error_only_after_mistakes() -> None:
    assert drawn("{% title_prefix %}", form=Question({"name": ""})) == "错误："
    assert drawn("{% title_prefix %}", form=Question()) == ""
    assert drawn("{% title_prefix %}") == ""


def test_a_list_of_pages_keeps_the_question() -> None:
    from django.core.paginator import Paginator

    request = RequestFactory().get("/", {"q": "焊工 & 电工", "page": "2"})
    html = drawn("{% pager page %}", page=Paginator(range(50), 10).page(2), request=request)
    assert 'href="?q=%E7%84%8A%E5%B7%A5+%26+%E7%94%B5%E5%B7%A5&amp;page=3"' in html
    assert "第 2 页，共 5 页" in html


@pytest.mark.parametrize(
    ("highest", "marks"),
    [
        (1107, [0, 250, 500, 750, 1000, 1250]),
        (5, [0, 1, 2, 3, 4, 5]),
        (0.7, [0, 0.2, 0.4, 0.6, 0.8]),
        (0, [0, 1]),
        (10_000, [0, 2000, 4000, 6000, 8000, 10_000]),
    ],
)
def test_the_axis_has_round_marks(highest: float, marks: list[float]) -> None:
    assert charts.ticks(highest) == pytest.approx(marks)


def test_a_chart_with_a_value_missing_leaves_a_gap_and_says_so_in_the_table() -> None:
    chart = charts.Chart("二月没有数", ["一月", "二月", "三月"], [charts.Series("人次", [4, None, 8])])
    html = drawn("{% line_chart chart %}", chart=chart)
    assert html.count("<circle") == 3  # one in the legend
    assert html.count('class="is-number">—</td>') == 1


def test_a_chart_whose_values_do_not_fit_its_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="人次 has 2 values for 1 labels"):
        charts.Chart("十月", ["十月"], [charts.Series("人次", [1, 2])])


def test_a_date_does_not_break_at_its_hyphens() -> None:
    with override("zh-hans"):
        assert drawn("{{ a|unbroken }}", a=dt.date(2026, 11, 29)) == "<time>2026-11-29</time>"
        said = "最迟 2026-11-29 <b>，2026-11 一期，2026-11-29 08:05；2026-13 不是月份，HJ-2026-11-29 是编号，0571-12"
        assert drawn("{{ a|spoken }}", a=said) == (
            "最迟 <time>2026-11-29</time> &lt;b&gt;，<time>2026-11</time> 一期，<time>2026-11-29</time> 08:05；"
            "2026-13 不是月份，HJ-2026-11-29 是编号，0571-12"
        )
        once = drawn(
            "{% load i18n %}{% blocktranslate with day=a|unbroken %}{{ day }} 前答复{% endblocktranslate %}",
            a="2026-11-29",
        )
        assert once == "<time>2026-11-29</time> 前答复"
    with override("en"):
        assert (
            drawn("{{ a|spoken }}", a="登记 2026-11-29") == '<span lang="zh-Hans">登记 <time>2026-11-29</time></span>'
        )


def test_chinese_data_on_an_english_page_says_that_it_is_chinese() -> None:
    with override("en"):
        assert drawn("{{ a|spoken }} {{ b|spoken }}", a="张**", b="Li") == '<span lang="zh-Hans">张**</span> Li'
        assert drawn("<text{{ a|lang }}>", a="杭州") == '<text lang="zh-Hans">'
        assert '<span lang="zh-Hans">审核中</span>' in drawn("{% tag '审核中' %}")
    with override("zh-hans"):
        assert drawn("{{ a|spoken }}<text{{ a|lang }}>", a="张**") == "张**<text>"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("萧财社〔2026〕20号", '萧财社<span class="nb">〔2026〕20号</span>'),
        ("萧人社〔2026〕8号第五条", '萧人社<span class="nb">〔2026〕8号</span>第五条'),
        ("按浙江省人力资源和社会保障厅〔2025〕12号办理", '按浙江省人力资源和社会保障厅<span class="nb">〔2025〕12号</span>办理'),
        ("2026-01-05 发〔2026〕1号", '<time>2026-01-05</time> 发<span class="nb">〔2026〕1号</span>'),
        ("〔2026〕号", "〔2026〕号"),
        ("<b>〔2026〕1号", '&lt;b&gt;<span class="nb">〔2026〕1号</span>'),
    ],
)  # fmt: skip
def test_the_number_of_a_document_does_not_break_before_its_last_character(text: str, shown: str) -> None:
    assert drawn("{{ a|spoken|numbered }}", a=text) == shown


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 100, "0%"), (1, 0, "0%"), (1, 1_001, "<0.1%"), (1, 1_000, "0.1%"), (8, 1_000, "0.8%"), (99_999, 1_000_000, "9.9%"),
     (1, 10, "10%"), (999, 1_000, "99%"), (5, 5, "100%")],
)  # fmt: skip
def test_a_share_that_is_something_never_says_nought(part: int, whole: int, said: str) -> None:
    assert percent(part, whole) == said
