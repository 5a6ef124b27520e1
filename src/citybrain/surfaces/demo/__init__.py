"""The demo city: Qingdao's shape, invented people, and the main job run once before your eyes."""

from citybrain.surfaces.demo.run import run

__all__ = ["run"]
