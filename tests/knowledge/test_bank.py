"""The bank is read whole, or all that is wrong with it is said at once."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from knowledge.bank import NOTES, Bank, BankError, read_bank
from knowledge.models import Debugging, Kind, Source, follow_ups

GOOD = """
topic: databases
sources:
  handbook: {title: "A handbook", url: "https://handbook.example", retrieved_at: 2026-11-01}
questions:
  - id: slow-list
    kind: debugging
    level: mid
    text: "The list is slow. Why?"
    facts: [{about: "indexes", text: "There are none."}]
    points:
      - {id: plan, text: "Read the plan.", weight: 3, core: true, source: handbook, probe: "What next?"}
      - {id: index, text: "Add an index.", weight: 2, core: false, level: mid, probe: "And then?",
         source: {key: handbook, locator: "Chapter 2"}}
    groups: [{need: 1, points: [plan, index]}]
    misconceptions:
      - {id: free, text: "Indexes are free.", contradicts: [index], penalty: 1, challenge: "What of writes?",
         correction: "Writes pay.", source: handbook}
    model_answer: "I read the plan and add an index."
    sources: [handbook]
    follow_ups:
      - id: ten-times
        text: "Ten times the rows?"
        change: scale
        level: senior
        points: [{id: partition, text: "Partition it.", weight: 1, core: true, source: handbook, probe: "How?"}]
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def files(**texts: str) -> Path:
        for name, text in texts.items():
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return files


def problems(folder: Path) -> list[str]:
    with pytest.raises(BankError) as caught:
        read_bank(folder)
    return [str(problem) for problem in caught.value.problems]


def test_short_ids_are_made_whole(write: Write) -> None:
    (question,) = read_bank(write(databases=GOOD)).questions
    assert isinstance(question, Debugging)
    assert question.topic == "databases"
    assert [point.id for point in question.points] == ["slow-list/plan", "slow-list/index"]
    assert question.groups[0].points == ("slow-list/plan", "slow-list/index")
    assert question.misconceptions[0].contradicts == ("slow-list/index",)
    (deeper,) = follow_ups(question)
    assert (deeper.id, deeper.points[0].id) == ("slow-list/ten-times", "slow-list/ten-times/partition")


def test_source_keys_become_sources_with_their_locators(write: Write) -> None:
    (question,) = read_bank(write(databases=GOOD)).questions
    sources = [point.source for point in question.points]
    assert [(source.title, source.locator) for source in sources if source] == [
        ("A handbook", None),
        ("A handbook", "Chapter 2"),
    ]
    assert question.sources[0].url == "https://handbook.example"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight: 3", "weight: 9", "databases.yaml · slow-list · points.plan.weight: Input should be less than"),
        ('core: true, source: handbook, probe: "What next?"', "core: true, source: handbook", "points.plan.probe"),
        ("sources: [handbook]", "sources: [handbok]", "slow-list · sources.0: unknown source 'handbok'"),
        ("source: {key: handbook, ", "source: {key: handbok, ", "points.index.source: unknown source 'handbok'"),
        ("contradicts: [index]", "contradicts: [indx]", "slow-list: unknown points: slow-list/indx"),
        ("kind: debugging", "kind: puzzle", "slow-list"),
        ("level: mid\n", "level: middle\n", "slow-list · level: Input should be 'junior'"),
        ("    model_answer:", "    modelanswer:", "slow-list · modelanswer: Extra inputs"),
        ("topic: databases", "topik: databases", "databases.yaml: a file holds questions, sources, topic"),
        ("topic: databases", "topic: 3", "databases.yaml: 'topic' is missing"),
        ("level: senior", "level: [", "databases.yaml: cannot be read as YAML"),
        ("penalty: 1,", "penalty: 1, penalty: 2,", "'penalty' is given twice"),
        ('{title: "A handbook",', '{titel: "A handbook",', "databases.yaml · source handbook · title: Field required"),
        ("{id: index, text", "{id: plan, text", "slow-list: an id occurs twice"),
        ("[{id: partition,", "[{weight: 1}, {id: partition,", "follow_ups.ten-times.points.0.text: Field required"),
        ("      - {id: plan,", "      - plain words\n      - {id: plan,", "slow-list · points.0"),
    ],
)
def test_a_fault_is_named_with_its_file_entry_and_field(write: Write, old: str, new: str, said: str) -> None:
    assert old in GOOD
    assert said in "\n".join(problems(write(databases=GOOD.replace(old, new, 1))))


def test_all_faults_of_all_files_come_at_once(write: Write) -> None:
    one = GOOD.replace("weight: 3", "weight: 9").replace("sources: [handbook]", "sources: [nothing]")
    folder = write(one=one, two="questions: 3", three=GOOD.replace("slow-list", "Slow List"))
    files = [problem.split(" · ")[0].split(":")[0] for problem in problems(folder)]
    assert files.count("one.yaml") == 2
    assert files.count("two.yaml") == 1
    assert "three.yaml" in files


def test_an_id_may_not_occur_in_two_files(write: Write) -> None:
    assert problems(write(one=GOOD, two=GOOD)) == ["slow-list · id: 2 questions have this id"]


def test_an_id_may_not_occur_twice_in_a_follow_up(write: Write) -> None:
    twice = GOOD.replace(
        "points: [{id: partition", "points: [{id: partition, text: a, weight: 1, core: true, probe: b}, {id: partition"
    )
    assert problems(write(one=twice)) == ["slow-list · slow-list/ten-times/partition: this id occurs twice"]


def test_an_empty_folder_is_no_bank(tmp_path: Path) -> None:
    assert "no *.yaml files" in problems(tmp_path)[0]


def test_the_revision_follows_the_content_and_not_the_order(write: Write) -> None:
    bank = read_bank(write(one=GOOD, two=GOOD.replace("slow-list", "other-list")))
    turned = Bank(questions=tuple(reversed(bank.questions)))
    edited = Bank(questions=(bank.questions[0].model_copy(update={"text": "Why is it slow?"}), bank.questions[1]))
    assert bank.revision == turned.revision
    assert bank.revision != edited.revision


def test_the_shipped_bank_covers_its_topics_and_all_kinds() -> None:
    questions = read_bank().questions
    assert len(questions) >= 150
    assert {question.topic for question in questions} == {path.stem for path in NOTES.glob("*.md")}
    assert {question.kind for question in questions} == {*get_args(Kind)}
    assert sum(question.kind == "sql" for question in questions) >= 12
    assert all(question.status == "reviewed" and question.sources for question in questions)


def shipped_sources() -> list[Source]:
    """Those of questions, points and misconceptions, their locators set aside."""
    found: list[Source] = []
    for question in read_bank().questions:
        deeper = (point for follow_up in follow_ups(question) for point in follow_up.points)
        parts = (*question.points, *deeper, *question.misconceptions)
        found += [*question.sources, *(part.source for part in parts if part.source)]
    return list({source.model_copy(update={"locator": None}).model_dump_json(): source for source in found}.values())


def test_the_shipped_sources_are_pages_that_can_be_opened() -> None:
    """In form, that is: nothing is fetched. An old page or two is served without encryption only."""
    strange = [s.url for s in shipped_sources() if not s.url or not re.match(r"https://[\w-]+(\.[\w-]+)+/?\S*$", s.url)]
    assert set(strange) <= {
        "http://www.bkent.net/Doc/simple5.htm",
        "http://www.perfdynamics.com/Manifesto/USLscalability.html",
    }


def test_an_rfc_is_cited_by_the_number_in_its_address() -> None:
    rfcs = [source for source in shipped_sources() if "RFC" in source.title]
    assert len(rfcs) > 20
    assert [
        s.title for s in rfcs if re.findall(r"RFC (\d+)", s.title)[:1] != re.findall(r"rfc(\d+)", s.url or "")
    ] == []


def test_a_page_is_cited_in_the_same_words_everywhere() -> None:
    cited: dict[str, set[tuple[str, str | None, str | None]]] = {}
    for source in shipped_sources():
        cited.setdefault((source.url or "").rstrip("/"), set()).add((source.title, source.author, source.licence))
    assert {url: words for url, words in cited.items() if len(words) > 1} == {}
    titles = [title for words in cited.values() for title, _, _ in words]
    assert len(titles) == len(set(titles)), "two pages under one title"
