import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type AwxSimulator, startAwxSimulator } from '#adapters/awx/simulator.ts';
import { type DhcpSimulator, type LeaseVia, startDhcpSimulator } from '#adapters/dhcp/simulator.ts';
import { type JiraSimulator, startJiraSimulator } from '#adapters/jira/simulator.ts';
import { type NetboxSimulator, startNetboxSimulator } from '#adapters/netbox/simulator.ts';
import { type BmcSimulator, startBmcSimulator } from '#adapters/redfish/simulator.ts';
import { freePort } from '#setup/services.ts';
import { type Actor, SITE } from './cast.ts';

export interface Stage {
  netbox: NetboxSimulator;
  jira: JiraSimulator;
  awx: AwxSimulator;
  dhcp: DhcpSimulator;
  bmcs: Map<string, BmcSimulator>;
  hubUrl: string;
  /** Settings of a hub on this stage, but for database and Redis. */
  env: Record<string, string>;
  close(): Promise<void>;
}

export interface StageOptions {
  cast: Actor[];
  /** How the DHCP server tells the hub. */
  via: LeaseVia;
  /** First three octets of the BMCs' addresses, on the loopback network; another one per stage that runs at once. */
  network: string;
  bmcTls: boolean;
  runMs?: number;
  jiraLagMs?: number;
  /** Whether Jira's project is a service desk, which promises times. Default not. */
  serviceDesk?: boolean;
  /** A real NetBox instead of the simulated one. */
  netbox?: { url: string; token: string };
}

const secret = (): string => randomBytes(24).toString('hex');

/** Everything around the hub, simulated: NetBox, Jira, AWX, a DHCP server and one BMC per machine. The world before the story. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const secrets = {
    netboxToken: secret().slice(0, 40),
    netboxWebhook: secret(),
    jira: secret(),
    awx: secret(),
    dhcp: secret(),
    bmc: `Demo-${secret().slice(0, 12)}`,
  };
  const [hubPort, bmcPort] = [await freePort(), await freePort()];
  const hubUrl = `http://127.0.0.1:${hubPort}`;
  const netbox = await startNetboxSimulator({ token: secrets.netboxToken });
  const jira = await startJiraSimulator({
    email: 'hub@example.com',
    apiToken: secrets.jira,
    projects: [{ key: 'HW', name: 'Hardware', issueTypes: ['Task'], serviceDesk: options.serviceDesk ?? false }],
    indexLagMs: options.jiraLagMs ?? 0,
  });
  const awx = await startAwxSimulator({
    token: secrets.awx,
    inventory: 'Reanimator',
    templates: [{ name: 'harden', askLimit: true, askVariables: true }],
    runMs: options.runMs ?? 1500,
  });
  const dhcp = await startDhcpSimulator({
    doorUrl: `${hubUrl}/hooks/dhcp`,
    secret: secrets.dhcp,
    via: options.via,
    network: options.network,
  });
  const bmcs = new Map<string, BmcSimulator>();
  for (const [index, actor] of options.cast.entries()) {
    const identity = {
      serial: actor.serial,
      bmcMac: actor.bmcMac,
      hostName: actor.name,
      ...(/dell/.test(actor.treeName) ? { sku: actor.serial } : {}),
    };
    const host = `${options.network}.${100 + index}`;
    const bmc = await startBmcSimulator({
      tree: actor.tree,
      identity,
      username: 'root',
      password: secrets.bmc,
      host,
      port: bmcPort,
      tls: options.bmcTls,
      events: true,
    });
    bmcs.set(actor.name, bmc);
  }
  if (!options.netbox) seed(netbox, options.cast);
  const files = await mkdtemp(path.join(tmpdir(), 'reanimator-'));
  const env = {
    DIRECTORY_PATH: path.join(files, 'objects'),
    UPLOAD_PATH: path.join(files, 'uploads'),
    PUBLIC_URL: hubUrl,
    HTTP_PORT: String(hubPort),
    BMC_PORT: String(bmcPort),
    BMC_SCHEME: options.bmcTls ? 'https' : 'http',
    SECRET_KEY: secret(),
    FOLLOW_MS: '300',
    CHECK_ANSWERS: 'true',
    NETBOX_URL: options.netbox?.url ?? netbox.url,
    NETBOX_TOKEN: options.netbox?.token ?? secrets.netboxToken,
    NETBOX_WEBHOOK_SECRET: secrets.netboxWebhook,
    REDFISH_USERNAME: 'root',
    REDFISH_PASSWORD: secrets.bmc,
    JIRA_URL: jira.url,
    JIRA_EMAIL: 'hub@example.com',
    JIRA_API_TOKEN: secrets.jira,
    JIRA_PROJECT: 'HW',
    JIRA_SEARCH_LAG_MS: String(options.jiraLagMs ?? 0),
    AWX_URL: awx.url,
    AWX_TOKEN: secrets.awx,
    AWX_INVENTORY: 'Reanimator',
    AWX_SEARCH_LAG_MS: '0',
    DHCP_SECRET: secrets.dhcp,
  };
  return {
    ...{ netbox, jira, awx, dhcp, bmcs, hubUrl, env },
    async close() {
      await Promise.all([
        netbox.close(),
        jira.close(),
        awx.close(),
        dhcp.close(),
        ...[...bmcs.values()].map((bmc) => bmc.close()),
      ]);
      await rm(files, { recursive: true, force: true });
    },
  };
}

/** What people have entered in NetBox before: the site, its racks, and the devices that were planned. */
function seed(netbox: NetboxSimulator, cast: Actor[]): void {
  netbox.seed({
    sites: [SITE],
    racks: [...new Set(cast.map((actor) => actor.rack))].map((name) => ({ site: SITE, name })),
    devices: cast
      .filter((actor) => actor.known !== 'unexpected')
      .map(({ name, rack, position, bmcMac, known }) => ({
        name,
        site: SITE,
        rack,
        position,
        status: 'planned',
        ...(known === 'record' ? { bmcMac } : {}),
      })),
  });
}
