"""The client `jira` (pycontribs) against the simulated Jira."""

import os

from checks import check, raises, run
from jira import JIRA
from jira.exceptions import JIRAError

URL = os.environ['JIRA_URL']
jira = JIRA(URL, basic_auth=(os.environ['JIRA_EMAIL'], os.environ['JIRA_API_TOKEN']), max_retries=0)


def create(summary, **more):
    return jira.create_issue(project='HW', issuetype={'name': 'Task'}, summary=summary, **more)


@check
def cloud():
    """the server says that it is Cloud"""
    assert jira._is_cloud, jira.server_info()


@check
def who():
    """myself, projects and fields"""
    assert jira.myself()['displayName'] == 'Reanimator'
    assert [project.key for project in jira.projects()] == ['HW']
    assert jira.project('HW').name == 'Hardware'
    assert 'summary' in [field['id'] for field in jira.fields()]


@check
def creates():
    """create, read, edit, delete"""
    issue = create('Drive failed', description='Bay 4', labels=['disk'])
    assert issue.key.startswith('HW-'), issue.key
    assert issue.fields.description == 'Bay 4', issue.fields.description
    assert issue.fields.status.statusCategory.key == 'new'
    issue.update(summary='Drive replaced')
    assert jira.issue(issue.id).fields.summary == 'Drive replaced'
    issue.delete()
    assert raises(JIRAError, lambda: jira.issue(issue.id)).status_code == 404


@check
def refuses():
    """a bad create is refused by field"""
    error = raises(JIRAError, lambda: create('x', labels=['two words']))
    assert error.status_code == 400 and 'labels' in error.response.json()['errors'], error.text
    error = raises(JIRAError, lambda: jira.create_issue(fields={'project': {'key': 'NOPE'}, 'issuetype': {'name': 'Task'}, 'summary': 'x'}))
    assert error.status_code == 400 and 'project' in error.response.json()['errors'], error.text
    # Given as a string, the client looks the project up first.
    assert raises(JIRAError, lambda: jira.project('NOPE')).status_code == 404


@check
def searches():
    """search turns every page; unbounded JQL is refused"""
    for index in range(60):
        create(f'Fan {index}', labels=['fan'])
    found = jira.search_issues('project = HW AND labels = fan ORDER BY created ASC', maxResults=False)
    assert [issue.fields.summary for issue in found] == [f'Fan {index}' for index in range(60)], len(found)
    assert len(jira.search_issues('labels = fan', maxResults=10)) == 10
    assert raises(JIRAError, lambda: jira.search_issues('')).status_code == 400


@check
def comments():
    """comments"""
    issue = create('With a comment')
    jira.add_comment(issue.key, 'Vendor called')
    assert [comment.body for comment in jira.comments(issue.key)] == ['Vendor called']


@check
def transitions():
    """transitions by name, to a status category"""
    issue = create('To be done')
    assert [one['name'] for one in jira.transitions(issue)] == ['To Do', 'In Progress', 'Done']
    jira.transition_issue(issue, 'Done')
    assert jira.issue(issue.key).fields.status.statusCategory.key == 'done'


@check
def remote_links():
    """a remote link with the same global id stays one"""
    issue = create('With a link')
    for title in ('first', 'second'):
        jira.add_simple_link(issue, {'url': 'https://hub.example/assets/1', 'title': title})
        jira._session.post(f'{URL}/rest/api/2/issue/{issue.key}/remotelink', json={'globalId': 'asset=1', 'object': {'url': 'https://hub.example/', 'title': title}})
    links = jira.remote_links(issue)
    assert len([link for link in links if getattr(link, 'globalId', None) == 'asset=1']) == 1, links


@check
def properties():
    """entity properties"""
    issue = create('With a property')
    jira.add_issue_property(issue.key, 'reanimator.effect', {'key': 'k'})
    assert jira.issue_property(issue.key, 'reanimator.effect').value.key == 'k'


@check
def unauthorised():
    """a wrong token is refused"""
    wrong = JIRA(URL, basic_auth=('hub@example.com', 'wrong'), max_retries=0, get_server_info=False)
    assert raises(JIRAError, wrong.myself).status_code == 401


run()
