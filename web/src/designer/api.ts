/** The operations of workflows that other kinds do not have. */
import { call } from '../manager/rest';
import type { Thing, WorkflowBody } from '../manager/kinds';
import type { Problem } from './check';
import type { Graph } from './graph';

export interface Release {
  number: number;
  at: number;
  by: string;
  why: string;
  same_as?: number;
  graph?: Graph;
}

export interface TestContact {
  medium: string;
  queue?: string;
  source: string;
  destination: string;
  language: string;
  name: string;
  caption: string;
  priority: number;
  data: Record<string, string>;
  /** Of the medium email: what the message is. */
  email?: TestEmail;
}

export interface TestEmail {
  alias?: string;
  sender?: string;
  sender_domain?: string;
  subject: string;
  body: string;
  attachment_names: string[];
  auto: string;
  spam: boolean;
  language?: string;
  no_reply?: string;
}

export interface Answer {
  exit: string;
  data: Record<string, string>;
}

export interface TestRun {
  graph: Graph;
  contact: TestContact;
  at?: number;
  answers: Record<string, Answer>;
  calls: 'really' | 'pretend';
}

export interface TestStep {
  visit: number;
  node: string;
  name: string;
  kind: string;
  exit: string;
  at: number;
  say: string[];
  ask: { key: string; label: string; kind: string; required: boolean; choices: string[] }[];
  set: Record<string, string>;
  note?: string;
}

export interface TestResult {
  steps: TestStep[];
  end: {
    how: 'queue' | 'agent' | 'disconnected' | 'stopped'; queue?: string; queue_name?: string; agent_name?: string; priority: number; language: string;
    skills: { skill: string; level: number }[]; data: Record<string, string>; note?: string;
  };
  problems: Problem[];
}

export interface WorkflowFile {
  format: string;
  name: string;
  graph: Graph;
}

export interface Imported {
  applied: boolean;
  action: 'create' | 'change';
  id?: string;
  name: string;
  missing: { node: string; kind: string; name: string }[];
  problems: Problem[];
}

type Workflow = Thing<WorkflowBody>;

/** The server leaves out where a problem is not. */
const located = (problems: readonly Partial<Problem>[] | undefined): Problem[] => (problems ?? []).map((p) => ({ node: '', exit: '', field: '', ...p }) as Problem);
const whole = <T extends { problems: Problem[] }>(answer: T): T => ({ ...answer, problems: located(answer.problems) });

export const checkOnServer = (graph: Graph): Promise<Problem[]> => call<{ problems: Problem[] }>('POST', '/workflows/check', { body: { graph } }).then((a) => located(a.problems));
export const release = (id: string, version: number, why: string): Promise<Workflow> => call('POST', `/workflows/${id}/release`, { body: { version, why } });
export const goBack = (id: string, number: number, version: number, why: string): Promise<Workflow> =>
  call('POST', `/workflows/${id}/releases/${number}/use`, { body: { version, why } });
export const releasesOf = (id: string): Promise<Release[]> => call<{ items: Release[] }>('GET', `/workflows/${id}/releases`, { query: { limit: 200 } }).then((a) => a.items);
export const releaseOf = (id: string, number: number): Promise<Release> => call('GET', `/workflows/${id}/releases/${number}`);
export const testRun = (run: TestRun): Promise<TestResult> => call<TestResult>('POST', '/workflows/test', { body: run }).then(whole);
export const importFile = (file: unknown, dry_run: boolean): Promise<Imported> => call<Imported>('POST', '/workflows/import', { query: { dry_run }, body: file }).then(whole);
