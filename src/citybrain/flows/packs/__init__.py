"""Scenario packs: folders of data, read and checked. No Python comes out of a pack."""

from citybrain.flows.packs.check import check
from citybrain.flows.packs.pack import Pack, digest_of, read_folder, read_pack

__all__ = ["Pack", "check", "digest_of", "read_folder", "read_pack"]
