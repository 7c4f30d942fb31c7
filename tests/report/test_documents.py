"""Assessments, notices and cards: filled from the object, or to be answered."""

import json
import re
from datetime import date, timedelta

import numpy as np
import pytest

from skprivate import PrivacyLedger, check_policy, privacy_report
from skprivate.__main__ import main
from skprivate.linear_model import DPLogisticRegression
from skprivate.metrics import dp_accuracy_score
from skprivate.report import (
    EthicsReview,
    ModelPrivacyReport,
    deletions_until,
    impact_assessment,
    influence_statement,
    privacy_notice,
    to_cyclonedx,
    to_hf_metadata,
    to_registry,
)
from skprivate.report._answers import answers_of
from skprivate.report._questions import REGIMES
from skprivate.report._stated import FACTS

NASTY = "<script>alert(1)</script> `a` | [b](javascript:c)\n# \u2028 \ud800 {x}"
# Nobody may say so, in either language.
CLAIMS = re.compile(r"anonym|complian|complies|comply|匿名|合规", re.IGNORECASE)
LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])
EVERY_REGIME = pytest.mark.parametrize("regime", list(REGIMES))


def all_facts(text):
    numbers = {"group_gap": 0.05, "fitted_on": "2026-01-01"}
    return dict.fromkeys(FACTS, text) | numbers


def documents(report, lang, facts):
    for regime in REGIMES:
        yield impact_assessment(report, regime=regime, lang=lang, **facts)
    for regime in ("gdpr", "pipl"):
        yield privacy_notice(report, lang=lang, regime=regime, **facts)
    yield influence_statement(report.with_facts(**facts), lang=lang)
    yield deletions_until(report.with_facts(**facts), 2.0, lang=lang)
    yield EthicsReview(lang=lang, reviewer=facts.get("assessed_by", ""))


def exports(report, facts):
    yield json.dumps(to_cyclonedx(report, **facts))
    yield json.dumps(to_registry(report, justification="The board said so.", **facts))
    yield to_hf_metadata(report, **facts)


@LANGUAGES
@pytest.mark.parametrize("full", [False, True])
def test_nothing_claims_what_people_have_to_judge(model, lang, full):
    report = privacy_report(model)
    facts = all_facts("stated") if full else {}
    for document in documents(report, lang, facts):
        for text in (repr(document), document.to_html(), document.to_markdown()):
            assert not CLAIMS.search(text)
    for text in exports(report, facts):
        assert not CLAIMS.search(text)


def test_the_search_finds_claims():
    for words in ("anonymous", "Compliant", "compliance", "匿名化", "合规"):
        assert CLAIMS.search(words)


@LANGUAGES
@EVERY_REGIME
def test_what_nobody_stated_is_to_be_answered(model, regime, lang):
    found = impact_assessment(model, regime=regime, lang=lang)
    unknown = "to be answered" if lang == "en" else "待答复"
    for _, label in found.open:
        assert f"{label}: {unknown}" in " ".join(repr(found).split()) or lang == "zh"
    assert repr(found).count(unknown) == len(found.open)
    assert not any(answer.stated for answer in found.answers)
    full = impact_assessment(model, regime=regime, lang=lang, **all_facts("stated"))
    assert full.open == ()
    assert unknown not in repr(full)


@EVERY_REGIME
def test_every_question_can_be_answered_and_is_asked_in_both_languages(model, regime):
    title, chinese, questions = REGIMES[regime]
    assert title.isascii()
    assert re.search("[一-鿿]", chinese)
    known = answers_of(privacy_report(model), "en")
    for question in questions:
        assert question.answers or question.facts
        assert {*question.answers} <= {*known}
        assert {*question.facts} <= {*FACTS}
        assert question.en.isascii()
        assert re.search("[一-鿿]", question.zh)
    assert len({question.key for question in questions}) == len(questions)


def test_answers_are_the_numbers_of_the_report(model):
    text = " ".join(repr(impact_assessment(model)).split())
    assert "epsilon=1, delta=1e-06" in text
    assert "54.72%" in text
    assert "DPLogisticRegression released" in text
    for lang in ("en", "zh"):
        languages = answers_of(privacy_report(model), lang)
        assert all(all(lines) for lines in languages.values())


def test_a_model_that_promises_nothing_says_so(data):
    with pytest.warns(UserWarning, match="not private"):
        bare = DPLogisticRegression(bounds=(-4, 4), classes=[0, 1], epsilon=np.inf).fit(
            *data
        )
    for lang, words in (("en", "Nothing is promised"), ("zh", "不作任何承诺")):
        for regime in REGIMES:
            text = " ".join(
                repr(impact_assessment(bare, regime=regime, lang=lang)).split()
            )
            assert words in text
            assert "54.72%" not in text
        assert words in repr(privacy_notice(bare, lang=lang))
    bom = to_cyclonedx(bare)
    found = {p["name"]: p["value"] for p in _card(bom)["properties"]}
    assert found["skprivate:private"] == "false"
    assert found["skprivate:epsilon"] == "inf"
    assert "epsilon: .inf" in to_hf_metadata(bare)
    json.dumps(to_registry(bare, justification="none"), allow_nan=False)


@LANGUAGES
def test_text_from_outside_is_text(model, lang, page):
    facts = all_facts(NASTY)
    report = privacy_report(model)
    for document in documents(report, lang, facts):
        found = page(document._repr_html_())
        assert "script" not in found.tags
        assert "<script" not in document.to_html()
        card = document.to_markdown()
        assert "<script" not in card
        assert not re.search(r"(?<!\\)\]\(javascript", card)
        for line in card.splitlines():
            assert not line or line.startswith(("#", "*", ">", "-", "|")), line
    for text in exports(report, facts):
        assert "\n#  " not in text
        assert "\u2028" not in text


def test_stated_facts_travel_with_a_report(model):
    report = privacy_report(model).with_facts(
        purpose="stock planning", retention=date(2030, 1, 2), group_gap=0.25
    )
    again = ModelPrivacyReport.from_json(report.to_json())
    assert again == report
    assert again.fact("retention") == "2030-01-02"
    assert again.fact("group_gap") == "0.25"
    assert "purpose: stock planning" in repr(report)
    assert "facts" not in privacy_report(model).to_dict()


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"purpos": "x"}, ValueError),
        ({"purpose": " "}, ValueError),
        ({"purpose": None}, ValueError),
        ({"fitted_on": "yesterday"}, ValueError),
        ({"group_gap": 2}, ValueError),
        ({"group_gap": True}, ValueError),
        ({"group_gap": "wide"}, ValueError),
    ],
)
def test_facts_that_say_nothing(model, facts, error):
    with pytest.raises(error):
        privacy_report(model).with_facts(**facts)


def test_a_ledger_dates_its_fits(data):
    with PrivacyLedger() as ledger:
        DPLogisticRegression(bounds=(-4, 4), classes=[0, 1]).fit(*data)
    report = privacy_report(ledger)
    day = ledger.records[0].time.date()
    assert report.fact("fitted_on") == day.isoformat()


def broken(report, **rules):
    return check_policy(report, {"max_epsilon": 1.0, **rules}).reasons


def test_policies_ask_for_facts(model):
    report = privacy_report(model)
    rules = {"require": ["purpose", "retention", "unit_of_privacy", "audit"]}
    assert len(broken(report, **rules)) == 4
    stated = report.with_facts(
        purpose="a", retention="2999-01-01", unit_of_privacy="b", audit="c"
    )
    assert broken(stated, **rules) == ()
    (reason,) = broken(stated.with_facts(retention="2020-01-01"), **rules)
    assert "past" in reason
    assert broken(stated.with_facts(retention="ten years"), **rules) == ()


def test_policies_on_attacks_groups_and_age(model):
    report = privacy_report(model)
    assert broken(report, max_membership_tpr=0.0185) == ()
    assert "1.84%" in broken(report, max_membership_tpr=0.018)[0]
    assert broken(report, max_membership_tpr=0.0023, false_alarms=0.001) == ()
    assert "not known" in broken(report, max_group_gap=0.1)[0]
    assert broken(report.with_facts(group_gap=0.1), max_group_gap=0.1) == ()
    assert broken(report.with_facts(group_gap=0.2), max_group_gap=0.1) != ()
    assert "not known" in broken(report, max_age_days=3)[0]
    old = date.today() - timedelta(days=4)
    assert broken(report.with_facts(fitted_on=old), max_age_days=3) != ()
    assert broken(report.with_facts(fitted_on=old), max_age_days=5) == ()


@pytest.mark.parametrize(
    "rules",
    [
        {"require": "purpose"},
        {"require": ["porpoise"]},
        {"max_membership_tpr": 2},
        {"max_membership_tpr": "low"},
        {"false_alarms": 0},
        {"max_group_gap": -0.1},
        {"max_age_days": np.inf},
        {"max_age_days": True},
    ],
)
def test_policies_that_make_no_sense(model, rules):
    with pytest.raises((TypeError, ValueError)):
        broken(model, **rules)


def _card(bom):
    return bom["metadata"]["component"]["modelCard"]


@pytest.mark.parametrize("version", ["1.6", "1.7"])
def test_shape_of_a_bill_of_materials(model, data, version):
    score = dp_accuracy_score(data[1], model.predict(data[0]), classes=[0, 1])
    bom = to_cyclonedx(model, spec_version=version, metrics={"accuracy": score})
    assert bom == to_cyclonedx(model, spec_version=version, metrics={"accuracy": score})
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", version)
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bom["serialNumber"])
    refs = [part["bom-ref"] for part in bom["components"]]
    assert bom["dependencies"] == [{"ref": "model", "dependsOn": refs}]
    card = _card(bom)
    assert card["modelParameters"]["approach"] == {"type": "supervised"}
    (metric,) = card["quantitativeAnalysis"]["performanceMetrics"]
    ends = metric["confidenceInterval"]
    assert float(ends["lowerBound"]) <= float(metric["value"])
    assert all(isinstance(p["value"], str) for p in card["properties"])
    assert card["considerations"]["useCases"] == ["to be answered"]


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.6", "1.7"])
@pytest.mark.parametrize("text", [None, NASTY])
def test_bills_of_materials_are_valid(model, data, version, text):
    """`pip install cyclonedx-python-lib[json-validation]` has the schemas."""
    json_module = pytest.importorskip("cyclonedx.validation.json")
    from cyclonedx.schema import SchemaVersion

    facts = {} if text is None else all_facts(text)
    bom = to_cyclonedx(
        model, name=text, version="1", spec_version=version,
        metrics={"accuracy": 0.5}, **facts,
    )  # fmt: skip
    validator = json_module.JsonStrictValidator(SchemaVersion.from_version(version))
    assert validator.validate_str(json.dumps(bom)) is None


def test_yaml_quotes_whatever_it_is_told(model):
    text = to_hf_metadata(model, name=NASTY, tags=[NASTY], metrics={NASTY: 0.5})
    quoted = [line for line in text.splitlines() if "script" in line]
    assert len(quoted) == 4
    for line in quoted:
        assert re.fullmatch(r'\s*(- )?(\w+: )?"([^"\\]|\\.)*"', line), line
    assert text.startswith("---\n# license: to be answered\n")
    assert text.endswith("\n---\n")
    assert "delta: 1.0e-06" in text


def test_a_registry_wants_a_reason(model):
    for reason in ("", "  ", None):
        with pytest.raises(ValueError, match="justification"):
            to_registry(model, justification=reason)
    entry = to_registry(model, justification="because", name="credit", version=3)
    assert entry["deployment"]["guarantee"]["justification"] == "because"
    assert all(isinstance(text, str) for text in entry["tags"].values())
    assert entry["tags"]["skprivate.model.version"] == "3"


@pytest.mark.parametrize(
    "metrics", [[1], {"a": "b"}, {"a": np.nan}, {1: 2}, {"a": True}]
)
def test_metrics_that_are_none(model, metrics):
    with pytest.raises((TypeError, ValueError)):
        to_cyclonedx(model, metrics=metrics)


def test_a_review_shows_what_is_not_answered():
    review = EthicsReview(answers=["Patients."], reviewer="Ethics board")
    assert len(review.open) == 6
    assert repr(review).count("to be answered") == 7  # and no date
    again = EthicsReview(["a?", "b?"], {"b?": "yes"}, "B", "2026-01-01")
    assert again.open == ("a?",)
    assert again.to_dict()["answers"] == {"a?": "", "b?": "yes"}
    for wrong in (
        {"questions": []},
        {"questions": ["a?", "a?"]},
        {"answers": ["x"] * 8},
        {"questions": ["a?"], "answers": {"b?": "x"}},
        {"date": "soon"},
        {"lang": "fr"},
    ):
        with pytest.raises(ValueError):
            EthicsReview(**wrong)


@pytest.fixture(scope="module")
def files(tmp_path_factory, model, data):
    folder = tmp_path_factory.mktemp("files")
    ledger, report = folder / "ledger", folder / "report.json"
    with PrivacyLedger(epsilon=2.0, delta=1e-6, path=ledger):
        DPLogisticRegression(bounds=(-4, 4), classes=[0, 1]).fit(*data)
    report.write_text(privacy_report(model).to_json())
    facts = folder / "facts.json"
    facts.write_text(json.dumps({"purpose": "credit"}))
    return [str(ledger), str(report)], str(facts), str(folder / "none")


def test_commands_for_people_who_ask(files, capsys):
    for file in files[0]:
        assert main(["influence", file, "--prior", "0.1"]) == 0
        assert "23.2%" in capsys.readouterr().out
        assert main(["influence", file, "--lang", "zh", "--format", "html"]) == 0
        assert 'lang="zh-CN"' in capsys.readouterr().out
        assert main(["influence", file, "--deletions", "3"]) == 0
        assert "2 deletions" in capsys.readouterr().out
        assert main(["influence", file, "--format", "json"]) == 0
        assert json.loads(capsys.readouterr().out)["rows"] == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "Privacy report of"),
        (["--format", "html"], "<div"),
        (["--format", "markdown"], "## Privacy"),
        (["--format", "json"], "skprivate.privacy_report"),
        (["--format", "cyclonedx"], '"bomFormat": "CycloneDX"'),
        (["--format", "registry", "--because", "we can"], "we can"),
        (["--format", "hf"], "differential_privacy:"),
        (["--regime", "pipl", "--lang", "zh"], "第五十五条"),
        (["--notice", "gdpr", "--format", "markdown"], "How your data are used"),
    ],
)
def test_commands_for_reports(files, capsys, options, words):
    for file in files[0]:
        assert main(["report", file, "--facts", files[1], *options]) == 0
        out = capsys.readouterr().out
        assert words in out
        assert "credit" in out or "--format" not in options


@pytest.mark.parametrize(
    "options",
    [
        ["report", "FILE", "--facts", "NONE"],
        ["report", "FILE", "--format", "registry"],
        ["influence", "FILE", "--prior", "2"],
        ["influence", "FILE", "--rows", "0"],
    ],
)
def test_commands_fail_with_a_word(files, capsys, options):
    names = {"NONE": files[2], "FILE": files[0][1]}
    assert main([names.get(option, option) for option in options]) == 1
    assert capsys.readouterr().err.strip()


@pytest.mark.parametrize("command", ["report", "influence"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no such file"),
        (b"", "no ledger that"),
        (b"PK\x03", "no ledger that"),
        (b'{"a": 1', "no whole JSON"),
        (b'{"\xff', "no whole JSON"),
        (b'{"a": 1}', "This is no skprivate.privacy_report"),
        (b'{"schema": "skprivate.privacy_report"}', "another schema version"),
    ],
)
def test_what_is_no_report_is_told_in_a_line(tmp_path, capsys, command, content, words):
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    assert main([command, str(path)]) == 2
    told = capsys.readouterr()
    assert not told.out
    assert told.err.count("\n") == 1
    assert told.err.startswith(f"{path}: ")
    assert words in told.err


@pytest.mark.parametrize("command", ["report", "influence"])
def test_a_folder_is_no_report(tmp_path, capsys, command):
    assert main([command, str(tmp_path)]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["datasets", "tags"])
def test_one_name_is_no_list_of_letters(model, name):
    with pytest.raises(TypeError, match=f"{name} must be a list"):
        to_hf_metadata(model, **{name: "census"})
