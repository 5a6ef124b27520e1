"""Claim: one core checks at least 1,000 licence presentations a second, with key binding.

Run it as `./citybrain bench credentials`, or `PYTHONPATH=src python benchmarks/credentials.py`
(`--quick` for CI). Each presentation shows 2 of 10 claims and is checked whole: issuer's
signature, digests, holder's binding to audience and nonce. Beside it the `sd-jwt` package
on the same presentations.
"""

import argparse
import time
from collections.abc import Callable

from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from citybrain.engines.crypto.signers import generate
from citybrain.engines.sdjwt import Expected, Key, check, issue, new_holder_key, present

AUDIENCE = "https://hotel.example"


def rate(texts: list[tuple[str, str]], work: Callable[[str, str], object]) -> float:
    start = time.perf_counter()
    for text, nonce in texts:
        work(text, nonce)
    return len(texts) / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    count = 200 if parser.parse_args().quick else 3000
    issuer, holder = Key(generate("issuer", "ed25519")), new_holder_key()
    names = [f"claim{n}" for n in range(10)]
    claims = {"iss": "https://city.example", "vct": "x"} | dict.fromkeys(names, "value")
    credential = issue(claims, names, issuer, holder.jwk)
    texts = [
        (present(credential, names[:2], holder, AUDIENCE, f"n{n}"), f"n{n}") for n in range(count)
    ]
    theirs_key = JWK(**issuer.jwk)

    def ours(text: str, nonce: str) -> None:
        check(text, lambda *_: issuer.jwk, Expected(audience=AUDIENCE, nonce=nonce))

    def theirs(text: str, nonce: str) -> None:
        SDJWTVerifier(text, lambda *_: theirs_key, AUDIENCE, nonce).get_verified_payload()

    mine, other = rate(texts, ours), rate(texts, theirs)
    print(f"{'presentations checked':<28}{'CityBrain':>12}{'sd-jwt':>12}{'ratio':>8}")
    print(f"{'Ed25519, bound by ES256':<28}{mine:>10,.0f}/s{other:>10,.0f}/s{mine / other:>8.1f}")
    print(f"claim, 1,000/s: {'holds' if mine >= 1000 else 'does NOT hold'}")


if __name__ == "__main__":
    main()
