"""A flow as boxes and lines with coordinates: layers from top to bottom, no browser needed.

Steps stand below every step that leads to them; lines that skip layers pass between the
boxes; lines that lead back are drawn on the right. All lengths are pixels.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

BOX_W, BOX_H, GAP_X, GAP_Y, SLOT_W, MARGIN = 168, 54, 28, 46, 30, 20
SWEEPS = 6
BACK = 40
"""Room on the right for lines that lead back."""
LINE = 11
"""Width of Chinese characters on a line of a box; Latin ones count half."""


@dataclass(slots=True)
class Box:
    """One step. `lines` is its title broken to fit."""

    id: str
    do: str
    lines: list[str]
    x: float = 0
    y: float = 0

    @property
    def middle(self) -> float:
        """Of its width."""
        return self.x + BOX_W / 2

    @property
    def texts(self) -> list[tuple[float, str]]:
        """Each line with its base line."""
        first = self.y + BOX_H / 2 + (5 if len(self.lines) == 1 else -3)
        return [(first + 17 * place, line) for place, line in enumerate(self.lines)]


@dataclass(slots=True)
class Line:
    """A way from one step to another, as an SVG path; `why` is the condition or outcome."""

    start: str
    end: str
    why: str
    path: str = ""
    back: bool = False


@dataclass(slots=True)
class Drawing:
    """The whole picture."""

    boxes: list[Box]
    lines: list[Line]
    width: float = 0
    height: float = 0


@dataclass(slots=True)
class _Layout:
    ways: dict[str, list[str]]
    order: list[str]
    layer: dict[str, int] = field(default_factory=dict)
    back: set[tuple[str, str]] = field(default_factory=set)
    rows: list[list[Any]] = field(default_factory=list)
    up: dict[Any, list[Any]] = field(default_factory=lambda: defaultdict(list))
    down: dict[Any, list[Any]] = field(default_factory=lambda: defaultdict(list))
    x: dict[Any, float] = field(default_factory=dict)


def broken(title: str) -> list[str]:
    """A title on at most two lines."""
    lines, width = [""], 0.0
    for one in title:
        width += 1 if ord(one) > 0x2E80 else 0.52
        if width > LINE and len(lines) < 2:
            cut = lines[-1].rfind(" ")
            rest = lines[-1][cut + 1 :] if cut > 3 and one != " " else ""
            lines[-1] = lines[-1][: len(lines[-1]) - len(rest)].rstrip()
            lines.append(rest)
            width = sum(1 if ord(c) > 0x2E80 else 0.52 for c in rest) + 1
        elif width > LINE:
            lines[-1] = lines[-1][:-1] + "…"
            break
        lines[-1] += one
    return [line.strip() for line in lines if line.strip()]


def draw(steps: list[tuple[str, str, str]], ways: list[tuple[str, str, str]]) -> Drawing:
    """`steps`: (id, kind, title), the first is the beginning; `ways`: (from, to, why)."""
    known = [one[0] for one in steps]
    out: dict[str, list[str]] = {one: [] for one in known}
    for start, end, _why in ways:
        if end in out and end not in out[start]:
            out[start].append(end)
    layout = _Layout(out, known)
    _layers(layout)
    _fill(layout)
    _sweep(layout)
    boxes = {
        name: Box(name, do, broken(title), layout.x[name], _top(layout.layer[name]))
        for name, do, title in steps
    }
    lines = [_line(layout, boxes, *one) for one in ways if one[1] in boxes]
    width = _right(layout) + MARGIN + (BACK if layout.back else 0)
    height = _top(len(layout.rows)) - GAP_Y + MARGIN
    return Drawing(list(boxes.values()), lines, width, height)


def _right(layout: _Layout) -> float:
    """Where the rightmost box or slot ends."""
    return max(x + (BOX_W if isinstance(one, str) else SLOT_W) for one, x in layout.x.items())


def _top(layer: int) -> float:
    return MARGIN + layer * (BOX_H + GAP_Y)


def _layers(layout: _Layout) -> None:
    """Longest way from the beginning; ways that lead back to where one came from are set aside."""
    standing: list[str] = []
    done: list[str] = []

    def visit(name: str) -> None:
        standing.append(name)
        for end in layout.ways[name]:
            if end in standing:
                layout.back.add((name, end))
            elif end not in done:
                visit(end)
        standing.pop()
        done.append(name)

    for name in layout.order:
        if name not in done:
            visit(name)
    for name in reversed(done):
        layout.layer.setdefault(name, 0)
        for end in layout.ways[name]:
            if (name, end) not in layout.back:
                below = layout.layer[name] + 1
                layout.layer[end] = max(layout.layer.get(end, 0), below)


def _fill(layout: _Layout) -> None:
    """Rows of steps and of slots, through which lines pass that skip layers."""
    layout.rows = [[] for _ in range(max(layout.layer.values()) + 1)]
    for name in layout.order:
        layout.rows[layout.layer[name]].append(name)
    for start in layout.order:
        for end in layout.ways[start]:
            if (start, end) in layout.back:
                continue
            before: Any = start
            for level in range(layout.layer[start] + 1, layout.layer[end]):
                slot = (start, end, level)
                layout.rows[level].append(slot)
                layout.down[before].append(slot)
                layout.up[slot].append(before)
                before = slot
            layout.down[before].append(end)
            layout.up[end].append(before)


def _place(layout: _Layout) -> None:
    """Side by side, each row centred."""
    widths = [
        sum(BOX_W if isinstance(one, str) else SLOT_W for one in row) + GAP_X * (len(row) - 1)
        for row in layout.rows
    ]
    whole = max(widths)
    for row, width in zip(layout.rows, widths, strict=True):
        at = MARGIN + (whole - width) / 2
        for one in row:
            layout.x[one] = at
            at += (BOX_W if isinstance(one, str) else SLOT_W) + GAP_X


def _centre(layout: _Layout, one: Any) -> float:
    return layout.x[one] + (BOX_W if isinstance(one, str) else SLOT_W) / 2


def _sweep(layout: _Layout) -> None:
    """Order each row by the middle of its neighbours, downwards and upwards in turn."""
    _place(layout)
    for turn in range(SWEEPS):
        near = layout.up if turn % 2 == 0 else layout.down
        rows = layout.rows if turn % 2 == 0 else layout.rows[::-1]
        for row in rows:
            middles = {
                one: sum(_centre(layout, n) for n in near[one]) / len(near[one])
                if near[one]
                else _centre(layout, one)
                for one in row
            }
            row.sort(key=lambda one: middles[one])
            _place(layout)


def _line(layout: _Layout, boxes: dict[str, Box], start: str, end: str, why: str) -> Line:
    first, last = boxes[start], boxes[end]
    if (start, end) in layout.back:
        right = _right(layout) + BACK
        y1, y2 = first.y + BOX_H / 2, last.y + BOX_H / 2
        x1, x2 = first.x + BOX_W, last.x + BOX_W
        path = f"M{x1:.0f} {y1:.0f} C{right:.0f} {y1:.0f} {right:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
        return Line(start, end, why, path, True)
    points = [(first.middle, first.y + BOX_H)]
    for level in range(layout.layer[start] + 1, layout.layer[end]):
        x = _centre(layout, (start, end, level))
        points += [(x, _top(level)), (x, _top(level) + BOX_H)]
    points.append((last.middle, last.y - 2))
    return Line(start, end, why, _curve(points))


def _curve(points: list[tuple[float, float]]) -> str:
    """Smooth between rows, straight through them."""
    text = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    for place in range(1, len(points)):
        (x1, y1), (x2, y2) = points[place - 1], points[place]
        bend = (y1 + y2) / 2
        text += f" C{x1:.0f} {bend:.0f} {x2:.0f} {bend:.0f} {x2:.0f} {y2:.0f}"
    return text
