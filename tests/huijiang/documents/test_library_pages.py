"""The library that anybody reads: search, documents, clauses, benefits."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from huijiang.accounts.viewers import today
from huijiang.documents import library, shelf
from tiaowen.files import default_folder

pytestmark = pytest.mark.django_db
DOC = "xiaoshan-2025-3"


def text(client: Client, address: str, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200, address
    return answer.content.decode()


def words(page: str) -> str:
    """What is read on a page: no tags, single spaces."""
    main = page.split('<main id="main"')[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", main))


def test_before_the_first_release_the_page_says_whose_files_run(client: Client) -> None:
    assert "还没有启用任何规则版本" in text(client, "/policies/")


def test_all_documents_are_listed_and_counted(client: Client) -> None:
    page = text(client, "/policies/")
    assert page.count('class="card shelf"') == 6
    assert "6 份文件" in page


def test_a_word_finds_clauses_and_the_counts_are_those_of_the_lists(client: Client) -> None:
    page = text(client, "/policies/", q="技师")
    said = re.search(r"找到 (\d+) 条条款，在 (\d+) 份文件里", page)
    assert said is not None
    assert page.count('class="card shelf"') == int(said[2])
    assert len(re.findall(r'<li lang="zh-Hans"><a href="/policies/', page)) == int(said[1])
    assert "<mark>技师</mark>" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"place": "330109"}, 2),  # 萧山's own and the province's
        ({"place": "330500"}, 2),
        ({"validity": "draft"}, 1),
        ({"issuer": "杭州市萧山区财政局"}, 1),
        ({"q": "１２３４５绝无此词"}, 0),
        ({"q": "萧人社〔2025〕3号"}, 1),
    ],
)
def test_filters_narrow_the_list(client: Client, asked: dict[str, str], found: int) -> None:
    assert text(client, "/policies/", **asked).count('class="card shelf"') == found


def test_a_topic_finds_the_clauses_with_a_rule_on_it(client: Client) -> None:
    page = words(text(client, "/policies/", topic="studio", place="330109"))
    assert "技师工作室" in page
    assert "首席技师" not in page.split("相关条款")[1].split("规则版本")[0]


def test_a_filter_that_does_not_exist_is_named_and_filters_nothing(client: Client) -> None:
    page = text(client, "/policies/", validity="forever")
    assert "error-summary" in page
    assert page.count('class="card shelf"') == 6


def test_what_is_searched_for_is_shown_as_text_not_as_markup(client: Client) -> None:
    assert "<script>alert" not in text(client, "/policies/", q="<script>alert(1)</script>")


def test_a_document_shows_its_headings_in_their_own_order(client: Client) -> None:
    page = text(client, f"/policies/{DOC}/")
    titles = [each.title for each in shelf.document(library.current(), DOC, today()).clauses]  # type: ignore[union-attr]
    places = [page.index(f">{title}</a></li>") for title in titles]
    assert places == sorted(places)
    assert "<time>2025-03-01</time> 施行" in page
    assert "有效期至 <time>2028-02-29</time>" in page


def test_a_clause_stands_beside_its_rule_in_words(client: Client) -> None:
    said = words(text(client, reverse("documents:clause", args=[DOC, "二(三)7"])))
    for part in ("企业自主认定奖励", "区内单位", "已备案", "满50人次", "30,000 元", "500 元", "每家每年封顶",
                 "最多 5 万 元".replace(" 元", "元"), "人才专项资金", "查看规则代码"):  # fmt: skip
        assert part in said, part
    assert said.index("条件") < said.index("金额") < said.index("限制") < said.index("资金")


def test_every_document_clause_and_benefit_has_a_page(client: Client) -> None:
    held = library.current()
    seen = 0
    for found in shelf.documents(held, today()):
        assert client.get(found.address).status_code == 200
        for clause in (found.whole, *found.clauses):
            assert client.get(reverse("documents:clause", args=[found.plan.id, clause.key])).status_code == 200, (
                clause.key
            )
            seen += 1
        for rule in found.rules:
            if rule.kind in ("benefit", "treatment"):
                assert client.get(reverse("documents:benefit", args=[found.plan.id, rule.id])).status_code == 200, (
                    rule.key
                )
    texts = [path.read_text("utf-8") for path in default_folder().glob("*省/**/*.md")]
    assert seen == sum(len(re.findall(r"^##+ ", each, re.M)) + 1 for each in texts)


def test_a_question_shows_every_reading_and_that_nobody_decided(client: Client) -> None:
    said = words(text(client, reverse("documents:clause", args=[DOC, "二(一)2"])))
    assert "“直接培养”要多少课时、由谁承担才算" in said
    assert "以备案班级的承训单位为准" in said
    assert "须承担全部课时" in said
    assert "还没有人定" in said


def test_the_catalogue_counts_what_it_lists(client: Client) -> None:
    page = words(text(client, "/benefits/", place="330109", kind="benefit", validity="valid"))
    said = re.search(r"共 (\d+) 项：发钱的 (\d+) 项，给待遇的 0 项", page)
    assert said is not None
    held = library.current()
    own = [rule for doc in (DOC, "zhejiang-2023") for rule in held.plans[doc].rules.values()
           if rule.kind == "benefit" and not rule.stands_in_for]  # fmt: skip
    assert int(said[1]) == int(said[2]) == len(own)


def test_a_benefit_says_whom_how_much_from_which_fund_and_which_registers(client: Client) -> None:
    said = words(text(client, f"/benefits/{DOC}/trainer-grant/"))
    for part in ("培训机构高技能人才培养资助", "800", "1,500", "人才专项资金", "证书联网查询", "文件没有写期限",
                 "就高，只付最高的一笔"):  # fmt: skip
        assert part in said, part


def test_only_parts_that_add_up_are_said_to_be_added(client: Client) -> None:
    assert "另加" not in words(text(client, f"/benefits/{DOC}/trainer-grant/"))  # one of three, by level
    said = words(text(client, f"/benefits/{DOC}/self-certification-award/"))
    assert "满50人次：30,000 元" in said
    assert "另加：之后每人次：500 元" in said


def test_a_draft_says_that_nothing_can_be_claimed_by_it(client: Client) -> None:
    assert "现在不能据以申领" in text(client, "/benefits/yuyao-2021-draft/living-allowance/")


@pytest.mark.parametrize(
    "address",
    ["/policies/nothing/", f"/policies/{DOC}/nothing/", f"/benefits/{DOC}/nothing/", f"/benefits/{DOC}/skilled-stock/",
     f"/policies/{DOC}/diff/", f"/policies/{DOC}/diff/?from=1&to=x", f"/policies/{DOC}/diff/?from=１&to=２",
     f"/policies/{DOC}/diff/?from=98&to=99"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_policy_text_stays_chinese_on_an_english_page_and_says_so(client: Client) -> None:
    client.post("/language/", {"language": "en", "next": "/"})
    page = text(client, f"/policies/{DOC}/")
    assert '<html lang="en">' in page
    assert '<h1 lang="zh-Hans">关于深化' in page
