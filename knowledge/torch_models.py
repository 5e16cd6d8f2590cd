"""What is done with torch: exporting weights to ONNX once, and encoding with a person's own model.

The only file that names torch, transformers and sentence_transformers; they take seconds to import and load late."""

import hashlib
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import EmbeddingError


def export_onnx(weights: Path, target: Path) -> None:
    """Writes the model in the folder `weights` as ONNX: word pieces and their mask in, unit vectors out."""
    import torch
    from transformers import AutoModel
    from transformers.utils import logging

    class Pooled(torch.nn.Module):
        """The encoder, the mean over its unmasked pieces, and the L2 norm."""

        def __init__(self, encoder: Any) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    logging.disable_progress_bar()
    encoder = AutoModel.from_pretrained(weights, attn_implementation="eager", local_files_only=True).eval()
    sample = torch.ones((2, 8), dtype=torch.long)
    batch_and_pieces = {0: "batch", 1: "pieces"}
    with warnings.catch_warnings():
        # The tracer warns of branches on shapes; the result is measured against known cosines afterwards.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Pooled(encoder),
            (sample, sample),
            str(target),
            dynamo=False,
            opset_version=17,
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={
                "input_ids": batch_and_pieces,
                "attention_mask": batch_and_pieces,
                "embedding": {0: "batch"},
            },
        )


class SentenceTransformerEmbedder:
    """Serves a model by name, or from a folder, as sentence-transformers loads it. No code of the model's is run."""

    def __init__(self, model: str) -> None:
        if model.startswith((".", "/", "~")) and not Path(model).is_dir():
            raise EmbeddingError(
                f"there is no folder {model}: set INTERVIEWER_EMBEDDING_MODEL to a sentence-transformers model's "
                "folder, in full, or leave it out for the shipped model"
            )
        import torch
        from sentence_transformers import SentenceTransformer

        # Two torch threads on a shared CPU took up to 390 ms for one text, one thread takes 10.
        torch.set_num_threads(1)
        try:
            self._model = SentenceTransformer(model, device="cpu", trust_remote_code=False)
        except (OSError, ValueError) as error:
            raise EmbeddingError(f"the embedding model '{model}' cannot be loaded: {error}") from error
        self.dimensions: int = len(self._rows(["dimensions"])[0])
        self.fingerprint: str = f"{Path(model).name.lower()}-{_weights_hash(self._model)}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._rows(list(texts)) if texts else np.empty((0, self.dimensions), dtype=np.float32)

    def _rows(self, texts: list[str]) -> NDArray[np.float32]:
        rows = self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32)


def _weights_hash(model: Any) -> str:
    """Of the weights themselves: the same name may stand for other weights tomorrow."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.contiguous().cpu().numpy().tobytes())
    return digest.hexdigest()[:12]
