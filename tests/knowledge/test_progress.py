from __future__ import annotations

import io

from usedfor.knowledge import Step, bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_sees_nothing() -> None:
    stream = io.StringIO()
    with bar(stream) as progress:
        assert progress is None
    assert stream.getvalue() == ""


def test_a_terminal_sees_how_far_it_is() -> None:
    stream = Terminal()
    with bar(stream) as progress:
        assert progress is not None
        progress(Step(stage="reading labels", done=3, bytes=7_000_000, set_aside=2))
        progress(Step(stage="judging medicines", done=1, total=4))
    shown = stream.getvalue()
    for part in ("reading labels", "3/?", "7 MB, 2 set aside", "judging medicines", "1/4"):
        assert part in shown
