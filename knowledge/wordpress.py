"""The JSON of WordPress's REST interface becomes text and blocks. Pure."""

from html import unescape
from typing import Annotated

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from knowledge.blocks import Reading
from knowledge.markup import read_html


class _Rendered(BaseModel):
    rendered: str


class _Author(BaseModel):
    name: str | None = None


class _Post(BaseModel):
    """What is read of a post; the interface sends much more."""

    content: _Rendered
    title: _Rendered | None = None
    link: str | None = None
    authorinfo: _Author | None = None


_POSTS: TypeAdapter[list[_Post]] = TypeAdapter(Annotated[list[_Post], Field(min_length=1)])


def read_posts(data: object) -> Reading | None:
    """None where the data is no post, nor a list of posts."""
    try:
        posts = _POSTS.validate_python(data if isinstance(data, list) else [data])
    except ValidationError:
        return None
    first = posts[0]
    if len(posts) == 1:
        reading = read_html(first.content.rendered)
    else:
        reading = read_html("".join(f"<h1>{_title(post)}</h1>{post.content.rendered}" for post in posts))
    author = first.authorinfo.name if first.authorinfo else None
    return Reading(reading.text, reading.blocks, unescape(_title(first)) or reading.title, first.link, author)


def _title(post: _Post) -> str:
    return post.title.rendered if post.title else ""
