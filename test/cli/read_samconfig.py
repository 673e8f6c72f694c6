"""What the SAM CLI itself makes of configuration files.

Reads [{"folder": path, "table": name, "command": bool}, ...] from standard input. Prints for each
what `sam deploy` would run with: by its whole command line, or, much faster, by the parts of it that
read the file and take the parameters apart.
"""

import json
import sys

from samcli.cli.types import CfnParameterOverridesType
from samcli.lib.config.samconfig import SamConfig

SETTINGS = (
    "stack_name",
    "capabilities",
    "confirm_changeset",
    "resolve_s3",
    "s3_prefix",
    "parameter_overrides",
)


def by_parts(folder, table):
    settings = SamConfig(folder, "samconfig.toml").get_all(["deploy"], "parameters", env=table)
    overrides = CfnParameterOverridesType().convert(settings["parameter_overrides"], None, None)
    return {**settings, "parameter_overrides": overrides}


def by_command(folder, table):
    from samcli.cli.context import Context
    from samcli.commands.deploy.command import cli

    command = ["--config-file", f"{folder}/samconfig.toml", "--config-env", table]
    with cli.make_context("deploy", command) as context:
        settings = {name: context.params[name] for name in SETTINGS}
        return {**settings, "region": context.find_object(Context).region}


found = []
for each in json.load(sys.stdin):
    read = by_command if each.get("command") else by_parts
    found.append(read(each["folder"], each["table"]))
json.dump(found, sys.stdout)
