"""Runs functions one after the other and says PASS or FAIL for each, in lines that the caller counts."""

import sys
import traceback

checks = []


def check(function):
    checks.append(function)
    return function


def raises(kind, function):
    try:
        function()
    except kind as error:
        return error
    raise AssertionError(f'no {kind.__name__}')


def run():
    for function in checks:
        name = f'{sys.argv[0].rsplit("/", 1)[-1]}: {function.__doc__ or function.__name__}'
        try:
            function()
            print(f'PASS {name}', flush=True)
        except Exception as error:  # noqa: BLE001: whatever goes wrong is what we want to hear of
            where = traceback.extract_tb(error.__traceback__)[-1]
            said = ' '.join(str(error).split())[:300]
            print(f'FAIL {name}: {type(error).__name__} {said} ({where.name}:{where.lineno})', flush=True)
