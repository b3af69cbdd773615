"""What every page does: languages, sizes, navigation, errors, the content policy."""

from __future__ import annotations

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils.translation import override

from huijiang.accounts.models import User
from huijiang.web import home, navigation, site, views
from huijiang.web.navigation import Entry, Navigation, NavigationError

pytestmark = pytest.mark.django_db


def request_of(user: object, path: str = "/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = user  # type: ignore[assignment]
    return request


@pytest.mark.parametrize(
    "path", ["/", "/help/", "/accessibility/", "/privacy/", "/rules/", "/styleguide/", "/nowhere/"]
)
def test_every_answer_lets_only_our_own_files_run(client: Client, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'; ")
    assert "unsafe" not in policy


def test_chinese_is_the_language_of_a_visitor_who_asks_for_none_that_we_have(client: Client) -> None:
    for asked in ("", "zh-TW", "fr-FR"):
        assert '<html lang="zh-Hans">' in client.get("/help/", headers={"accept-language": asked}).content.decode()


def test_the_language_switch_works_without_a_script_and_comes_back_to_the_page(client: Client) -> None:
    answer = client.post("/language/", {"language": "en", "next": "/help/?a=1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/help/?a=1")
    page = client.get("/help/").content.decode()
    assert '<html lang="en">' in page
    assert "How do I find out what I can get?" in page


def test_larger_text_is_kept_in_a_cookie_until_switched_back(client: Client) -> None:
    assert client.post("/text-size/", {"size": "large", "next": "/help/"}).headers["Location"] == "/help/"
    assert 'data-size="large"' in client.get("/").content.decode()
    client.post("/text-size/", {"size": "normal", "next": "/help/"})
    assert "data-size" not in client.get("/").content.decode()


@pytest.mark.parametrize("bad", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_a_switch_leads_to_this_site_only(client: Client, bad: str) -> None:
    assert client.post("/text-size/", {"size": "large", "next": bad}).headers["Location"] == "/"


def test_a_switch_takes_no_question(client: Client) -> None:
    assert client.get("/text-size/").status_code == 405


def test_a_page_that_is_not_there_says_what_to_do(client: Client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()
    assert "怎么办" in answer.content.decode()


@pytest.mark.parametrize("address", ["/policies/a%00b/", "/policies/?q=a%00b", "/?a%00b=1", "/api/v1/regions/%00"])
def test_an_address_with_a_nul_leads_nowhere(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert "怎么办" in answer.content.decode()


def test_a_form_without_its_proof_says_that_nothing_was_saved() -> None:
    answer = Client(enforce_csrf_checks=True).post("/text-size/", {"size": "large"})
    assert answer.status_code == 403
    assert "什么都没有保存" in answer.content.decode()


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_the_pages_of_last_resort_need_neither_request_nor_database(name: str) -> None:
    page = render_to_string(name)
    assert "怎么办" in page
    assert "What to do" in page


def test_nobody_sees_an_entry_that_is_not_for_them() -> None:
    officer = User(login="officer", name="李晓雯")
    site_map = Navigation()
    site_map.register(Entry("隐私", "web:privacy", "desk", lambda request: request.user == officer))
    site_map.register(Entry("规则", "web:rules", "mine", navigation.signed_in))
    site_map.register(Entry("帮助", "web:help", "public", navigation.everyone))
    site_map.register(Entry("登录", "web:home", "account", lambda request: not request.user.is_authenticated))
    visitor, worker = request_of(AnonymousUser()), request_of(User(login="worker", name="张建国"))
    assert [each.label for each in site_map.shown(visitor)] == ["帮助"]
    assert [each.label for each in site_map.account(visitor)] == ["登录"]
    assert [each.label for each in site_map.shown(worker)] == ["规则", "帮助"]
    assert [each.label for each in site_map.account(worker)] == []


def test_the_entry_with_the_longest_matching_address_is_the_current_one() -> None:
    site_map = Navigation()
    site_map.register(Entry("首页", "web:home", "public", navigation.everyone))
    site_map.register(Entry("帮助", "web:help", "public", navigation.everyone, 1))
    seen = {
        path: [each.current for each in site_map.shown(request_of(AnonymousUser(), path))]
        for path in ("/help/more/", "/", "/rules/")
    }
    assert seen == {"/help/more/": [False, True], "/": [True, False], "/rules/": [False, False]}
    site_map.register(Entry("规则", "web:accessibility", "public", navigation.everyone, 2, also=("web:rules",)))
    under = site_map.shown(request_of(AnonymousUser(), "/rules/"))
    assert [(each.address, each.current) for each in under] == [
        ("/", False),
        ("/help/", False),
        ("/accessibility/", True),
    ]


def menu_of(site_map: Navigation, path: str = "/") -> navigation.Menu:
    return site_map.menu(request_of(User(login="worker", name="张建国"), path))


def test_the_row_holds_what_fits_and_the_menu_everything() -> None:
    """In heights of a letter: five characters take 5 + 2.05 of the row's 66, on a phone 5 + 1 of its 16.2: five fit in
    the row, two on the phone.  Sixteen take 18.05: three fit."""
    pages = ["web:rules", "web:help", "web:privacy", "web:accessibility", "web:styleguide"]
    for label, row, phone in (("五个字的长", 5, 2), ("一项事情的名称长到一行里只放三个", 3, 0)):
        site_map = Navigation()
        for at, name in enumerate(pages):
            site_map.register(Entry(label, name, "desk", navigation.everyone, at))
        menu = menu_of(site_map, "/styleguide/")
        assert [each.narrow for each in menu.row] == [True] * phone + [False] * (row - phone)
        assert [len(part.entries) for part in menu.sections] == [5]
        assert (menu.folds, menu.here) == (row < 5, row < 5)


def test_daily_work_comes_first_and_what_is_looked_up_now_and_then_last() -> None:
    site_map = Navigation()
    site_map.register(Entry("资料", "web:rules", "mine-papers", navigation.everyone))
    site_map.register(Entry("政策", "web:help", "public", navigation.everyone))
    site_map.register(Entry("拨付", "web:privacy", "money", navigation.everyone, daily=navigation.signed_in))
    site_map.register(Entry("工作台", "web:accessibility", "desk", navigation.everyone, count=lambda request: 3))
    menu = menu_of(site_map)
    assert [each.label for each in menu.row] == ["拨付", "工作台", "政策", "资料"]
    assert [(part.title, [each.label for each in part.entries]) for part in menu.sections] == [
        ("我的资料", ["资料"]), ("审核办理", ["工作台"]), ("资金拨付", ["拨付"]), ("政策和公开", ["政策"]),
    ]  # fmt: skip
    assert menu.row[1].count == 3


def test_an_entry_of_no_group_or_for_a_page_that_has_one_is_refused() -> None:
    site_map = Navigation()
    with pytest.raises(NavigationError, match="group 'boss'"):
        site_map.register(Entry("帮助", "web:help", "boss", navigation.everyone))
    site_map.register(Entry("帮助", "web:help", "public", navigation.everyone))
    with pytest.raises(NavigationError, match="registered already, as 帮助"):
        site_map.register(Entry("又一个", "web:help", "public", navigation.everyone))


def test_the_home_page_shows_only_what_exists() -> None:
    request, held = request_of(AnonymousUser()), home.Home()
    page = views.show_home(request, held).content.decode()
    assert 'class="doors"' not in page
    assert 'role="search"' not in page
    assert "通知公告" not in page
    held.register_door(home.Door("查政策", "逐条看", "web:rules", "document"))
    held.register_door(home.Door("办件", "查到哪一步", "web:help", "progress", visible=navigation.signed_in))
    held.register_search(home.Search("web:rules", "q", ("学徒制",)))
    days = [datetime.date(2026, 11, day) for day in range(1, 9)]
    held.register_announcements(lambda request: [home.Announcement("目录公布", "/rules/", day) for day in days])
    page = views.show_home(request, held).content.decode()
    assert page.count('class="door"') == 1
    assert 'href="/rules/?q=%E5%AD%A6%E5%BE%92%E5%88%B6"' in page
    assert page.count("目录公布") == home.SHOWN
    assert page.index("2026-11-08") < page.index("2026-11-04")


def test_the_footer_shows_the_numbers_that_are_set_and_no_empty_ones() -> None:
    known = site.read({"HUIJIANG_ORGANISER": " 滨海市人社局 ", "HUIJIANG_ICP": ""})
    assert (known.organiser, known.icp) == ("滨海市人社局", "")
    request = request_of(AnonymousUser())
    with override("zh-hans"):
        page = render_to_string("web/help.html", {"site": known}, request=request)
    assert "网站标识码" not in page
    assert 'href="tel:12333"' in page
