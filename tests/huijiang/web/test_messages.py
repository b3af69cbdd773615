"""The English is complete, and a gap in it is found."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from huijiang.web import message_ids, messages
from huijiang.web.messages import CatalogueError

SAMPLE = """
msgid ""
msgstr ""
"Language: en\\n"

# a remark
msgid "帮助"
msgstr "Help"

msgid "还差 %(n)s 个条件"
msgid_plural "还差 %(n)s 个条件"
msgstr[0] "%(n)s condition"
msgstr[1] "%(n)s conditions"

msgctxt "动作"
msgid "申领"
msgstr ""
"to "
"claim \\"now\\""
"""


def po(folder: Path, text: str) -> Path:
    file = folder / "django.po"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_message_of_every_room_has_its_english_and_none_is_left_over() -> None:
    assert message_ids.faults() == []


def test_a_compiled_catalogue_is_read_by_pythons_own_gettext(tmp_path: Path) -> None:
    made = tmp_path / "django.mo"
    made.write_bytes(messages.compiled({entry.key: entry for entry in messages.read(po(tmp_path, SAMPLE))}))
    with made.open("rb") as file:
        english = gettext.GNUTranslations(file)
    assert english.gettext("帮助") == "Help"
    assert english.ngettext("还差 %(n)s 个条件", "还差 %(n)s 个条件", 1) == "%(n)s condition"
    assert english.ngettext("还差 %(n)s 个条件", "还差 %(n)s 个条件", 2) == "%(n)s conditions"
    assert english.pgettext("动作", "申领") == 'to claim "now"'


def test_compiling_again_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    first = messages.compile_catalogues(tmp_path)
    before = first.stat().st_mtime_ns
    assert messages.compile_catalogues(tmp_path) == first
    assert first.stat().st_mtime_ns == before
    assert [file.name for file in first.parent.iterdir()] == ["django.mo"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("msgid 帮助\n", "django.po:1: "),
        ('"nothing before"\n', "django.po:1: "),
        ('msgid "a"\nmsgstr "b"\n\n#, fuzzy\nmsgid "c"\nmsgstr "d"\n', "django.po: 'c'；应当删去或改好"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CatalogueError, match=said.replace(".", r"\.")):
        messages.read(po(tmp_path, text))


def test_one_message_with_two_translations_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (room := tmp_path / "web").mkdir()
    again = po(room, 'msgid "帮助"\nmsgstr "Succour"\n')
    monkeypatch.setattr(message_ids, "SOURCE", tmp_path)
    monkeypatch.setattr(message_ids, "first_uses", dict)
    monkeypatch.setattr(message_ids, "files", lambda: [po(tmp_path, 'msgid "帮助"\nmsgstr "Help"\n'), again])
    assert message_ids.faults()[0] == "web/django.po:1: '帮助' has another English in django.po:1"


def test_messages_are_found_in_templates_and_in_code(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '{% load i18n %}{% translate "甲" %}{% blocktranslate count n=n %}乙 {{ n }}{% plural %}乙们 {{ n }}{% endblocktranslate %}'
        '{% tag _("丙") %}{% translate "丁" context "戊" %}',
        encoding="utf-8",
    )
    assert {(each.id, each.plural, each.context) for each in message_ids.of_template("web", page)} == {
        ("甲", "", ""), ("乙 %(n)s", "乙们 %(n)s", ""), ("丙", "", ""), ("丁", "", "戊"),
    }  # fmt: skip
    code = tmp_path / "code.py"
    code.write_text('gettext("甲"); _("乙"); ngettext("丙", "丙们", n); pgettext_lazy("戊", "丁")\n', encoding="utf-8")
    assert {(each.id, each.plural, each.context) for each in message_ids.of_python("web", code)} == {
        ("甲", "", ""), ("乙", "", ""), ("丙", "丙们", ""), ("丁", "", "戊"),
    }  # fmt: skip


def test_what_is_missing_is_printed_as_entries_that_can_be_read_back(tmp_path: Path) -> None:
    file = po(tmp_path, message_ids.missing() or 'msgid ""\nmsgstr ""\n')
    entries = messages.read(file)
    assert len(entries) == sum("no English for" in fault for fault in message_ids.faults())
