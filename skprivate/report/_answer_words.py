"""Sentences of what a report knows, in English and Chinese."""

EN = {
    "open": "to be answered",
    "stated": "stated",
    "model": "{name}; fits with differential privacy: {n_fits}.",
    "parts": "Fits of: {parts}.",
    "release": (
        "{estimator} released {query}, {times} times, {size} values at most; one unit "
        "moves it by {sensitivity} ({norm})."
    ),
    "more": "{number} more",
    "gap": "What takes the guarantee away: {gap}",
    "nothing": (
        "Nothing is promised: something was released without noise, or its price is "
        "not known."
    ),
    "seeded": "Whoever knows the seed can remove the noise.",
    "price": (
        "Differential privacy with epsilon={epsilon}, delta={delta}, if one {unit} is "
        "added or removed."
    ),
    "replaced": "epsilon={epsilon}, delta={delta}, if one is replaced by another.",
    "guess": (
        "Somebody who sees all results, knows all other rows and guesses whether one "
        "{unit} was in the table is right {guess} of the time at most; without the "
        "results, 50%."
    ),
    "detected": "At {rate} false alarms, {detected} of members are detected at most.",
    "single_out": (
        "These limits hold for every attack, whatever else it knows: on singling out a "
        "person, on linking records, and on inferring what a person answered beyond "
        "what is true of people in general.",
        "They limit influence; they do not make it zero. Whether that is little enough "
        "for this table and this purpose is to be judged by people.",
    ),
    "extraction": (
        "What is done with released results, any number of queries to the model "
        "included, reveals no more of one unit than the limits above.",
        "Predictions for rows of the training data themselves are no part of that: "
        "publish the model, or results for other rows.",
    ),
    "measures": (
        "In fits of skprivate, what each row can add is cut to a public bound before "
        "it is added up.",
        "There, noise is added to exact sums of integers, and drawn from the random "
        "numbers of the operating system.",
        "Fits that a ledger records are refused, before a row is read, once its cap is "
        "used up.",
    ),
    "poisoning": (
        "The same bound limits what rows of an attacker can do to the results: what k "
        "rows change follows from the privacy of a group of k.",
    ),
    "requests": (
        "What results can tell about a person who asks: influence_statement, the same "
        "for everybody. Whether that person is in the table it cannot say.",
        "How many deletions results stand: deletions_until. The duty to delete the row "
        "stays.",
    ),
    "implementation": (
        "In fits of skprivate, sums are exact, noise is rounded to their grid "
        "exactly: there is no floating "
        "point in what is released. Proofs stand beside the code; every release is "
        "tested by replaying it on neighbouring tables.",
        "Time and memory of a fit are not protected: they depend on the number of "
        "rows.",
    ),
    "versions": "Versions: {versions}.",
    "not_protected": (
        "Not protected: results for rows of the training data, exact scores on private "
        "rows, the time a fit takes, names and number of columns, and what is true of "
        "people in general.",
    ),
    "unit": "One neighbour has one {unit} more than the other.",
    "trust": (
        "Central model: whoever runs the fit sees raw rows; whoever gets results does "
        "not.",
    ),
    "age": "The oldest fit is of {date}.",
    "assumed": "{place} took for granted: {fact}",
    "declared": "{place}: {name} = {text} was declared public.",
    "also": "{text}",
    "nothing_assumed": "Nothing was read off the rows and taken for public.",
}

ZH = {
    "open": "待答复",
    "stated": "声明",
    "model": "{name};差分隐私拟合次数:{n_fits}。",
    "parts": "拟合的组成部分:{parts}。",
    "release": (
        "{estimator} 发布了 {query},共 {times} 次,至多 {size} 个数值;一个隐私单元至多"
        "使其"
        "变化 {sensitivity}({norm})。"
    ),
    "more": "另有 {number} 项",
    "gap": "使保证失效的内容:{gap}",
    "nothing": "不作任何承诺:有内容在未加噪声的情况下发布,或其隐私代价未知。",
    "seeded": "知道种子的人可以去除噪声。",
    "price": (
        "增加或移除一个隐私单元({unit})时,满足差分隐私:epsilon="
        "{epsilon},delta={delta}。"
    ),
    "replaced": "替换一个隐私单元时:epsilon={epsilon},delta={delta}。",
    "guess": (
        "看到全部结果并知道其他所有行的人,猜测某个隐私单元({unit})是否在数据表中,猜对"
        "的比例"
        "至多为 {guess};没有这些结果时为 50%。"
    ),
    "detected": "误报率为 {rate} 时,至多有 {detected} 的参与者被辨认出。",
    "single_out": (
        "无论攻击者还知道什么,上述限制对任何攻击都成立:包括识别出特定个人、关联记录,"
        "以及在"
        "人群普遍规律之外推断某人填报的内容。",
        "这些限制约束影响的大小,并不使其为零。对于该数据表和该目的是否足够小,须由人判"
        "断。",
    ),
    "extraction": (
        "对已发布结果所作的任何使用,包括对模型的任意次查询,对一个隐私单元的泄露都不超"
        "过上述"
        "限制。",
        "对训练数据本身各行的预测不在此列:应发布模型,或只发布其他行的结果。",
    ),
    "measures": (
        "在 skprivate 的拟合中,每一行的贡献在求和之前被截断到公开的上限。",
        "其中噪声加在整数的精确和上,取自操作系统的随机数。",
        "由账本记录的拟合,一旦额度用尽,在读取任何行之前即被拒绝。",
    ),
    "poisoning": (
        "同一上限也限制攻击者的数据行对结果的作用:k 行的作用由 k 行一组的隐私保证得出"
        "。",
    ),
    "requests": (
        "结果可能透露请求人的哪些信息:见 influence_statement,对所有人都相同;它不能说"
        "明该人"
        "是否在数据表中。",
        "结果可承受多少次删除:见 deletions_until。删除数据行的义务不变。",
    ),
    "implementation": (
        "在 skprivate 的拟合中,求和是精确的,噪声被精确地取整到同一网格:发布的内容中没"
        "有浮点误差。证明写在代码旁;"
        "每一次发布都在相邻的数据表上重放检验。",
        "拟合所用的时间和内存不受保护:它们取决于行数。",
    ),
    "versions": "版本:{versions}。",
    "not_protected": (
        "不受保护的内容:对训练数据各行的结果、在原始数据上的精确评分、拟合所用的时间"
        "、列的"
        "名称和数目,以及对人群普遍成立的结论。",
    ),
    "unit": "相邻的两个数据表相差一个隐私单元({unit})。",
    "trust": ("集中式模型:执行拟合的一方能看到原始数据,获得结果的一方看不到。",),
    "age": "最早的拟合日期为 {date}。",
    "assumed": "{place} 视为已知:{fact}",
    "declared": "{place}:声明为公开的参数 {name} = {text}。",
    "also": "{text}",
    "nothing_assumed": "没有从数据行中读取并视为公开的内容。",
}

WORDS = {"en": EN, "zh": ZH}
