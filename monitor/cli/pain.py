"""Pain first: how the back feels today decides whether there is a session, and how strict it is.

It is asked once. Nothing here is a diagnosis.
"""

import sys
from collections.abc import Callable
from typing import Literal, get_args

from monitor.errors import InputError

Felt = Literal["none", "mild", "severe"]
FELT: tuple[Felt, ...] = get_args(Felt)
QUESTION = "How does your back feel today: none (no pain), mild or severe? "
AGAIN = "Please answer none, mild or severe. "
TRIES = 3
KIND_WORDS = (
    "Then no leg press today. A back that hurts badly, or is injured, needs rest, and somebody "
    "who can look at it:\nplease see a doctor or a physiotherapist before you train again. "
    "The machine will wait for you. Get well soon."
)


def ask_pain(
    given: str | None, ask: Callable[[str], str] | None = None, who: str = ""
) -> Felt | None:
    """How the back feels: as given by option, else asked, once; None where nobody can be asked.

    Who cannot be understood after three tries is taken to hurt a little: the careful side.

    Args:
        given: the option's value, None where it was not given.
        who: said before the question, where several are asked.
        ask: shows a question and gives the answer; the terminal by default.

    Raises:
        InputError: the option's value is none of the three.
    """
    if given is not None:
        felt = _felt(given)
        if felt is None:
            raise InputError(f"--pain {given}: must be one of {', '.join(FELT)}")
        return felt
    if ask is None:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            return None
        ask = input
    for question in (QUESTION, *[AGAIN] * (TRIES - 1)):
        try:
            felt = _felt(ask(who + question))
        except EOFError:
            return None
        if felt is not None:
            return felt
    return "mild"


def _felt(answer: str) -> Felt | None:
    """An answer as it was meant: the word, its beginning, or no for none."""
    word = answer.strip().lower()
    if word in {"no", "nothing"}:
        return "none"
    meant = [felt for felt in FELT if word and felt.startswith(word)]
    return meant[0] if meant else None
