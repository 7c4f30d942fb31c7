"""What goes wrong with files that are encrypted or signed."""


class UnreadableFileError(ValueError):
    """A file is no model file, of an unknown version, damaged or too large."""


class WrongKeyError(ValueError):
    """A key, password or signature does not fit, or a file was changed.

    The two cannot be told apart: who could, could try keys one part at a time.
    """
