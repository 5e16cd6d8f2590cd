"""Words become comparable terms, and clauses have a polarity."""

import pytest

from interviewer.grading.features import cut, is_flat, is_list, is_reported
from interviewer.grading.language import looks_english
from interviewer.grading.polarity import polarities
from interviewer.grading.terms import build_vocabulary, content, stem
from knowledge.spans import Span


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("queries", "query"),
        ("parameterised", "parameters"),
        ("idempotent", "idempotency"),
        ("caching", "caches"),
        ("bound", "binding"),
        ("retries", "retried"),
        ("validates", "validation"),
        ("replicas", "replicate"),
    ],
)
def test_forms_of_a_word_are_one_term(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_function_words_and_fillers_carry_no_meaning() -> None:
    assert content("well, it is basically just the cache") == {stem("cache")}


def test_a_rare_term_weighs_more_than_a_common_one() -> None:
    vocabulary = build_vocabulary(["a server caches", "a server waits", "a server locks"])
    assert vocabulary.weight(stem("locks")) > vocabulary.weight(stem("server")) > 0


@pytest.mark.parametrize(
    ("text", "word", "polarity"),
    [
        pytest.param("You should not use prepared statements.", "statements", "denied", id="not"),
        pytest.param("Use prepared statements, never concatenate.", "statements", "affirmed", id="another clause"),
        pytest.param("It isn't true that PUT is idempotent.", "idempotent", "denied", id="not true that"),
        pytest.param("It does not guarantee that you read the same values.", "values", "denied", id="a complement"),
        pytest.param("It is not only fast.", "fast", "affirmed", id="not only"),
        pytest.param("If you don't bind values, it breaks.", "bind", "open", id="a condition"),
        pytest.param("Without an index it scans.", "index", "open", id="without"),
        pytest.param("Count by key rather than by address.", "address", "denied", id="rather than"),
        pytest.param("There are no locks or waits.", "waits", "denied", id="or goes on"),
    ],
)
def test_a_clause_affirms_or_denies_its_terms(text: str, word: str, polarity: str) -> None:
    assert polarities(text)[stem(word)] == {polarity}


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("SQL, injection, prepared statements, ORM, validation", True),
        ("EXPLAIN, index, slow query log, N+1", True),
        ("Logs, metrics and traces show which component failed.", False),
        ("The database parses the statement first, then the value can only be a value.", False),
    ],
)
def test_keywords_strung_together_are_a_list(text: str, listed: bool) -> None:
    assert is_list(text) is listed


def test_a_sentence_tells_and_a_name_does_not() -> None:
    assert is_flat("prepared statements")
    assert not is_flat("prepared statements keep input apart")
    assert is_reported("Some people think a token is encrypted")
    assert not is_reported("A token is encrypted")


def test_a_long_breath_is_cut_at_its_clauses_and_too_many_pieces_are_thinned() -> None:
    text = "we bind all of the values first, and after that the account gets few rights, because damage is limited"
    pieces = cut(text, [Span(0, len(text))], frozenset())
    assert len(pieces) > 1
    assert all(text[piece.start : piece.end].strip() for piece in pieces)
    many = "Nothing of note. " * 500 + "Bind the values. "
    spans = [Span(i * 17, i * 17 + 16) for i in range(501)]
    kept = cut(many, spans, content("bind the values"))
    assert len(kept) < 100
    assert spans[-1] in kept


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Bind the values as parameters so the input is never parsed.", True),
        ("PUT, DELETE", True),
        ("El servidor no debe concatenar los datos que vienen del usuario en la consulta.", False),
        ("Die Anfrage wird nicht mit den Daten verkettet und das ist sicher.", False),
        ("Нужно использовать подготовленные выражения, чтобы данные не были кодом.", False),
        ("Sorguda parametre kullanılır, çünkü veri kod gibi okunmaz ve güvenli olur.", False),
        ("Kueri memakai parameter yang terikat, dan input tidak dibaca sebagai kode.", False),
        ("Query mein parameter bind karte hain, input kabhi code nahi hota hai aur safe hai.", False),
        ("Í fyrirspurninni eru breytur bundnar, þannig að gögnin eru aldrei túlkuð sem kóði.", False),
        ("José and Müller naïvely concatenated it, so the café's résumé field was parsed as SQL.", True),
        ("Datas of user we not put in query, only parameter, so the attacker can do nothing.", True),
    ],
)
def test_other_languages_are_noticed(text: str, english: bool) -> None:
    assert looks_english(text) is english
