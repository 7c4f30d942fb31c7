"""Questions of China's PIPL, and of NIST SP 800-226.

(key, where|in Chinese, English, Chinese, what a report answers, what people state)
"""

PIPL = (
    (
        "reason", "PIPL Art. 55|第五十五条",
        "Why is it assessed: sensitive information, automated decisions, others who "
        "receive it, transfer abroad, or another large effect on people?",
        "评估的原因:处理敏感个人信息、自动化决策、委托或提供给他人、跨境提供,或其他对个人"
        "权益有重大影响的处理活动?",
        "", "data_categories automated_decisions recipients transfers",
    ),
    (
        "purpose", "PIPL Art. 56(1); Art. 6 and 13|第五十六条第一项;第六条、第十三条",
        "Are purpose and method lawful, justified and necessary?",
        "处理目的、处理方式等是否合法、正当、必要?",
        "model releases", "controller purpose legal_basis necessity",
    ),
    (
        "impact", "PIPL Art. 56(2)|第五十六条第二项",
        "How are the rights of people affected, and which security risks are there?",
        "对个人权益的影响及安全风险如何?",
        "gaps attack single_out not_protected", "risks people",
    ),
    (
        "measures", "PIPL Art. 56(3); Art. 51|第五十六条第三项;第五十一条",
        "Are the protective measures lawful, effective, and suited to the risk?",
        "所采取的保护措施是否合法、有效并与风险程度相适应?",
        "price measures", "unit_of_privacy trust_model security audit",
    ),
    (
        "identification", "PIPL Art. 73|第七十三条",
        "Can what is released identify a person, alone or with other information?",
        "已发布的内容单独或者结合其他信息能否识别特定自然人?",
        "extraction single_out", "assessed_by",
    ),
    (
        "retention", "PIPL Art. 19|第十九条",
        "Until when is it kept, and is that the shortest time the purpose needs?",
        "保存到何时,是否为实现处理目的所必要的最短时间?",
        "", "retention",
    ),
    (
        "decisions", "PIPL Art. 24|第二十四条",
        "Are automated decisions transparent and fair, and can people ask for reasons?",
        "自动化决策是否透明、结果是否公平公正,个人能否要求说明?",
        "", "automated_decisions explanation fairness group_gap",
    ),
    (
        "rights", "PIPL Art. 44 to 50|第四十四条至第五十条",
        "How are requests answered: information, copies, correction, deletion?",
        "如何受理个人的申请(知情、查阅、复制、更正、删除)?",
        "requests", "rights complaints",
    ),
    (
        "record", "PIPL Art. 56|第五十六条",
        "Who keeps this assessment and the record of processing, for three years at "
        "least?",
        "由谁保存本评估报告和处理情况记录(至少保存三年)?",
        "age", "assessed_by",
    ),
)  # fmt: skip

NIST = (
    (
        "parameters", "SP 800-226, privacy parameters",
        "How strong is the guarantee: epsilon, delta, and which data sets are "
        "neighbours?",
        "保证有多强:epsilon、delta 及相邻数据集的定义?",
        "gaps price", "",
    ),
    (
        "unit", "SP 800-226, unit of privacy",
        "What is the unit of privacy, and how much can one unit contribute?",
        "隐私单元是什么,一个单元至多贡献多少?",
        "unit", "unit_of_privacy",
    ),
    (
        "meaning", "SP 800-226, privacy parameters",
        "What do the parameters mean for an attacker?",
        "这些参数对攻击者意味着什么?",
        "attack", "",
    ),
    (
        "algorithms", "SP 800-226, algorithms",
        "Which mechanisms were used, with which sensitivity?",
        "使用了哪些机制,敏感度是多少?",
        "releases", "",
    ),
    (
        "correctness", "SP 800-226, correctness; side channels",
        "Is the implementation right: noise, floating point, side channels?",
        "实现是否正确:噪声、浮点运算、侧信道?",
        "implementation", "audit",
    ),
    (
        "assumptions", "SP 800-226, hazards",
        "What was taken for granted, or known beforehand?",
        "哪些内容被视为公开或事先已知?",
        "assumptions", "",
    ),
    (
        "utility", "SP 800-226, utility and bias",
        "How accurate is it, for small groups as well?",
        "准确性如何(包括小群体)?",
        "", "accuracy group_gap fairness",
    ),
    (
        "trust", "SP 800-226, trust model",
        "Who has to be trusted, and who sees raw rows?",
        "需要信任谁,谁能看到原始数据?",
        "trust", "trust_model",
    ),
    (
        "security", "SP 800-226, security and access control",
        "How are raw rows kept, and who has access?",
        "原始数据如何保管,谁有权访问?",
        "", "security retention",
    ),
    (
        "collection", "SP 800-226, data collection",
        "How were data collected, and were more collected than needed?",
        "数据如何收集,是否超出所需?",
        "", "data_source necessity",
    ),
)  # fmt: skip
