"""What this room needs of others, in its own words."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Text becomes unit vectors."""

    @property
    def fingerprint(self) -> str:
        """Names the weights and their precision. Vectors of different fingerprints never share a store."""
        ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, shape (len(texts), dimensions), in the order of `texts`. No texts: shape (0, dimensions)."""
        ...
