import type { CreateField, CreateIssueType, Attachment, FoundIssue, Issue, MyPermissions, Myself } from './schema.ts';
import type { CaseIssue, CreatedIssue, ServerInfo, SlaPage, Transition } from './schema.ts';

/** Which of Atlassian's two Jiras: they differ in addresses, rich text, search and how people are named. */
export type Deployment = 'cloud' | 'datacenter';

/** By field id, values as this Jira wants them. */
export type IssueFields = Record<string, unknown>;
/** An entity property; the value may be up to 32,768 characters of JSON. */
export type IssueProperty = { key: string; value: unknown };

/** Text as the hub writes it: paragraphs and then links. */
export interface PlainContent {
  paragraphs: readonly string[];
  links: readonly { title: string; url: string }[];
}

export interface RemoteLink {
  globalId: string;
  title: string;
  url: string;
  resolved: boolean;
}

/** A page of cases as Jira gave them, and the names of fields by their ids. */
export interface CasePage {
  issues: CaseIssue[];
  names: Record<string, string>;
  next: string | null;
}

/** The calls that we make. All take the caller's signal; all throw AdapterError only. */
export interface JiraClient {
  readonly deployment: Deployment;
  /** Undefined when nothing is left to say. */
  toRichText(content: PlainContent): unknown;
  /** Rich text of this Jira as plain text; '' for what is none. */
  toPlainText(value: unknown): string;
  /** How a person is named in a field. */
  toUser(name: string): Record<string, string>;
  /** Not idempotent. */
  createIssue(fields: IssueFields, properties: IssueProperty[], signal: AbortSignal): Promise<CreatedIssue>;
  /** Undefined where Jira itself says that there is no such issue or that we may not see it. */
  getIssue(id: string, signal: AbortSignal): Promise<Issue | undefined>;
  /** Every issue with the label. @throws AdapterError malformed when the listing did not come to its end */
  searchByLabel(label: string, signal: AbortSignal): Promise<FoundIssue[]>;
  searchCases(jql: string, page: string | null, signal: AbortSignal): Promise<CasePage>;
  /** Id of the comment that `addComment` made with this key. No lag. */
  findComment(id: string, key: string, signal: AbortSignal): Promise<string | undefined>;
  /** Not idempotent. The key is kept with the comment. */
  addComment(id: string, key: string, paragraphs: readonly string[], signal: AbortSignal): Promise<string>;
  /** From where the issue stands now, with the fields of their screens. */
  transitions(id: string, signal: AbortSignal): Promise<Transition[]>;
  doTransition(id: string, transitionId: string, fields: IssueFields, signal: AbortSignal): Promise<void>;
  attachments(id: string, signal: AbortSignal): Promise<Attachment[]>;
  /** Not idempotent. */
  addAttachment(
    id: string,
    file: { name: string; type: string; bytes: Buffer },
    signal: AbortSignal,
  ): Promise<Attachment>;
  setSummary(id: string, summary: string, signal: AbortSignal): Promise<void>;
  /** Upsert by `globalId`. */
  putRemoteLink(id: string, link: RemoteLink, signal: AbortSignal): Promise<void>;
  /** Undefined where the issue is no request of a service desk. */
  sla(id: string, signal: AbortSignal): Promise<SlaPage['values'] | undefined>;
  serverInfo(signal: AbortSignal): Promise<ServerInfo>;
  myself(signal: AbortSignal): Promise<Myself>;
  myPermissions(projectKey: string, permissions: readonly string[], signal: AbortSignal): Promise<MyPermissions>;
  createIssueTypes(projectKey: string, signal: AbortSignal): Promise<CreateIssueType[]>;
  createFields(projectKey: string, issueTypeId: string, signal: AbortSignal): Promise<CreateField[]>;
}

/** What the hub shows as the application that a linked page belongs to. */
export const APPLICATION = { type: 'com.reanimator', name: 'Reanimator' };
