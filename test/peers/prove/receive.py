"""A receiver that verifies with the Python library of Standard Webhooks: SECRET. Prints its port, then a line for each request."""
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

webhook = Webhook(sys.argv[1])


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            event = webhook.verify(body.decode(), {name.lower(): value for name, value in self.headers.items()})
            status, result = 204, {"id": self.headers["webhook-id"], "type": event["type"]}
        except WebhookVerificationError as error:
            status, result = 401, {"error": str(error)}
        print(json.dumps(result), flush=True)
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
