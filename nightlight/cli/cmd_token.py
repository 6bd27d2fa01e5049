"""`nightlight token`: hands out a bearer token, once, alone on standard output."""

import argparse

from nightlight.server import home


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = commands.add_parser("token", help="make a bearer token for the API")
    parser.add_argument(
        "name", metavar="NAME", help="whose or what it is for; a member token names the member"
    )
    parser.add_argument("--scope", nargs="+", action="extend", required=True, help="desk, member, report …")
    parser.add_argument("--for", dest="email", metavar="EMAIL", help="the person a desk token belongs to")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the token; it can't be shown again."""
    home.start_django()
    home.open_()
    from nightlight.accounts import tokens

    scopes = [scope.strip() for each in arguments.scope for scope in each.split(",")]
    print(tokens.issue_for(arguments.name, scopes, arguments.email))
    return 0
