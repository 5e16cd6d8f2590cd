"""Training keeps the last epochs' mean, also when somebody ends it early. The encoder is tiny and untrained."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest

from evals.examples import Example
from evals.joint_training import AVERAGED, JointModel, Rates, Trained, train
from interviewer.grading.sequences import Pieces
from knowledge.spans import Span, sentences

pytestmark = pytest.mark.filterwarnings("ignore")  # torch and transformers warn about themselves on first use
ANSWER = "It keeps copies. They may be stale."
EXAMPLE = Example(
    question="What is a cache?",
    answer=ANSWER,
    sentences=sentences(ANSWER),
    points=("Copies are kept.", "It is free."),
    labels=("covered", "missing"),
)


def tiny_encoder() -> Any:
    from transformers import BertConfig, BertModel

    sizes = {"hidden_size": 8, "num_hidden_layers": 4, "num_attention_heads": 2, "intermediate_size": 16}
    config = BertConfig(vocab_size=200, max_position_embeddings=64, **sizes)
    config._attn_implementation = "eager"
    return BertModel(config, add_pooling_layer=False)


def by_words(text: str) -> Pieces:
    return [(103 + len(word), Span(0, len(text))) for word in text.split()]


Weights = dict[str, Any]


def trained(
    epochs: int,
    held_out: Callable[[int, JointModel], float] = lambda *_: 0.0,
    lessons: Callable[[int], Sequence[Example]] = lambda _: [EXAMPLE] * 2,
) -> Trained:
    def examples_of(epoch: int, _: Random) -> Sequence[Example]:
        return lessons(epoch)

    return train(tiny_encoder(), examples_of, by_words, Rates(epochs=epochs), 1, held_out, lambda _: None)


def stop() -> Any:
    raise KeyboardInterrupt


def test_the_mean_of_the_last_epochs_is_kept_and_they_are_named() -> None:
    after: list[Weights] = []

    def held_out(_: int, model: JointModel) -> float:
        after.append({name: value.clone() for name, value in model.state_dict().items()})
        return 0.0

    found = trained(AVERAGED + 2, held_out)
    assert found.epochs == tuple(range(3, AVERAGED + 3))
    name = "verdict.weight"
    mean = sum(weights[name] for weights in after[-AVERAGED:]) / AVERAGED
    assert (found.model.state_dict()[name] - mean).abs().max() < 1e-6
    assert (after[0][name] - mean).abs().max() > 1e-4, "else the test could not fail"


def test_ctrl_c_while_an_epoch_is_measured_keeps_what_it_learned() -> None:
    assert trained(5, lambda epoch, _: stop() if epoch == 2 else 0.0).epochs == (1, 2, 3)
    assert trained(5, lambda *_: stop()).epochs == (1,)


def test_ctrl_c_while_an_epochs_lessons_are_drawn_keeps_those_before() -> None:
    assert trained(5, lessons=lambda epoch: stop() if epoch == 2 else [EXAMPLE] * 2).epochs == (1, 2)


def test_before_anything_is_learned_there_is_nothing_to_keep() -> None:
    with pytest.raises(KeyboardInterrupt):
        trained(3, lessons=lambda _: stop())
