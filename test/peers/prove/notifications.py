"""A notification service on the session's bus, as the freedesktop specification describes it. Prints a line for each notification."""
import json

from jeepney import HeaderFields, MessageType, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

connection = open_dbus_connection(bus="SESSION")
connection.send_and_get_reply(message_bus.RequestName("org.freedesktop.Notifications"))
print("ready", flush=True)
last = 0
while True:
    message = connection.receive()
    if message.header.message_type != MessageType.method_call:
        continue
    member = message.header.fields.get(HeaderFields.member)
    if member == "GetServerInformation":
        connection.send(new_method_return(message, "ssss", ("peer", "Signalbox", "1", "1.2")))
    elif member == "GetCapabilities":
        connection.send(new_method_return(message, "as", (["body", "body-markup"],)))
    elif member == "Notify":
        app, replaces, _icon, summary, body, _actions, hints, _timeout = message.body
        last = replaces or last + 1
        urgency = hints.get("urgency", ("y", 1))[1]
        print(json.dumps({"app": app, "replaces": replaces, "summary": summary, "body": body, "urgency": urgency, "id": last}), flush=True)
        connection.send(new_method_return(message, "u", (last,)))
