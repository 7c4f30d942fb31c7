"""An authority of one's own, and certificates that it signs: for tests and trials.

A consortium has an authority, or makes one with care; this one lives in a folder.
"""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


class Authority:
    """Signs certificates, and writes them to a folder as PEM files.

    Parameters
    ----------
    folder : path
    name : str, default="authority"
        Its certificate is ``<name>.pem``.
    """

    def __init__(self, folder, name="authority"):
        self.folder, self._key = Path(folder), ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._signed = self._builder(self._name, self._key, days=30)
        self._signed = self._signed.add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        ).sign(self._key, SHA256())
        self.path = self._written(f"{name}.pem", self._signed.public_bytes)

    def sign(self, name, *, server, days=30, starts=0):
        """Paths of a new certificate and its key, for a server or a client."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = ExtendedKeyUsageOID
        usage = usage.SERVER_AUTH if server else usage.CLIENT_AUTH
        builder = self._builder(subject, key, days, starts)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        builder = builder.add_extension(
            x509.BasicConstraints(ca=False, path_length=None), critical=True
        )
        if server:
            hosts = [
                x509.DNSName("localhost"),
                x509.IPAddress(ip_address("127.0.0.1")),
            ]
            builder = builder.add_extension(
                x509.SubjectAlternativeName(hosts), critical=False
            )
        signed = builder.sign(self._key, SHA256())
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return (
            self._written(f"{name}.pem", signed.public_bytes),
            self._written(f"{name}.key", lambda _: secret),
        )

    def _builder(self, subject, key, days, starts=0):
        now = datetime.now(UTC)
        public = key.public_key()
        own = x509.SubjectKeyIdentifier.from_public_key(public)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(
            self._key.public_key()
        )
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=starts) - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=starts + days))
            .add_extension(own, critical=False)
            .add_extension(issuer, critical=False)
        )

    def _written(self, name, bytes_of):
        path = self.folder / name
        path.write_bytes(bytes_of(Encoding.PEM))
        path.chmod(0o600)
        return path
