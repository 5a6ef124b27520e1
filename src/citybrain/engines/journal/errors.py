"""What can go wrong with a journal."""

from pathlib import Path


class JournalBusy(RuntimeError):  # noqa: N818 - says what is the case
    """Another process writes to this directory."""


class JournalFailed(OSError):  # noqa: N818 - says what is the case
    """The disk refused; the record was not acknowledged and is not in the journal."""


class JournalClosed(JournalFailed):
    """The journal was closed; nothing more is taken."""


class JournalDamaged(RuntimeError):  # noqa: N818 - says what is the case
    """Records that had been acknowledged are changed or gone; nothing was cut.

    `segment` is the number of the file, `offset` the byte in it, `sequence` the number
    that the bad record has, or would have.
    """

    def __init__(
        self, directory: Path, segment: int, offset: int, sequence: int, reason: str
    ) -> None:
        self.directory, self.segment = directory, segment
        self.offset, self.sequence, self.reason = offset, sequence, reason
        super().__init__(
            f"{directory}: segment {segment:08d}, offset {offset}, record {sequence}: {reason}"
        )
