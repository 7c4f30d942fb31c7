"""Public hashes of keys: where a value goes depends on it alone."""

from sklearn.utils.murmurhash import murmurhash3_32


def bucket_of(key, n_buckets, salt, prefix=""):
    """Bucket of a key by a public hash function.

    Guarantee: a function of the key and of public facts. Equal keys share a bucket,
    whatever their types.

    Parameters
    ----------
    key : str or number
    n_buckets : int
    salt : int
        In [0, 2**32).
    prefix : str
        Keys with different prefixes are different keys.

    Returns
    -------
    int
    """
    hashed = murmurhash3_32(f"{prefix}{_text_of(key)}", salt, positive=True)
    return hashed % n_buckets


def _text_of(key):
    """Text of a key, the same for 1, 1.0 and True, which are equal."""
    if isinstance(key, str):
        return f"text {key}"
    whole = isinstance(key, int) or float(key).is_integer()
    return f"number {int(key)}" if whole else f"number {key!r}"
