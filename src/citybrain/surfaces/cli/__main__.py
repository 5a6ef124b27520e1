"""`./citybrain …`."""

from citybrain.surfaces.cli.root import citybrain

if __name__ == "__main__":
    citybrain(prog_name="citybrain")
