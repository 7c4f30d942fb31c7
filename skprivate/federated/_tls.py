"""TLS 1.3 with certificates on both sides."""

import ssl


def server_context(certificate, key, password, clients):
    """What a party shows, and whom it lets in: clients that ``clients`` has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    context.num_tickets = 0  # connections stay open; nothing to resume, or replay
    return _filled(context, certificate, key, password, "clients", clients)


def client_context(certificate, key, password, authority):
    """What an analyst shows, and whom it asks: servers that ``authority`` has signed.

    The name in the certificate of a server must be the host that is asked.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return _filled(context, certificate, key, password, "authority", authority)


def _filled(context, certificate, key, password, name, authority):
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        # Without a password OpenSSL would ask for one at the terminal.
        context.load_cert_chain(certificate, key, password or "")
    except (OSError, ValueError):
        raise ValueError(
            "certificate and key cannot be read together. Pass PEM files of a "
            "certificate and its own secret key, and the password if that has one."
        ) from None
    try:
        context.load_verify_locations(authority)
    except OSError:
        raise ValueError(
            f"{name} cannot be read. Pass a PEM file of the authority's certificate."
        ) from None
    return context
