"""What CKAN's API refuses with; clients tell errors apart by `__type`."""

from typing import Any


class CkanError(Exception):
    """Becomes `{"success": false, "error": {"__type", "message", …}}`."""

    def __init__(self, status: int, type_: str, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"__type": type_, "message": message, **fields}


def not_found(what: str = "Not found") -> CkanError:
    """404."""
    return CkanError(404, "Not Found Error", what)


def invalid(field: str, message: str) -> CkanError:
    """409, as CKAN answers bad values."""
    return CkanError(409, "Validation Error", message, **{field: [message]})


def bad_query(message: str) -> CkanError:
    """409: a search that this catalogue does not understand."""
    return CkanError(409, "Search Query Error", message)


def forbidden(message: str) -> CkanError:
    """403."""
    return CkanError(403, "Authorization Error", message)
