import { describe, test } from 'vitest';
import { describeTickets } from './contract-suite.ts';
import { jiraAdapter } from './index.ts';
import { startJiraSimulator } from './simulator.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';

function connect(settings: Record<string, unknown>) {
  return jiraAdapter.connect(jiraAdapter.Settings.parse(settings), kitForTests('jira'));
}

const FLAVOURS = {
  cloud: { account: (token: string) => ({ email: 'hub@example.com', apiToken: token }), api: '/rest/api/3' },
  datacenter: { account: (token: string) => ({ bearerToken: token }), api: '/jira/rest/api/2' },
};

for (const deployment of ['cloud', 'datacenter'] as const) {
  const { account, api } = FLAVOURS[deployment];
  describeTickets(`simulator, ${deployment}`, async () => {
    const simulator = await startJiraSimulator({
      ...{ deployment, email: 'hub@example.com', apiToken: 'right', projects: [{ key: 'HW' }], indexLagMs: 30 },
      contextPath: deployment === 'cloud' ? '' : '/jira',
    });
    const settings = {
      ...{ deployment, url: simulator.url, project: 'HW', timeoutMs: 400, searchLagMs: 400 },
      ...account('right'),
    };
    // A fresh connection per call: the 401 test must not lock the others out.
    const fresh = (more: Record<string, unknown> = {}) => connect({ ...settings, ...more }).provides.tickets!;
    return {
      tickets: {
        searchLagMs: settings.searchLagMs,
        findByKey: (...args) => fresh().findByKey(...args),
        create: (...args) => fresh().create(...args),
        read: (...args) => fresh().read(...args),
        comment: (...args) => fresh().comment(...args),
        findComment: (...args) => fresh().findComment(...args),
        transition: (...args) => fresh().transition(...args),
        retitle: (...args) => fresh().retitle(...args),
        attach: (...args) => fresh().attach(...args),
        linkPage: (...args) => fresh().linkPage(...args),
        readSla: (...args) => fresh().readSla(...args),
        search: (...args) => fresh().search(...args),
      },
      withWrongCredentials: () => fresh(account('wrong')),
      faults: {
        add: simulator.addFault,
        clear: simulator.clearFaults,
        count: (summary) => simulator.issues().filter((issue) => issue.summary === summary).length,
        create: `^POST ${api}/issue$`,
      },
      stop: simulator.close,
    };
  });
}

const { JIRA_URL, JIRA_EMAIL, JIRA_API_TOKEN, JIRA_BEARER_TOKEN, JIRA_DEPLOYMENT, JIRA_PROJECT } = process.env;
if (JIRA_URL && JIRA_PROJECT && (JIRA_BEARER_TOKEN || (JIRA_EMAIL && JIRA_API_TOKEN))) {
  describeTickets(`real, ${JIRA_URL}`, async () => {
    const account = JIRA_BEARER_TOKEN
      ? { bearerToken: JIRA_BEARER_TOKEN }
      : { email: JIRA_EMAIL, apiToken: JIRA_API_TOKEN };
    const settings = { url: JIRA_URL, project: JIRA_PROJECT, deployment: JIRA_DEPLOYMENT, ...account };
    const connection = connect(settings);
    return {
      tickets: connection.provides.tickets!,
      withWrongCredentials: () =>
        connect({ ...settings, [JIRA_BEARER_TOKEN ? 'bearerToken' : 'apiToken']: 'wrong' }).provides.tickets!,
      stop: async () => connection.close?.(),
    };
  });
} else {
  describe('tickets: real', () => {
    test.skip('no JIRA_URL, JIRA_PROJECT and an account (JIRA_EMAIL and JIRA_API_TOKEN, or JIRA_BEARER_TOKEN) in the environment', () => {});
  });
}
