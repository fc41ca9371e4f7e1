"""A mail server by other authors (aiosmtpd) that takes mail only over STARTTLS, from a user who has logged in.

Prints its port, and each mail as a line of JSON. Arguments: certificate, key.
"""
import json
import socket
import ssl
import sys
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class Keep:
    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        body = mail.get_body(("plain",))
        print(
            json.dumps(
                {
                    "to": envelope.rcpt_tos,
                    "subject": str(mail["Subject"]),
                    "id": str(mail["Message-ID"]).strip(),
                    "text": body.get_content() if body is not None else "",
                    "tls": session.ssl is not None,
                    "user": session.authenticated,
                    "defects": [str(one) for one in mail.defects],
                }
            ),
            flush=True,
        )
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("busy"):
            return "451 try again later"
        if address.startswith("unknown"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"hub", b"secret")
    # Not handled: the server itself answers 535.
    return AuthResult(success=good, handled=good)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
controller = Controller(
    Keep(),
    hostname="127.0.0.1",
    port=port,
    ready_timeout=60,
    tls_context=context,
    require_starttls=True,
    auth_required=True,
    authenticator=authenticate,
)
controller.start()
print(json.dumps({"port": port}), flush=True)
sys.stdin.read()
controller.stop()
