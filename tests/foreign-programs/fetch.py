"""Python's clients: fetch.py urllib|client PROXY-HOST PORT USER PASSWORD URL

Prints the body: by urllib's ProxyHandler, or by http.client, which opens a tunnel for both schemes.
"""

import base64
import http.client
import ssl
import sys
import urllib.parse
import urllib.request

way, host, port, user, password, url = sys.argv[1:]
context = ssl._create_unverified_context()
if way == "urllib":
    proxy = f"http://{user}:{password}@{host}:{port}"
    handlers = [
        urllib.request.ProxyHandler({"http": proxy, "https": proxy}),
        urllib.request.HTTPSHandler(context=context),
    ]
    body = urllib.request.build_opener(*handlers).open(url, timeout=30).read()
else:
    target = urllib.parse.urlsplit(url)
    if target.scheme == "https":
        connection = http.client.HTTPSConnection(host, int(port), timeout=30, context=context)
    else:
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
    credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
    connection.set_tunnel(target.hostname, target.port, {"Proxy-Authorization": f"Basic {credentials}"})
    connection.request("GET", target.path)
    body = connection.getresponse().read()
sys.stdout.buffer.write(body)
