"""Opens models for onnxruntime and their tokenizers, and makes them small: the only file that names either vendor."""

import os
from pathlib import Path
from typing import Any


def open_session(path: Path, threads: int | None = None) -> Any:
    """An inference session on the processor, with `threads` (default: two, or what there is) and no spinning."""
    # Before the import, or it writes a device id into the person's cache and reports to its maker; asking it to stop
    # once it is loaded comes too late.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or min(2, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    # A spinning thread burns the core that the web server or another person's turn needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def open_tokenizer(path: Path, max_pieces: int | None = None) -> Any:
    """A tokenizer without padding (that is per batch here), cut at `max_pieces` or nowhere."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    if max_pieces is None:
        tokenizer.no_truncation()
    else:
        tokenizer.enable_truncation(max_pieces)
    return tokenizer


def quantise(source: Path, target: Path) -> None:
    """Writes a model with eight bits a weight, each channel by its own scale: a quarter of the size, twice as fast."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(source, target, per_channel=True, weight_type=QuantType.QInt8)
