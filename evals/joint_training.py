"""Trains the joint reader with torch and writes it for onnxruntime. The only file of this room that names torch."""

import random
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from evals.examples import Example
from interviewer.grading.joint import INTENTS, VERDICTS
from interviewer.grading.sequences import Claims, Sequenced, Tokenize, lay_out, pool
from interviewer.models import VerdictName

COMPARED = 256
APART = 3
"""So many of the lower layers look inside one block only."""
IGNORED = -100
AVERAGED = 4
"""Epochs, the last ones."""
TOLD_EVERY = 50
"""Steps: a minute or two on two cores."""


class Rates(NamedTuple):
    """How the reader is trained."""

    epochs: int = 10
    batch: int = 16
    encoder: float = 1.2e-4
    heads: float = 1e-3
    warmup: float = 0.06
    smoothing: float = 0.05
    score: float = 2.0
    intent: float = 0.3
    belief: float = 0.7
    evidence: float = 0.3


class JointModel(nn.Module):
    """The encoder with heads for verdicts of points, false beliefs, the intent, and which sentence decided.

    The lower layers see one block each: a claim is encoded as by the sentence model that the weights come from, and
    likeness of meaning is there from the first step. The upper ones see everything. Each claim then attends to the
    answer's sentences, and what it gathers is compared with it.
    """

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.width: int = encoder.config.hidden_size  # a plain number: the exporter cannot norm over a traced one
        width, self.encoder = self.width, encoder
        self.drop = nn.Dropout(0.1)
        self.asking, self.telling = nn.Linear(width, width, bias=False), nn.Linear(width, width, bias=False)
        for side in (self.asking, self.telling):
            nn.init.eye_(side.weight)
        self.sharpness = nn.Parameter(torch.tensor(10.0))
        self.compare = nn.Sequential(nn.Linear(4 * width + 2, COMPARED), nn.GELU(), nn.Dropout(0.1))
        self.verdict, self.belief = nn.Linear(COMPARED, len(VERDICTS)), nn.Linear(COMPARED, 1)
        self.intent = nn.Linear(width, len(INTENTS))

    def forward(self, ids: Any, positions: Any, block: Any, claims: Any, told: Any) -> tuple[Any, Any, Any, Any]:
        """Word pieces (batch, pieces), block -1 where padded; `claims` (batch, claims, pieces) and `told` (batch,
        sentences, pieces) average the pieces of each. Logits: verdicts (batch, claims, 4), beliefs (batch, claims),
        intents (batch, 6), and for each claim each sentence (batch, claims, sentences)."""
        hidden = self._encode(ids, positions, block)
        claim = functional.layer_norm(claims @ hidden, (self.width,))
        said = functional.layer_norm(told @ hidden, (self.width,))
        absent = (told.sum(-1) == 0).unsqueeze(1)
        alike = functional.normalize(self.asking(claim), dim=-1) @ functional.normalize(
            self.telling(said), dim=-1
        ).transpose(1, 2)
        shown = (self.sharpness * alike).masked_fill(absent, -1e4)
        gathered = shown.softmax(-1) @ said
        nearest = alike.masked_fill(absent, -1.0).amax(-1, keepdim=True)
        near = functional.cosine_similarity(claim, gathered, dim=-1).unsqueeze(-1)
        parts = [self.drop(claim), self.drop(gathered), (claim - gathered).abs(), claim * gathered, nearest, near]
        compared = self.compare(torch.cat(parts, dim=-1))
        return self.verdict(compared), self.belief(compared).squeeze(-1), self.intent(hidden[:, 0]), shown

    def _encode(self, ids: Any, positions: Any, block: Any) -> Any:
        hidden = self.encoder.embeddings(input_ids=ids, position_ids=positions)
        inside = (block.unsqueeze(2) == block.unsqueeze(1)).unsqueeze(1)
        anywhere = (block >= 0).unsqueeze(1).unsqueeze(1).expand_as(inside)
        apart, together = (torch.where(seen, 0.0, -1e4).to(hidden.dtype) for seen in (inside, anywhere))
        for place, layer in enumerate(self.encoder.encoder.layer):
            hidden = layer(hidden, apart if place < APART else together)
        return hidden


class Batch(NamedTuple):
    """Examples as tensors: the first five are the model's input, the rest what it should say."""

    ids: Any
    positions: Any
    block: Any
    claims: Any
    told: Any
    verdicts: Any
    beliefs: Any
    intents: Any
    shown: Any
    weights: Any
    scores: Any


class Trained(NamedTuple):
    """The reader, and the epochs, counted from 1, whose weights it is the mean of."""

    model: JointModel
    epochs: tuple[int, ...]


def train(
    encoder: Any,
    examples_of: Callable[[int, random.Random], Sequence[Example]],
    tokenize: Tokenize,
    rates: Rates,
    seed: int,
    after_epoch: Callable[[int, JointModel], float] | None = None,
    report: Callable[[str], None] = print,
    device: str = "cpu",
) -> Trained:
    """`examples_of` gives the examples of an epoch; `after_epoch` a number to be told of it. What is kept is the mean
    of the weights after each of the last epochs: one alone swings with what it saw last. So too when Ctrl-C ends the
    training early; before an epoch is learned, Ctrl-C is KeyboardInterrupt: there is nothing to keep."""
    torch.manual_seed(seed)
    generator = random.Random(seed)
    model = JointModel(encoder).to(device)
    # The word vectors stay: some thousand answers would bend the few words that they hold, and no others.
    model.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    optimiser = _optimiser(model, rates)
    first = examples_of(0, generator)
    steps = rates.epochs * (len(first) // rates.batch + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step / steps, rates.warmup))
    kept: deque[tuple[int, Mapping[str, Any]]] = deque(maxlen=AVERAGED)
    for epoch in range(rates.epochs):
        started = time.monotonic()
        losses: list[float] = []
        try:
            lessons = first if epoch == 0 else examples_of(epoch, generator)
            for loss in _steps(model, batches(lessons, tokenize, rates.batch, generator), optimiser, rates, device):
                schedule.step()
                losses.append(loss)
                if len(losses) % TOLD_EVERY == 0:
                    report(f"  {len(losses)} of {len(lessons) // rates.batch + 1} steps, loss {np.mean(losses):.4f}")
            model.eval()
            kept.append((epoch + 1, _weights(model)))
            quality = after_epoch(epoch, model) if after_epoch else 0.0
        except KeyboardInterrupt:
            if not kept:
                raise
            report(f"stopped in epoch {epoch + 1}: epoch {kept[-1][0]} is the last that was learned whole")
            break
        report(
            f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, held out {quality:.4f}, {time.monotonic() - started:.0f} s"
        )
    if kept:
        model.load_state_dict(_mean([weights for _, weights in kept]))
    return Trained(model.eval(), tuple(epoch for epoch, _ in kept))


def _optimiser(model: JointModel, rates: Rates) -> torch.optim.Optimizer:
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder")]
    body = [p for n, p in model.named_parameters() if n.startswith("encoder") and p.requires_grad]
    return torch.optim.AdamW(
        [{"params": body, "lr": rates.encoder}, {"params": heads, "lr": rates.heads}], weight_decay=0.01
    )


def _weights(model: JointModel) -> Mapping[str, Any]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _mean(states: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    def mean(name: str) -> Any:
        values = [state[name] for state in states]
        return torch.stack([value.float() for value in values]).mean(0).to(values[0].dtype)

    return {name: mean(name) for name in states[0]}


def _steps(
    model: JointModel, lessons: Iterator[Batch], optimiser: torch.optim.Optimizer, rates: Rates, device: str
) -> Iterator[float]:
    """Learns from each batch; its loss."""
    model.train()
    for batch in lessons:
        loss = _loss(model, _moved(batch, device), rates, device)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        yield float(loss.detach())


def batches(examples: Sequence[Example], tokenize: Tokenize, size: int, generator: random.Random) -> Iterator[Batch]:
    """Of like length each, in random order. Of an answer in several parts only the first is learned from."""
    rows = [(example, _lay_out(example, tokenize)) for example in examples]
    generator.shuffle(rows)
    groups: list[list[tuple[Example, Sequenced]]] = []
    for at in range(0, len(rows), size * 16):
        ordered = sorted(rows[at : at + size * 16], key=lambda row: len(row[1].ids))
        groups += [ordered[i : i + size] for i in range(0, len(ordered), size)]
    generator.shuffle(groups)
    for group in groups:
        yield _batch(group)


def _lay_out(example: Example, tokenize: Tokenize) -> Sequenced:
    return lay_out(
        example.question, example.answer, example.sentences, Claims(example.points, example.beliefs), tokenize
    )[0]


def _batch(group: Sequence[tuple[Example, Sequenced]]) -> Batch:
    pieces = _rounded(max(len(row.ids) for _, row in group), 32)
    claims = _rounded(max(int(row.block.max()) for _, row in group), 4)
    told = _rounded(max(len(example.sentences) for example, _ in group), 4)
    ids, positions = (np.zeros((len(group), pieces), dtype=np.int64) for _ in range(2))
    block = np.full((len(group), pieces), -1, dtype=np.int64)
    of_claims = np.zeros((len(group), claims, pieces), dtype=np.float32)
    of_sentences = np.zeros((len(group), told, pieces), dtype=np.float32)
    verdicts = np.full((len(group), claims), IGNORED, dtype=np.int64)
    beliefs = np.full((len(group), claims), np.nan, dtype=np.float32)
    shown = np.full((len(group), claims), IGNORED, dtype=np.int64)
    intents = np.full(len(group), IGNORED, dtype=np.int64)
    weights = np.zeros((len(group), claims), dtype=np.float32)
    scores = np.full(len(group), np.nan, dtype=np.float32)
    for at, (example, row) in enumerate(group):
        length = len(row.ids)
        ids[at, :length], positions[at, :length], block[at, :length] = row.ids, row.positions, row.block
        of_claims[at] = pool(row.block, range(1, claims + 1), pieces)
        of_sentences[at] = pool(row.sentence, range(told), pieces)
        for place, label in enumerate(example.labels):
            verdicts[at, place] = IGNORED if label is None else VERDICTS.index(label)
        for place, held in enumerate(example.held):
            beliefs[at, len(example.points) + place] = np.nan if held is None else float(held)
        for place, sentence in enumerate(example.shown_in):
            if sentence is not None and of_sentences[at, sentence].any():
                shown[at, place] = sentence
        intents[at] = IGNORED if example.intent is None else INTENTS.index(example.intent)
        if example.score is not None:
            scores[at] = example.score
            weights[at, : len(example.weights)] = example.weights
    return Batch(
        *map(
            torch.from_numpy,
            (ids, positions, block, of_claims, of_sentences, verdicts, beliefs, intents, shown, weights, scores),
        )
    )


def _rounded(size: int, step: int) -> int:
    """Up to a multiple: torch keeps compiled kernels and memory for every shape it has met."""
    return max(step, -(-size // step) * step)


def _moved(batch: Batch, device: str) -> Batch:
    return Batch(*(tensor.to(device) for tensor in batch))


def _loss(model: JointModel, batch: Batch, rates: Rates, device: str) -> Any:
    with torch.autocast(device, dtype=torch.bfloat16):
        verdicts, beliefs, intents, shown = (out.float() for out in model(*batch[:5]))
    total = torch.zeros((), device=verdicts.device)
    if (batch.verdicts != IGNORED).any():
        total = total + functional.cross_entropy(
            verdicts.reshape(-1, len(VERDICTS)),
            batch.verdicts.reshape(-1),
            ignore_index=IGNORED,
            label_smoothing=rates.smoothing,
        )
    told = ~torch.isnan(batch.beliefs)
    if told.any():
        total = total + rates.belief * functional.binary_cross_entropy_with_logits(beliefs[told], batch.beliefs[told])
    if (batch.intents != IGNORED).any():
        total = total + rates.intent * functional.cross_entropy(intents, batch.intents, ignore_index=IGNORED)
    if (batch.shown != IGNORED).any():
        total = total + rates.evidence * functional.cross_entropy(
            shown.reshape(-1, shown.shape[-1]), batch.shown.reshape(-1), ignore_index=IGNORED
        )
    scored = ~torch.isnan(batch.scores)
    if scored.any():
        chances = verdicts.softmax(-1)
        worth = chances[..., VERDICTS.index("covered")] + 0.5 * chances[..., VERDICTS.index("partial")]
        claims = batch.weights
        expected = (worth * claims).sum(1) / claims.sum(1).clamp(min=1e-6)
        total = total + rates.score * functional.mse_loss(expected[scored], batch.scores[scored])
    return total


def _rate(done: float, warmup: float) -> float:
    return done / warmup if done < warmup else max(0.0, (1 - done) / (1 - warmup))


def guess(model: JointModel, examples: Sequence[Example], tokenize: Tokenize, device: str) -> list[list[VerdictName]]:
    """The likeliest verdict of each point of each example."""
    rows = sorted(enumerate((e, _lay_out(e, tokenize)) for e in examples), key=lambda row: len(row[1][1].ids))
    said: dict[int, list[VerdictName]] = {}
    with torch.no_grad(), torch.autocast(device, dtype=torch.bfloat16):
        for at in range(0, len(rows), 32):
            group = rows[at : at + 32]
            batch = _moved(_batch([row for _, row in group]), device)
            best = model(*batch[:5])[0].argmax(-1).tolist()
            for (place, (example, _)), verdicts in zip(group, best, strict=True):
                said[place] = [VERDICTS[verdict] for verdict in verdicts[: len(example.points)]]
    return [said[place] for place in range(len(examples))]


def load_encoder(weights: Path) -> Any:
    from transformers import AutoModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    # With dropout inside attention torch on a processor takes a path three times as slow.
    quick = {"attention_probs_dropout_prob": 0.0}
    return AutoModel.from_pretrained(weights, local_files_only=True, add_pooling_layer=False, **quick)


def write_onnx(model: JointModel, target: Path) -> None:
    """The trained reader in single precision."""
    model = model.cpu().eval()
    model.encoder.config._attn_implementation = "eager"
    ids = torch.ones((2, 12), dtype=torch.long)
    places = torch.arange(12).expand(2, -1)
    inputs = (ids, places, places // 4, torch.rand(2, 2, 12), torch.rand(2, 3, 12))
    names, outputs = ["ids", "positions", "block", "claims", "told"], ["verdicts", "beliefs", "intents", "shown"]
    axes = {name: {0: "batch", 1: "pieces"} for name in names[:3]} | {
        "claims": {0: "batch", 1: "claims", 2: "pieces"},
        "told": {0: "batch", 1: "sentences", 2: "pieces"},
        "verdicts": {0: "batch", 1: "claims"},
        "beliefs": {0: "batch", 1: "claims"},
        "intents": {0: "batch"},
        "shown": {0: "batch", 1: "claims", 2: "sentences"},
    }
    with warnings.catch_warnings():
        # The tracer warns of branches on shapes; what is written is compared with torch afterwards.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            inputs,
            str(target),
            dynamo=False,
            opset_version=17,
            input_names=names,
            output_names=outputs,
            dynamic_axes=axes,
        )
