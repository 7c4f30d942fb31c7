"""Words of influence statements and of terms of deletion, in English and Chinese."""

import math

EN = {
    "title": "What the results of {name} can tell about you",
    "same": (
        "This statement is the same for everybody. It does not say whether your data "
        "are in the table, and nobody had to look that up to write it."
    ),
    "no_limit": "There is no meaningful limit on what anybody can come to believe.",
    "whether": "Whether you took part",
    "nothing": (
        "Nothing is promised: something was released without noise, or its price is "
        "not known. The results may tell anything about you."
    ),
    "seeded": "This holds only against those who do not know the seed of the noise.",
    "odds": (
        "Whatever anybody believed about whether you took part, the results change the "
        "odds at most {factor}-fold: a belief of {prior} becomes at most {highest}, "
        "and "
        "at least {lowest}."
    ),
    "more": "With a chance of {chance} at most they may change more.",
    "never": "They never change more.",
    "guess": (
        "Somebody with that belief, who sees all results, knows all other rows and "
        "guesses whether you took part, is right {guess} of the time at most; without "
        "the results, {blind}."
    ),
    "unit": "The numbers are about one {unit}.",
    "units": (
        "The numbers are about {rows} rows of one person, the privacy unit being one "
        "{unit}."
    ),
    "answered": "What you answered",
    "answer": (
        "For somebody who knows that you took part, and wonders what your data say, "
        "the "
        "results change the odds at most {factor}-fold; with a chance of {chance} at "
        "most they may change more."
    ),
    "answer_unknown": "No limit is known for what your data say.",
    "detection": "How well anybody can tell who took part",
    "head": ("false alarms", "members detected, at most"),
    "releases": "What was released",
    "release_head": ("date", "result", "purpose"),
    "not_said": "What this statement does not limit",
    "limits": (
        "What is true of people in general, and therefore of you, whether or not you "
        "took part.",
        "Raw rows, and who can read them: ask whoever holds the table.",
        "Results of other tables that hold data of yours; and results that are not in "
        "this record.",
    ),
}

ZH = {
    "title": "{name} 的结果可能透露您的哪些信息",
    "same": (
        "本说明对所有人都相同。它不说明您的数据是否在数据表中,出具本说明时也无需查找"
        "您的"
        "数据。"
    ),
    "no_limit": "对任何人可能形成的判断没有有意义的限制。",
    "whether": "您是否参与",
    "nothing": (
        "不作任何承诺:有内容在未加噪声的情况下发布,或其隐私代价未知。结果可能透露您的"
        "任何"
        "信息。"
    ),
    "seeded": "以下结论只对不知道噪声种子的人成立。",
    "odds": (
        "无论他人原先如何判断您是否参与,这些结果至多使其胜算(优势比)变化 {factor} 倍:"
        "原先 {prior} 的可能性至多变为 {highest},至少为 {lowest}。"
    ),
    "more": "变化超过上述倍数的概率不超过 {chance}。",
    "never": "变化不会超过上述倍数。",
    "guess": (
        "持上述判断的人,即使看到全部结果并知道其他所有行,猜测您是否参与时,猜对的比例"
        "至多"
        "为 {guess};没有这些结果时为 {blind}。"
    ),
    "unit": "以上数字针对一个隐私单元({unit})。",
    "units": "以上数字针对同一人的 {rows} 行数据,隐私单元为({unit})。",
    "answered": "您填报的内容",
    "answer": (
        "如果有人知道您参与了,并想知道您的数据内容,这些结果至多使其胜算变化 {factor} "
        "倍;"
        "变化超过该倍数的概率不超过 {chance}。"
    ),
    "answer_unknown": "对于您的数据内容,没有已知的限制。",
    "detection": "他人能在多大程度上辨认出参与者",
    "head": ("误报率", "参与者被辨认出的比例上限"),
    "releases": "已发布的内容",
    "release_head": ("日期", "结果", "目的"),
    "not_said": "本说明不限制的内容",
    "limits": (
        "对人群普遍成立、因而也适用于您的结论,无论您是否参与。",
        "原始数据及可读取原始数据的人:请询问持有数据表的一方。",
        "含有您数据的其他数据表的结果,以及未记录在此的结果。",
    ),
}

WORDS = {"en": EN, "zh": ZH}


def chance_in_words(chance, lang):
    """A small probability, rounded up, as so many in so many."""
    if chance <= 0:
        return "0"
    power = min(15, max(2, math.ceil(-math.log10(chance))))
    base = 10**power
    number = math.ceil(chance * base * 10 - 1e-9) / 10
    if number > base:
        number = base
    if lang == "zh":
        return f"{base:,} 分之 {number:g}"
    return f"{number:g} in {base:,}"


def unit_in_words(unit, lang):
    """A privacy unit, in the language where it is known."""
    if lang == "zh":
        return unit.replace("row", "行").replace("group", "组")
    return unit
