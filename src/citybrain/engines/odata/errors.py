"""What a query is refused with."""


class ODataError(ValueError):
    """The query cannot be read. `place` counts characters from 0, -1 when there is no place."""

    def __init__(self, message: str, place: int = -1) -> None:
        super().__init__(f"{message} (at character {place + 1})" if place >= 0 else message)
        self.message, self.place = message, place
