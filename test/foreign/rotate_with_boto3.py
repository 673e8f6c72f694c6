"""A client that shares no code with Keyturn rotates the local stack: boto3, psycopg and plain HTTP.

Starts `npm run local` on free ports, and ends it. Exits with 1 and a sentence at the first thing
that is not as on AWS. Needs boto3 and psycopg (PyPI).
"""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3
import psycopg
from botocore.exceptions import ClientError

GRACE_SECONDS = 6
SECRET = "reminder-app/production"


def main() -> None:
    stack = subprocess.Popen(
        ["npm", "run", "--silent", "local", "--", "--port", "0", "--grace", f"{GRACE_SECONDS}s"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait_for_welcome(stack)
        check(read_local_env())
    finally:
        os.killpg(stack.pid, signal.SIGINT)
        stack.wait(timeout=30)
    expect(not os.path.exists(".local/env"), ".local/env is gone when the stack has ended")
    print("boto3, psycopg and plain HTTP saw a rotation as on AWS.")


def wait_for_welcome(stack: subprocess.Popen) -> None:
    for line in stack.stdout:
        if "What the functions log" in line:
            return
    sys.exit("npm run local ended before it was up.")


def read_local_env() -> dict[str, str]:
    with open(".local/env", encoding="utf-8") as file:
        return dict(re.findall(r"^export (\w+)='(.*)'$", file.read(), re.MULTILINE))


def check(env: dict[str, str]) -> None:
    client = boto3.client(
        "secretsmanager",
        endpoint_url=env["AWS_ENDPOINT_URL"],
        region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )
    before = read(client)
    first = labels(client)
    expect(logs_in(env, before["DB_PASSWORD"]), "the published password logs in before a rotation")

    version = client.rotate_secret(SecretId=SECRET)["VersionId"]
    expect(labels(client)["AWSPENDING"] == version, "the new version carries AWSPENDING at once")
    refused_while_rotating(client)
    wait_until(lambda: labels(client)["AWSCURRENT"] == version, 20, "AWSCURRENT moves to the new version")

    after = read(client)
    expect(labels(client)["AWSPREVIOUS"] == first["AWSCURRENT"], "AWSPREVIOUS is on the old version")
    expect(logs_in(env, after["DB_PASSWORD"]), "the new password logs in")
    expect(not logs_in(env, before["DB_PASSWORD"]), "the old password does not")
    expect(before["SECRET_KEY"] in after["SECRET_KEY_FALLBACKS"], "the old SECRET_KEY is a fallback")
    expect(before["TWILIO_ACCOUNT_SID"] == after["TWILIO_ACCOUNT_SID"], "other keys are carried over")
    expect(twilio_accepts(env, after), "the new Twilio token works")
    expect(twilio_accepts(env, before), "the old Twilio token works within the grace")
    wait_until(lambda: not twilio_accepts(env, before), 20, "the old Twilio token ends after the grace")
    expect(twilio_accepts(env, after), "the new Twilio token still works")


def refused_while_rotating(client) -> None:
    try:
        client.rotate_secret(SecretId=SECRET)
    except ClientError as error:
        expect(error.response["Error"]["Code"] == "InvalidRequestException", "a second rotation is refused")
        return
    sys.exit("A second RotateSecret during a rotation was not refused.")


def read(client) -> dict:
    return json.loads(client.get_secret_value(SecretId=SECRET)["SecretString"])


def labels(client) -> dict[str, str]:
    stages = client.describe_secret(SecretId=SECRET)["VersionIdsToStages"]
    return {label: version for version, carried in stages.items() for label in carried}


def logs_in(env: dict[str, str], password: str) -> bool:
    try:
        psycopg.connect(
            host=env["PGHOST"],
            port=env["PGPORT"],
            user=env["PGUSER"],
            dbname=env["PGDATABASE"],
            password=password,
        ).close()
        return True
    except psycopg.OperationalError as error:
        if "password authentication failed" not in str(error):
            raise
        return False


def twilio_accepts(env: dict[str, str], secret: dict) -> bool:
    sid = secret["TWILIO_ACCOUNT_SID"]
    credentials = base64.b64encode(f"{sid}:{secret['TWILIO_AUTH_TOKEN']}".encode()).decode()
    request = urllib.request.Request(
        f"{env['TWILIO_BASE_URL']}/2010-04-01/Accounts/{sid}.json",
        headers={"Authorization": f"Basic {credentials}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        if error.code != 401:
            raise
        return False


def wait_until(holds, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            sys.exit(f"NOT SO within {seconds} s: {what}")
        time.sleep(0.2)
    print(f"ok: {what}")


def expect(holds: bool, what: str) -> None:
    if not holds:
        sys.exit(f"NOT SO: {what}")
    print(f"ok: {what}")


if __name__ == "__main__":
    main()
