"""Sends one message through Apprise, whose requests to a service go to its peer instead: ADDRESS URL [PLACE PEER]..."""
import sys

import apprise
import requests

address, *places = sys.argv[1:]
peers = dict(zip(places[::2], places[1::2]))
send = requests.Session.request


def to_peer(self, method, url, **options):
    for place, peer in peers.items():
        if url.startswith(place):
            url = peer + url[len(place):]
    options["allow_redirects"] = False
    return send(self, method, url, **options)


requests.Session.request = to_peer
client = apprise.Apprise()
if not client.add(address):
    sys.exit(f"Apprise does not take {address}")
text = "Session <b>Fix login</b> & co failed\nOpen https://hub.example/app/alerts"
sys.exit(0 if client.notify(title="Session failed", body=text, notify_type="failure") else 1)
