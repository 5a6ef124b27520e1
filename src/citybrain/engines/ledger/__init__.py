"""The ledger: an RFC 6962 Merkle tree kept in tiles, with C2SP signed checkpoints."""
