"""YAML becomes the plain data that JSON would be. Pure."""

from typing import Any, ClassVar

import yaml

# Deeper nesting is no document's, and more than the parser's own stack may hold.
_DEEPEST = 40
# A "yes" that answers a question is a word, and a date one too: only these are more than text.
_MEANT = frozenset({"tag:yaml.org,2002:null", "tag:yaml.org,2002:int"})
_Fast: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlError(Exception):
    """What makes the YAML unreadable, in one line."""


class _Loader(_Fast):
    yaml_implicit_resolvers: ClassVar[Any] = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag in _MEANT]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def load_yaml(text: str) -> object:
    """The document, or a list of them where there are several. Raises YamlError."""
    try:
        _check(text)
        loaded: list[Any] = [each for each in yaml.load_all(text, Loader=_Loader) if each is not None]
    except yaml.MarkedYAMLError as error:
        where = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise YamlError(f"broken YAML: {error.problem}{where}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise YamlError("broken YAML") from error
    return loaded[0] if len(loaded) == 1 else loaded


def _check(text: str) -> None:
    """Aliases are refused: a few lines of them unfold into more than any memory holds."""
    depth = 0
    for event in yaml.parse(text, Loader=_Fast):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise YamlError("broken YAML: nested too deeply")
        if isinstance(event, yaml.AliasEvent):
            raise YamlError("YAML with aliases (*name): write out what they stand for")
