"""Replies kept by what was asked: one contract over the file and its double, and what the file must not do."""

import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from interviewer.llm.litellm import LiteLLM
from interviewer.llm.port import Message
from interviewer.llm.reply_cache import CachedLLM, CacheError, FileReplyCache, MemoryReplyCache, ReplyCache, reply_key
from interviewer.llm.scripted import ScriptedLLM
from knowledge.models import Value
from tests.model_server import ModelServer, says

ASKED = (Message(role="user", content="How sure are you?"),)
Open = Callable[[], ReplyCache]


class Opinion(Value):
    words: str


class Guess(Value):
    words: str
    sure: float = 0.5


QUITE = '{"words":"quite"}'


@pytest.fixture(params=["file", "memory"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> ReplyCache:
    return FileReplyCache(tmp_path / "cache" / "replies.sqlite") if request.param == "file" else MemoryReplyCache()


def test_what_is_kept_is_found_and_nothing_else(cache: ReplyCache) -> None:
    assert cache.find("k1", "a1") is None
    cache.keep("k1", "a1", QUITE)
    assert (cache.find("k1", "a1"), cache.find("k2", "a1")) == (QUITE, None)


def test_a_reply_is_forgotten_with_its_answer_and_not_with_another(cache: ReplyCache) -> None:
    cache.keep("k1", "a1", QUITE)
    cache.keep("k2", "a2", QUITE)
    cache.forget(["a1", "a9"])
    assert (cache.find("k1", "a3"), cache.find("k2", "a2")) == (None, QUITE)


def test_a_reply_that_two_answers_share_stays_for_the_one_that_is_left(cache: ReplyCache) -> None:
    cache.keep("k1", "a1", QUITE)
    assert cache.find("k1", "a2") == QUITE
    cache.forget(["a1"])
    assert cache.find("k1", "a2") == QUITE
    cache.forget(["a2"])
    assert cache.find("k1", "a2") is None


def test_everything_can_be_forgotten_where_there_is_nothing_too(cache: ReplyCache) -> None:
    cache.forget_everything()
    cache.keep("k1", "a1", QUITE)
    cache.forget_everything()
    assert cache.find("k1", "a1") is None


# ── Around a model ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_model_is_asked_once_and_only_once_the_reply_is_kept(cache: ReplyCache) -> None:
    llm = ScriptedLLM([QUITE, QUITE])
    first = CachedLLM(llm, cache, "a1")
    first.complete(ASKED, Opinion)
    assert CachedLLM(llm, cache, "a1").complete(ASKED, Opinion) == Opinion(words="quite")
    assert len(llm.asked) == 2, "nothing was kept yet"
    first.keep()
    assert CachedLLM(llm, cache, "a1").complete(ASKED, Opinion) == Opinion(words="quite")
    assert len(llm.asked) == 2


def test_the_key_is_of_all_that_a_reply_depends_on() -> None:
    keys = {
        reply_key(ScriptedLLM([]), ASKED, Opinion),
        reply_key(ScriptedLLM([], model="another"), ASKED, Opinion),
        reply_key(ScriptedLLM([], seed=1), ASKED, Opinion),
        reply_key(ScriptedLLM([]), (*ASKED, *ASKED), Opinion),
        reply_key(ScriptedLLM([]), ASKED, Guess),
    }
    assert len(keys) == 5
    assert reply_key(ScriptedLLM([]), ASKED, Opinion) in keys


def test_two_servers_that_know_a_model_by_one_name_share_no_reply(
    cache: ReplyCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    with ModelServer([says(QUITE)]) as mine, ModelServer([says('{"words":"hardly"}')]) as yours:
        for address in (mine.url, yours.url, f"{yours.root}/another/v1", mine.url):
            monkeypatch.setenv("OPENAI_API_BASE", address)
            asked = CachedLLM(LiteLLM("openai/my-own"), cache, "a1")
            told.append(asked.complete(ASKED, Opinion).words)
            asked.keep()
        assert (len(mine.requests), len(yours.requests)) == (1, 2)
    assert told == ["quite", "hardly", "hardly", "quite"]


def test_a_kept_reply_that_no_longer_fits_is_asked_for_again(cache: ReplyCache) -> None:
    llm = ScriptedLLM([QUITE])
    cache.keep(reply_key(llm, ASKED, Opinion), "a1", '{"worlds": 1}')
    assert CachedLLM(llm, cache, "a1").complete(ASKED, Opinion) == Opinion(words="quite")


def test_without_a_cache_every_question_is_asked() -> None:
    llm = ScriptedLLM([QUITE, QUITE])
    asked = CachedLLM(llm, None, "a1")
    asked.complete(ASKED, Opinion)
    asked.keep()
    asked.complete(ASKED, Opinion)
    assert len(llm.asked) == 2


# ── The file ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_forgotten_is_gone_from_the_file_and_the_folder_is_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "replies.sqlite"
    cache = FileReplyCache(path)
    cache.keep("k1", "a1", "the very words of the candidate")
    assert b"very words" in path.read_bytes()
    cache.forget(["a1"])
    assert b"very words" not in b"".join(left.read_bytes() for left in path.parent.iterdir())
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nothing_is_made_by_looking_or_forgetting(tmp_path: Path) -> None:
    cache = FileReplyCache(tmp_path / "cache" / "replies.sqlite")
    cache.find("k1", "a1")
    cache.forget(["a1"])
    assert not (tmp_path / "cache").exists()


def test_a_damaged_file_keeps_no_marking_up_but_a_deletion_says_so(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    path.write_text("This is no database, but long enough to be looked at as if it were one. " * 20, encoding="utf-8")
    cache = FileReplyCache(path)
    cache.keep("k1", "a1", QUITE)
    assert cache.find("k1", "a1") is None
    with pytest.raises(CacheError, match="remove the file"):
        cache.forget(["a1"])
    cache.forget_everything()
    cache.keep("k1", "a1", QUITE)
    assert cache.find("k1", "a1") == QUITE


def test_somebody_who_holds_the_file_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewer.llm.reply_cache.BUSY_SECONDS", 0.05)
    path = tmp_path / "replies.sqlite"
    cache = FileReplyCache(path)
    cache.keep("k1", "a1", QUITE)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert cache.find("k1", "a1") is None
        other.execute("ROLLBACK")
    assert cache.find("k1", "a1") == QUITE
