import { tag, type Key, type Say } from './texts';

interface InDomain {
  domain: string;
  available: boolean;
}

/** The name of a media routing domain; one that was registered later has only its own. */
export function domainName(t: Say, domain: string): string {
  const key = `app.domain_${domain}`;
  const name = t(key as Key);
  return name === key ? domain : name;
}

/** The names of the domains that an agent is not available for, as one text. */
export function closedDomains(t: Say, domains: readonly InDomain[]): string {
  return new Intl.ListFormat(tag()).format(domains.filter((d) => !d.available).map((d) => domainName(t, d.domain)));
}

/** The name of a reason: the catalogue's for those that the system made, whose names never change. */
export function reasonName(t: Say, reason: { name: string; built_in: boolean }): string {
  if (!reason.built_in) return reason.name;
  const key = `app.reason_${reason.name.toLowerCase().replaceAll(' ', '_')}`;
  const name = t(key as Key);
  return name === key ? reason.name : name;
}
