import { describe, test } from 'vitest';
import { describeTickets } from './contract-suite.ts';
import { jiraAdapter } from './index.ts';
import { startJiraSimulator } from './simulator.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';

function connect(settings: Record<string, unknown>) {
  return jiraAdapter.connect(jiraAdapter.Settings.parse(settings), kitForTests('jira'));
}

describeTickets('simulator', async () => {
  const simulator = await startJiraSimulator({
    email: 'hub@example.com',
    apiToken: 'right',
    projects: [{ key: 'HW' }],
    indexLagMs: 30,
  });
  const settings = {
    url: simulator.url,
    email: 'hub@example.com',
    apiToken: 'right',
    project: 'HW',
    timeoutMs: 400,
    searchLagMs: 400,
  };
  // A fresh connection per call: the 401 test must not lock the others out.
  const fresh = (more: Record<string, unknown> = {}) => connect({ ...settings, ...more }).provides.tickets!;
  return {
    tickets: {
      searchLagMs: settings.searchLagMs,
      findByKey: (key, signal) => fresh().findByKey(key, signal),
      create: (key, draft, signal) => fresh().create(key, draft, signal),
      read: (id, signal) => fresh().read(id, signal),
    },
    withWrongCredentials: () => fresh({ apiToken: 'wrong' }),
    faults: {
      add: simulator.addFault,
      clear: simulator.clearFaults,
      count: (summary) => simulator.issues().filter((issue) => issue.summary === summary).length,
      create: '^POST /rest/api/3/issue$',
    },
    stop: simulator.close,
  };
});

const { JIRA_URL, JIRA_EMAIL, JIRA_API_TOKEN, JIRA_PROJECT } = process.env;
if (JIRA_URL && JIRA_EMAIL && JIRA_API_TOKEN && JIRA_PROJECT) {
  describeTickets(`real, ${JIRA_URL}`, async () => {
    const settings = { url: JIRA_URL, email: JIRA_EMAIL, apiToken: JIRA_API_TOKEN, project: JIRA_PROJECT };
    const connection = connect(settings);
    return {
      tickets: connection.provides.tickets!,
      withWrongCredentials: () => connect({ ...settings, apiToken: 'wrong' }).provides.tickets!,
      stop: async () => connection.close?.(),
    };
  });
} else {
  describe('tickets: real', () => {
    test.skip('no JIRA_URL, JIRA_EMAIL, JIRA_API_TOKEN and JIRA_PROJECT in the environment', () => {});
  });
}
