"""Write docs/benchmarks/utility.md and its plots from the scores of the protocol.

Run as ``python -m benchmarks.utility_page`` after ``python -m benchmarks.utility``.
"""

import numpy as np

from benchmarks._contenders import OURS, PEERS
from benchmarks._records import Records
from benchmarks._tasks import LOWER_IS_BETTER, TASKS
from benchmarks.utility import EPSILONS, NO_PRIVACY, RECORDS

HEAD = """# What privacy costs, and who does best

Means of random 80/20 splits, the first of 25; the last column tells how many, which may
differ by epsilon. Default parameters, raw tables, all that a fit learns is paid for;
neighbours differ by one row, delta = 1e-6 (abalone: 5e-8). *No noise* is the same model
at `epsilon=inf`; *scikit-learn boosting* is what one would use without privacy. Peers
were told ranges and categories free of charge. A difference to a peer is the mean of
the differences on the same splits, with its standard error.

`python -m benchmarks.utility` fits, `python -m benchmarks.utility_page` writes this
page; all scores are in [utility.csv](utility.csv).

![curves](utility.svg)
"""


def cell(scores):
    """Mean of scores by split, or a dash."""
    return f"{np.mean(list(scores.values())):.4f}" if scores else "–"


def difference(ours, theirs):
    """Mean of paired differences, and its standard error."""
    both = sorted(ours.keys() & theirs.keys())
    if len(both) < 2:
        return None
    gaps = np.array([ours[split] - theirs[split] for split in both])
    return gaps.mean(), gaps.std(ddof=1) / np.sqrt(len(gaps))


def table(records, task):
    """A table of Markdown: contenders by epsilon."""
    names = [*OURS, *PEERS]
    head = [f"ε = {epsilon:g}" for epsilon in EPSILONS] + ["no noise", "splits"]
    lines = ["| model | " + " | ".join(head) + " |", "|---" * (len(head) + 1) + "|"]
    for name in names:
        found = [records.scores(task, name, e) for e in (*EPSILONS, NO_PRIVACY)]
        if any(found):
            sizes = sorted({len(scores) for scores in found if scores})
            cells = [
                *map(cell, found),
                " to ".join(map(str, [*sizes[:1], *sizes[1:][-1:]])),
            ]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def best(records, task, epsilon, names):
    """The contender with the best mean at ``epsilon``, and its scores.

    Of the splits that all of them have been fitted to.
    """
    sign = -1.0 if TASKS[task].measure in LOWER_IS_BETTER else 1.0
    found = {name: records.scores(task, name, epsilon) for name in names}
    found = {name: scores for name, scores in found.items() if scores}
    if not found:
        return None, {}
    shared = set.intersection(*map(set, found.values()))
    means = {n: np.mean([scores[s] for s in shared]) for n, scores in found.items()}
    name = max(found, key=lambda name: sign * means[name])
    return name, found[name]


def remarks(records, task):
    """Constant, non-private twins, and how far the best peer is behind."""
    public = {
        name: cell(records.scores(task, name, NO_PRIVACY))
        for name in ("constant", "scikit-learn linear", "scikit-learn boosting")
    }
    lines = ["; ".join(f"{name} {value}" for name, value in public.items()) + "."]
    name, ours = best(records, task, 1.0, OURS)
    peer, theirs = best(records, task, 1.0, PEERS)
    gap = difference(ours, theirs)
    if name is not None:
        spread = np.std(list(ours.values()))
        lines.append(f"At ε = 1 {name} is best of ours (± {spread:.4f} between splits)")
        if gap is not None:
            lines[-1] += f"; {gap[0]:+.4f} ± {gap[1]:.4f} against {peer}"
        lines[-1] += f"; {len(ours)} splits."
    return " ".join(lines)


def draw(records, tasks):
    """A grid of curves, one plot for each table, beside the file of records."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "skprivate"  # equal scores, equal file
    from matplotlib import pyplot

    n_rows = -(-len(tasks) // 3)
    figure, axes = pyplot.subplots(
        n_rows, 3, figsize=(10, 2.6 * n_rows), squeeze=False, layout="constrained"
    )
    for axis, task in zip(axes.flat, tasks, strict=False):
        _draw_one(axis, records, task)
    for axis in axes.flat[len(tasks) :]:
        axis.set_axis_off()
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    figure.savefig(records.path.with_suffix(".svg"), metadata={"Date": None})
    pyplot.close(figure)


def _draw_one(axis, records, task):
    for name in (*OURS, *PEERS):
        found = {e: records.scores(task, name, e) for e in EPSILONS}
        found = {e: list(scores.values()) for e, scores in found.items() if scores}
        style = "-" if name in OURS else "--"
        means = [np.mean(scores) for scores in found.values()]
        axis.plot(list(found), means, style, marker=".", label=name)
    for name, style in (("constant", ":"), ("scikit-learn boosting", "-.")):
        scores = records.scores(task, name, NO_PRIVACY)
        if scores:
            height = np.mean(list(scores.values()))
            axis.axhline(height, color="gray", linestyle=style, label=name)
    axis.set(xscale="log", title=task, ylabel=TASKS[task].measure)
    axis.set_xticks(EPSILONS, [f"{e:g}" for e in EPSILONS])
    axis.minorticks_off()


def main(path=RECORDS):
    records = Records(path)
    tasks = [task for task in TASKS if any(r.task == task for r in records.all)]
    if not tasks:
        raise SystemExit(f"There are no scores in {path}: run benchmarks.utility.")
    parts = [HEAD]
    for task in tasks:
        parts.append(f"## {task}, {TASKS[task].measure}\n")
        parts.append(table(records, task) + "\n\n" + remarks(records, task) + "\n")
    page = path.with_suffix(".md")
    page.write_text("\n".join(parts), encoding="utf-8")
    draw(records, tasks)
    print(f"Wrote {page} and its plot")


if __name__ == "__main__":
    main()
