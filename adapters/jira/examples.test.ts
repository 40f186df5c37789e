import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { readAdf } from './adf.ts';
import { toCase } from './cases.ts';
import { readCorpus } from './openapi-for-tests.ts';
import * as schema from './schema.ts';
import { createWebhookDoor } from './webhook.ts';

const there = readCorpus('examples', 'platform.getIssue.200.json') !== undefined;
if (!there)
  console.info('skipped: Atlassian’s examples and recorded webhooks, because no corpus is present (REANIMATOR_CORPUS)');

/** Of an issue the examples leave out what every issue has, and it was updated at 1. */
const ALWAYS = {
  summary: 'Main order flow broken',
  status: { id: '3', name: 'In Progress', statusCategory: { key: 'indeterminate' } },
  created: '2021-01-17T12:34:00.000+0000',
  updated: '2021-01-18T23:45:00.000+0000',
  labels: [],
};

function example(name: string): unknown {
  const found = readCorpus('examples', `${name}.json`);
  if (found === undefined) throw new Error(`no example ${name}`);
  return found;
}

describe.skipIf(!there)('what Atlassian publishes', () => {
  test.each<[string, z.ZodType]>([
    ['platform.createIssue.201', schema.CreatedIssue],
    ['platform.createIssue.400', schema.JiraErrors],
    ['platform.createOrUpdateRemoteIssueLink.400', schema.JiraErrors],
    ['platform.getComments.200', schema.CommentPage],
    ['platform.addComment.201', schema.Comment],
    ['platform.getIssueProperty.200', schema.IssueProperty],
    ['platform.getTransitions.200', schema.Transitions],
    ['platform.searchAndReconsileIssuesUsingJqlPost.200', schema.SearchPage],
    ['platform.searchAndReconsileIssuesUsingJql.200', schema.SearchPage],
    ['platform.searchForIssuesUsingJqlPost.200', schema.CountedPage],
    ['platform.getServerInfo.200', schema.ServerInfo],
    ['platform.getCurrentUser.200', schema.Myself],
    ['jsm.getSlaInformation.200', schema.SlaPage],
  ])('%s is read', (name, wanted) => {
    expect(wanted.safeParse(example(name)).error?.issues).toBeUndefined();
  });

  test('an issue, and its attachments', () => {
    const issue = example('platform.getIssue.200') as { fields: object };
    const whole = { ...issue, fields: { ...issue.fields, ...ALWAYS } };
    expect(schema.Issue.parse(whole)).toMatchObject({ id: '10002', key: 'ED-1' });
    expect(schema.IssueAttachments.parse(issue).fields.attachment?.map(({ id }) => typeof id)).toContain('string');
    const read = toCase(schema.CaseIssue.parse(whole), {}, { toPlainText: readAdf }, 'https://x.example');
    expect(read).toMatchObject({
      key: 'ED-1',
      summary: 'Main order flow broken',
      createdAt: '2021-01-17T12:34:00.000Z',
    });
    expect(read.text).toContain('Main order flow broken');
  });

  test('a comment is plain text', () => {
    const [comment] = schema.CommentPage.parse(example('platform.getComments.200')).comments;
    expect(readAdf(comment?.body)).toMatch(/^Lorem ipsum dolor sit amet.+augue semper\.$/);
  });

  test('promises: time that is left, and time that is over', () => {
    const { values } = schema.SlaPage.parse(example('jsm.getSlaInformation.200'));
    expect(values[0]?.completedCycles?.map((cycle) => cycle.breached)).toEqual([false, true]);
    expect(values[0]?.ongoingCycle?.remainingTime?.millis).toBe(8_760_000);
  });

  test.each(['comment_created', 'issue_updated__status'])('the recorded webhook %s is about an issue', (name) => {
    const body = Buffer.from(JSON.stringify(readCorpus('webhook-recordings', `${name}.json`)));
    const told = createWebhookDoor('s').translate({ headers: {}, body, receivedAt: new Date() });
    expect(told).toMatchObject({ result: 'observed', observations: [{ kind: 'ticket-changed' }] });
    const [seen] = told.result === 'observed' ? told.observations : [];
    expect(seen !== undefined && seen.observedAt < '2020').toBe(true); // when Jira sent it, not when it came
  });
});
