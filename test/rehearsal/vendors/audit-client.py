"""Reads a Cloud One audit log as a customer's script does: pages by cursor, three further tries after a 429.

Usage: audit-client.py ADDRESS KEY FILE. With `requests` where it is installed, else with Python's own library.
"""

import json
import sys
import time
import urllib.error
import urllib.request

try:
    import requests
except ImportError:
    requests = None


def get(url, headers):
    """The status, and the body as text."""
    if requests is not None:
        answer = requests.get(url, headers=headers, timeout=30)
        return answer.status_code, answer.text
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def page(url, headers):
    for pause in (0.5, 1, 2):
        status, text = get(url, headers)
        if status != 429:
            break
        time.sleep(pause)
    else:
        status, text = get(url, headers)
    if status != 200:
        sys.exit(f"{status}: {text}")
    return json.loads(text)


def main(address, key, file):
    headers = {"Api-Version": "v1", "Authorization": "ApiKey " + key}
    logs = []
    cursor = ""
    while True:
        answer = page(address + cursor, headers)
        logs += answer["logs"]
        if "next" not in answer:
            break
        cursor = "&cursor=" + answer["next"]
    with open(file, "w") as out:
        json.dump(logs, out)


main(*sys.argv[1:])
