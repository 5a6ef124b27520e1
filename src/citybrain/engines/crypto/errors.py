"""What can go wrong with algorithms and keys, in words that say what to do."""


class CryptoUnavailable(RuntimeError):  # noqa: N818 - says what is the case
    """This machine lacks an algorithm that the settings ask for."""


class KeyRefused(ValueError):  # noqa: N818 - says what is the case
    """A key file or key that must not be used: unsafe, broken or of another kind."""
