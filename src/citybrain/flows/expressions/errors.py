"""What an expression can be refused with."""


class ExpressionError(ValueError):
    """A text that is no expression, or one that makes no sense.

    `code` is stable ("syntax", "unknown-name", "types", "too-long", "too-deep", …), `at` the
    place in the text counted from 1; `zh` and `en` say what to do.
    """

    def __init__(self, code: str, at: int, zh: str, en: str) -> None:
        super().__init__(f"{en} (at character {at})")
        self.code, self.at, self.zh, self.en = code, at, zh, en
