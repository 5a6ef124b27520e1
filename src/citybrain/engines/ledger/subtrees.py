"""Which subtrees a proof consists of (RFC 6962 §2.1.1, §2.1.2); numbers only, no hashes.

A range is [start, end) in leaves. A node is (height, index): the complete subtree over
the leaves index·2**height … (index+1)·2**height - 1.
"""

from typing import TypeAlias

Node: TypeAlias = tuple[int, int]
Range: TypeAlias = tuple[int, int]


def split(count: int) -> int:
    """The largest power of two below `count`: how many leaves go to the left."""
    return 1 << (count - 1).bit_length() - 1


def nodes_of(start: int, end: int) -> list[Node]:
    """The complete subtrees that a range of a tree consists of, from left to right."""
    nodes = []
    while start < end:
        height = (end - start).bit_length() - 1
        if start:
            height = min(height, (start & -start).bit_length() - 1)
        nodes.append((height, start >> height))
        start += 1 << height
    return nodes


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges beside the way from leaf `index` to the root, from the leaf upwards."""
    ranges = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The ranges from which both the root of `old` leaves and that of `new` can be computed."""
    if old in (0, new):
        return []
    ranges = []
    start, end = 0, new
    while end != old:
        middle = start + split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:
        ranges.append((start, end))
    return ranges[::-1]
