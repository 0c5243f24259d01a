"""One English text is one Korean text, whichever room says it: readers meet them side by side.

Django joins the catalogues of all rooms, so of two translations of a text only one is ever shown.
Where the meaning differs, the text says so by a context.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import madang
from tools.message_catalogues import catalogue_path, read_catalogue

ROOMS = sorted(Path(madang.__file__).parent.glob("*/locale/ko"))


def test_a_text_has_one_korean_translation_in_all_rooms():
    said: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for folder in ROOMS:
        room = folder.parents[1]
        for message in read_catalogue(catalogue_path(room, "ko"), "ko"):
            if not message.id or not message.string:
                continue
            text = message.id if isinstance(message.id, str) else message.id[0]
            told = message.string if isinstance(message.string, str) else message.string[0]
            said[message.context or "", text][told].append(room.name)
    assert len(said) > 1000, "the catalogues are read"
    differ = {key: dict(texts) for key, texts in said.items() if len(texts) > 1}
    assert not differ, "\n".join(f"{key}: {texts}" for key, texts in differ.items())
