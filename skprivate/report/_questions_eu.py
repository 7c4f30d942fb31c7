"""Questions of the GDPR (Regulation (EU) 2016/679) and of the AI Act (2024/1689).

(key, where, English, Chinese, what a report answers, what people state)
"""

GDPR = (
    (
        "description", "Art. 35(7)(a)",
        "What is done with which data, whose are they, and for what purpose?",
        "处理哪些数据、涉及哪些人、出于什么目的、如何处理?",
        "model releases",
        "controller purpose people data_categories data_source recipients",
    ),
    (
        "legal_basis", "Art. 6(1); Art. 9(2) for special categories",
        "On what legal basis?",
        "法律依据是什么?",
        "", "legal_basis",
    ),
    (
        "necessity", "Art. 35(7)(b)",
        "Why are these operations necessary and proportionate to the purpose?",
        "这些处理对于该目的为何必要且相称?",
        "", "necessity accuracy",
    ),
    (
        "storage", "Art. 5(1)(e)",
        "Until when are rows, and what was made of them, kept?",
        "数据行及由其生成的内容保存到何时?",
        "", "retention",
    ),
    (
        "risks", "Art. 35(7)(c)",
        "Which risks to people are there?",
        "对个人的权利和自由有哪些风险?",
        "gaps attack not_protected", "risks",
    ),
    (
        "inference", "Opinion 05/2014 of the Article 29 Working Party (WP 216)",
        "Can somebody be singled out, records be linked, or values be inferred?",
        "能否识别出特定个人、关联记录或推断其属性?",
        "single_out", "",
    ),
    (
        "extraction", "EDPB Opinion 28/2024",
        "How likely is it that data of a person are got out of the model, directly or "
        "by queries?",
        "直接或通过查询从模型中获取某人数据的可能性有多大?",
        "extraction", "audit",
    ),
    (
        "measures", "Art. 35(7)(d); Art. 25; Art. 32",
        "Which measures address these risks?",
        "采取了哪些措施应对这些风险?",
        "price measures", "unit_of_privacy trust_model security",
    ),
    (
        "rights", "Art. 12 to 21",
        "How are requests of people answered: information, access, erasure, objection?",
        "如何答复个人的请求(告知、查阅、删除、反对)?",
        "requests", "rights complaints",
    ),
    (
        "decisions", "Art. 22",
        "Are decisions on people made by the model alone?",
        "是否仅由模型对个人作出决定?",
        "", "automated_decisions human_oversight explanation",
    ),
    (
        "transfers", "Art. 44 to 49",
        "Do data or results leave the Union?",
        "数据或结果是否转移至欧盟以外?",
        "", "transfers",
    ),
    (
        "review", "Art. 35(2), (9) and (11); Art. 36",
        "Who has assessed this, was advice asked for, and when is it reviewed?",
        "由谁评估、是否征询意见、何时复核?",
        "", "assessed_by monitoring changes",
    ),
)  # fmt: skip

AI_ACT = (
    (
        "general", "Annex IV(1)",
        "What is the system for, who provides it, in which version?",
        "系统的预期用途、提供者和版本是什么?",
        "model", "purpose controller",
    ),
    (
        "development", "Annex IV(2)(a) to (c)",
        "How was it made: methods, design choices, what it optimises?",
        "系统如何开发:方法、设计选择及优化目标?",
        "releases implementation", "necessity",
    ),
    (
        "data", "Art. 10; Annex IV(2)(d)",
        "Which data was it trained on: where from, whose, how prepared, with which "
        "biases?",
        "用哪些数据训练:来源、所涉人群、预处理方式及可能的偏差?",
        "assumptions", "data_source people data_categories fairness",
    ),
    (
        "oversight", "Art. 14; Annex IV(2)(e)",
        "Who oversees it, and how can its output be interpreted?",
        "由谁监督,其输出如何解释?",
        "", "human_oversight explanation",
    ),
    (
        "testing", "Annex IV(2)(g)",
        "How was it validated and tested, for discriminatory effects as well?",
        "如何验证和测试(包括可能的歧视性影响)?",
        "", "accuracy robustness group_gap audit",
    ),
    (
        "cybersecurity", "Art. 15; Annex IV(2)(h)",
        "Which measures protect it from attacks, poisoned and confidential data "
        "included?",
        "采取哪些网络安全措施(包括针对数据投毒和保密攻击)?",
        "price measures poisoning", "security",
    ),
    (
        "limits", "Art. 13; Annex IV(3)",
        "What can it do and what not, and what may go wrong for people?",
        "能力与局限是什么,可能给人带来哪些不利后果?",
        "gaps attack not_protected", "risks",
    ),
    (
        "metrics", "Art. 15; Annex IV(4)",
        "Are its metrics suited to the purpose?",
        "所用性能指标是否适合其用途?",
        "", "accuracy",
    ),
    (
        "risk_management", "Art. 9; Annex IV(5)",
        "How are risks found, judged and lowered over its life?",
        "在整个生命周期内如何识别、评估和降低风险?",
        "", "risks monitoring",
    ),
    (
        "changes", "Annex IV(6)",
        "What has changed since it was put into service?",
        "投入使用以来有哪些变更?",
        "age", "changes",
    ),
    (
        "market", "Art. 72; Annex IV(9)",
        "How is it watched in use?",
        "投入使用后如何监测?",
        "", "monitoring complaints",
    ),
    (
        "rights_impact", "Art. 27 and 86",
        "For deployers: who is affected, how can they complain and ask for reasons?",
        "对部署者:哪些人受影响,如何投诉和要求说明?",
        "requests", "people complaints explanation",
    ),
    (
        "keeping", "Art. 18",
        "Who keeps this documentation, for the ten years that are asked for?",
        "由谁保存本文件(要求保存十年)?",
        "", "assessed_by",
    ),
)  # fmt: skip
