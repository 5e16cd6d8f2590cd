"""What every test stands on: a home of its own, a closed network, the prepared model, the shared documents."""

import os
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOOPBACK_ONLY = Path(__file__).parent / "loopback_only"
sys.path[:0] = [str(ROOT), str(LOOPBACK_ONLY)]

# Set before anything of ours is imported: no test may touch a person's data, a model hub or a telemetry host.
_HOME = tempfile.TemporaryDirectory(prefix="viva-tests-")
os.environ["INTERVIEWER_HOME"] = _HOME.name
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(LOOPBACK_ONLY), os.environ.get("PYTHONPATH")]))
for name in [name for name in os.environ if name.startswith("INTERVIEWER_") and name != "INTERVIEWER_HOME"]:
    del os.environ[name]
for name in ("OPENAI_API_KEY", "OPENAI_API_BASE", "OPENAI_BASE_URL"):
    os.environ.pop(name, None)

import sitecustomize  # noqa: E402  (ours, from tests/loopback_only: the path is set above)

sitecustomize.close_network()

from knowledge.embedding import OnnxEmbedder  # noqa: E402
from knowledge.model_files import prepare_model  # noqa: E402


@pytest.fixture(scope="session")
def embedder() -> OnnxEmbedder:
    """The shipped embedding model, prepared once."""
    return OnnxEmbedder(prepare_model())


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public documents and data sets beside the checkout; not part of a clone."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(
            f"no folder of shared documents at {folder.name}/ beside the checkout: "
            "what depends on the public seeds and data sets is not tested here"
        )
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty INTERVIEWER_HOME for one test."""
    folder = tmp_path / "home"
    monkeypatch.setenv("INTERVIEWER_HOME", str(folder))
    return folder
