/**
 * A new client id: 128 random bits. Not crypto.randomUUID, which browsers give to
 * pages of https alone; a company may run this one inside its own network without.
 */
export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
