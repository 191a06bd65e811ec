"""Tables of the page: what a plot shows, in figures."""

from collections.abc import Iterable, Sequence


def table(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], css: str = "figures"
) -> str:
    """A table; its cells are HTML already, the first of each row is its head."""
    titles = "".join(f'<th scope="col">{title}</th>' if title else "<td></td>" for title in head)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    shown = f"<thead><tr>{titles}</tr></thead>" if any(head) else ""
    return (
        f'<div class="table" role="region" aria-label="{caption}" tabindex="0">'
        f'<table class="{css}"><caption>{caption}</caption>{shown}<tbody>{body}</tbody></table>'
        "</div>"
    )
