"""A ledger of 700 records for the tests of receipts."""

from citybrain.engines.crypto import SHA256, Digest
from citybrain.engines.crypto.signers import Signer
from citybrain.engines.ledger.canonical import canonical
from citybrain.engines.ledger.checkpoint import sign_checkpoint
from citybrain.engines.ledger.proofs import leaf_hash
from citybrain.engines.ledger.receipt import make_receipt
from citybrain.engines.ledger.stores import MemoryTiles
from citybrain.engines.ledger.tree import append, inclusion_proof, root

ORIGIN = "qingdao.example/ledger"
RECORDS = [canonical({"v": 1, "n": n, "purpose": "生存状态核验"}) for n in range(700)]


class Ledger:
    def __init__(self, signer: Signer, digest: Digest = SHA256) -> None:
        self.signer, self.digest, self.store = signer, digest, MemoryTiles()
        append(self.store, 0, [leaf_hash(digest, record) for record in RECORDS], digest)

    @property
    def keys(self):
        return {self.signer.name: (self.signer.algorithm, self.signer.public_key)}

    def checkpoint(self, size: int) -> str:
        whole = root(self.store, size, self.digest)
        return sign_checkpoint(ORIGIN, size, whole, [self.signer])

    def receipt(self, index: int, size: int = len(RECORDS)) -> dict:
        proof = inclusion_proof(self.store, size, index, self.digest)
        text = self.checkpoint(size)
        return make_receipt(self.digest, RECORDS[index], index, proof, text, self.keys)
