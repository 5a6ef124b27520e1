"""The directory as OGC API – Records (Part 1: Core, 20-004r1): one collection, for GIS clients."""
