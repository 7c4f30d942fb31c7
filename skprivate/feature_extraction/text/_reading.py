"""How maps of texts read their rows."""


class ReadsTexts:
    """Mixin in front of :class:`PublicMapMixin`: one text for each row, no table."""

    _items = "texts"

    def _refuses(self, kind, n_dims):
        """Numbers, and tables of several columns, are no texts."""
        return kind is not None and kind in ("b", "i", "u", "f", "c", "table")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        return tags
