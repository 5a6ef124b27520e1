"""The ledger: an RFC 6962 Merkle tree over canonical records, and what it lets one prove.

`canonical` gives a record its bytes, `tree` keeps the hashes as tiles, `proofs` checks,
`checkpoint` signs size and root, `receipt` packs one record with all that proves it.
"""
