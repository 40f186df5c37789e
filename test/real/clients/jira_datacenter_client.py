"""The client `jira` (pycontribs) against the simulated Jira Data Center."""

import io
import os

from checks import check, raises, run
from jira import JIRA
from jira.exceptions import JIRAError

URL = os.environ['JIRA_URL']
jira = JIRA(URL, token_auth=os.environ['JIRA_TOKEN'], max_retries=0)


def create(summary, **more):
    return jira.create_issue(project='HW', issuetype={'name': 'Task'}, summary=summary, **more)


@check
def server():
    """the server says that it is none of the cloud, below its context path"""
    assert not jira._is_cloud, jira.server_info()
    assert jira.server_info()['baseUrl'] == URL, jira.server_info()
    assert jira.myself()['name'], jira.myself()


@check
def creates():
    """create with markup, read, edit, delete"""
    issue = create('Drive failed', description='*Bay* 4', labels=['disk'])
    assert issue.fields.description == '*Bay* 4', issue.fields.description
    assert issue.fields.reporter.name, issue.fields.reporter
    issue.update(summary='Drive replaced')
    assert jira.issue(issue.id).fields.summary == 'Drive replaced'
    issue.delete()
    assert raises(JIRAError, lambda: jira.issue(issue.id)).status_code == 404


@check
def searches():
    """search by counted pages, to the end"""
    for index in range(60):
        create(f'Fan {index}', labels=['fan'])
    found = jira.search_issues('project = HW AND labels = fan ORDER BY created ASC', maxResults=False)
    assert [issue.fields.summary for issue in found] == [f'Fan {index}' for index in range(60)], len(found)
    page = jira.search_issues('labels = fan', startAt=50, maxResults=50)
    assert (page.total, len(page)) == (60, 10), (page.total, len(page))


@check
def create_screens():
    """issue types and fields of the create screen"""
    types = jira.project_issue_types('HW', maxResults=50)
    assert [one.name for one in types] == ['Task'], types
    fields = jira.project_issue_fields('HW', issue_type=types[0].id)
    serial = [one for one in fields if one.name == 'Server serial'][0]
    assert serial.schema.type == 'string', serial.raw


@check
def comments():
    """comments are markup"""
    issue = create('With a comment')
    jira.add_comment(issue.key, 'Vendor *called*')
    assert [comment.body for comment in jira.comments(issue.key)] == ['Vendor *called*']


@check
def transitions():
    """only what the workflow allows; closing asks for a resolution"""
    issue = create('To be closed')
    assert [one['name'] for one in jira.transitions(issue)] == ['Start', 'Close']
    error = raises(JIRAError, lambda: jira.transition_issue(issue, 'Close'))
    assert error.status_code == 400 and 'resolution' in error.response.json()['errors'], error.text
    jira.transition_issue(issue, 'Close', fields={'resolution': {'name': 'Done'}})
    closed = jira.issue(issue.key)
    assert (closed.fields.status.statusCategory.key, closed.fields.resolution.name) == ('done', 'Done')
    assert [one['name'] for one in jira.transitions(issue)] == ['Reopen']


@check
def attachments():
    """attachments"""
    issue = create('With a file')
    jira.add_attachment(issue=issue, attachment=io.BytesIO(b'all is lost'), filename='report.txt')
    [file] = jira.issue(issue.key).fields.attachment
    assert (file.filename, file.size) == ('report.txt', 11), file.raw


@check
def remote_links():
    """a remote link with the same global id stays one"""
    issue = create('With a link')
    for title in ('first', 'second'):
        jira._session.post(f'{URL}/rest/api/2/issue/{issue.key}/remotelink', json={'globalId': 'asset=1', 'object': {'url': 'https://hub.example/', 'title': title}})
    [link] = jira.remote_links(issue)
    assert link.object.title == 'second', link.raw


@check
def properties():
    """entity properties"""
    issue = create('With a property')
    jira.add_issue_property(issue.key, 'reanimator.effect', {'key': 'k'})
    assert jira.issue_property(issue.key, 'reanimator.effect').value.key == 'k'


@check
def unauthorised():
    """a wrong token is refused"""
    wrong = JIRA(URL, token_auth='wrong', max_retries=0, get_server_info=False)
    assert raises(JIRAError, wrong.myself).status_code == 401


run()
