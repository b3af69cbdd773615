"""The steward's desk: nothing is lost, what is wrong is said at once, and two people make a release."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import today
from huijiang.audit.models import Event
from huijiang.documents import bundles, drafts, library, originals, releases, submissions, workbench
from huijiang.documents.drafts import Parts
from huijiang.documents.models import Draft, Release, Submission, Trial
from huijiang.jobs.models import Run, State
from tests.huijiang.documents.bundle import DOCUMENT, OFFICE_FILES, raised
from tests.huijiang.documents.pages import staff
from tests.huijiang.documents.sixth_document import CASES, NAME, PATH, PRINTED, TEXT, docx

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> User:
    return staff("maker", Role.STEWARD)


@pytest.fixture
def checker() -> User:
    return staff("checker", Role.STEWARD_APPROVER)


@pytest.fixture
def in_force(maker: User, checker: User) -> Release:
    return releases.approve(releases.make(OFFICE_FILES, maker), checker, today())


@pytest.fixture
def draft(in_force: Release, maker: User) -> Draft:
    return drafts.begin(maker, f"{NAME}.md", Parts(TEXT, CASES))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at(draft: Draft, more: str = "") -> str:
    return f"/steward/drafts/{draft.uid}/{more}"


def test_files_become_a_working_copy_in_their_place_with_every_case_run(in_force: Release, maker: User) -> None:
    client = signed_in(maker)
    told = {"document": SimpleUploadedFile(f"{NAME}.md", TEXT.encode()),
            "cases": SimpleUploadedFile("c.yaml", CASES.encode())}  # fmt: skip
    answer = client.post("/steward/drafts/new/", told, follow=True)
    draft = Draft.objects.get()
    assert (draft.path, draft.owner, draft.state) == (PATH, maker, "open")
    page = answer.content.decode()
    assert "16 / 16 个通过" in page
    assert "没有错误，也没有提醒" in page
    assert Event.objects.filter(action="documents.draft_begun", subject=f"draft:{draft.uid}").exists()


def test_a_second_working_copy_of_the_same_document_is_refused_and_another_steward_has_their_own(
    draft: Draft, maker: User
) -> None:
    with pytest.raises(drafts.DraftError, match="您已有这份文件的工作稿"):
        drafts.begin(maker, f"{NAME}.md", Parts(TEXT))
    other = User.objects.create_user("second-maker", name="钱一")
    assert drafts.begin(other, f"{NAME}.md", Parts(TEXT)).owner == other


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("Xiaoshan 9.md", TEXT, "文件名就是文件编号"),
        ("../xx.md", TEXT.replace("浙江省/杭州市/萧山区", "../../etc"), "应为认识的地区"),
        ("nowhere.md", "# no front matter\n", "应为认识的地区"),
    ],
)
def test_a_file_that_has_no_place_is_refused_with_what_was_expected(
    in_force: Release, maker: User, name: str, text: str, said: str
) -> None:
    with pytest.raises(drafts.DraftError, match=said):
        drafts.begin(maker, name, Parts(text))


def test_every_saving_stays_and_an_older_window_overwrites_nothing(draft: Draft, maker: User) -> None:
    second = drafts.save(draft, maker, 1, Parts(TEXT.replace("1500 元", "1600 元"), CASES))
    assert second.number == 2
    assert drafts.save(draft, maker, 2, Parts(TEXT.replace("1500 元", "1600 元"), CASES)) == second  # pressed twice
    with pytest.raises(drafts.Conflict, match="没有覆盖"):
        drafts.save(draft, maker, 1, Parts(TEXT.replace("1500 元", "1700 元"), CASES))
    assert [each.number for each in draft.versions.all()] == [2, 1]
    signed_in(maker).post(at(draft, "versions/1/restore/"))
    assert draft.latest.number == 3
    assert draft.latest.text == TEXT


@pytest.mark.parametrize("table", ["draftversion", "original", "draft", "releaseoriginal"])
def test_no_working_copy_and_no_original_is_ever_deleted(draft: Draft, maker: User, table: str) -> None:
    read = workbench.examine(draft.latest)
    held, figures = originals.attached("a.txt", PRINTED.encode(), NAME, read.read, read.held.vocabulary.units, maker)
    drafts.save(draft, maker, 1, Parts(TEXT, CASES, "", figures, held))
    drafts.submit(draft, maker, "新办法")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in (f"DELETE FROM documents_{table}", f"TRUNCATE documents_{table} CASCADE"):  # noqa: S608
            with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
                cursor.execute(statement)


def test_only_its_owner_changes_a_working_copy(draft: Draft, checker: User) -> None:
    with pytest.raises(drafts.DraftError, match="只有本人能改"):
        drafts.save(draft, checker, 1, Parts("x"))
    assert "您可以看，不能改" in signed_in(checker).get(at(draft)).content.decode()


def test_a_block_is_edited_beside_its_clause_and_the_error_names_line_value_and_remedy(
    draft: Draft, maker: User
) -> None:
    client = signed_in(maker)
    page = client.get(at(draft, "blocks/0/")).content.decode()
    assert "企业职工拿到高级工以上证书" in page
    assert "高级工: 1500 元/人" in page
    source = workbench.source(workbench.examine(draft.latest).read, workbench.examine(draft.latest).read.blocks[0])
    wrong = {"text": source.replace("1500 元/人", "1500 元/月"), "number": 1, "act": "check"}
    page = client.post(at(draft, "blocks/0/"), wrong, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert "1500 元/月" in page
    assert f"{NAME}.md:" in page
    fewer = {"text": source.replace("1500 元/人", "1400 元/人"), "number": 1, "act": "check"}
    page = client.post(at(draft, "blocks/0/"), fewer).content.decode()
    assert "拿到高级工证书，本人领一千五" in page  # the case that fails, with both figures
    assert "1,400" in page or "1400" in page
    assert draft.latest.number == 1  # looking saved nothing
    client.post(at(draft, "blocks/0/"), fewer | {"act": "save"})
    assert draft.latest.number == 2
    assert draft.latest.text == TEXT.replace("1500 元/人", "1400 元/人")


def test_a_block_is_added_at_the_end_of_its_clause_and_taken_out_again(draft: Draft, maker: User) -> None:
    read = workbench.examine(draft.latest).read
    clause = next(each.index for each in read.clauses if each.label == "二")
    more = "```note\nkind: orientation\nbecause: 没有\n```"
    signed_in(maker).post(at(draft, f"clauses/{clause}/"), {"text": more, "number": 1, "act": "save"})
    text = draft.latest.text
    assert text.index("amount: up to 2 万元") < text.index("kind: orientation") < text.index("## 三、施行")
    found = workbench.examine(draft.latest).read
    assert workbench.replaced(text, found, found.blocks[2], "").replace("\n\n\n", "\n\n") == TEXT


def test_line_ends_of_other_systems_stay_as_they_are() -> None:
    text = TEXT.replace("\n", "\r\n")
    read = workbench.read_blocks(text, PATH)
    made = workbench.replaced(text, read, read.blocks[0], workbench.source(read, read.blocks[0]))
    assert made == text


@pytest.mark.parametrize("kind", ["txt", "docx"])
def test_the_original_is_laid_beside_the_clauses_by_its_numbering(draft: Draft, maker: User, kind: str) -> None:
    content = PRINTED.encode() if kind == "txt" else docx(PRINTED)
    client = signed_in(maker)
    page = client.post(at(draft, "original/"), {"original": SimpleUploadedFile(f"a.{kind}", content)}, follow=True)
    assert "全部对应" in page.content.decode()
    assert "给予本人补贴，同一人不重复补贴" in client.get(at(draft)).content.decode()
    assert "1500元" in draft.latest.figures


def test_an_original_that_differs_says_in_which_clause_and_how(draft: Draft, maker: User) -> None:
    other = (
        PRINTED.replace("高级工1500元", "高级工1800元").replace("三、施行。", "三、期限。") + "四、附加。另补100元。\n"
    )
    client = signed_in(maker)
    page = client.post(at(draft, "original/"), {"original": SimpleUploadedFile("a.txt", other.encode())}, follow=True)
    said = page.content.decode()
    assert "1800元" in said
    assert "原文有这一条，文件里没有标题或没有块" in said
    assert '<b lang="zh-Hans">四</b>' in said
    assert "标题与原文不同" in said


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "a.txt",
            "一、别的事。\n二、另一件。\n三、再一件。\n四、五件。\n五、六件。\n六、七件。\n七、八。\n八、九。\n".encode(),
            "不是这份文件的原文",
        ),
        ("a.txt", "没有编号的一段话。".encode(), "不是这份文件的原文"),
        ("a.txt", "一、".encode("gb18030"), "UTF-8"),
        ("a.docx", b"PK\x03\x04 broken", "已损坏"),
        ("a.txt", b"  ", "没有文字"),
    ],
)
def test_an_original_of_something_else_is_refused_and_nothing_is_stored(
    draft: Draft, maker: User, name: str, content: bytes, said: str
) -> None:
    answer = signed_in(maker).post(at(draft, "original/"), {"original": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert draft.latest.number == 1


def test_a_local_rule_stays_inside_what_the_text_leaves(draft: Draft, maker: User) -> None:
    client = signed_in(maker)
    page = client.get(at(draft, "local-rules/")).content.decode()
    assert "最高 2 万元" in page
    assert "区级技能大师工作室，最高两万" in page
    outside = {"rule": "bench-grant", "amount": "3 万元", "because": "区人社局会议"}
    answer = client.post(at(draft, "local-rules/"), outside)
    assert answer.status_code == 422
    assert "二" in answer.content.decode()  # the clause that says so
    assert draft.latest.number == 1
    client.post(at(draft, "local-rules/"), outside | {"amount": "1.5 万元"})
    assert draft.latest.number == 2
    assert "amount: 1.5 万元" in draft.latest.text
    client.post(at(draft, "local-rules/"), outside | {"amount": "1.2 万元", "because": "改定: #2"})
    assert draft.latest.text.count("```fix") == 1
    assert workbench.examine(draft.latest).errors == ()


def test_mutants_are_tried_as_a_job_and_survivors_are_named(draft: Draft, maker: User) -> None:
    one, end = CASES.index("  - case: 施行第一天"), CASES.index("- case: 先高级工后技师")
    drafts.save(draft, maker, 1, Parts(TEXT, CASES[:one] + CASES[end:]))  # no case stands at an edge of the term
    client = signed_in(maker)
    client.post(at(draft, "trials/mutants/"))
    run = Run.objects.get(kind="documents.mutants")
    assert run.arguments.keys() == {"trial"}
    seen: list[tuple[int, int]] = []
    result = workbench.try_mutants(draft.latest, lambda done, of: seen.append((done, of)))
    assert seen[-1][0] == seen[-1][1] > 10
    Trial.objects.filter(pk=run.arguments["trial"]).update(result=result)
    page = client.get(at(draft, "trials/mutants/")).content.decode()
    assert "没有查出的" in page
    assert "front matter · effective" in page


def test_a_working_copy_becomes_a_release_that_somebody_else_approves_and_brings_its_original(
    client: Client, draft: Draft, maker: User, checker: User
) -> None:
    mine = signed_in(maker)
    mine.post(at(draft, "original/"), {"original": SimpleUploadedFile("a.txt", PRINTED.encode())})
    for _ in range(2):
        assert mine.post(at(draft, "submit/"), {"note": "新办法"}).status_code == 302
    assert "已送检，正在检查" in mine.get(at(draft)).content.decode()
    submissions.carry_out(Submission.objects.get())
    draft.refresh_from_db()
    release = draft.release
    assert release is not None
    assert (draft.state, release.waiting, release.documents) == ("released", True, 2)
    with pytest.raises(releases.ReleaseError, match="提交的人不能复核"):
        releases.approve(release, maker, today())
    assert client.get(f"/policies/{NAME}/").status_code == 404
    releases.approve(release, checker, today())
    page = client.get(f"/policies/{NAME}/一/").content.decode()
    assert "同一人不重复补贴" in page  # the printed words
    assert "技能焕新补贴" in page
    with pytest.raises(drafts.DraftError, match="不能再改"):
        drafts.save(draft, maker, 2, Parts("x"))


def test_one_that_does_not_pass_is_not_submitted_and_says_why(draft: Draft, maker: User) -> None:
    drafts.save(draft, maker, 1, Parts(TEXT.replace("1500 元", "1400 元"), CASES))
    mine = signed_in(maker)
    answer = mine.post(at(draft, "submit/"), {"note": "x"})
    submissions.carry_out(Submission.objects.get())
    assert "拿到高级工证书，本人领一千五" in mine.get(answer["Location"]).content.decode()
    assert "送检没有通过" in mine.get(at(draft)).content.decode()
    draft.refresh_from_db()
    assert draft.state == "open"
    assert Release.objects.count() == 1


def test_what_was_saved_after_it_was_handed_in_is_not_released_unseen(draft: Draft, maker: User) -> None:
    held = submissions.of_draft(draft, maker, "x")
    drafts.save(draft, maker, 1, Parts(TEXT + "\n", CASES))
    submissions.carry_out(held)
    held.refresh_from_db()
    assert (held.found, held.release) == (1, None)
    assert "第 1 次保存送检以后又有了第 2 次" in held.problems[0]


def test_a_working_copy_that_changes_nothing_makes_no_release(in_force: Release, maker: User) -> None:
    draft = drafts.copy_of(maker, "xiaoshan-2025-3")
    assert draft.path == DOCUMENT
    with pytest.raises(drafts.DraftError, match="没有要提交的改动"):
        drafts.submit(draft, maker, "x")


def test_a_submission_goes_on_from_what_is_approved_for_later_and_waits_for_what_is_undecided(
    draft: Draft, maker: User, checker: User
) -> None:
    second = releases.make(raised(OFFICE_FILES), maker)
    with pytest.raises(drafts.DraftError, match="第 2 版还在等复核"):
        drafts.submit(draft, maker, "x")
    releases.approve(second, checker, today() + dt.timedelta(days=5))
    third = drafts.submit(draft, maker, "x")
    assert "12 万元" in releases.files_of(third)[DOCUMENT]  # the raise that comes in force in five days is not undone


def test_going_back_is_a_new_release_that_another_person_approves(
    in_force: Release, maker: User, checker: User
) -> None:
    second = releases.approve(releases.make(raised(OFFICE_FILES), maker), checker, today())
    assert "12 万元" in releases.files_of(second)[DOCUMENT]
    signed_in(maker).post(f"/steward/releases/{in_force.uid}/again/")
    submissions.carry_out(Submission.objects.get())
    third = Release.objects.get(number=3)
    assert (third.digest, third.made_by, third.waiting) == (in_force.digest, maker, True)
    releases.approve(third, checker, today())
    assert library.current().release == in_force.digest
    with pytest.raises(releases.ReleaseError, match="现行的第 3 版就是这个内容"):
        releases.again(in_force, maker)


def test_a_release_edited_in_the_database_is_refused(in_force: Release, client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # as somebody with the database's own password might
        cursor.execute(
            "UPDATE documents_releasefile SET text = replace(text, '10 万元', '90 万元') WHERE path = %s", [DOCUMENT]
        )
        cursor.execute("SET session_replication_role = DEFAULT")
    library._of_release.cache_clear()
    with pytest.raises(releases.Tampered, match="被改过，拒绝使用"):
        library.current()
    with pytest.raises(releases.Tampered, match=in_force.digest[:12]):
        releases.files_of(in_force)


def test_a_bundle_goes_out_and_comes_in_as_the_same_release(in_force: Release, maker: User) -> None:
    import io

    packed = bundles.pack(releases.files_of(in_force))
    assert bundles.pack(bundles.unpack(io.BytesIO(packed), len(packed))) == packed
    assert releases.make(bundles.unpack(io.BytesIO(packed), len(packed)), maker) == in_force


def test_one_steward_has_one_open_copy_of_a_document_by_the_database_itself(draft: Draft, maker: User) -> None:
    with pytest.raises(IntegrityError, match="one_open_draft_each"), transaction.atomic():
        Draft.objects.create(path=PATH, owner=maker)
    drafts.put_away(draft, maker)
    assert drafts.begin(maker, f"{NAME}.md", Parts(TEXT)).state == "open"


def test_a_run_that_ended_without_a_result_says_why(draft: Draft, maker: User) -> None:
    client = signed_in(maker)
    client.post(at(draft, "trials/mutants/"))
    Run.objects.update(state=State.FAILED, error="ValueError: 磁盘满了", ended_at="2026-06-01T00:00Z")
    assert "磁盘满了" in client.get(at(draft, "trials/mutants/")).content.decode()
