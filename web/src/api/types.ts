import type { components } from './schema';

type Schemas = components['schemas'];

export type Me = Schemas['Me'];
export type Role = Me['user']['roles'][number];
export type Desk = Schemas['Desk'];
export type DomainState = Schemas['DomainState'];
export type Contact = Schemas['Contact'];
export type Fact = Schemas['Fact'];
export type QueueFigures = Schemas['QueueFigures'];
export type AgentFigures = Schemas['AgentFigures'];
export type SetupState = Schemas['SetupState'];
export type FirstStarted = Schemas['FirstStarted'];
