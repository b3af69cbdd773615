"""The findings in words: what, why it matters, how to mend it; Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Words = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    severity: str
    zh: Words
    en: Words


WORDING: Final[dict[str, Entry]] = {
    # -- figures and money
    "unit-missing": Entry(
        "error",
        ("金额没有单位", "“15 万”可以读成元，也可以读成别的；预算和拨款要一个单位。", "写成“15 万元”；按人按年发的写“元/人·年”。"),
        ("a sum without a unit", "A budget line and a payment need one unit; a bare number leaves it to the reader.", "Print 元 after it, and 元/人·年 where it is paid per head and year."),
    ),
    "number-without-unit": Entry(
        "warning",
        ("数字没有单位", "人、人次、家、项数出来不一样。", "写明数的是什么。"),
        ("a figure without a unit", "Persons, person-times, firms and projects count differently.", "Say what is counted."),
    ),
    "fund-missing": Entry(
        "warning",
        ("有金额，没有写从哪笔资金出", "没有资金来源的钱排不进预算，也查不出有没有重复付。", "写明资金名称和承担比例；全文一处写清也行。"),
        ("money without a fund", "Money without a source can't be budgeted, and nobody can tell whether it was paid twice.", "Name the fund and who bears which share; once for the whole text will do."),
    ),
    "payee-missing": Entry(
        "error",
        ("有金额，没有写发给谁", "单位和个人都会来申领，谁先到给谁。", "在“对……的”后面写出收款人：单位、本人，还是领办人。"),
        ("money without a payee", "The firm and the person will both claim it.", "Name the payee after the condition: the employer, the person, the head of the studio."),
    ),
    "grant-without-amount": Entry(
        "warning",
        ("说给钱，没有写给多少", "没有数额的条款不能兑现，也算不出要多少钱。", "写出数额、幅度或指向的文件（文号、条款）。"),
        ("money promised without an amount", "A clause without an amount can't be claimed and can't be costed.", "Print the amount, a range, or the document and clause that sets it."),
    ),
    "counts-differ": Entry(
        "error",
        ("“分别给予”前面 {items} 项，后面 {amounts} 个数", "对不上号，就不知道谁得哪一笔。", "一项对一个数；拿不准就列成表。"),
        ("“respectively” with {items} items and {amounts} amounts", "Nobody can tell who gets which.", "One amount per item; set them out in a table when in doubt."),
    ),
    "ladder-broken": Entry(
        "warning",
        ("几个数忽高忽低：{amounts}", "按等级排的金额一般一路升或一路降，中间拐弯多半是笔误。", "核对顺序；有意如此就说明理由。"),
        ("amounts that go up and down: {amounts}", "Amounts by level usually rise or fall all the way; a turn is often a slip.", "Check the order; if it is meant, say why."),
    ),
    "percent-too-high": Entry(
        "error",
        ("比例超过 100%", "占比不会超过全部。", "核对数字；增长率就写“增长”。"),
        ("a share above 100 %", "A part is never more than the whole.", "Check the figure; write 增长 if it is growth."),
    ),
    "outlier": Entry(
        "warning",
        ("同一处别的数是 {others}，这个大得多", "多半是漏了连接号或多打了一位（“5－10”成了“510”）。", "核对原始数据。"),
        ("far larger than its neighbours ({others})", "Often a lost dash or a digit too many (5–10 printed as 510).", "Check it against the source."),
    ),
    # -- wording (patterns)
    "range-with-bound": Entry(
        "error",
        ("区间后面又写“以上”“以下”", "“5 至 10 人以上”是 5 以上还是 10 以上？两种读法差一倍。", "只留区间，或者只留一个下限。"),
        ("a range followed by 以上 or 以下", "“5 to 10 or more” is at least 5, or at least 10: twice the threshold.", "Keep the range or one bound."),
    ),
    "each-year": Entry(
        "warning",
        ("“每年”没说怎么算", "自然年、滚动 12 个月、从文件施行起算，封顶和次数都不同。", "写“每个自然年”或“自首次……起每 12 个月”。"),
        ("“each year” without a calendar", "Calendar year, rolling twelve months or years from the first day: caps and counts differ.", "Write 每个自然年, or every 12 months from a stated day."),
    ),
    "each-year-until": Entry(
        "warning",
        ("“到某年”和“每年”连着写", "是到那一年为止年年如此，还是到那一年才做到？起点也没有。", "写“某年至某年，每年……”。"),
        ("“by year X” together with “each year”", "Every year until then, or only by then? And from which year?", "Write “from 20xx to 20xx, each year”."),
    ),
    "once-per-what": Entry(
        "warning",
        ("“一次性”没说按什么一次", "每人一次、每证一次、每家每级一次，能领的笔数不同。", "写“同一人只享受一次”或“同一单位同一级别一次”。"),
        ("“one-off” per what", "Once per person, per certificate, per firm and level: different numbers of payments.", "Say 同一人只享受一次, or once per firm and level."),
    ),
    "up-to-who-decides": Entry(
        "warning",
        ("“最高”没说由谁按什么定", "是封顶还是裁量？没有定额的依据，窗口只能照顶格发。", "封顶写“累计不超过”；裁量写由谁、按什么评定。"),
        ("“up to” without who decides", "A cap or discretion? Without a rule the counter pays the maximum.", "For a cap write 累计不超过; for discretion, who decides and by what."),
    ),
    "by-rule": Entry(
        "warning",
        ("“按规定”没说按哪个规定", "规定换了、有几份时，办的人各按各的。", "写文件名、文号和条款。"),
        ("“according to the rules” without which", "Where there are several, or one changes, each officer follows another.", "Give title, number and clause."),
    ),
    "open-word": Entry(
        "warning",
        ("“{token_words}”没有标准", "相应、一定、适当、有关都量不出来，等于没有承诺。", "写数额或写谁来定。"),
        ("“{token_words}” measures nothing", "Corresponding, certain, appropriate, relevant: no promise that can be kept or audited.", "Print the amount or who sets it."),
    ),
    "conditions-open": Entry(
        "warning",
        ("“符合条件”没有写条件", "申领人不知道自己符不符合，窗口也没有拒绝的依据。", "列出条件，或写出列条件的文件和条款。"),
        ("“eligible” without the conditions", "Nobody can tell who is eligible, and the counter has no ground to refuse.", "List them, or name the document and clause that does."),
    ),
    "about-in-money": Entry(
        "error",
        ("金额写“左右”“约”“力争”", "钱要付到分，“左右”付不出来。", "写定额或写幅度。"),
        ("money with “about” or “striving for”", "Money is paid to the cent.", "A fixed amount or a range."),
    ),
    "soft-target": Entry(
        "note",
        ("目标写“左右”“力争”", "到期算不算完成，谁说了算？", "写“不少于”；要留余地就写出上下限。"),
        ("a target with “about” or “striving for”", "Who says at the deadline whether it was met?", "Write “at least”, or both ends."),
    ),
    "in-a-row-from-when": Entry(
        "warning",
        ("“连续”没说从哪天起、断了怎么算", "从入职算还是从参保算，补缴算不算，结果不同。", "写起点和中断、补缴怎么算。"),
        ("“in a row” without a start", "From the hire or from the first insured month, with back payments or not: results differ.", "Say from which day, and what a gap or a back payment does."),
    ),
    "level-bound": Entry(
        "warning",
        ("“以上”“以下”含不含本级", "高级工算不算“高级工以上”，差一整级的人。", "写“及以上”，或在附则写“以上含本数、本级”。"),
        ("does 以上 or 以下 include the level itself", "A whole level of people is in or out.", "Write 及以上, or say once that bounds are included."),
    ),
    "inclusive-unsaid": Entry(
        "note",
        ("全文没说“以上”“以内”含不含本数", "正好在线上的人最容易起争议。", "附则加一句“本文件所称以上、以下、以内均含本数”。"),
        ("the text never says whether 以上 and 以内 include the number", "Those exactly on the line will argue.", "Say once at the end that bounds include the number."),
    ),
    "matching-open": Entry(
        "warning",
        ("“同等”“比照”没说比哪一份、哪一年的标准", "上级标准会变，也可能有几份。", "写文号、条款，是否随之调整。"),
        ("“same as” or “by analogy with” what, of which year", "The superior standard changes, and there may be several.", "Number and clause, and whether it follows changes."),
    ),
    "in-stock-or-new": Entry(
        "note",
        ("“{token_words}”没有定义", "算不算数要看劳动合同、参保、名录还是评选，各地做法不同。", "写一句定义，或写出名录和认定部门。"),
        ("“{token_words}” has no definition", "A contract, insurance, a register or a panel: places differ.", "Define it, or name the register and who keeps it."),
    ),
    "share-of-what": Entry(
        "warning",
        ("“占比”没说占什么", "占技能人才和占从业人员，差好几倍。", "写“占技能人才总量的比例”。"),
        ("a share of what", "Of skilled workers or of all employed: several times apart.", "Name the denominator."),
    ),
    "cliff-in-text": Entry(
        "note",
        ("少一个就一分没有", "卡线的单位会凑人头，也会为一个人打官司。", "分档或按人计；确实要门槛就说明为什么。"),
        ("one fewer and nothing is paid", "Firms at the line will find one more head, or go to court over one.", "Steps or a rate per head; if a threshold is meant, say why."),
    ),
    "place-mismatch": Entry(
        "error",
        ("同一串里别处写“{usual}”，这里写“{odd}”", "是本地的称号还是上级的称号？评选、资金和指标都不同。", "核对称号全名；两样都要就分开写。"),
        ("“{odd}” in a row where the others say “{usual}”", "Our own title or the superior one? Selection, fund and target differ.", "Check the full title; write them apart if both are meant."),
    ),
    # -- the whole document
    "effective-missing": Entry(
        "error",
        ("没有写施行日期", "哪天以后的事才算，没有日期就没有答案。", "写“自 XXXX 年 X 月 X 日起施行”。"),
        ("no effective date", "Which events count? Without a day there is no answer.", "Write 自 XXXX 年 X 月 X 日起施行."),
    ),
    "expiry-missing": Entry(
        "warning",
        ("没有写有效期", "行政规范性文件要有期限；到期后在途的申领怎么办也要写。", "写有效期到哪天，到期前已符合条件的怎么算。"),
        ("no last day", "Normative documents need one, and claims under way need a rule.", "Give the last day and what happens to events before it."),
    ),
    "two-dates": Entry(
        "error",
        ("日期对不上：{dates}", "两个施行日期，或者截止早于施行，同一件事有两个答案。", "只留一个。"),
        ("dates that don't agree: {dates}", "Two effective dates, or an end before the beginning: two answers for one event.", "Keep one."),
    ),
    "issuer-missing": Entry(
        "warning",
        ("没有落款和印发日期", "不知道由谁负责解释、归哪一级预算。", "成文时补落款单位和日期。"),
        ("no issuer and no date of issue", "Nobody to interpret it, no budget tier.", "Add the issuing body and the day."),
    ),
    "departments-missing": Entry(
        "warning",
        ("这些条款有钱或有数，没有写责任单位", "到期没有人报数，申领人不知道找谁。", "每条写牵头单位和配合单位。"),
        ("clauses with money or targets and no department", "Nobody reports at the deadline, and people don't know where to claim.", "Name the lead and those who help, clause by clause."),
    ),
    "overlap-unsaid": Entry(
        "warning",
        ("没有写与别的补贴能不能同时享受", "同一件事几份文件都给钱时，付一份还是都付，要有一句话。", "写“同一事项按就高不重复原则”或写明可以叠加。"),
        ("no rule for several schemes that pay the same thing", "When several documents pay one event, one sentence must say whether all do.", "Write that only the highest is paid, or that they add up."),
    ),
    "procedure-missing": Entry(
        "note",
        ("没有写怎么申领、多长时间内申领", "期限和材料不写，就会各镇街各一套。", "写受理单位、申领期限和材料，或指向办事指南。"),
        ("no way to claim and no deadline", "Each office will make its own.", "Where, until when, with which papers, or the service guide."),
    ),
    "numbering-automatic": Entry(
        "note",
        ("{n} 段的编号是 Word 自动编的，文本里没有", "条款号读不出来，下面的位置可能不准。", "全选后把自动编号转成文字再查一次。"),
        ("{n} paragraphs are numbered by Word itself, which the text does not hold", "Clauses can't be told apart, so places below may be off.", "Turn automatic numbers into text and lint again."),
    ),
    "tracked-changes": Entry(
        "note",
        ("有未接受的修订（{n} 处）；这里按全部接受来读", "印发稿里不应有修订痕迹。", "接受或拒绝全部修订后再查一次。"),
        ("tracked changes ({n}); read here as if all were accepted", "An issued text has none.", "Accept or reject them, then lint again."),
    ),
    # -- encoded
    "check": Entry("error", ("{said}", "编码本身有错，引擎不会运行它。", "按提示改块。"),
                   ("{said}", "The encoding is wrong, so the engine will not run it.", "Mend the block as the message says.")),
    "lint": Entry("warning", ("{said}", "整份文件放在一起看才看得出的问题。", "改条文，或在块里写明。"),
                  ("{said}", "It shows only when the document is read as a whole.", "Mend the clause, or say so in a block.")),
    "cliff": Entry("note", ("{said}", "少一个就一分没有：会凑人头。", "分档，或说明为什么要门槛。"),
                   ("{said}", "One fewer and nothing is paid: heads will be found.", "Use steps, or say why a threshold is needed.")),
    "front-undetermined": Entry(
        "warning",
        ("文件头没有定：{keys}", "没有施行日期、期限、单位或资金的文件只能模拟。", "印发前补齐。"),
        ("the front matter leaves open: {keys}", "Without dates, issuers or fund a document only runs in simulation.", "Settle them before issue."),
    ),
    "payee-undetermined": Entry(
        "error",
        ("“{name}”收款人没有写明", "不知道付给谁就不能付。", "条文里写明收款人。"),
        ("“{name}” has no payee", "Nothing can be paid to nobody.", "Name the payee in the clause."),
    ),
    "amount-undetermined": Entry(
        "warning",
        ("“{name}”数额没有写明", "要等上级标准或另行规定，现在既兑现不了也算不出成本。", "写数额，或指明由哪份文件、谁来定。"),
        ("“{name}” has no amount", "It waits for another rule, so it can be neither paid nor costed.", "Print it, or say which document or body sets it."),
    ),
    "amount-open-above": Entry(
        "note",
        ("“{name}”有一部分没有上限", "总额没有封顶，预算没有最大数。", "加每人、每家或每年的封顶。"),
        ("part of “{name}” has no upper end", "No cap, no largest figure for the budget.", "Add a cap per person, firm or year."),
    ),
    "fund-undetermined": Entry(
        "warning",
        ("{n} 项没有写资金：{names}", "没有资金来源的钱排不进预算。", "写明资金。"),
        ("{n} benefits without a fund: {names}", "Money without a source can't be budgeted.", "Name the fund."),
    ),
    "condition-elsewhere": Entry(
        "warning",
        ("“{name}”的条件“{label}”写在别处或另行规定", "这份文件自己判不了。", "写出条件，或写文号和条款。"),
        ("“{name}”: the condition “{label}” is set elsewhere", "The document can't decide it by itself.", "Print the condition, or number and clause."),
    ),
    "condition-judged": Entry(
        "note",
        ("“{name}”的“{label}”由人评定", "评定没有标准就没有复核的依据。", "写评定办法、评委和公示。"),
        ("“{name}”: “{label}” is judged", "Without criteria there is nothing to review.", "Say by which rules, by whom, and how it is published."),
    ),
    "question-open": Entry(
        "warning",
        ("有疑义没有人定：{asks}", "换一种读法，结果会变。", "改字句，让它只有一种读法。"),
        ("an open question: {asks}", "Another reading changes the result.", "Word it so that one reading is left."),
    ),
    "target-without-lead": Entry(
        "warning",
        ("目标“{name}”没有责任单位", "没有人报数。", "写牵头单位。"),
        ("target “{name}” has no lead", "Nobody will report it.", "Name the department."),
    ),
    "target-without-date": Entry(
        "warning",
        ("目标“{name}”没有期限", "没有期限就永远不算没完成。", "写到哪天。"),
        ("target “{name}” has no deadline", "Without one it is never missed.", "Give the day."),
    ),
    "pays-twice": Entry(
        "error",
        ("“{name}”和{number} {clause}“{other}”会为同一件事付给同一个人或单位（{mine}；{theirs}）", "没有一句话说是都付、就高还是补差，两边都会付。", "加一条不重复享受（就高、补差或可叠加），点名对方条款。"),
        ("“{name}” and {number} {clause} “{other}” can pay one event to one payee ({mine}; {theirs})", "Nothing says whether both, the higher or the difference is paid: both will be.", "Add a rule that names the other clause: both, the higher, or the difference."),
    ),
    "pays-twice-maybe": Entry(
        "warning",
        ("“{name}”和{number} {clause}“{other}”都为同一类事付钱，收款人没有写明", "写明收款人以后可能是同一个人，会重复付。", "先写明收款人，再写能不能叠加。"),
        ("“{name}” and {number} {clause} “{other}” pay the same kind of event, and a payee is not stated", "Once it is, it may be the same one, and paid twice.", "Name the payee, then say whether they add up."),
    ),
    "duty-clash": Entry(
        "error",
        ("“{name}”要求“{mine}”，{number} {clause}“{other}”要求“{theirs}”，不能同时做到", "照一份做就违反另一份。", "改成一致，或写明以哪份为准。"),
        ("“{name}” asks “{mine}”, {number} {clause} “{other}” asks “{theirs}”: no one can do both", "Following one breaks the other.", "Make them agree, or say which prevails."),
    ),
    "target-value": Entry(
        "error",
        ("目标“{name}”写{mine}；{number} {clause}“{other}”写{theirs}", "同一指标两个数，到期按哪个考核？", "改成一致，或写明为什么不同。"),
        ("target “{name}” says {mine}; {number} {clause} “{other}” says {theirs}", "One indicator, two figures: which is judged at the deadline?", "Make them agree, or say why they differ."),
    ),
    "target-date": Entry(
        "warning",
        ("目标“{name}”写{mine}；{number} {clause}“{other}”写{theirs}", "同一指标同一个数，期限不同。", "改成同一天，或写明分步。"),
        ("target “{name}” says {mine}; {number} {clause} “{other}” says {theirs}", "One indicator and one figure by two days.", "Name one day, or say that these are steps."),
    ),
    "target-unit": Entry(
        "error",
        ("目标“{name}”写{mine}；{number} {clause}“{other}”写{theirs}，单位不同", "人和人次差几倍，报上去的数对不上。", "改成同一单位。"),
        ("target “{name}” says {mine}; {number} {clause} “{other}” says {theirs}: another unit", "People and person-times are several times apart, so reports won't add up.", "Use one unit."),
    ),
    "target-below": Entry(
        "warning",
        ("目标“{name}”写{mine}；{number} {clause}“{other}”写{theirs}：下级定得比上级低", "别处不多做，上级的指标就完不成。", "写明为什么低，或改成一致。"),
        ("target “{name}” says {mine}; {number} {clause} “{other}” says {theirs}: the lower place promises less", "Unless others do more, the target above is missed.", "Say why it is lower, or make them agree."),
    ),
    "target-part": Entry(
        "error",
        ("目标“{name}”写{mine}；{number} {clause}“{other}”写{theirs}：部分大于整体", "下级的数比上级的还大，总有一个写错。", "核对两边的数和口径。"),
        ("target “{name}” says {mine}; {number} {clause} “{other}” says {theirs}: the part is above the whole", "The lower place promises more than the one above it: one figure is wrong.", "Check both figures and what they count."),
    ),
}  # fmt: skip
