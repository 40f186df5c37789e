"""The client `awxkit` and its command line `awx` against the simulated AWX."""

import json
import os
import subprocess
import sys

from checks import check, raises, run
import awxkit.exceptions as exc
from awxkit.api import Api
from awxkit.config import config

URL = os.environ['AWX_URL']
TOKEN = os.environ['AWX_TOKEN']
config.base_url = URL
config.credentials = {'default': {'username': 'admin', 'password': 'password'}}
root = Api()
root.connection.login(None, None, token=TOKEN)
v2 = root.get().available_versions.v2.get()


def template(name):
    found = v2.job_templates.get(name=name)
    assert found.count == 1, found.count
    return found.results[0]


def awx(*arguments):
    program = os.path.join(os.path.dirname(sys.executable), 'awx')
    done = subprocess.run(
        [program, '--conf.host', URL, '--conf.token', TOKEN, '--conf.color', 'False', '-f', 'json', *arguments], capture_output=True, text=True, timeout=60, env={**os.environ, 'PYTHONWARNINGS': 'ignore'}
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-300:]
    return json.loads(done.stdout) if done.stdout.strip() else None


@check
def versions():
    """versions, config, me, ping"""
    assert v2.config.get().version == '24.6.1'
    assert v2.me.get().results[0].username == 'reanimator'
    assert v2.ping.get().version == '24.6.1'


@check
def launches():
    """launch, wait for the end, read the output"""
    job = template('burn-in').launch({'limit': 'web01', 'extra_vars': {'minutes': 1}})
    job = job.wait_until_completed(interval=0.2, timeout=30).get()
    assert job.is_successful, job.status
    assert json.loads(job.extra_vars) == {'minutes': 1}
    assert 'ok: [web01]' in job.result_stdout, job.result_stdout
    assert 'event_processing_finished' in job.json


@check
def drops():
    """what is not prompted for is dropped with a 201, and the limit with it"""
    launched = template('unsafe').related.launch.post({'limit': 'web01', 'extra_vars': {'minutes': 1}})
    assert launched.ignored_fields == {'limit': 'web01', 'extra_vars': {'minutes': 1}}, launched.ignored_fields
    assert launched.limit == ''


@check
def no_match():
    """a limit that matches no host fails"""
    job = template('burn-in').launch({'limit': 'nobody'}).wait_until_completed(interval=0.2, timeout=30)
    assert job.status == 'failed', job.status


@check
def cancels():
    """cancel"""
    job = template('burn-in').launch({'limit': 'web01'})
    job.cancel()
    assert job.get().status == 'canceled', job.get().status


@check
def hosts():
    """hosts: a second one of the same name is a Duplicate; pages; delete"""
    inventory = v2.inventory.get(name='Reanimator').results[0]
    for index in range(30):
        inventory.related.hosts.post({'name': f'node{index:02}', 'variables': '{"ansible_host": "192.0.2.1"}'})
    raises(exc.Duplicate, lambda: inventory.related.hosts.post({'name': 'node00'}))
    raises(exc.BadRequest, lambda: inventory.related.hosts.post({'name': 'bad', 'variables': '[1]'}))
    first = v2.hosts.get(order_by='name', page_size=10, name__startswith='node')
    assert (first.count, len(first.results)) == (30, 10)
    seen = [host.name for host in first.results]
    while first.next:
        first = first.next.get()
        seen += [host.name for host in first.results]
    assert seen == [f'node{index:02}' for index in range(30)], seen
    v2.hosts.get(name='node29').results[0].delete()
    assert v2.hosts.get(name='node29').count == 0


@check
def filters():
    """filtering on extra_vars is forbidden, on an unknown field a bad request"""
    raises(exc.Forbidden, lambda: v2.jobs.get(extra_vars__contains='x'))
    raises(exc.BadRequest, lambda: v2.jobs.get(no_such_field='x'))


@check
def unauthorised():
    """a wrong token is refused"""
    other = Api()
    other.connection.login(None, None, token='wrong')
    raises(exc.Unauthorized, lambda: other.get().available_versions.v2.get().me.get())


@check
def command_line_lists():
    """awx job_templates list"""
    assert sorted(one['name'] for one in awx('job_templates', 'list')['results']) == ['burn-in', 'unsafe']


@check
def command_line_launches():
    """awx job_templates launch by name, then jobs get"""
    job = awx('job_templates', 'launch', 'burn-in', '--limit', 'web01', '--extra_vars', '{"minutes": 2}')
    assert (job['limit'], job['ignored_fields']) == ('web01', {}), job
    assert awx('jobs', 'get', str(job['id']))['limit'] == 'web01'


@check
def command_line_changes():
    """awx hosts create, modify, delete"""
    made = awx('hosts', 'create', '--name', 'cli01', '--inventory', 'Reanimator')
    changed = awx('hosts', 'modify', str(made['id']), '--instance_id', 'asset-7')
    assert changed['instance_id'] == 'asset-7', changed
    awx('hosts', 'delete', 'cli01')
    assert v2.hosts.get(name='cli01').count == 0


run()
