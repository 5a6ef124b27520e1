"""From a host name to an address that may be called.

The address that was checked is the one that is connected to, so that a name which
changes its mind between two look-ups leads nowhere.
"""

import asyncio
import socket
from typing import Any

from citybrain.domains.catalogue.logic.errors import source
from citybrain.domains.catalogue.logic.upstreams import ApiMetadata, is_never, is_public


async def resolve(metadata: ApiMetadata) -> str:
    """An address of the upstream. Raises `ServeError` 502."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(metadata.host, metadata.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise source(
            "upstream-unknown-host",
            "上游主机名无法解析，请联系提供方。",
            "The upstream's host name cannot be resolved; tell the owner.",
        ) from None
    return choose(metadata, found)


def choose(metadata: ApiMetadata, found: list[Any]) -> str:
    """The first address, when every one of them may be called. Raises `ServeError` 502."""
    addresses = [str(entry[4][0]) for entry in found]
    fine = [not is_never(one) and (metadata.private_network or is_public(one)) for one in addresses]
    if not addresses or not all(fine):
        raise source(
            "upstream-address-refused",
            "上游地址属于内网或保留地址，未获登记许可。",
            "The upstream lies in a private or reserved network, which is not registered.",
        )
    return addresses[0]
