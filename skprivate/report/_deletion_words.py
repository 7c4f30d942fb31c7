"""Words of terms of deletion, in English and Chinese."""

EN = {
    "title": "Deletions that the results of {name} stand",
    "open": "to be answered",
    "statements": (
        "{count} deletions leave all results standing, within epsilon={epsilon} at "
        "delta={delta}",
        "with deletion number {next}, make the results anew",
        "rows, and what was made of them, are kept until: {until}",
    ),
    "sections": (
        (
            "What a deletion means",
            (
                "The row goes from the table, from its copies and from what was "
                "derived "
                "of it row by row. That duty stays, whatever is said here.",
                "Results that were released hold no row. Each person has moved them by "
                "epsilon={of_one} at most: they are that close to results that never "
                "saw "
                "the person. This is a bound on influence, and no removal.",
                "It holds for requests that do not depend on the results. People who "
                "ask "
                "because of what they saw in them are not covered: make the results "
                "anew.",
            ),
        ),
        (
            "What new results cost",
            (
                "The same releases from the rows that are left cost epsilon={refit} "
                "once "
                "more, for everybody who stays; a ledger adds it to what was spent.",
            ),
        ),
    ),
}

ZH = {
    "title": "{name} 的结果可承受的删除请求",
    "open": "待答复",
    "statements": (
        "{count} 次删除之内,全部结果继续有效(epsilon={epsilon},delta={delta})",
        "第 {next} 次删除时,应重新生成结果",
        "数据行及由其生成的内容保存至:{until}",
    ),
    "sections": (
        (
            "删除意味着什么",
            (
                "该行须从数据表、其副本以及逐行派生的数据中删除。无论本说明如何表述,"
                "这一义务"
                "不变。",
                "已发布的结果不含任何数据行。每个人对结果的影响至多为 epsilon="
                "{of_one}:结果与"
                "从未见过此人的结果就是这样接近。这是对影响的限制,并不是移除。",
                "以上仅适用于与结果无关的请求。因看到结果而提出的请求不在此列:应重新"
                "生成结果。",
            ),
        ),
        (
            "重新生成的代价",
            (
                "用剩余的行再次生成同样的结果,对留下的每个人再花费 epsilon={refit};账"
                "本会将其"
                "计入已花费的总额。",
            ),
        ),
    ),
}

WORDS = {"en": EN, "zh": ZH}
