import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { asText, isRecord } from '../decode.ts';
import { refuse } from './answers.ts';
import { foldPath, type Body } from './tree.ts';

/** What DSP0266 asks of a service beside its resources, whatever tree it serves. */
export interface Protocol {
  /** HEAD is a GET without its body; a POST to `…/Members` is one to the collection. */
  begin(request: SimulatedRequest): SimulatedRequest;
  /** Answers what no tree has (`/redfish`, the OData documents, the roles) and what no service may do. */
  answer(request: SimulatedRequest, caller: Caller | undefined): SimulatedAnswer | undefined;
  /** The answer as it goes out: with the headers that belong to it. */
  finish(request: SimulatedRequest, answer: SimulatedAnswer): SimulatedAnswer;
}

interface Caller {
  id: string;
  role: string;
}

const ROLES: Record<string, readonly string[]> = {
  Administrator: ['Login', 'ConfigureManager', 'ConfigureUsers', 'ConfigureSelf', 'ConfigureComponents'],
  Operator: ['Login', 'ConfigureSelf', 'ConfigureComponents'],
  ReadOnly: ['Login', 'ConfigureSelf'],
};
const QUERIES = new Set(['$expand', '$select', '$skip', '$skiptoken', '$top', '$filter', '$levels']);
const METADATA =
  '<?xml version="1.0" encoding="UTF-8"?>\n<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0">\n' +
  '<edmx:Reference Uri="http://redfish.dmtf.org/schemas/v1/ServiceRoot_v1.xml"><edmx:Include Namespace="ServiceRoot"/>' +
  '<edmx:Include Namespace="ServiceRoot.v1_15_0"/></edmx:Reference>\n<edmx:DataServices>' +
  '<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="Service">' +
  '<EntityContainer Name="Service" Extends="ServiceRoot.v1_15_0.ServiceContainer"/></Schema></edmx:DataServices>\n</edmx:Edmx>\n';

export function protocolOf({
  accountService,
  root,
}: {
  accountService: string;
  root: () => Body | undefined;
}): Protocol {
  const roles = `${accountService}/Roles`;

  function roleList(): Body {
    const Members = Object.keys(ROLES).map((id) => ({ '@odata.id': `${roles}/${id}` }));
    const count = { 'Members@odata.count': Members.length };
    return { '@odata.type': '#RoleCollection.RoleCollection', '@odata.id': roles, Name: 'Roles', ...count, Members };
  }

  function serviceDocument(): Body {
    const links = Object.entries(root() ?? {}).flatMap(([name, value]) => {
      const url = isRecord(value) ? asText(value['@odata.id']) : null;
      return url === null ? [] : [{ name, kind: 'Singleton', url }];
    });
    return {
      '@odata.context': '/redfish/v1/$metadata',
      value: [{ name: 'Service', kind: 'Singleton', url: '/redfish/v1/' }, ...links],
    };
  }

  function made(path: string): SimulatedAnswer | undefined {
    if (path === '/redfish') return { status: 200, body: { v1: '/redfish/v1/' } };
    if (path === '/redfish/v1/odata') return { status: 200, body: serviceDocument() };
    if (path === '/redfish/v1/$metadata')
      return { status: 200, headers: { 'content-type': 'application/xml' }, body: METADATA };
    if (path === foldPath(roles)) return { status: 200, body: roleList() };
    const role = Object.entries(ROLES).find(([id]) => path === foldPath(`${roles}/${id}`));
    if (role === undefined) return undefined;
    const [id, AssignedPrivileges] = role;
    const about = { Id: id, Name: `${id} Role`, RoleId: id, IsPredefined: true, AssignedPrivileges, OemPrivileges: [] };
    return { status: 200, body: { '@odata.type': '#Role.v1_3_1.Role', '@odata.id': `${roles}/${id}`, ...about } };
  }

  /** What a read-only account may change is its own password. */
  function mayNot({ method, path }: SimulatedRequest, { id, role }: Caller): boolean {
    if (role !== 'ReadOnly' || method === 'GET' || method === 'DELETE') return false;
    return foldPath(path).startsWith(foldPath(accountService)) && foldPath(path).split('/').at(-1) !== id.toLowerCase();
  }

  return {
    begin(request) {
      const method = request.method === 'HEAD' ? 'GET' : request.method;
      const path = method === 'POST' ? request.path.replace(/\/Members\/?$/, '') : request.path;
      return method === request.method && path === request.path ? request : { ...request, method, path };
    },
    answer(request, caller) {
      const version = request.headers['odata-version'];
      if (version !== undefined && version !== '4.0')
        return refuse(412, 'HeaderInvalid', `OData-Version ${version} is not supported.`);
      const odd = [...request.query.keys()].find((name) => name.startsWith('$') && !QUERIES.has(name));
      if (odd !== undefined && request.method === 'GET')
        return refuse(501, 'QueryParameterUnsupported', `The query parameter ${odd} is not supported.`);
      if (caller !== undefined && mayNot(request, caller))
        return refuse(403, 'InsufficientPrivilege', 'The account has no privilege for this.');
      const wanted = request.json;
      const names = isRecord(wanted) ? Object.keys(wanted) : [];
      if (request.method === 'PATCH' && names.length > 0 && names.every((name) => name.startsWith('@odata.')))
        return refuse(400, 'NoOperation', 'The request body contained no data to act upon.');
      const own = made(foldPath(request.path));
      if (own === undefined || request.method === 'GET') return own;
      return refuse(405, 'OperationNotAllowed', `${request.method} is not allowed here.`);
    },
    finish(request, answer) {
      const { status, body } = answer;
      const isGet = request.method === 'GET' || request.method === 'HEAD';
      const headers = { 'odata-version': '4.0', 'cache-control': 'no-cache', ...answer.headers };
      if (status === 401) Object.assign(headers, { 'www-authenticate': 'Basic realm="simulator"' });
      if (status === 405 || (isGet && status === 200)) Object.assign(headers, { allow: allowed(body) });
      const type = isRecord(body) ? asText(body['@odata.type']) : null;
      if (type !== null && status < 300) Object.assign(headers, { link: describedBy(type) });
      const isService = foldPath(request.path) === foldPath(accountService) && status === 200 && isRecord(body);
      const shown = isService ? { ...body, Roles: { '@odata.id': roles } } : body;
      const current = answer.headers?.['etag'];
      if (isGet && status === 200 && current !== undefined && request.headers['if-none-match'] === current)
        return { status: 304, headers };
      return { ...answer, headers, ...(shown === undefined ? {} : { body: shown }) };
    },
  };
}

/** What may be done with a resource of this kind. A refusal has no resource in it. */
function allowed(body: unknown): string {
  const type = isRecord(body) ? (asText(body['@odata.type']) ?? '') : '';
  if (/^#(SessionCollection|ManagerAccountCollection)\./.test(type)) return 'GET, HEAD, POST';
  return /^#(ComputerSystem|Chassis|ManagerAccount)\./.test(type) ? 'GET, HEAD, PATCH' : 'GET, HEAD';
}

function describedBy(type: string): string {
  const schema = type.replace(/^#/, '').replace(/\.[^.]*$/, '');
  return `<http://redfish.dmtf.org/schemas/v1/${schema}.json>; rel=describedby`;
}
