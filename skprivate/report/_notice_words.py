"""Headings of privacy notices, and what has to be stated under each."""

NOTICES = {
    "gdpr": {
        "title": (
            "How your data are used, by the headings of Article 13 GDPR",
            "您的数据如何被使用(按GDPR第13条的事项)",
        ),
        "sections": (
            (("Who we are", "我们是谁"), "controller contact"),
            (("What for, and on what basis", "目的与依据"), "purpose legal_basis"),
            (("Which data", "哪些数据"), "data_categories data_source"),
            (("Who receives what", "谁会收到什么"), "recipients transfers"),
            (("How long", "保存多久"), "retention"),
            (("Your rights", "您的权利"), "rights complaints"),
            (("Automated decisions", "自动化决策"), "automated_decisions"),
        ),
    },
    "pipl": {
        "title": (
            "How your personal information is handled, by the headings of Article 17 "
            "PIPL",
            "个人信息处理告知书(按《个人信息保护法》第十七条的事项)",
        ),
        "sections": (
            (("Who handles it", "个人信息处理者"), "controller contact"),
            (
                ("Purpose, method, kinds and period", "处理目的、方式、种类和保存期限"),
                "purpose legal_basis data_categories retention",
            ),
            (
                ("How you use your rights", "行使权利的方式和程序"),
                "rights complaints",
            ),
            (("Others who receive it", "向他人提供"), "recipients transfers"),
            (("Automated decisions", "自动化决策"), "automated_decisions"),
        ),
    },
}
