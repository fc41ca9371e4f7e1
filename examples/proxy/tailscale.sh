#!/bin/sh
# Tailscale: the hub for the machines of your tailnet only, with https and a name of the tailnet.
# The hub: PUBLIC_URL=https://MACHINE.TAILNET.ts.net TRUST_PROXY=loopback
# `tailscale serve` sets X-Forwarded-For, -Proto and -Host, and passes the events of a stream on at once.
exec tailscale serve --bg --https=443 http://127.0.0.1:4000
