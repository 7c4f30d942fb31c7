"""Public maps of texts, images, clips and series, and private vocabularies."""

__all__ = []
