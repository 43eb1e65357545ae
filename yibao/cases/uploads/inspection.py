"""Opens one file in a process of its own: what breaks a parser breaks nothing else.

`python -m yibao.cases.uploads.inspection` reads the file from its input and answers on its
output: four bytes with the length of a JSON text, that text, the content and the preview.
It imports neither Django nor settings, opens no file, and is bounded in memory and time.
"""

import json
import sys
from resource import RLIMIT_AS, RLIMIT_CORE, RLIMIT_CPU, RLIMIT_FSIZE, setrlimit

from yibao.cases.uploads.content import (
    Clean,
    ContentType,
    Reason,
    Refusal,
    Sort,
    recognise,
    refuse_hidden,
)
from yibao.cases.uploads.limits import INSPECTION_MEMORY, INSPECTION_SECONDS, MOST_BYTES

_LENGTH_BYTES = 4


def clean(data: bytes) -> Clean:
    """Return the file made anew.

    Raises:
        Refusal: with the reason why it is not taken.
    """
    if len(data) > MOST_BYTES:
        raise Refusal(Reason.TOO_BIG)
    sort = recognise(data)
    refuse_hidden(data, sort)
    if sort is Sort.PDF:
        from yibao.cases.uploads.papers import clean_paper

        return clean_paper(data)
    from yibao.cases.uploads.pictures import clean_picture

    return clean_picture(data, sort)


def answer(data: bytes) -> bytes:
    """Return what the process answers to a file."""
    try:
        found = clean(data)
    except Refusal as refusal:
        return _packed({"reason": refusal.reason.value})
    except MemoryError:
        return _packed({"reason": Reason.BOMB.value})
    facts = {
        "content_type": found.content_type.value,
        "pages": found.pages,
        "bytes": len(found.content),
    }
    return _packed(facts) + found.content + found.preview


def read_answer(packed: bytes) -> Clean:
    """Return the file that the process made.

    Raises:
        Refusal: the process refused it, or ended without an answer.
    """
    try:
        length = int.from_bytes(packed[:_LENGTH_BYTES], "big")
        start = _LENGTH_BYTES + length
        facts = json.loads(packed[_LENGTH_BYTES:start])
        if "reason" in facts:
            raise Refusal(Reason(facts["reason"]))
        end = start + facts["bytes"]
        return Clean(
            ContentType(facts["content_type"]), packed[start:end], packed[end:], facts["pages"]
        )
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, Refusal):
            raise
        raise Refusal(Reason.DAMAGED) from error


def _packed(facts: dict[str, str | int]) -> bytes:
    text = json.dumps(facts).encode()
    return len(text).to_bytes(_LENGTH_BYTES, "big") + text


def _bound() -> None:
    setrlimit(RLIMIT_CORE, (0, 0))
    setrlimit(RLIMIT_FSIZE, (0, 0))
    setrlimit(RLIMIT_CPU, (INSPECTION_SECONDS, INSPECTION_SECONDS))
    setrlimit(RLIMIT_AS, (INSPECTION_MEMORY, INSPECTION_MEMORY))


def main() -> None:
    """Answer to the file on the standard input."""
    _bound()
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read(MOST_BYTES + 1)))


if __name__ == "__main__":
    main()
