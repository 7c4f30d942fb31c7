"""What only people can say of a model: why, for how long, about whom, who has looked.

A report computes what it can. The rest is stated by whoever answers for the data, and
shown as their words; what nobody stated is *to be answered*, and breaks a policy that
asks for it.
"""

from datetime import date, datetime
from numbers import Real

# name -> what it is about, in English and Chinese
FACTS = {
    "table": ("which table", "数据表"),
    "controller": ("who answers for the data", "个人信息处理者(控制者)"),
    "contact": ("how to reach them", "联系方式"),
    "purpose": ("purpose", "处理目的"),
    "legal_basis": ("legal basis", "合法性基础"),
    "necessity": ("why the purpose needs these data", "必要性"),
    "people": ("whose data they are", "所涉人群"),
    "data_categories": ("kinds of data", "个人信息种类"),
    "data_source": ("where the data come from", "数据来源"),
    "recipients": ("who receives results", "接收方"),
    "transfers": ("transfers abroad", "跨境提供"),
    "retention": ("until when rows are kept", "保存期限"),
    "unit_of_privacy": ("what the privacy unit stands for", "隐私单元的含义"),
    "trust_model": ("who sees raw rows", "可接触原始数据的主体"),
    "security": ("security of raw rows", "原始数据的安全措施"),
    "rights": ("how people use their rights", "个人行使权利的方式"),
    "complaints": ("where to complain", "投诉渠道"),
    "automated_decisions": ("decisions that are automated", "自动化决策"),
    "human_oversight": ("who can overrule the model", "人工监督"),
    "explanation": ("how results are explained", "结果的说明方式"),
    "accuracy": ("measured accuracy", "准确性"),
    "robustness": ("robustness", "稳健性"),
    "fairness": ("fairness between groups", "群体公平性"),
    "group_gap": ("largest difference between groups", "群体间最大差异"),
    "risks": ("other risks to people", "对个人的其他风险"),
    "monitoring": ("how it is watched in use", "使用中的监测"),
    "changes": ("what changed since the last version", "版本变更"),
    "audit": ("attacks and audits that were run", "已进行的攻击与审计"),
    "assessed_by": ("assessed by", "评估人"),
    "fitted_on": ("date of the oldest fit", "最早拟合日期"),
    "ledger_head": ("head of the ledger's chain", "账本链首"),
}


def stated(given):
    """Facts as pairs (name, text), checked.

    Raises
    ------
    TypeError, ValueError
        If a name is unknown, or what is stated says nothing.
    """
    unknown = [repr(name) for name in given if name not in FACTS]
    if unknown:
        raise ValueError(
            f"These facts have unknown names: {', '.join(unknown)}. Known are: "
            f"{', '.join(FACTS)}."
        )
    return tuple((name, _text(name, value)) for name, value in given.items())


def _text(name, value):
    if name == "fitted_on" or isinstance(value, date):
        return date_of(name, value).isoformat()
    if name == "group_gap":
        if isinstance(value, str):  # as a report keeps it
            value = _number(value)
        if (
            isinstance(value, bool)
            or not isinstance(value, Real)
            or not 0 <= value <= 1
        ):
            raise ValueError(
                "group_gap must be a number from 0 to 1. Give the largest."
            )
        return repr(float(value))
    text = value if isinstance(value, str) else repr(value).partition("\n")[0]
    # Half of a pair of signs cannot be written to a file.
    text = " ".join(text.encode("utf-8", "replace").decode().split())
    if value is None or not text:
        raise ValueError(f"{name} says nothing. State it, or leave it out.")
    return text


def date_of(name, value):
    """A date, also from a text such as ``2027-12-31``."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} is no date. Give one, such as '2027-12-31'."
        ) from None


def day_of(text):
    """The date that a text is; None if it is a rule in words."""
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def _number(text):
    try:
        return float(text)
    except ValueError:
        return None


def facts_of_ledger(ledger, records):
    """What a ledger was told when its fits were paid for, when that was, and its head.

    What differs between fits is listed; of several dates of retention the earliest
    counts.
    """
    found = {}
    for name in ("table", "purpose", "unit_of_privacy", "retention"):
        told = [getattr(record, "facts", {}).get(name) for record in records]
        told = list(dict.fromkeys(text for text in told if text))
        days = [day_of(text) for text in told]
        if told and name == "retention" and None not in days:
            found[name] = min(days)
        elif told:
            found[name] = "; ".join(told)
    if records:
        found["fitted_on"] = min(record.time for record in records)
    head = getattr(ledger, "head", None)
    if head:
        found["ledger_head"] = str(head)
    return stated(found)
