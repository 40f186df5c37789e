import {
  startSimulatorServer,
  type SimulatedAnswer,
  type SimulatedRequest,
  type SimulatorServer,
} from '../../src/kit/simulator.ts';
import type { BmcTarget } from '../../src/ports/hardware-inventory.ts';

/** A BMC of a few lines, for behaviour that recorded trees do not have. `answer` gets what is neither root nor session. */
export interface FakeBmc extends SimulatorServer {
  target: BmcTarget;
  /** `METHOD /path` of what came for resources, oldest first. */
  asked(): string[];
  logins(): number;
}

export async function startFakeBmc(
  answer: (request: SimulatedRequest) => SimulatedAnswer | Promise<SimulatedAnswer>,
  root: Record<string, unknown> = {},
): Promise<FakeBmc> {
  const sessions = new Set<string>();
  let logins = 0;
  const bare = (path: string): string => path.replace(/\/+$/, '');
  const server = await startSimulatorServer({
    handle(request) {
      if (bare(request.path) === '/redfish/v1') {
        const links = { Systems: { '@odata.id': '/redfish/v1/Systems' } };
        return {
          status: 200,
          body: { '@odata.id': '/redfish/v1/', RedfishVersion: '1.18.0', UUID: 'u', ...links, ...root },
        };
      }
      if (request.method === 'POST' && request.path.endsWith('/Sessions')) {
        logins += 1;
        const token = `t${logins}`;
        sessions.add(token);
        return { status: 201, headers: { 'x-auth-token': token, location: `${request.path}/${logins}` } };
      }
      if (request.path.includes('/Sessions/'))
        return { status: sessions.delete(request.headers['x-auth-token'] ?? '') ? 204 : 401 };
      if (!sessions.has(request.headers['x-auth-token'] ?? '')) return { status: 401 };
      return answer(request);
    },
  });
  const resources = (): SimulatedRequest[] =>
    server.requests.filter(({ path }) => bare(path) !== '/redfish/v1' && !path.includes('/Sessions'));
  return {
    ...server,
    target: { url: server.url, username: 'admin', password: 'hunter22', fingerprint256: null },
    asked: () => resources().map(({ method, path }) => `${method} ${path}`),
    logins: () => logins,
  };
}

/** An error body as DSP0266 has it. */
export function refusal(status: number, messageId: string, message: string): SimulatedAnswer {
  const info = [{ MessageId: `Base.1.18.${messageId}`, Message: message, Resolution: 'See the manual.' }];
  return { status, body: { error: { code: 'Base.1.18.GeneralError', '@Message.ExtendedInfo': info } } };
}
