"""Fitted models in files that are encrypted, signed, or both."""

import hashlib
import io
import json
import warnings
import zipfile
from typing import Any

from skprivate._typing import PathLike
from skprivate.report import privacy_report
from skprivate.security._atomic import read_plain, write_private
from skprivate.security._errors import UnreadableFileError, WrongKeyError
from skprivate.security._format import KEY, OPEN, read_container
from skprivate.security._keys import KeyRing, ring_of
from skprivate.security._sealed import seal, unseal, unwrapped, wrapped
from skprivate.security._trusted import TRUSTED_TYPES

_MOST_UNPACKED = 8  # times the size of the largest file that may be read
_MOST_PARTS = 100_000


def save_private_model(
    model: Any,
    path: PathLike,
    *,
    key: KeyRing | bytes | None = None,
    password: str | None = None,
    sign: Any = None,
    insecure: bool = False,
    allow_not_private: bool = False,
) -> None:
    """Store a fitted private model, encrypted, signed, or both.

    The model goes through skops, which stores data and names of types and no code, and
    then through AES-256-GCM. Nothing is written in the clear on the way, and the file
    is whole or absent.

    Parameters
    ----------
    model : object
        What was fitted: a private estimator, pipeline or search.
    path : str or path
        The file; one that is there already is replaced. Readable by its owner only.
    key : KeyRing or bytes of length 32, default=None
        Encrypts the file; of a ring its current key.
    password : str, default=None
        In place of a key: at least 12 characters, through scrypt.
    sign : Ed25519PrivateKey, default=None
        Of ``cryptography``: whoever has its public key can see that the file is yours.
    insecure : bool, default=False
        Whether the file may be neither encrypted nor signed.
    allow_not_private : bool, default=False
        Whether a model may be stored of which :func:`~skprivate.privacy_report` says
        that it is not private: seeded, without noise, or with unknown parts.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If the model is not fitted.
    ValueError
        If it is not private, or nothing protects the file.

    See Also
    --------
    load_private_model : Read the file.
    KeyRing : Keys, and how to exchange them.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.naive_bayes import DPGaussianNB
    >>> from skprivate.security import KeyRing, load_private_model, save_private_model
    >>> X, y = load_iris(return_X_y=True)
    >>> model = DPGaussianNB(bounds=(0, 8), classes=[0, 1, 2]).fit(X, y)
    >>> ring = KeyRing.new()
    >>> save_private_model(model, "iris.skp", key=ring)
    >>> again = load_private_model("iris.skp", key=ring)
    >>> bool((again.predict(X) == model.predict(X)).all())
    True
    """
    _check_one_key(key, password)
    if key is None and password is None and sign is None and not insecure:
        raise ValueError(
            "Nothing protects the file. Pass key= or password= to encrypt it, sign= to "
            "sign it, or insecure=True if neither is wanted."
        )
    skops = _skops()
    _check_ed25519("sign", sign, "sign", "private")
    report = privacy_report(model)
    if not (report.private or allow_not_private):
        raise ValueError(
            f"{type(model).__name__} is not private: {_why(report)}. Fit it so that "
            "privacy_report(model).private is true, or pass allow_not_private=True."
        )
    stored = skops.dumps(model)
    unknown = sorted({*skops.get_untrusted_types(data=stored)} - TRUSTED_TYPES)
    if unknown:
        raise ValueError(
            f"The model holds objects of types that load_private_model does not trust: "
            f"{', '.join(unknown)}. Leave them out, or store it by other means."
        )
    facts = {
        "model": type(model).__name__,
        "versions": dict(report.versions),
        "report": _digest(report),
    }
    container = seal(stored, facts, key=key, password=password, sign=sign)
    write_private(path, *container.pack())


def load_private_model(
    path: PathLike,
    *,
    key: KeyRing | bytes | None = None,
    password: str | None = None,
    verify: Any = None,
    insecure: bool = False,
    max_size: int = 2**28,
) -> Any:
    """The model that :func:`save_private_model` has stored.

    What is in the file is believed only after its tag or signature was found right;
    then its size when unpacked and its types are checked, and only then is it parsed.

    Parameters
    ----------
    path : str or path
        The file.
    key : KeyRing or bytes of length 32, default=None
        A ring may hold several; the file knows by which it is opened.
    password : str, default=None
        That of :func:`save_private_model`.
    verify : Ed25519PublicKey, default=None
        Of who must have signed the file; a file without signature is then refused.
    insecure : bool, default=False
        Whether a file may be read that nothing protects: who can write to it decides
        what the model says.
    max_size : int, default=2**28
        Bytes that the file may have at most.

    Returns
    -------
    object
        The fitted model, with its privacy report.

    Raises
    ------
    WrongKeyError
        If the key, password or signature does not fit, or the file was changed.
    UnreadableFileError
        If it is no such file, damaged, too large, or holds types that are not trusted.

    Examples
    --------
    See :func:`save_private_model`.
    """
    _check_one_key(key, password)
    _check_ed25519("verify", verify, "verify", "public")
    container = read_container(_read(path, max_size))
    if container.wrap.kind == OPEN:
        _check_open(container, key, password, verify, insecure)
    stored = unseal(container, key=key, password=password, verify=verify)
    model = _parse(bytes(stored), max_size)
    _check_versions(container.header, model)
    return model


def rotate_key(path: PathLike, ring: KeyRing, *, max_size: int = 2**28) -> None:
    """Let the current key of ``ring`` open a file that another of its keys opens.

    Forty bytes are written anew; the model is neither read nor encrypted again. Who had
    the old key and the old file could have kept the model: rotation ends the use of a
    key, and takes nothing back.

    Parameters
    ----------
    path : str or path
        A file of :func:`save_private_model`.
    ring : KeyRing
        With the key that opens the file, and the current one.
    max_size : int, default=2**28
        Bytes that the file may have at most.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> from skprivate.security import KeyRing, rotate_key, save_private_model
    >>> ring = KeyRing.new()
    >>> scaler = DPStandardScaler(bounds=(0, 8)).fit(load_iris().data)
    >>> save_private_model(scaler, "scaler.skp", key=ring)
    >>> old = ring.current
    >>> _ = ring.add()
    >>> rotate_key("scaler.skp", ring)
    >>> ring.remove(old)
    """
    container = read_container(_read(path, max_size))
    if container.wrap.kind != KEY:
        raise ValueError(
            "No key opens this file: it has a password, or is not encrypted. Load it "
            "and save it again."
        )
    unseal(container, key=ring)  # else a changed file would look as if it were right
    file_key = unwrapped(container.wrap, key=ring)
    write_private(
        path, *container.with_wrap(wrapped(file_key, key=ring_of(ring))).pack()
    )


def _skops():
    try:
        import cryptography  # noqa: F401
        import skops.io
    except ImportError:
        raise ImportError(
            "Files of models need skops and cryptography. Install skprivate[secure]."
        ) from None
    return skops.io


def _check_one_key(key, password):
    if key is not None and password is not None:
        raise ValueError("Both key and password are given. Pass one of them.")


def _check_ed25519(name, value, method, kind):
    if value is not None and not hasattr(value, method):
        raise TypeError(f"{name} must be an Ed25519 {kind} key of cryptography.")


def _check_open(container, key, password, verify, insecure):
    """Of a file that is not encrypted: who says that it is what it was?"""
    if key is not None or password is not None:
        raise WrongKeyError(
            "The file is not encrypted, so no key says that it is yours. Pass verify= "
            "if it is signed, or insecure=True."
        )
    if verify is None and not insecure:
        signed = "signed" if container.signature else "neither encrypted nor signed"
        raise WrongKeyError(
            f"The file is {signed}. Pass verify=, the public key of who signed it, or "
            "insecure=True if whoever can write to the file may decide what it holds."
        )


def _why(report):
    if report.gaps:
        return str(report.gaps[0]).rstrip(".")
    return "its noise is seeded" if report.seeded else "its epsilon is infinite"


def _read(path, max_size):
    """All bytes of a file that is none too large, and no device or pipe."""
    data = read_plain(path, max_size)
    if data is None:
        raise UnreadableFileError(
            f"The file has more than max_size={max_size} bytes. Raise max_size if it "
            "is yours."
        )
    return data


def _parse(stored, max_size):
    """The model, once sizes and types are known to be harmless."""
    skops = _skops()
    try:
        with zipfile.ZipFile(io.BytesIO(stored)) as parts:
            sizes = [part.file_size for part in parts.infolist()]
        if len(sizes) > _MOST_PARTS or sum(sizes) > _MOST_UNPACKED * max_size:
            raise UnreadableFileError(
                "The file would take too much memory. Raise max_size if it is yours."
            )
        unknown = sorted({*skops.get_untrusted_types(data=stored)} - TRUSTED_TYPES)
    except UnreadableFileError:
        raise
    except Exception:
        raise UnreadableFileError(
            "The file holds no model. Pass one of save_private_model."
        ) from None
    if unknown:
        raise UnreadableFileError(
            f"The file holds types that are not trusted: {', '.join(unknown)[:500]}. "
            "Get it from whom you trust, and read it with the version that wrote it."
        )
    return skops.loads(stored, trusted=sorted(TRUSTED_TYPES))


def _check_versions(header, model):
    """Warn if other software reads than wrote; else the report must be the same."""
    report = privacy_report(model)
    then, now = header.get("versions"), dict(report.versions)
    then = then if isinstance(then, dict) else {}
    if then == now and header.get("report") != _digest(report):
        raise UnreadableFileError(
            "The model's privacy report is not the one that was stored with it. Take "
            "the file from a backup."
        )
    if then != now:
        other = sorted(name for name in now if then.get(name) != now[name])
        warnings.warn(
            f"The model was stored with other versions of {', '.join(other)}. Check "
            "its predictions, or fit it again.",
            UserWarning,
            stacklevel=3,
        )


def _digest(report):
    """Of all that the report says but the versions."""
    facts = {k: v for k, v in report.to_dict().items() if k != "versions"}
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
